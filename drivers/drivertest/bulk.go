package drivertest

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"kvbench/kv"
)

func bulkRows() []Row {
	const read = "developers.cloudflare.com/kv/api/read-key-value-pairs"
	const write = "developers.cloudflare.com/kv/api/write-key-value-pairs"
	gets := needs(func(t kv.Capabilities) bool { return t.BulkGetKeys > 0 }, "no bulk get is declared")
	puts := needs(func(t kv.Capabilities) bool { return t.BulkPutKeys > 0 }, "no bulk put is declared")
	return []Row{
		{
			Name: "bulk-get", Rule: "a bulk get answers each key in its place, an absent one with Found false", Why: read,
			Needs: gets, check: checkBulkGet,
		},
		{
			Name: "bulk-get-limit", Rule: "a bulk get takes 100 keys; more, or none, are refused", Why: read,
			Needs: gets, check: func(x *exam) {
				most := x.capabilities.BulkGetKeys
				keys := make([]string, most+1)
				for i := range keys {
					keys[i] = x.key(fmt.Sprint(i))
				}
				x.put("99", "1", kv.PutOptions{})
				es := make([]kv.Entry, len(keys))
				bulk := x.store.(kv.BulkGetter)
				x.must(bulk.BulkGet(x.ctx, keys[:most], kv.GetOptions{}, es[:most]), "bulk get")
				if most > 99 && string(es[99].Value) != "1" {
					x.fatalf("the last of %d keys: got %q", most, es[99].Value)
				}
				x.refused(bulk.BulkGet(x.ctx, keys, kv.GetOptions{}, es), http.StatusBadRequest, "one key too many")
				x.refused(bulk.BulkGet(x.ctx, nil, kv.GetOptions{}, nil), http.StatusBadRequest, "no key")
				keys[1] = strings.Repeat("x", kv.MaxKeyBytes+1)
				err := bulk.BulkGet(x.ctx, keys[:2], kv.GetOptions{}, es[:2])
				x.refused(err, http.StatusRequestURITooLong, "a key too long")
			},
		},
		{
			Name: "bulk-get-bytes", Rule: "a bulk get of more than 25 MiB in all is 413", Why: read,
			Needs: needs(func(t kv.Capabilities) bool { return t.BulkGetKeys > 0 && t.MaxValueBytes >= kv.MaxBulkGetBytes },
				"no bulk get, or no value large enough, is declared"),
			check: func(x *exam) {
				half := strings.Repeat("x", kv.MaxBulkGetBytes/2)
				x.put("a", half, kv.PutOptions{})
				x.put("b", half, kv.PutOptions{})
				x.put("c", "y", kv.PutOptions{})
				es := make([]kv.Entry, 3)
				keys := []string{x.key("a"), x.key("b"), x.key("c")}
				bulk := x.store.(kv.BulkGetter)
				x.must(bulk.BulkGet(x.ctx, keys[:2], kv.GetOptions{}, es[:2]), "bulk get of 25 MiB")
				err := bulk.BulkGet(x.ctx, keys, kv.GetOptions{}, es)
				x.refused(err, http.StatusRequestEntityTooLarge, "bulk get of more than 25 MiB")
			},
		},
		{
			Name: "bulk-put", Rule: "a bulk put writes every pair with its options, and keeps none of their memory",
			Why: write, Needs: puts, check: checkBulkPut,
		},
		{
			Name: "bulk-put-limit", Rule: "a bulk put takes 10,000 pairs; more are refused and none is written", Why: write,
			Needs: puts, check: func(x *exam) {
				pairs := make([]kv.Pair, x.capabilities.BulkPutKeys+1)
				for i := range pairs {
					pairs[i] = kv.Pair{Key: x.key(fmt.Sprint(i)), Value: []byte("1")}
				}
				if err := x.bulkPut(pairs); kv.ErrorCode(err)[:1] != "4" {
					x.fatalf("one pair too many: got %v, want a refusal", err)
				}
				x.absent("0")
				x.must(x.bulkPut(pairs[1:]), "bulk put")
				x.reads(fmt.Sprint(len(pairs)-1), "1")
			},
		},
		{
			Name: "bulk-put-refused", Rule: "a bulk put with a pair that breaks a limit writes none", Why: write,
			Needs: puts, check: func(x *exam) {
				err := x.bulkPut([]kv.Pair{
					{Key: x.key("a"), Value: []byte("1")},
					{Key: x.key(strings.Repeat("x", kv.MaxKeyBytes))},
				})
				var refusal *kv.Error
				if !errors.As(err, &refusal) {
					x.fatalf("got %v, want a refusal", err)
				}
				x.absent("a")
			},
		},
		{
			Name: "bulk-delete", Rule: "a bulk delete deletes its keys, absent ones too, and no other", Why: "kv.BulkDeleter",
			Lacks: func(s kv.Store) string {
				if _, ok := s.(kv.BulkDeleter); !ok {
					return "it is no kv.BulkDeleter"
				}
				return ""
			},
			check: checkBulkDelete,
		},
	}
}

