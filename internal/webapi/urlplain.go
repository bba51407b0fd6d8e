package webapi

import (
	"strings"

	"github.com/dop251/goja"
)

// maxPlainHost bounds the host of a plain URL: a label may be as long.
const maxPlainHost = 63

// plainURL is a URL that stands as the standard writes it, and whose parts can be read off:
// most of those that Workers meet are. Its parts are slices of it.
type plainURL struct {
	href                   string
	origin, host           string // host: without a port, which a plain URL has not
	protocol, path, search string
}

// parsePlain takes a URL apart if it is plain. It says no where it is not sure: what it says
// yes to, the parser leaves as it is.
func parsePlain(s string) (u plainURL, ok bool) {
	begin := len("https://")
	switch {
	case strings.HasPrefix(s, "https://"):
	case strings.HasPrefix(s, "http://"):
		begin--
	default:
		return u, false
	}
	slash := strings.IndexByte(s[begin:], '/')
	if slash < 0 {
		return u, false
	}
	slash += begin
	u = plainURL{href: s, protocol: s[:begin-2], origin: s[:slash], host: s[begin:slash], path: s[slash:]}
	if !plainHost(u.host) {
		return u, false
	}
	if q := strings.IndexByte(u.path, '?'); q >= 0 {
		u.path, u.search = u.path[:q], u.path[q:]
		if len(u.search) == 1 || !allOf(u.search[1:], inPlainQuery) {
			return u, false
		}
	}
	return u, allOf(u.path, inPlainPath) && !hasDots(u.path)
}

// plainHost reports whether a host is made of labels of lower-case letters, digits and single
// dashes inside, the last of which begins with a letter, so that it is no address.
func plainHost(h string) bool {
	if h == "" || len(h) > maxPlainHost {
		return false
	}
	label := 0
	for i := 0; i < len(h); i++ {
		switch c := h[i]; {
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9':
		case c == '-' && i > label && i+1 < len(h) && h[i+1] != '.' && h[i+1] != '-':
		case c == '.' && i > label:
			label = i + 1
		default:
			return false
		}
	}
	return label < len(h) && h[label] >= 'a' && h[label] <= 'z'
}

// hasDots reports whether a path may have a segment . or .., which would be resolved; a dot
// may be written as %2e.
func hasDots(path string) bool {
	return strings.Contains(path, "/.") || strings.Contains(path, "%2")
}

func allOf(s string, set *[256]bool) bool {
	for i := 0; i < len(s); i++ {
		if !set[s[i]] {
			return false
		}
	}
	return true
}

// The bytes that a path and a query keep as they are.
var (
	inPlainPath  = bytesOf("-._~!$&'()*+,;=:@/%")
	inPlainQuery = bytesOf("-._~!$&()*+,;=:@/?%")
)

func bytesOf(others string) *[256]bool {
	var set [256]bool
	for c := range set {
		b := byte(c)
		set[c] = b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9' || strings.IndexByte(others, b) >= 0
	}
	return &set
}

// plainParts are the parts of a plain URL, as parts has them. Those that two URLs of one
// origin share are made once. href is u's, as the script gave it.
func (a *API) plainParts(u plainURL, href goja.Value) goja.Value {
	if a.lastOrigin.text != u.origin {
		a.lastOrigin = sharedParts{
			text: strings.Clone(u.origin), origin: a.vm.ToValue(strings.Clone(u.origin)),
			protocol: a.vm.ToValue(strings.Clone(u.protocol)), host: a.vm.ToValue(strings.Clone(u.host)), empty: a.vm.ToValue(""),
		}
	}
	o := &a.lastOrigin
	search := o.empty
	if u.search != "" {
		search = a.vm.ToValue(u.search)
	}
	return a.vm.NewArray(href, o.protocol, o.empty, o.empty, o.host, o.host, o.empty, a.vm.ToValue(u.path), search, o.empty, o.origin)
}

// sharedParts are those of an origin.
type sharedParts struct {
	text                          string
	origin, protocol, host, empty goja.Value
}
