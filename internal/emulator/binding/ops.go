package binding

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"kvbench/kv"
)

// serve makes the call that a request asks for.
func (c *call) serve() error {
	path, _, _ := strings.Cut(string(c.Request.Header.RequestURI()), "?")
	method := string(c.Method())
	if method == http.MethodPost && path == "/bulk/get" {
		return c.bulkGet()
	}
	name, absolute := strings.CutPrefix(path, "/")
	if !absolute { // our words
		return refuse(http.StatusBadRequest, "Invalid path %.40q.", path)
	}
	if c.key = name; c.has("urlencoded") {
		var err error
		if c.key, err = url.PathUnescape(name); err != nil { // our words
			return refuse(http.StatusBadRequest, "Invalid key name %.40q.", name)
		}
	}
	switch {
	case method == http.MethodGet && name == "":
		return c.list()
	case method == http.MethodGet:
		return c.get()
	case method == http.MethodPut:
		return c.put()
	case method == http.MethodDelete:
		return c.delete()
	}
	return refuse(http.StatusMethodNotAllowed, "%s %.40q is no operation of a KV binding.", method, path) // our words
}

func refuse(status int, format string, args ...any) error {
	return &kv.Error{Status: status, Message: fmt.Sprintf(format, args...)}
}

// has reports whether the query has a parameter.
func (c *call) has(name string) bool { return c.QueryArgs().Has(name) }

// number is a whole number of the query.
func (c *call) number(name string) (n int64, given bool, err error) {
	if !c.has(name) {
		return 0, false, nil
	}
	n, err = whole(name, string(c.QueryArgs().Peek(name)))
	return n, true, err
}

func whole(name, text string) (int64, error) {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0, refuse(http.StatusBadRequest, "Invalid %s of %.40s. Please specify integer greater than 0.", name, text)
	}
	return n, nil
}

// seconds is a number of seconds, at most the longest time there is.
func seconds(n int64) time.Duration {
	const most = int64(math.MaxInt64 / time.Second)
	return time.Duration(max(min(n, most), -most)) * time.Second
}

// cacheTTL is how long an answer may be cached. 0 means the default to a store, and is too
// little to KV.
func cacheTTL(n int64) (time.Duration, error) {
	if n == 0 {
		return 0, refuse(http.StatusBadRequest, "Invalid cache_ttl of 0. Cache TTL must be at least %g.", kv.MinCacheTTL.Seconds())
	}
	return seconds(n), nil
}

// entries and buffers are used again where they are not large.
var (
	entries = sync.Pool{New: func() any { return new(kv.Entry) }}
	buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}
)

// keep is the largest buffer that is used again.
const keep = 1 << 20

// get answers with a value, and its metadata: a request does not say whether it is wanted.
func (c *call) get() error {
	o := kv.GetOptions{Metadata: true}
	n, given, err := c.number("cache_ttl")
	if given && err == nil {
		o.CacheTTL, err = cacheTTL(n)
	}
	if err != nil {
		return err
	}
	store, key, err := c.server.Resolve(c.at, c.key)
	if err != nil {
		return err
	}
	e := entries.Get().(*kv.Entry)
	defer func() {
		if cap(e.Value) <= keep {
			entries.Put(e)
		}
	}()
	if err := store.Get(c.ctx, key, o, e); err != nil {
		return err
	}
	h := &c.Response.Header
	if len(e.Metadata) > 0 {
		h.SetBytesV("CF-KV-Metadata", oneLine(e.Metadata))
	}
	if c.server.CacheStatus && e.Cached {
		h.Set("CF-Cache-Status", "HIT")
	}
	c.SetBody(e.Value)
	return nil
}

// oneLine is a JSON document without line ends, which a header can't have.
func oneLine(document []byte) []byte {
	if !bytes.ContainsAny(document, "\r\n") {
		return document
	}
	var b bytes.Buffer
	if json.Compact(&b, document) != nil {
		return nil
	}
	return b.Bytes()
}

func (c *call) put() error {
	o, err := c.putOptions()
	if err != nil {
		return err
	}
	value := buffers.Get().(*bytes.Buffer)
	defer func() {
		if value.Cap() <= keep {
			value.Reset()
			buffers.Put(value)
		}
	}()
	// One byte over the limit is passed on: the store refuses it, and whoever watches the store
	// sees the call.
	n, err := c.body(value, kv.MaxValueBytes+1)
	if err != nil {
		return err
	}
	store, key, err := c.server.Resolve(c.at, c.key)
	if err != nil {
		return err
	}
	err = store.Put(c.ctx, key, value.Bytes(), o)
	refused, _ := errors.AsType[*kv.Error](err)
	if n > kv.MaxValueBytes && (err == nil || refused != nil && refused.Status == http.StatusRequestEntityTooLarge) {
		return refuse(http.StatusRequestEntityTooLarge, "Value length of %d exceeds limit of %d.", n, kv.MaxValueBytes)
	}
	return err
}

func (c *call) putOptions() (o kv.PutOptions, err error) {
	ttl, hasTTL, err := c.number("expiration_ttl")
	if err != nil {
		return o, err
	}
	at, hasAt, err := c.number("expiration")
	switch {
	case err != nil:
		return o, err
	case hasTTL && ttl == 0: // which is none to a store
		return o, refuse(http.StatusBadRequest, "Invalid expiration_ttl of 0. Please specify integer greater than 0.")
	case hasAt && at == 0 && !hasTTL:
		return o, refuse(http.StatusBadRequest, "Invalid expiration of 0. Please specify integer greater than the current number of seconds since the UNIX epoch.")
	}
	o.TTL, o.Expiration = seconds(ttl), at
	if document := c.Request.Header.Peek("CF-KV-Metadata"); len(document) > 0 {
		o.Metadata = bytes.Clone(document)
	}
	return o, nil
}

func (c *call) delete() error {
	store, key, err := c.server.Resolve(c.at, c.key)
	if err != nil {
		return err
	}
	return store.Delete(c.ctx, key)
}

// listed is one name of a listing, as the binding wants it: metadata is JSON in a string.
type listed struct {
	Name       string  `json:"name"`
	Expiration int64   `json:"expiration,omitempty"`
	Metadata   *string `json:"metadata,omitempty"`
}

func (c *call) list() error {
	limit, _, err := c.number("key_count_limit")
	if err != nil {
		return err
	}
	o := kv.ListOptions{Cursor: string(c.QueryArgs().Peek("cursor")), Limit: int(min(limit, math.MaxInt32))}
	store, prefix, err := c.server.Resolve(c.at, string(c.QueryArgs().Peek("prefix")))
	if err != nil {
		return err
	}
	o.Prefix = prefix
	var p kv.Page
	if err := store.List(c.ctx, o, &p); err != nil {
		return err
	}
	out := struct {
		Keys     []listed `json:"keys"`
		Complete bool     `json:"list_complete"`
		Cursor   string   `json:"cursor,omitempty"`
	}{make([]listed, len(p.Keys)), p.Complete, p.Cursor}
	for i, k := range p.Keys {
		out.Keys[i] = listed{Name: k.Name, Expiration: k.Expiration}
		if len(k.Metadata) > 0 {
			document := string(k.Metadata)
			out.Keys[i].Metadata = &document
		}
	}
	return c.encoder().Encode(out)
}

// encoder writes JSON to the answer.
func (c *call) encoder() *json.Encoder {
	c.SetContentType("application/json")
	e := json.NewEncoder(c.Response.BodyWriter())
	e.SetEscapeHTML(false)
	return e
}
