package emulator

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// A path is /at/N, which may be left out, then root, the account, below, and a
// namespace with what is asked of it. A key may hold anything, slashes and dots
// too, escaped or not: a router that cleans paths, as net/http's does, would take
// it for another one.
const (
	root     = "/client/v4"
	accounts = "/accounts/"
	below    = "/storage/kv/namespaces"
	at       = "/at/"
)

// methods are the calls of a path, by the request's method.
type methods map[string]func(c *call) error

// routes are all calls, by shape: what follows the namespace, without a key.
func (s *Server) routes() map[string]methods {
	return map[string]methods{
		"":             {"GET": s.listNamespaces, "POST": s.createNamespace}, // no namespace
		"/":            {"GET": s.getNamespace, "PUT": s.renameNamespace, "DELETE": s.deleteNamespace},
		"/keys":        {"GET": s.listKeys},
		"/values/":     {"GET": s.getValue, "PUT": s.putValue, "DELETE": s.deleteValue},
		"/metadata/":   {"GET": s.getMetadata},
		"/bulk":        {"PUT": s.bulkPut, "DELETE": s.bulkDelete}, // DELETE is the older way to say the same
		"/bulk/get":    {"POST": s.bulkGet},
		"/bulk/delete": {"POST": s.bulkDelete},
	}
}

// find returns what serves a call, whose location, namespace and key it sets.
func (s *Server) find(c *call) (serve func(c *call) error, err error) {
	path := c.URL.EscapedPath()
	if rest, found := strings.CutPrefix(path, at); found {
		number, _, _ := strings.Cut(rest, "/")
		if c.location, err = strconv.Atoi(number); err != nil || c.location < 0 {
			return nil, refuse(http.StatusNotFound, codeNoRoute, "No location %q: want /at/N%s, N from 0", number, root) // our words
		}
		path = rest[len(number):]
	}
	rest, found := strings.CutPrefix(path, root+accounts)
	account, rest, more := strings.Cut(rest, "/")
	rest, under := strings.CutPrefix(rest, below[1:])
	if !found || !more || !under {
		return nil, errUnrouted(c)
	}
	shape, err := c.shape(rest)
	if err != nil {
		return nil, err
	}
	calls, found := s.table[shape]
	switch {
	case !found:
		return nil, errUnrouted(c)
	case account != s.account:
		return nil, errForeign
	}
	method := c.Method
	if method == http.MethodHead {
		method = http.MethodGet
	}
	if serve = calls[method]; serve == nil {
		return nil, refuse(http.StatusMethodNotAllowed, codeMethod, "%s not supported for requested URI.", c.Method)
	}
	return serve, nil
}

func errUnrouted(c *call) error {
	return refuse(http.StatusNotFound, codeNoRoute, "Could not route to %s, perhaps your object identifier is invalid?", c.URL.Path)
}

// shape takes a call's namespace and key out of what follows below in its path,
// and returns what is left.
func (c *call) shape(rest string) (shape string, err error) {
	if rest == "" {
		return "", nil
	}
	id, shape := rest[1:], "/"
	if i := strings.IndexByte(id, '/'); i >= 0 {
		id, shape = id[:i], id[i:]
	}
	for _, keyed := range []string{"/values/", "/metadata/"} {
		if key, found := strings.CutPrefix(shape, keyed); found {
			shape = keyed
			if c.key, err = url.PathUnescape(key); err != nil {
				return "", errUnrouted(c)
			}
		}
	}
	if c.namespace, err = url.PathUnescape(id); err != nil || id == "" || rest[0] != '/' {
		return "", errUnrouted(c)
	}
	return shape, nil
}
