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
type methods map[string]endpoint

// endpoint is a call, and the parameters that it takes in the query.
type endpoint struct {
	serve func(c *call) error
	takes []string
}

// routes are all calls, by shape: what follows the namespace, without a key.
func (s *Server) routes() map[string]methods {
	takes := func(serve func(c *call) error, parameters ...string) endpoint { return endpoint{serve, parameters} }
	bulkDelete := takes(s.bulkDelete)
	return map[string]methods{
		"": { // no namespace
			"GET":  takes(s.listNamespaces, "page", "per_page", "order", "direction"),
			"POST": takes(s.createNamespace),
		},
		"/":            {"GET": takes(s.getNamespace), "PUT": takes(s.renameNamespace), "DELETE": takes(s.deleteNamespace)},
		"/keys":        {"GET": takes(s.listKeys, "prefix", "limit", "cursor")},
		"/values/":     {"GET": takes(s.getValue), "PUT": takes(s.putValue, "expiration", "expiration_ttl"), "DELETE": takes(s.deleteValue)},
		"/metadata/":   {"GET": takes(s.getMetadata)},
		"/bulk":        {"PUT": takes(s.bulkPut), "DELETE": bulkDelete}, // DELETE is the older way to say the same
		"/bulk/get":    {"POST": takes(s.bulkGet)},
		"/bulk/delete": {"POST": bulkDelete},
	}
}

// find returns what serves a call, whose location, namespace and key it sets.
func (s *Server) find(c *call) (endpoint, error) {
	path, nowhere := c.URL.EscapedPath(), endpoint{}
	if rest, found := strings.CutPrefix(path, at); found {
		number, _, _ := strings.Cut(rest, "/")
		var err error
		if c.location, err = strconv.Atoi(number); err != nil || c.location < 0 {
			return nowhere, refuse(http.StatusNotFound, codeNoRoute, "No location %q: want /at/N%s, N from 0", number, root) // our words
		}
		c.edge, path = true, rest[len(number):]
	}
	rest, found := strings.CutPrefix(path, root+accounts)
	account, rest, more := strings.Cut(rest, "/")
	rest, under := strings.CutPrefix(rest, below[1:])
	if !found || !more || !under {
		return nowhere, errUnrouted(c)
	}
	shape, err := c.shape(rest)
	if err != nil {
		return nowhere, err
	}
	calls, found := s.table[shape]
	switch {
	case !found:
		return nowhere, errUnrouted(c)
	case account == "":
		return nowhere, errNoAccount
	case account != s.account:
		return nowhere, errForeign
	}
	method := c.Method
	if method == http.MethodHead {
		method = http.MethodGet
	}
	e, found := calls[method]
	if !found {
		return nowhere, refuse(http.StatusMethodNotAllowed, codeMethod, "%s not supported for requested URI.", c.Method)
	}
	return e, nil
}

// errNoAccount is what a path with an empty account hears.
var errNoAccount = refuse(http.StatusBadRequest, noRoute.Code, "%s", noRoute.Message)

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
