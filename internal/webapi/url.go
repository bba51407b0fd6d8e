package webapi

import (
	"strings"

	"github.com/dop251/goja"
	"github.com/nlnwa/whatwg-url/url"
)

// parsed is a URL in the parts that a script asks for. The last one is kept: a handler
// asks for its request's URL, and parses it.
type parsed struct {
	href, given string
	u           *url.Url
}

func (a *API) parseURL(s string) (*url.Url, string, error) {
	if a.last.u != nil && (s == a.last.given || s == a.last.href) {
		return a.last.u, a.last.href, nil
	}
	u, err := url.Parse(s)
	if err != nil {
		return nil, "", err
	}
	a.last = parsed{href: u.Href(false), given: s, u: u}
	return u, a.last.href, nil
}

// hostHref is href(string): the URL as the standard writes it, or a TypeError.
func (a *API) hostHref() func(goja.FunctionCall) goja.Value {
	return func(c goja.FunctionCall) goja.Value {
		s := c.Argument(0).String()
		if _, ok := parsePlain(s); ok {
			return c.Argument(0)
		}
		_, href, err := a.parseURL(s)
		if err != nil {
			a.typeError("Invalid URL: %s", s)
		}
		return a.vm.ToValue(href)
	}
}

// hostURL is url(string, base or undefined): the parts of a URL, or undefined if it is
// none.
func (a *API) hostURL() func(goja.FunctionCall) goja.Value {
	return func(c goja.FunctionCall) goja.Value {
		s := c.Argument(0).String()
		var u *url.Url
		var href string
		var err error
		if b := c.Argument(1); goja.IsUndefined(b) {
			if plain, ok := parsePlain(s); ok {
				return a.plainParts(plain, c.Argument(0))
			}
			u, href, err = a.parseURL(s)
		} else if u, err = url.ParseRef(b.String(), s); err == nil {
			href = u.Href(false)
		}
		if err != nil {
			return goja.Undefined()
		}
		return a.parts(u, href)
	}
}

func (a *API) parts(u *url.Url, href string) goja.Value {
	return a.vm.NewArray(href, u.Protocol(), u.Username(), u.Password(), u.Host(), u.Hostname(), u.Port(), u.Pathname(), u.Search(), u.Hash(), origin(u))
}

// origin is a URL's origin in text: "null" for schemes that have none.
func origin(u *url.Url) string {
	switch u.Scheme() {
	case "http", "https", "ws", "wss", "ftp":
		return u.Protocol() + "//" + u.Host()
	case "blob":
		if in, err := url.Parse(u.Pathname()); err == nil && (in.Scheme() == "http" || in.Scheme() == "https") {
			return origin(in)
		}
	}
	return "null"
}

// setters are in the order of the parts; the script sets href by parsing it.
var setters = []func(*url.Url, string){
	nil, (*url.Url).SetProtocol, (*url.Url).SetUsername, (*url.Url).SetPassword, (*url.Url).SetHost,
	(*url.Url).SetHostname, (*url.Url).SetPort, (*url.Url).SetPathname, (*url.Url).SetSearch, (*url.Url).SetHash,
}

// hostURLSet is urlSet(href, part, value): the parts after one was set.
func (a *API) hostURLSet() func(goja.FunctionCall) goja.Value {
	return func(c goja.FunctionCall) goja.Value {
		u, err := url.Parse(c.Argument(0).String()) // afresh: a setter changes it
		part := c.Argument(1).ToInteger()
		if err != nil || part < 1 || part >= int64(len(setters)) {
			a.typeError("Invalid URL string.")
		}
		setters[part](u, c.Argument(2).String())
		return a.parts(u, u.Href(false))
	}
}

// hostFormDecode is formDecode(string): the pairs of application/x-www-form-urlencoded.
func (a *API) hostFormDecode() func(goja.FunctionCall) goja.Value {
	return func(c goja.FunctionCall) goja.Value {
		var out []any
		for part := range strings.SplitSeq(string(utf8Of(c.Argument(0))), "&") {
			if part == "" {
				continue
			}
			name, value, _ := strings.Cut(part, "=")
			out = append(out, a.vm.NewArray(formDecode(name), formDecode(value)))
		}
		return a.vm.NewArray(out...)
	}
}

func formDecode(s string) string {
	if !strings.ContainsAny(s, "+%") {
		return s
	}
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '+':
			b = append(b, ' ')
		case c == '%' && i+2 < len(s) && hexDigit(s[i+1]) >= 0 && hexDigit(s[i+2]) >= 0:
			b = append(b, byte(hexDigit(s[i+1])<<4|hexDigit(s[i+2])))
			i += 2
		default:
			b = append(b, c)
		}
	}
	return decode(b)
}

func hexDigit(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}

// hostFormEncode is formEncode(string): a name or a value in
// application/x-www-form-urlencoded.
func (a *API) hostFormEncode() func(goja.FunctionCall) goja.Value {
	return func(c goja.FunctionCall) goja.Value {
		const hex = "0123456789ABCDEF"
		in := utf8Of(c.Argument(0))
		out := make([]byte, 0, len(in)+8)
		for _, b := range in {
			switch {
			case b >= 'a' && b <= 'z', b >= 'A' && b <= 'Z', b >= '0' && b <= '9', b == '*', b == '-', b == '.', b == '_':
				out = append(out, b)
			case b == ' ':
				out = append(out, '+')
			default:
				out = append(out, '%', hex[b>>4], hex[b&15])
			}
		}
		return a.vm.ToValue(string(out))
	}
}
