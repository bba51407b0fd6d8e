package drivertest

import (
	"bytes"
	"strings"
	"unsafe"

	"kvbench/kv"
)

func valueRows() []Row {
	const api = "KV's runtime API"
	return []Row{
		{Name: "put-get", Rule: "a value is read back byte for byte", Why: api, check: func(x *exam) {
			value := make([]byte, 256)
			for i := range value {
				value[i] = byte(i)
			}
			x.put("a", string(value), kv.PutOptions{})
			x.reads("a", string(value))
		}},
		{Name: "empty-value", Rule: "an empty value is a value", Why: api, check: func(x *exam) {
			x.put("a", "", kv.PutOptions{})
			x.reads("a", "")
		}},
		{
			Name: "absent", Rule: "an absent key is kv.ErrNotFound, and its entry empty", Why: "kv.Store",
			check: func(x *exam) { x.absent("a") },
		},
		{Name: "overwrite", Rule: "a put replaces the value before", Why: api, check: func(x *exam) {
			x.put("a", "a longer value", kv.PutOptions{})
			x.put("a", "short", kv.PutOptions{})
			x.reads("a", "short")
		}},
		{Name: "delete", Rule: "a deleted key is absent, and can be put again", Why: api, check: func(x *exam) {
			x.put("a", "1", kv.PutOptions{})
			x.remove("a")
			x.absent("a")
			x.put("a", "2", kv.PutOptions{})
			x.reads("a", "2")
		}},
		{Name: "delete-absent", Rule: "deleting an absent key succeeds", Why: api, check: func(x *exam) {
			x.remove("a")
			x.absent("a")
		}},
		{
			Name: "metadata", Rule: "metadata is kept beside the value, given when asked for, replaced by every put", Why: api,
			Needs: needs(func(t kv.Capabilities) bool { return !t.NoMetadata }, "no metadata is declared"), check: checkMetadata,
		},
		{
			Name: "put-keeps-nothing", Rule: "a put keeps neither the key's, the value's nor the metadata's memory",
			Why: "kv.Store", check: checkPutKeepsNothing,
		},
		{
			Name: "entry-is-the-callers", Rule: "what a get fills in is the caller's to change, once it is its own", Why: "kv.Entry",
			check: func(x *exam) {
				x.put("a", "value", kv.PutOptions{Metadata: []byte(`"meta"`)})
				for range 2 { // the second get may come from a cache
					e := x.get("a", kv.GetOptions{Metadata: true})
					if string(e.Value) != "value" || string(e.Metadata) != x.metadata(`"meta"`) {
						x.fatalf("got %q and %q", e.Value, e.Metadata)
					}
					_ = append(e.Value, "#"...)
					e.Own()
					clear(e.Value)
					clear(e.Metadata)
				}
			},
		},
		{
			Name: "entry-reused", Rule: "a get reuses the entry's buffers and leaves nothing of what was in them",
			Why: "kv.Store", check: checkEntryReused,
		},
		{Name: "close", Rule: "a store that did work closes without an error", Why: "kv.Store", check: func(x *exam) {
			x.put("a", "1", kv.PutOptions{})
			x.closed = true
			x.must(x.store.Close(), "close")
		}},
		{
			Name: "capabilities", Rule: "capabilities agree with the interfaces and with each other", Why: "kv.Capabilities", check: checkCapabilities,
		},
	}
}

func checkMetadata(x *exam) {
	const meta = `{"v":2,"é":[null,"x"]}`
	x.put("a", "1", kv.PutOptions{Metadata: []byte(meta)})
	e := x.get("a", kv.GetOptions{Metadata: true})
	if string(e.Value) != "1" || string(e.Metadata) != meta {
		x.fatalf("got %q with %q", e.Value, e.Metadata)
	}
	if e := x.get("a", kv.GetOptions{}); len(e.Metadata) > 0 {
		x.fatalf("got %q without asking", e.Metadata)
	}
	x.put("a", "2", kv.PutOptions{})
	if e := x.get("a", kv.GetOptions{Metadata: true}); len(e.Metadata) > 0 {
		x.fatalf("a put without metadata left %q", e.Metadata)
	}
}

func checkPutKeepsNothing(x *exam) {
	key := []byte(x.key("a"))
	value, meta := []byte("value"), []byte(`"meta"`)
	x.pace()
	x.must(x.store.Put(x.ctx, unsafe.String(&key[0], len(key)), value, kv.PutOptions{Metadata: meta}), "put")
	for _, b := range [][]byte{key, value, meta} {
		copy(b, bytes.Repeat([]byte("#"), len(b)))
	}
	e := x.get("a", kv.GetOptions{Metadata: true})
	if string(e.Value) != "value" || string(e.Metadata) != x.metadata(`"meta"`) {
		x.fatalf("got %q with %q", e.Value, e.Metadata)
	}
}

func checkEntryReused(x *exam) {
	x.put("long", strings.Repeat("x", 1000), kv.PutOptions{Metadata: []byte(`{"long":true}`)})
	x.put("short", "y", kv.PutOptions{})
	var e kv.Entry
	x.must(x.store.Get(x.ctx, x.key("long"), kv.GetOptions{Metadata: true}, &e), "get")
	e.Own()
	buffer := unsafe.SliceData(e.Value)
	x.must(x.store.Get(x.ctx, x.key("short"), kv.GetOptions{Metadata: true}, &e), "get")
	e.Own()
	if string(e.Value) != "y" || len(e.Metadata) > 0 {
		x.fatalf("got %q with %q", e.Value, e.Metadata)
	}
	if unsafe.SliceData(e.Value) != buffer {
		x.fatalf("a shorter value did not fit into the buffer of a longer one")
	}
}

func checkCapabilities(x *exam) {
	t := x.capabilities
	_, bulkGet := x.store.(kv.BulkGetter)
	_, bulkPut := x.store.(kv.BulkPutter)
	_, located := x.store.(kv.Located)
	switch {
	case t.Locations < 1:
		x.fatalf("%d locations", t.Locations)
	case t.Locations > 1 && !located:
		x.fatalf("%d locations and no kv.Located", t.Locations)
	case t.BulkGetKeys > 0 && !bulkGet:
		x.fatalf("bulk gets of %d keys and no kv.BulkGetter", t.BulkGetKeys)
	case t.BulkPutKeys > 0 && !bulkPut:
		x.fatalf("bulk puts of %d pairs and no kv.BulkPutter", t.BulkPutKeys)
	case t.Modelled && len(t.Sources) == 0:
		x.fatalf("modelled without a source")
	case t.MaxListKeys < 1:
		x.fatalf("pages of %d names", t.MaxListKeys)
	}
}
