package binding

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"

	"kvbench/kv"
)

// maxBody is the longest body of a bulk get that is read: more than that of the most keys
// there may be, so that one too many can be told.
const maxBody = 1 << 20

// wanted is the body of a bulk get.
type wanted struct {
	Keys     []string        `json:"keys"`
	Type     string          `json:"type"`
	Metadata bool            `json:"withMetadata"`
	CacheTTL json.RawMessage `json:"cacheTtl"` // a number in a string
}

// bulkGet answers with an object of values by the names that the store was asked for.
func (c *call) bulkGet() error {
	w, o, err := c.wanted()
	if err != nil {
		return err
	}
	store, first, err := c.server.Resolve(c.at, w.Keys[0])
	if err != nil {
		return err
	}
	w.Keys[0] = first
	bulk, ok := store.(kv.BulkGetter)
	if !ok { // our words
		return refuse(http.StatusNotImplemented, "the store has no bulk get")
	}
	es := make([]kv.Entry, len(w.Keys))
	if err := bulk.BulkGet(c.ctx, w.Keys, o, es); err != nil {
		return err
	}
	for i := range es {
		if es[i].Found && w.Type == "json" && !json.Valid(es[i].Value) {
			return refuse(http.StatusBadRequest, "At least one of the requested keys corresponds to a non-JSON value")
		}
	}
	return c.tell(w, es)
}

// wanted reads what a bulk get asks for, of which there is at least one key.
func (c *call) wanted() (w wanted, o kv.GetOptions, err error) {
	var text bytes.Buffer
	n, err := c.body(&text, maxBody)
	if err != nil {
		return w, o, err
	}
	if n > maxBody { // our words
		return w, o, refuse(http.StatusRequestEntityTooLarge, "Request length of %d exceeds limit of %d.", n, maxBody)
	}
	in := json.NewDecoder(&text)
	in.DisallowUnknownFields() // which would ask for what is not done
	if err := in.Decode(&w); err != nil {
		return w, o, refuse(http.StatusBadRequest, "Invalid request of a bulk get: %v", err) // our words
	}
	switch {
	case len(w.Keys) == 0:
		return w, o, refuse(http.StatusBadRequest, "You must request a minimum of 1 key")
	case len(w.Keys) > kv.MaxBulkGetKeys:
		return w, o, refuse(http.StatusBadRequest, "You can request a maximum of %d keys", kv.MaxBulkGetKeys)
	case w.Type != "" && w.Type != "text" && w.Type != "json":
		return w, o, refuse(http.StatusBadRequest, `"%.40s" is not a valid type. Use "json" or "text"`, w.Type)
	}
	o.Metadata = w.Metadata
	if ttl := strings.Trim(string(w.CacheTTL), `"`); ttl != "" && ttl != "null" {
		seconds, err := whole("cache_ttl", ttl)
		if err == nil {
			o.CacheTTL, err = cacheTTL(seconds)
		}
		if err != nil {
			return w, o, err
		}
	}
	return w, o, nil
}

// tell writes what was found.
func (c *call) tell(w wanted, es []kv.Entry) error {
	to, out := c.Response.BodyWriter(), c.encoder()
	told := make(map[string]bool, len(es))
	between := "{"
	var errs []error
	write := func(text string) {
		_, err := io.WriteString(to, text)
		errs = append(errs, err)
	}
	for i, name := range w.Keys {
		if told[name] {
			continue
		}
		told[name] = true
		e := &es[i]
		write(between)
		between = ","
		errs = append(errs, out.Encode(name))
		write(":")
		if !e.Found {
			write("null")
			continue
		}
		if w.Metadata {
			write(`{"value":`)
		}
		if w.Type == "json" {
			write(string(e.Value))
		} else {
			errs = append(errs, out.Encode(string(e.Value)))
		}
		if w.Metadata {
			write(`,"metadata":`)
			if len(e.Metadata) == 0 {
				write("null")
			}
			write(string(e.Metadata) + "}")
		}
	}
	write("}")
	return errors.Join(errs...)
}
