package drivertest

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"kvbench/kv"
)

// namespaceRows are about what a namespace as a whole may hold and take.
func namespaceRows() []Row {
	return []Row{
		{
			Name: "no-metadata", Rule: "metadata is taken and not kept: no get and no list gives any", Why: limitsPage,
			Needs: needs(func(t kv.Capabilities) bool { return t.NoMetadata }, "metadata is kept"),
			Waits: func(t kv.Capabilities) time.Duration { return t.Staleness }, check: func(x *exam) {
				x.put("a", "1", kv.PutOptions{Metadata: []byte(`{"v":1}`)})
				if e := x.get("a", kv.GetOptions{Metadata: true}); string(e.Value) != "1" || len(e.Metadata) > 0 {
					x.fatalf("got %q with %q", e.Value, e.Metadata)
				}
				x.settle()
				for _, k := range x.list("", 0) {
					if len(k.Metadata) > 0 {
						x.fatalf("listed %q with %q", k.Name, k.Metadata)
					}
				}
			},
		},
		{
			Name: "namespace-keys", Rule: "a namespace holds so many keys; one more is 413, an overwrite is not", Why: limitsPage,
			Needs: needs(func(t kv.Capabilities) bool { return t.NamespaceKeys > 0 && t.BulkPutKeys > 0 },
				"no limit of keys is declared, or there is no bulk put to reach it with"),
			check: checkNamespaceKeys,
		},
		{
			Name: "namespace-bytes", Rule: "a namespace holds so many bytes of names and values; more is 413 and changes nothing",
			Why:   limitsPage,
			Needs: needs(func(t kv.Capabilities) bool { return t.NamespaceBytes > 0 }, "no limit of bytes is declared"),
			check: checkNamespaceBytes,
		},
		{
			Name: "namespace-write-limit", Rule: "of many writes to a namespace at once some are 429, and leave no trace",
			Why:   limitsPage,
			Needs: needs(func(t kv.Capabilities) bool { return t.NamespaceWriteInterval > 0 }, "no limit of its writes is declared"),
			Waits: func(t kv.Capabilities) time.Duration { return t.NamespaceWriteInterval },
			check: func(x *exam) { x.underLoad(func() { checkNamespaceWrites(x) }) },
		},
	}
}

func (x *exam) keys(names []string) []string {
	keys := make([]string, len(names))
	for i, name := range names {
		keys[i] = x.key(name)
	}
	return keys
}

// fillBulk writes n keys in as few calls as may be and returns their names in order.
func (x *exam) fillBulk(prefix string, n int) []string {
	names := make([]string, n)
	pairs := make([]kv.Pair, n)
	for i := range names {
		names[i] = fmt.Sprintf("%s%05d", prefix, i)
		pairs[i] = kv.Pair{Key: x.key(names[i]), Value: []byte("1")}
	}
	for len(pairs) > 0 {
		some := min(len(pairs), x.capabilities.BulkPutKeys)
		x.must(x.bulkPut(pairs[:some]), "bulk put")
		pairs = pairs[some:]
	}
	return names
}

func checkNamespaceKeys(x *exam) {
	names := x.fillBulk("k", x.capabilities.NamespaceKeys)
	x.pace()
	err := x.store.Put(x.ctx, x.key("more"), []byte("1"), kv.PutOptions{})
	x.refused(err, http.StatusRequestEntityTooLarge, "one key more")
	x.absent("more")
	x.put(names[0], "another value", kv.PutOptions{})
	x.reads(names[0], "another value")
	x.remove(names[1])
	x.put("more", "1", kv.PutOptions{})
	x.reads("more", "1")
}

func checkNamespaceBytes(x *exam) {
	most := x.capabilities.NamespaceBytes
	half := strings.Repeat("x", most/2-len(x.key("a")))
	rest := strings.Repeat("y", most-most/2-len(x.key("b")))
	x.put("a", half, kv.PutOptions{})
	x.put("b", rest, kv.PutOptions{})
	x.reads("a", half)
	x.reads("b", rest)
	for name, value := range map[string]string{"c": "", "a": half + "x"} {
		x.pace()
		err := x.store.Put(x.ctx, x.key(name), []byte(value), kv.PutOptions{})
		x.refused(err, http.StatusRequestEntityTooLarge, fmt.Sprintf("put %q, which is too much", name))
	}
	x.reads("a", half)
	x.absent("c")
	x.remove("b")
	x.put("c", "1", kv.PutOptions{})
	x.reads("c", "1")
}

func checkNamespaceWrites(x *exam) {
	const writes = 10
	x.pace()
	errs := make([]error, writes)
	name := func(i int) string { return fmt.Sprint("k", i) }
	x.clock.Parallel(writes, func(i int) {
		errs[i] = x.store.Put(x.ctx, x.key(name(i)), []byte("1"), kv.PutOptions{})
	})
	x.written()
	accepted := 0
	for i, err := range errs {
		if err == nil {
			accepted++
			x.reads(name(i), "1")
			continue
		}
		x.refused(err, http.StatusTooManyRequests, "put "+name(i))
		x.absent(name(i))
	}
	if accepted == 0 || accepted == writes {
		x.fatalf("%d of %d writes at once were accepted", accepted, writes)
	}
	x.put("later", "1", kv.PutOptions{})
	x.reads("later", "1")
}
