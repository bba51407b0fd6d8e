package webapi

import (
	"errors"
	"net/http"
	"net/textproto"
	"strings"

	"github.com/dop251/goja"
)

// ErrNotMessage says that a value is no Request or Response.
var ErrNotMessage = errors.New("the value is not what was expected")

// NewRequest is r as a script's handler gets it: its headers can't be changed. Its URL is
// parsed, and its headers are, when the script asks for them. r.Body is the script's from
// then on.
func (a *API) NewRequest(r *Request, cf goja.Value) (goja.Value, error) {
	body := goja.Null()
	if r.Body != nil {
		b, err := a.bytes(nil, a.vm.ToValue(a.vm.NewArrayBuffer(r.Body)))
		if err != nil {
			return nil, err
		}
		body = b
	}
	var more goja.Value = goja.Undefined()
	if cf != nil {
		o := a.vm.NewObject()
		if err := errors.Join(o.Set("cf", cf), o.Set("raw", true), o.Set("redirect", "manual")); err != nil {
			return nil, err
		}
		more = o
	}
	// The constructor of Request is for scripts: it does much that is not needed here.
	return a.message(a.request, body, a.vm.ToValue(flat(r.Headers)), a.vm.ToValue(r.Method), a.vm.ToValue(r.URL), more, a.vm.ToValue(true))
}

// NewResponse is r as a script gets it from fetch: its headers can't be changed. url is
// where it came from. r.Body is the script's from then on.
func (a *API) NewResponse(r *Response, url string) (goja.Value, error) {
	return a.newResponse(goja.Undefined(), a.vm.ToValue(r.Status), a.vm.ToValue(r.StatusText), a.vm.ToValue(flat(r.Headers)), a.body(r.Body), a.vm.ToValue(url))
}

// ReadResponse reads what a handler answered, and uses up its body. If the body is a
// stream, it is not there yet: pending is then a promise, and Bytes of what that comes to
// is the Body. Otherwise pending is nil.
func (a *API) ReadResponse(v goja.Value) (r *Response, pending *goja.Object, err error) {
	s, err := peek(a.peekResponse, v, "Response")
	if err != nil {
		return nil, nil, err
	}
	r = &Response{
		Status:     int(s.Get("kind").ToInteger()),
		StatusText: s.Get("text").String(),
		Headers:    parseFlat(s.Get("flat").String()),
	}
	r.Body, pending = out(s)
	return r, pending, nil
}

// AsRequest is the Request that a call fetch(input, init) means.
func (a *API) AsRequest(input, init goja.Value) (goja.Value, error) {
	return a.asRequest(goja.Undefined(), input, init)
}

// ReadRequest reads a Request that a script made, and uses up its body; pending is as
// ReadResponse has it. signal is its AbortSignal, or nil.
func (a *API) ReadRequest(v goja.Value) (r *Request, pending *goja.Object, signal *goja.Object, err error) {
	s, err := peek(a.peekRequest, v, "Request")
	if err != nil {
		return nil, nil, nil, err
	}
	r = &Request{
		Method:  s.Get("kind").String(),
		URL:     s.Get("text").String(),
		Headers: parseFlat(s.Get("flat").String()),
	}
	r.Body, pending = out(s)
	signal, _ = s.Get("signal").(*goja.Object)
	return r, pending, signal, nil
}

// Bytes is a copy of what an ArrayBuffer, a view of one, or a string (as UTF-8) holds.
func (a *API) Bytes(v goja.Value) ([]byte, error) {
	if b, ok := view(v); ok {
		return append([]byte{}, b...), nil
	}
	if _, ok := v.(goja.String); ok {
		return utf8Of(v), nil
	}
	return nil, ErrNotMessage
}

func peek(f goja.Callable, v goja.Value, want string) (*goja.Object, error) {
	sv, err := f(goja.Undefined(), v)
	if err != nil {
		return nil, err
	}
	s, ok := sv.(*goja.Object)
	if !ok {
		return nil, errors.Join(ErrNotMessage, errors.New("want a "+want))
	}
	return s, nil
}

// out is a message's body, or the promise of it.
func out(s *goja.Object) ([]byte, *goja.Object) {
	v := s.Get("body")
	if v == nil || goja.IsNull(v) {
		return nil, nil
	}
	if b, ok := view(v); ok {
		return append([]byte{}, b...), nil
	}
	if o, ok := v.(*goja.Object); ok {
		return nil, o
	}
	return utf8Of(v), nil
}

func (a *API) body(b []byte) goja.Value {
	if b == nil {
		return goja.Null()
	}
	return a.vm.ToValue(a.vm.NewArrayBuffer(b))
}

// flat is headers as they cross into the prelude: a name in lower case and a value a line
// each.
func flat(h http.Header) string {
	if len(h) == 0 {
		return ""
	}
	var s strings.Builder
	for name, values := range h {
		name = strings.ToLower(name)
		for _, v := range values {
			s.WriteString(name)
			s.WriteByte('\n')
			s.WriteString(strings.Map(func(r rune) rune {
				if r == '\n' || r == '\r' || r == 0 {
					return ' '
				}
				return r
			}, v))
			s.WriteByte('\n')
		}
	}
	return s.String()
}

func parseFlat(s string) http.Header {
	h := make(http.Header, 4)
	for s != "" {
		name, rest, _ := strings.Cut(s, "\n")
		value, rest, _ := strings.Cut(rest, "\n")
		name = textproto.CanonicalMIMEHeaderKey(name)
		h[name] = append(h[name], value)
		s = rest
	}
	return h
}
