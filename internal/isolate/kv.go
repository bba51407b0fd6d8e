package isolate

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"kvbench/kv"

	"github.com/dop251/goja"
)

// namespace is which binding a method of KvNamespace is called on.
func (i *Isolate) namespace(this goja.Value) int {
	if o, ok := this.(*goja.Object); ok {
		if n, ok := i.names[o]; ok {
			return n
		}
	}
	i.throwType("Illegal invocation: function called with incorrect `this` reference. " +
		"See https://developers.cloudflare.com/workers/observability/errors/#illegal-invocation-errors for details.")
	return 0
}

// promised runs a method that answers with a promise: what it throws rejects that.
func (i *Isolate) promised(method func() goja.Value) goja.Value {
	var v goja.Value
	thrown := i.vm.Try(func() { v = method() })
	if thrown == nil {
		return v
	}
	promise, _, reject := i.vm.NewPromise()
	_ = reject(thrown.Value())
	return i.vm.ToValue(promise)
}

// need throws where a method has fewer arguments than it needs.
func (i *Isolate) need(c goja.FunctionCall, method string, most int) {
	if n := len(c.Arguments); n < most {
		plural := "s"
		if most == 1 {
			plural = ""
		}
		i.throwType("Failed to execute '%s' on 'KvNamespace': %d argument%s required, but only %d present.", method, most, plural, n)
	}
}

// key checks the name of a key as the runtime does, before it asks the store.
func (i *Isolate) key(operation string, v goja.Value) string {
	key := i.text(v)
	switch {
	case key == "":
		i.throwType("Key name cannot be empty.")
	case key == "." || key == "..":
		i.throwType("%q is not allowed as a key name.", key)
	case len(key) > kv.MaxKeyBytes:
		e := &kv.Error{
			Status:  http.StatusRequestURITooLong,
			Message: fmt.Sprintf("UTF-8 encoded length of %d exceeds key length limit of %d.", len(key), kv.MaxKeyBytes),
		}
		_, site := i.callSite()
		panic(i.from(i.storeError(operation, e), site, e))
	}
	return key
}

// refusal words an error of the store as the runtime does.
func (i *Isolate) refusal(operation string) func(error) *goja.Object {
	return func(err error) *goja.Object { return i.storeError(operation, err) }
}

func (i *Isolate) storeError(operation string, err error) *goja.Object {
	var e *kv.Error
	switch {
	case errors.As(err, &e) && e.Status == 0:
		return i.newError("Network connection lost.")
	case errors.As(err, &e):
		text := e.Message
		if text == "" {
			text = http.StatusText(e.Status)
		}
		return i.newError("KV %s failed: %d %s", operation, e.Status, text)
	case errors.Is(err, kv.ErrInvocationLimit):
		return i.newError("Too many API requests by single Worker invocation.")
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return i.newError("The KV %s was canceled.", operation)
	}
	return i.newError("KV %s failed: %v", operation, err)
}

// text is a value as a string in UTF-8.
func (i *Isolate) text(v goja.Value) string { return v.String() }

// member is a member of an options object; nil where it is absent or undefined.
func member(o *goja.Object, name string) goja.Value {
	v := o.Get(name)
	if v == nil || goja.IsUndefined(v) {
		return nil
	}
	return v
}

// number is a member that is a whole number, as the runtime takes it: cut off.
func (i *Isolate) number(o *goja.Object, name string) (n int64, given bool) {
	v := member(o, name)
	if v == nil {
		return 0, false
	}
	return v.ToNumber().ToInteger(), true
}

// seconds is a member that counts seconds.
func (i *Isolate) seconds(o *goja.Object, name string) (d time.Duration, given bool) {
	n, given := i.number(o, name)
	const most = int64(1<<63-1) / int64(time.Second)
	return time.Duration(max(min(n, most), -most)) * time.Second, given
}

// parse reads JSON; it throws the script's SyntaxError.
func (i *Isolate) parse(document []byte) goja.Value {
	text := string(document)
	if v, ok := i.web.ParseJSON(text); ok {
		return v
	}
	v, err := i.json.parse(goja.Undefined(), i.vm.ToValue(text))
	if err != nil {
		i.rethrow(err)
	}
	return v
}

// rethrow throws in the script what a call of it has thrown.
func (i *Isolate) rethrow(err error) {
	var thrown *goja.Exception
	if errors.As(err, &thrown) {
		panic(thrown.Value())
	}
	panic(err)
}

// bytes is what an ArrayBuffer, a view of one or a string holds.
func (i *Isolate) bytes(v goja.Value) []byte {
	b, err := i.web.Bytes(v)
	if err != nil {
		i.rethrow(err)
	}
	return b
}
