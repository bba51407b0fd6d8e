package webapi

import (
	"github.com/dop251/goja"
	"github.com/nlnwa/whatwg-url/url"
)

// hostHref is href(string): the URL as the standard writes it, or a TypeError.
func (a *API) hostHref() func(goja.FunctionCall) goja.Value {
	return func(c goja.FunctionCall) goja.Value {
		s := c.Argument(0).String()
		u, err := url.Parse(s)
		if err != nil {
			a.typeError("Invalid URL: %s", s)
		}
		return a.vm.ToValue(u.Href(false))
	}
}
