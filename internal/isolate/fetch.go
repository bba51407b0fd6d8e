package isolate

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"

	"kvbench/internal/webapi"

	"github.com/dop251/goja"
)

func okResponse(body []byte) *webapi.Response {
	if body == nil {
		body = []byte{}
	}
	return &webapi.Response{Status: http.StatusOK, Body: body}
}

// fetchGlobal is fetch: the host's origins answer it. One that is aborted keeps its
// connection until its answer would have come.
func (i *Isolate) fetchGlobal(c goja.FunctionCall) goja.Value {
	return i.promised(func() goja.Value {
		request, err := i.vm.New(i.vm.Get("Request"), c.Arguments...)
		if err != nil {
			i.rethrow(err)
		}
		r, pending, signal, err := i.web.ReadRequest(request)
		if err != nil {
			i.rethrow(err)
		}
		var answer *webapi.Response
		fetch := func() goja.Value {
			return i.io(
				func(ctx context.Context, t Task) (err error) {
					answer, err = t.Fetch(ctx, r)
					return err
				},
				func() goja.Value {
					v, err := i.web.NewResponse(answer, r.URL)
					if err != nil {
						i.rethrow(err)
					}
					return v
				},
				func(err error) *goja.Object {
					return i.newErrorOf("TypeError", fmt.Sprintf("fetch of %s: %v", r.URL, err))
				})
		}
		var promise goja.Value
		if pending == nil {
			promise = fetch()
		} else {
			i.locate()
			promise = i.chain(pending, func(v goja.Value) goja.Value {
				r.Body = i.bytes(v)
				return fetch()
			})
		}
		if signal == nil {
			return promise
		}
		v, err := i.runtime.abortable(goja.Undefined(), signal, promise)
		if err != nil {
			i.rethrow(err)
		}
		return v
	})
}

// value is a var of env in the script.
func (i *Isolate) value(v any) (goja.Value, error) {
	switch v := v.(type) {
	case nil:
		return goja.Null(), nil
	case string, bool, float64, int, int64:
		return i.vm.ToValue(v), nil
	case []any:
		items := make([]any, len(v))
		for n := range v {
			item, err := i.value(v[n])
			if err != nil {
				return nil, err
			}
			items[n] = item
		}
		return i.vm.NewArray(items...), nil
	case map[string]any:
		o := i.vm.NewObject()
		for _, name := range slices.Sorted(maps.Keys(v)) {
			item, err := i.value(v[name])
			if err != nil {
				return nil, err
			}
			_ = o.Set(name, item)
		}
		return o, nil
	}
	return nil, fmt.Errorf("a %T is no JSON", v)
}
