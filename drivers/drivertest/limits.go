package drivertest

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"kvbench/kv"
)

const limitsPage = "developers.cloudflare.com/kv/platform/limits"

func limitRows() []Row {
	return []Row{
		{
			Name: "key-characters", Rule: "a key may hold any character", Why: "keys are UTF-8 strings, not paths",
			check: checkKeyCharacters,
		},
		{
			Name: "key-limit", Rule: "a key has at most 512 bytes, or as many as are declared; a longer one is 414", Why: limitsPage,
			Needs: needs(func(t kv.Capabilities) bool { return t.MaxKeyBytes > 0 }, "no limit of keys is declared"),
			check: func(x *exam) {
				longest := strings.Repeat("é", (x.capabilities.MaxKeyBytes-len(x.prefix))/2)
				longest += strings.Repeat("x", x.capabilities.MaxKeyBytes-len(x.prefix)-len(longest))
				x.put(longest, "1", kv.PutOptions{})
				x.reads(longest, "1")
				x.everyCall(longest+"x", http.StatusRequestURITooLong)
			},
		},
		{
			Name: "key-refused", Rule: `"", ".", ".." and what is not UTF-8 are no keys: 400`,
			Why: "developers.cloudflare.com/kv/api/write-key-value-pairs", check: func(x *exam) {
				y := *x
				y.prefix = ""
				for _, key := range []string{"", ".", "..", "\xff", "a\xc0\xaf"} {
					y.everyCall(key, http.StatusBadRequest)
				}
			},
		},
		{
			Name: "value-limit", Rule: "a value of exactly 25 MiB is kept", Why: limitsPage,
			Needs: needs(func(t kv.Capabilities) bool { return t.MaxValueBytes > 0 }, "no limit of values is declared"),
			check: func(x *exam) {
				most := strings.Repeat("0123456789abcde\n", x.capabilities.MaxValueBytes/16)
				x.put("a", most, kv.PutOptions{})
				x.reads("a", most)
			},
		},
		{
			Name: "value-refused", Rule: "a value of more than 25 MiB is 413, and changes nothing", Why: limitsPage,
			Needs: needs(func(t kv.Capabilities) bool { return t.MaxValueBytes > 0 }, "no limit of values is declared"),
			check: func(x *exam) {
				over := make([]byte, x.capabilities.MaxValueBytes+1)
				x.refused(x.store.Put(x.ctx, x.key("a"), over, kv.PutOptions{}), http.StatusRequestEntityTooLarge, "put")
				x.absent("a")
			},
		},
		{
			Name: "metadata-limit", Rule: "metadata has at most 1,024 bytes; more is 413 and changes nothing", Why: limitsPage,
			Needs: needs(func(t kv.Capabilities) bool { return t.MaxMetadataBytes > 0 }, "no limit of metadata is declared"),
			check: func(x *exam) {
				meta := func(n int) []byte { return []byte(`"` + strings.Repeat("m", n-2) + `"`) }
				most := meta(x.capabilities.MaxMetadataBytes)
				err := x.store.Put(x.ctx, x.key("b"), nil, kv.PutOptions{Metadata: meta(len(most) + 1)})
				x.refused(err, http.StatusRequestEntityTooLarge, "put")
				x.absent("b")
				x.put("a", "1", kv.PutOptions{Metadata: most})
				if e := x.get("a", kv.GetOptions{Metadata: true}); string(e.Metadata) != string(most) {
					x.fatalf("got %d bytes of metadata, want %d", len(e.Metadata), len(most))
				}
			},
		},
		{
			Name: "metadata-json", Rule: "metadata that is not JSON is 400, and changes nothing", Why: "kv.PutOptions",
			check: func(x *exam) {
				err := x.store.Put(x.ctx, x.key("a"), nil, kv.PutOptions{Metadata: []byte(`{"a":`)})
				x.refused(err, http.StatusBadRequest, "put")
				x.absent("a")
			},
		},
		{
			Name: "write-limit", Rule: "of many writes to one key at once some are 429, and leave no trace", Why: limitsPage,
			Needs: needs(func(t kv.Capabilities) bool { return t.WriteInterval > 0 }, "no limit of writes is declared"),
			Waits: func(t kv.Capabilities) time.Duration { return t.WriteInterval }, check: checkWriteLimit,
		},
	}
}

// needs makes a Row.Needs of a condition and what to say where it does not hold.
func needs(holds func(kv.Capabilities) bool, otherwise string) func(kv.Capabilities) string {
	return func(t kv.Capabilities) string {
		if holds(t) {
			return ""
		}
		return otherwise
	}
}

// everyCall checks that get, put and delete of a key are refused.
func (x *exam) everyCall(name string, status int) {
	var e kv.Entry
	x.refused(x.store.Get(x.ctx, x.key(name), kv.GetOptions{}, &e), status, fmt.Sprintf("get %.20q", name))
	x.refused(x.store.Put(x.ctx, x.key(name), nil, kv.PutOptions{}), status, fmt.Sprintf("put %.20q", name))
	x.refused(x.store.Delete(x.ctx, x.key(name)), status, fmt.Sprintf("delete %.20q", name))
}

func checkKeyCharacters(x *exam) {
	keys := []string{
		"a/b", "a//b", "/a", "a/", "a/../b", "a/./b", "a?b", "a?b=c&d", "a#b", "a%b", "a%2Fb", "a%252Fb", "a+b", "a b",
		" a", "a ", "a:b",
		"a;b", "a=b", "a&b", "a\\b", `a"b`, "a'b", "a\x00b", "a\nb", "a\tb", "é", "e\u0301", "日本", "😀",
		"\uffff", "A", "a", "...", "a.", ".a",
	}
	for _, key := range keys {
		x.put(key, "value of "+key, kv.PutOptions{})
	}
	for _, key := range keys {
		x.reads(key, "value of "+key)
	}
	for i, key := range keys {
		if i%2 == 0 {
			x.remove(key)
		}
	}
	for i, key := range keys {
		if i%2 == 0 {
			x.absent(key)
		} else {
			x.reads(key, "value of "+key)
		}
	}
}

func checkWriteLimit(x *exam) {
	const writes = 10
	errs := make([]error, writes)
	value := func(i int) string { return fmt.Sprint("write ", i) }
	x.clock.Parallel(writes, func(i int) {
		errs[i] = x.store.Put(x.ctx, x.key("a"), []byte(value(i)), kv.PutOptions{})
	})
	accepted := map[string]bool{}
	for i, err := range errs {
		if err == nil {
			accepted[value(i)] = true
		} else {
			x.refused(err, http.StatusTooManyRequests, value(i))
		}
	}
	if len(accepted) == 0 || len(accepted) == writes {
		x.fatalf("%d of %d writes at once were accepted", len(accepted), writes)
	}
	if e := x.get("a", kv.GetOptions{}); !accepted[string(e.Value)] {
		x.fatalf("got %q, which was refused", e.Value)
	}
	x.put("b", "another key", kv.PutOptions{})
	x.sleep(x.capabilities.WriteInterval)
	x.put("a", "after a while", kv.PutOptions{})
	x.reads("a", "after a while")
}
