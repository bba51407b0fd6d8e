package rest

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"kvbench/drivers/limits"
	"kvbench/kv"
)

// space is one namespace.
type space struct {
	title        string
	capabilities kv.Capabilities
	conn         *Conn
	lookup       *plain // finds the identifier of the title
	at           []*store

	mu sync.Mutex             // held by who looks the identifier up
	id atomic.Pointer[string] // nil until it is found
}

// store is a namespace as seen from one location.
type store struct {
	*space
	calls Calls
}

var (
	_ kv.Store       = (*store)(nil)
	_ kv.Located     = (*store)(nil)
	_ kv.BulkGetter  = (*store)(nil)
	_ kv.BulkPutter  = (*store)(nil)
	_ kv.BulkDeleter = (*store)(nil)
)

// At implements kv.Located.
func (sp *space) At(n int) kv.Store { return sp.at[n] }

// Capabilities implements kv.Store.
func (sp *space) Capabilities() kv.Capabilities { return sp.capabilities }

// Close implements kv.Store. It closes the store for every location.
func (sp *space) Close() error {
	sp.conn.transport.CloseIdleConnections()
	return nil
}

// namespace is the identifier, looked up by the title where the URL names that.
func (sp *space) namespace(ctx context.Context) (string, error) {
	if id := sp.id.Load(); id != nil {
		return *id, nil
	}
	sp.mu.Lock()
	defer sp.mu.Unlock()
	if id := sp.id.Load(); id != nil {
		return *id, nil
	}
	const size, pages = 100, 100 // an account has 1,000 namespaces, unless it was given more
	for page := 1; page <= pages; page++ {
		var a Answer[[]struct{ ID, Title string }]
		if err := a.check(sp.lookup.namespaces(ctx, page, size, &a)); err != nil {
			return "", fmt.Errorf("looking up the namespace %q: %w", sp.title, err)
		}
		for _, ns := range a.Result {
			if ns.Title == sp.title {
				sp.id.Store(&ns.ID)
				return ns.ID, nil
			}
		}
		if len(a.Result) < size {
			return "", &kv.Error{
				Status: http.StatusNotFound, Code: codeNamespace,
				Message: fmt.Sprintf("the account has no namespace that is called %q", sp.title),
			}
		}
	}
	return "", badAnswer("looking up the namespace %q: the account's namespaces do not end after %d", sp.title, size*pages)
}

// begin checks a call's keys and returns the namespace's identifier.
func (s *store) begin(ctx context.Context, keys ...string) (namespace string, err error) {
	for _, key := range keys {
		if err := checkKey(key); err != nil {
			return "", err
		}
	}
	return s.namespace(ctx)
}

// checkKey refuses the keys that a URL or a JSON text cannot say: "." and ".." are
// taken out of a path on the way, so that Delete("..") would be a call to delete
// the namespace, and what is not UTF-8 would be another key. All other limits are
// the server's to hold. The texts but that of the dots are our words.
func checkKey(key string) error {
	var text string
	switch {
	case key == "":
		text = "Key names must not be empty"
	case key == "." || key == "..":
		text = fmt.Sprintf("Illegal key name %q. Please use a different name.", key)
	case !utf8.ValidString(key):
		text = fmt.Sprintf("Illegal key name %.40q: it is not valid UTF-8.", key)
	default:
		return nil
	}
	return &kv.Error{Status: http.StatusBadRequest, Message: text}
}

// Get implements kv.Store.
func (s *store) Get(ctx context.Context, key string, o kv.GetOptions, e *kv.Entry) error {
	e.Reset()
	namespace, err := s.begin(ctx, key)
	if err != nil {
		return err
	}
	if !o.Metadata {
		return s.get(ctx, namespace, key, e)
	}
	es := [1]kv.Entry{*e}
	err = s.bulkGet(ctx, namespace, []string{key}, true, es[:])
	*e = es[0]
	if err == nil && !e.Found {
		err = kv.ErrNotFound
	}
	return err
}

