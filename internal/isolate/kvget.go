package isolate

import (
	"context"
	"errors"
	"net/http"
	"time"

	"kvbench/kv"

	"github.com/dop251/goja"
)

// getOptions are what get was asked for.
type getOptions struct {
	kv.GetOptions
	kind string // text, json, arrayBuffer or stream
}

// getOptions reads get's second argument: a type, or an object.
func (i *Isolate) getOptions(v goja.Value) getOptions {
	o := getOptions{kind: "text"}
	if goja.IsUndefined(v) || goja.IsNull(v) {
		return o
	}
	object, ok := v.(*goja.Object)
	if !ok {
		o.kind = v.String()
		return o
	}
	if kind := member(object, "type"); kind != nil {
		o.kind = kind.String()
	}
	if ttl, given := i.seconds(object, "cacheTtl"); given {
		o.CacheTTL = ttl
		if ttl == 0 { // 0 means the default to a store, and is too little to KV
			o.CacheTTL = time.Nanosecond
		}
	}
	return o
}

func (i *Isolate) kvGet(c goja.FunctionCall) goja.Value {
	return i.promised(func() goja.Value { return i.get(c, "get", false) })
}

func (i *Isolate) kvGetWithMetadata(c goja.FunctionCall) goja.Value {
	return i.promised(func() goja.Value { return i.get(c, "getWithMetadata", true) })
}

func (i *Isolate) get(c goja.FunctionCall, method string, metadata bool) goja.Value {
	binding := i.namespace(c.This)
	i.need(c, method, 1)
	o := i.getOptions(c.Argument(1))
	o.Metadata = metadata
	if keys, ok := i.keys(c.Argument(0)); ok {
		return i.getBulk(binding, keys, o)
	}
	key := i.key("GET", c.Argument(0))
	var e kv.Entry
	return i.io(
		func(ctx context.Context, t Task) error {
			err := i.checkCacheTTL(o.CacheTTL)
			if err == nil {
				err = t.KV(binding).Get(ctx, key, o.GetOptions, &e)
			}
			if errors.Is(err, kv.ErrNotFound) {
				return nil
			}
			return err
		},
		func() goja.Value {
			v := goja.Null()
			if e.Found {
				v = i.convert(e.Value, o.kind)
			}
			if !metadata {
				return v
			}
			return i.withMetadata(v, e.Metadata, true)
		},
		i.refusal("GET"))
}

// keys is an array of keys, if v is one.
func (i *Isolate) keys(v goja.Value) (keys []string, ok bool) {
	o, ok := v.(*goja.Object)
	if !ok || o.ClassName() != "Array" {
		return nil, false
	}
	n := o.Get("length").ToInteger()
	// One more than there may be is enough to be refused.
	for at := int64(0); at < n && at <= kv.MaxBulkGetKeys; at++ {
		keys = append(keys, i.text(o.Get(i.vm.ToValue(at).String())))
	}
	return keys, true
}

// getBulk gets many keys in one operation: a Map, in the order of the keys.
func (i *Isolate) getBulk(binding int, keys []string, o getOptions) goja.Value {
	es := make([]kv.Entry, len(keys))
	return i.io(
		func(ctx context.Context, t Task) error {
			if err := checkBulk(len(keys), o.kind); err != nil {
				return err
			}
			if err := i.checkCacheTTL(o.CacheTTL); err != nil {
				return err
			}
			bulk, ok := t.KV(binding).(kv.BulkGetter)
			if !ok {
				return &kv.Error{Status: http.StatusNotImplemented, Message: "the store has no bulk get"}
			}
			return bulk.BulkGet(ctx, keys, o.GetOptions, es)
		},
		func() goja.Value {
			m, err := i.newMap(nil)
			if err != nil {
				i.rethrow(err)
			}
			for n := range es {
				v := goja.Null()
				if es[n].Found {
					v = i.convert(es[n].Value, o.kind)
					if o.Metadata {
						v = i.withMetadata(v, es[n].Metadata, false)
					}
				}
				if _, err := i.mapSet(m, i.vm.ToValue(keys[n]), v); err != nil {
					i.rethrow(err)
				}
			}
			return m
		},
		i.refusal("GET_BULK"))
}

// checkBulk refuses what KV refuses of a bulk get, and a store can't see.
func checkBulk(keys int, kind string) error {
	switch {
	case keys == 0:
		return &kv.Error{Status: http.StatusBadRequest, Message: "You must request a minimum of 1 key"}
	case keys > kv.MaxBulkGetKeys:
		return &kv.Error{Status: http.StatusBadRequest, Message: "You can request a maximum of 100 keys"}
	case kind != "text" && kind != "json":
		return &kv.Error{Status: http.StatusBadRequest, Message: `"` + kind + `" is not a valid type. Use "json" or "text"`}
	}
	return nil
}

// checkCacheTTL refuses what was asked to be cached for no time at all.
func (i *Isolate) checkCacheTTL(ttl time.Duration) error {
	if ttl > 0 && ttl < time.Second {
		return &kv.Error{Status: http.StatusBadRequest, Message: "Invalid cache_ttl of 0. Cache TTL must be at least 30."}
	}
	return nil
}

// convert makes of a value what was asked for.
func (i *Isolate) convert(value []byte, kind string) goja.Value {
	switch kind {
	case "text":
		return i.vm.ToValue(string(value))
	case "json":
		return i.parse(value)
	case "arrayBuffer":
		return i.vm.ToValue(i.vm.NewArrayBuffer(value))
	case "stream":
		return i.stream(value)
	}
	i.throwType(`Unknown response type. Possible types are "text", "arrayBuffer", "json", and "stream".`)
	return nil
}

// stream is a ReadableStream of what is there already.
func (i *Isolate) stream(value []byte) goja.Value {
	r, err := i.web.NewResponse(okResponse(value), "")
	if err != nil {
		i.rethrow(err)
	}
	return r.(*goja.Object).Get("body")
}

// withMetadata is the answer of getWithMetadata.
func (i *Isolate) withMetadata(value goja.Value, metadata []byte, single bool) goja.Value {
	o := i.vm.NewObject()
	_ = o.Set("value", value)
	m := goja.Null()
	if len(metadata) > 0 {
		m = i.parse(metadata)
	}
	_ = o.Set("metadata", m)
	if single {
		_ = o.Set("cacheStatus", goja.Null())
	}
	return o
}
