package isolate

import (
	"context"

	"kvbench/kv"

	"github.com/dop251/goja"
)

func (i *Isolate) kvPut(c goja.FunctionCall) goja.Value {
	return i.promised(func() goja.Value {
		binding := i.namespace(c.This)
		i.need(c, "put", 2)
		key := i.key("PUT", c.Argument(0))
		o, refused := i.putOptions(c.Argument(2))
		value, stream := i.putValue(c.Argument(1))
		put := func() goja.Value {
			return i.io(
				func(ctx context.Context, t Task) error {
					if refused != nil {
						return refused
					}
					return t.KV(binding).Put(ctx, key, value, o)
				},
				goja.Undefined, i.refusal("PUT"))
		}
		if stream == nil {
			return put()
		}
		i.locate()
		return i.chain(stream, func(v goja.Value) goja.Value {
			value = i.bytes(v)
			return put()
		})
	})
}

// putOptions reads put's third argument. What is refused for it that a store does not see
// is an error of the put.
func (i *Isolate) putOptions(v goja.Value) (o kv.PutOptions, refused error) {
	object, ok := v.(*goja.Object)
	if !ok {
		return o, nil
	}
	if at, given := i.number(object, "expiration"); given {
		o.Expiration = at
		if at == 0 {
			refused = &kv.Error{Status: 400, Message: "Invalid expiration of 0. Please specify integer greater than the current number of seconds since the UNIX epoch."}
		}
	}
	if ttl, given := i.seconds(object, "expirationTtl"); given {
		o.TTL, refused = ttl, nil
		if ttl == 0 {
			refused = &kv.Error{Status: 400, Message: "Invalid expiration_ttl of 0. Please specify integer greater than 0."}
		}
	}
	if metadata := member(object, "metadata"); metadata != nil && !goja.IsNull(metadata) {
		document, err := i.json.stringify(goja.Undefined(), metadata)
		if err != nil {
			i.rethrow(err)
		}
		if !goja.IsUndefined(document) { // such as of a function
			o.Metadata = []byte(document.String())
		}
	}
	return o, refused
}

// putValue is the bytes of put's second argument, or the promise of them where it is a
// stream.
func (i *Isolate) putValue(v goja.Value) (value []byte, stream *goja.Object) {
	o, ok := v.(*goja.Object)
	if !ok {
		return []byte(i.text(v)), nil
	}
	if i.isBuffer(o) {
		return i.bytes(v), nil
	}
	if i.isStream(o) {
		response, err := i.vm.New(i.vm.Get("Response"), o)
		if err != nil {
			i.rethrow(err)
		}
		read, pending, err := i.web.ReadResponse(response)
		if err != nil {
			i.rethrow(err)
		}
		if pending == nil {
			return read.Body, nil
		}
		return nil, pending
	}
	i.throwType("KV put() accepts only strings, ArrayBuffers, ArrayBufferViews, and ReadableStreams as values.")
	return nil, nil
}

// isBuffer tells an ArrayBuffer or a view of one.
func (i *Isolate) isBuffer(o *goja.Object) bool {
	if o.ExportType() == bufferType {
		return true
	}
	view, err := i.isView(goja.Undefined(), o)
	return err == nil && view.ToBoolean()
}

// isStream tells a ReadableStream.
func (i *Isolate) isStream(o *goja.Object) bool {
	class, ok := i.vm.Get("ReadableStream").(*goja.Object)
	return ok && i.vm.InstanceOf(o, class)
}

func (i *Isolate) kvDelete(c goja.FunctionCall) goja.Value {
	return i.promised(func() goja.Value {
		binding := i.namespace(c.This)
		i.need(c, "delete", 1)
		if _, many := i.keys(c.Argument(0)); many {
			i.absent("delete of an array of keys")
		}
		key := i.key("DELETE", c.Argument(0))
		return i.io(
			func(ctx context.Context, t Task) error { return t.KV(binding).Delete(ctx, key) },
			goja.Undefined, i.refusal("DELETE"))
	})
}

func (i *Isolate) kvList(c goja.FunctionCall) goja.Value {
	return i.promised(func() goja.Value {
		binding := i.namespace(c.This)
		var o kv.ListOptions
		if object, ok := c.Argument(0).(*goja.Object); ok {
			if prefix := member(object, "prefix"); prefix != nil && !goja.IsNull(prefix) {
				o.Prefix = i.text(prefix)
			}
			if cursor := member(object, "cursor"); cursor != nil && !goja.IsNull(cursor) {
				o.Cursor = i.text(cursor)
			}
			if limit, given := i.number(object, "limit"); given && limit > 0 { // else the runtime leaves it out
				o.Limit = int(min(limit, 1<<31-1))
			}
		}
		var p kv.Page
		return i.io(
			func(ctx context.Context, t Task) error { return t.KV(binding).List(ctx, o, &p) },
			func() goja.Value { return i.page(&p) }, i.refusal("GET"))
	})
}

// page is the answer of list.
func (i *Isolate) page(p *kv.Page) goja.Value {
	keys := make([]any, len(p.Keys))
	for n := range p.Keys {
		k := &p.Keys[n]
		o := i.vm.NewObject()
		_ = o.Set("name", k.Name)
		if k.Expiration != 0 {
			_ = o.Set("expiration", k.Expiration)
		}
		if len(k.Metadata) > 0 {
			_ = o.Set("metadata", i.parse(k.Metadata))
		}
		keys[n] = o
	}
	answer := i.vm.NewObject()
	_ = answer.Set("keys", i.vm.NewArray(keys...))
	_ = answer.Set("list_complete", p.Complete)
	if !p.Complete {
		_ = answer.Set("cursor", p.Cursor)
	}
	_ = answer.Set("cacheStatus", goja.Null())
	return answer
}
