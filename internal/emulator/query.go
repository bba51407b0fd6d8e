package emulator

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
)

// maxIgnored is how much that was ignored is told of a request.
const maxIgnored = 10

// ignore keeps what a client should hear of a part of its request that has no
// effect. That the real API ignores what it does not know is an assumption.
func (c *call) ignore(format string, args ...any) {
	if len(c.ignored) < maxIgnored {
		c.ignored = append(c.ignored, fmt.Sprintf(format, args...))
	}
}

// messages are what was ignored, as an envelope tells it.
func (c *call) messages() []message {
	if len(c.ignored) == 0 {
		return none
	}
	out := make([]message, len(c.ignored))
	for i, text := range c.ignored {
		out[i] = message{Message: text}
	}
	return out
}

// warn tells in the header of a raw value what was ignored (RFC 7234, 5.5).
func (c *call) warn() {
	for _, text := range c.ignored {
		c.w.Header().Add("Warning", fmt.Sprintf("299 - %q", text))
	}
}

// readQuery reads the parameters of the query, of which the call takes some.
func (c *call) readQuery(takes []string) (err error) {
	if c.URL.RawQuery == "" {
		return nil
	}
	if c.params, err = url.ParseQuery(c.URL.RawQuery); err != nil { // our words
		return refuse(http.StatusBadRequest, codeInvalid, "could not parse the query: %v", err)
	}
	names := make([]string, 0, len(c.params))
	for name := range c.params {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		switch {
		case !slices.Contains(takes, name):
			c.ignore("parameter %.40q is not known and was ignored", name)
		case len(c.params[name]) > 1:
			c.ignore("parameter %.40q is given more than once: the first counts", name)
		}
	}
	return nil
}

// query is a parameter of the query, empty where it is not given.
func (c *call) query(name string) string { return c.params.Get(name) }