func checkBulkGet(x *exam) {
	x.put("a", "1", kv.PutOptions{Metadata: []byte(`"m"`)})
	x.put("b", "", kv.PutOptions{})
	x.put("gone", "1", kv.PutOptions{})
	x.remove("gone")
	keys := []string{x.key("b"), x.key("gone"), x.key("a"), x.key("never")}
	es := make([]kv.Entry, len(keys))
	for i := range es {
		es[i] = kv.Entry{Found: true, Value: []byte("left over"), Metadata: []byte("1")}
	}
	x.must(x.store.(kv.BulkGetter).BulkGet(x.ctx, keys, kv.GetOptions{Metadata: true}, es), "bulk get")
	var got strings.Builder
	for _, e := range es {
		fmt.Fprintf(&got, "%v %s %s;", e.Found, e.Value, e.Metadata)
	}
	if want := fmt.Sprintf(`true  ;false  ;true 1 %s;false  ;`, x.metadata(`"m"`)); got.String() != want {
		x.fatalf("got %s want %s", got.String(), want)
	}
}

func checkBulkPut(x *exam) {
	end := x.unix() + 100_000
	pairs := []kv.Pair{
		{Key: x.key("a"), Value: []byte("1"), Options: kv.PutOptions{Metadata: []byte("7"), Expiration: end}},
		{Key: x.key("b"), Value: []byte("2")},
		{Key: x.key("c")},
	}
	x.must(x.bulkPut(pairs), "bulk put")
	pairs[0].Value[0], pairs[0].Options.Metadata[0], pairs[1].Value[0] = '#', '#', '#'
	e := x.get("a", kv.GetOptions{Metadata: true})
	if string(e.Value) != "1" || string(e.Metadata) != x.metadata("7") || e.Expiration != 0 && e.Expiration != end {
		x.fatalf("got %q with %q until %d", e.Value, e.Metadata, e.Expiration)
	}
	x.reads("b", "2")
	x.reads("c", "")
}

func checkBulkDelete(x *exam) {
	bulk := x.store.(kv.BulkDeleter)
	for _, name := range []string{"a", "b", "c"} {
		x.put(name, "of "+name, kv.PutOptions{})
	}
	x.must(bulk.BulkDelete(x.ctx, []string{x.key("a"), x.key("never"), x.key("c")}), "bulk delete")
	x.absent("a")
	x.reads("b", "of b")
	x.absent("c")
	err := bulk.BulkDelete(x.ctx, []string{x.key("b"), ".."})
	x.refused(err, http.StatusBadRequest, "bulk delete of what is no key")
	x.reads("b", "of b")
	if most := x.capabilities.BulkPutKeys; most > 0 {
		keys := make([]string, most+1)
		for i := range keys {
			keys[i] = x.key(fmt.Sprint("many", i))
		}
		keys[0] = x.key("b")
		x.refused(bulk.BulkDelete(x.ctx, keys), http.StatusBadRequest, "bulk delete of too many keys")
		x.reads("b", "of b")
		x.must(bulk.BulkDelete(x.ctx, keys[:most]), "bulk delete of as many keys as may be")
		x.absent("b")
	}
}