// get reads a value, which may be any bytes.
func (s *store) get(ctx context.Context, namespace, key string, e *kv.Entry) error {
	res, err := s.calls.Get(ctx, namespace, key)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if e.Value, err = limits.ReadInto(e.Value[:0], res.Body, res.ContentLength); err != nil {
		e.Reset()
		return err
	}
	if e.Expiration, err = expiration(res.Header); err != nil {
		e.Reset()
		return err
	}
	e.Found = true
	return nil
}

// Put implements kv.Store. A value that is too large is refused here, as a server
// that refuses it may close the connection before it is sent, and not be heard.
func (s *store) Put(ctx context.Context, key string, value []byte, o kv.PutOptions) error {
	if len(value) > kv.MaxValueBytes {
		return &kv.Error{
			Status:  http.StatusRequestEntityTooLarge,
			Message: fmt.Sprintf("Value length of %d exceeds limit of %d.", len(value), kv.MaxValueBytes),
		}
	}
	namespace, err := s.begin(ctx, key)
	if err != nil {
		return err
	}
	var a Answer[any]
	return a.check(s.calls.Put(ctx, namespace, key, value, o, &a))
}

// Delete implements kv.Store.
func (s *store) Delete(ctx context.Context, key string) error {
	namespace, err := s.begin(ctx, key)
	if err != nil {
		return err
	}
	var a Answer[any]
	err = a.check(s.calls.Delete(ctx, namespace, key, &a))
	if err == kv.ErrNotFound {
		return nil // which the API may say, and the contract does not
	}
	return err
}

// minList is the least limit that the API takes.
const minList = 10

// List implements kv.Store. A cursor of ours is the last name that was given of a
// page which was longer than asked for, in base64, a dot, and the API's cursor of
// that page.
func (s *store) List(ctx context.Context, o kv.ListOptions, p *kv.Page) error {
	p.Reset()
	namespace, err := s.begin(ctx)
	if err != nil {
		return err
	}
	given, cursor, found := strings.Cut(o.Cursor, ".")
	last, bad := base64.RawURLEncoding.DecodeString(given)
	if bad != nil || o.Cursor != "" && !found {
		return &kv.Error{Status: http.StatusBadRequest, Message: "Invalid cursor: want the cursor of the page before."}
	}
	limit := o.Limit
	if limit > 0 && limit < minList {
		limit = minList
	}
	var a Answer[[]listed]
	if err := a.check(s.calls.List(ctx, namespace, o.Prefix, cursor, limit, &a)); err != nil {
		return err
	}
	next := a.Info.Cursor
	if next != "" && next == cursor {
		return badAnswer("the listing does not go on: the next page's cursor is this page's")
	}
	for _, k := range a.Result {
		if k.Name <= string(last) {
			continue
		}
		if o.Limit > 0 && len(p.Keys) == o.Limit {
			p.Cursor = base64.RawURLEncoding.EncodeToString([]byte(p.Keys[len(p.Keys)-1].Name)) + "." + cursor
			return nil
		}
		p.Keys = append(p.Keys, kv.Key{Name: k.Name, Expiration: k.Expiration, Metadata: known(k.Metadata)})
	}
	if next == "" {
		p.Complete = true
		return nil
	}
	p.Cursor = "." + next
	return nil
}

// listed is one name of a listing.
type listed struct {
	Name       string          `json:"name"`
	Expiration int64           `json:"expiration"`
	Metadata   json.RawMessage `json:"metadata"`
}

// known is the metadata that a document holds: null is none.
func known(document json.RawMessage) []byte {
	if len(document) == 0 || string(document) == "null" {
		return nil
	}
	return document
}

// Seconds is a TTL in whole seconds, rounded up; one below the least is rounded
// down, so that it is refused.
func Seconds(ttl time.Duration) int64 {
	whole := int64(ttl / time.Second)
	if ttl >= kv.MinTTL && ttl%time.Second != 0 {
		whole++
	}
	return whole
}
