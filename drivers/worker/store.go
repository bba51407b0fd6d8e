package worker

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"
	"unicode/utf8"

	"kvbench/drivers/limits"
	"kvbench/kv"
)

// space is one namespace.
type space struct {
	capabilities kv.Capabilities
	client       *client
	at           []*store
	broken       func() error // why no call can be answered any more; nil: nothing is known
	close        func() error
}

// store is a namespace as seen from one location.
type store struct {
	*space
	host func() (string, error) // of its Worker
}

var (
	_ kv.Store      = (*store)(nil)
	_ kv.Located    = (*store)(nil)
	_ kv.BulkGetter = (*store)(nil)
)

// At implements kv.Located.
func (sp *space) At(n int) kv.Store { return sp.at[n] }

// Capabilities implements kv.Store.
func (sp *space) Capabilities() kv.Capabilities { return sp.capabilities }

// Close implements kv.Store. It closes the store for every location.
func (sp *space) Close() error {
	sp.client.transport.CloseIdleConnections()
	return sp.close()
}

// The most bytes that answers may have: what KV's limits allow, written as JSON with every
// byte escaped.
const (
	escaped   = 6 // bytes of JSON for one of a text: \u0000
	around    = 64 << 10
	ofNothing = 0
	ofPage    = kv.MaxListKeys*(escaped*(kv.MaxKeyBytes+kv.MaxMetadataBytes)+128) + around
	ofBulkGet = escaped*kv.MaxBulkGetBytes + kv.MaxBulkGetKeys*(escaped*kv.MaxMetadataBytes+128) + around
)

// call makes an operation.
func (s *store) call(ctx context.Context, r request) (*http.Response, error) {
	host, err := s.host()
	if err != nil {
		return nil, err
	}
	res, err := s.client.do(ctx, host, r)
	if kv.HasStatus(err, 0) && s.broken != nil {
		if why := s.broken(); why != nil {
			return nil, &kv.Error{Message: why.Error()}
		}
	}
	return res, err
}

// do makes an operation that has no result.
func (s *store) do(ctx context.Context, r request) error {
	res, err := s.call(ctx, r)
	if err != nil {
		return err
	}
	return res.Body.Close()
}

// decode makes an operation whose result is JSON.
func (s *store) decode(ctx context.Context, r request, into any) error {
	res, err := s.call(ctx, r)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, into); err != nil {
		return badAnswer("the answer is not the Worker's: %v", err)
	}
	return nil
}

// checkKey refuses the keys that JavaScript can't say. All other limits are the binding's to
// hold.
func checkKey(key string) error {
	if utf8.ValidString(key) {
		return nil
	}
	return &kv.Error{Status: http.StatusBadRequest, Message: fmt.Sprintf("Illegal key name %.40q: it is not valid UTF-8.", key)}
}

// seconds are whole seconds as the binding takes them: rounded up, but for those below the
// least, which are rounded down, so that they are refused.
func seconds(d, least time.Duration) string {
	n := int64(d / time.Second)
	if d >= least && d%time.Second != 0 {
		n++
	}
	return strconv.FormatInt(n, 10)
}

func (s *store) getQuery(o kv.GetOptions) url.Values {
	q := url.Values{}
	if o.CacheTTL != 0 {
		q.Set("cacheTtl", seconds(o.CacheTTL, kv.MinCacheTTL))
	}
	return q
}

// Get implements kv.Store.
func (s *store) Get(ctx context.Context, key string, o kv.GetOptions, e *kv.Entry) error {
	e.Reset()
	if err := checkKey(key); err != nil {
		return err
	}
	q := s.getQuery(o)
	q.Set("key", key)
	r := request{method: http.MethodGet, path: "/get", query: q, most: kv.MaxValueBytes}
	if o.Metadata {
		r.path = "/getWithMetadata"
	}
	res, err := s.call(ctx, r)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if e.Value, err = limits.ReadInto(e.Value[:0], res.Body, res.ContentLength); err == nil && o.Metadata {
		err = metadata(res.Header, e)
	}
	if err != nil {
		e.Reset()
		return err
	}
	e.Found = true
	return nil
}

// metadata reads what an answer has beside a value.
func metadata(h http.Header, e *kv.Entry) error {
	text, err := url.PathUnescape(h.Get(metadataHeader))
	if err != nil {
		return badAnswer("metadata: %v", err)
	}
	e.Metadata = append(e.Metadata[:0], text...)
	e.Cached = h.Get("Kvbench-Cached") != ""
	return nil
}

// Put implements kv.Store.
func (s *store) Put(ctx context.Context, key string, value []byte, o kv.PutOptions) error {
	if err := checkKey(key); err != nil {
		return err
	}
	q := url.Values{"key": {key}}
	if o.TTL != 0 {
		q.Set("expirationTtl", seconds(o.TTL, kv.MinTTL))
	}
	if o.Expiration != 0 {
		q.Set("expiration", strconv.FormatInt(o.Expiration, 10))
	}
	return s.do(ctx, request{method: http.MethodPut, path: "/put", query: q, metadata: o.Metadata, body: value, most: ofNothing})
}

// Delete implements kv.Store.
func (s *store) Delete(ctx context.Context, key string) error {
	if err := checkKey(key); err != nil {
		return err
	}
	return s.do(ctx, request{method: http.MethodDelete, path: "/delete", query: url.Values{"key": {key}}, most: ofNothing})
}

// List implements kv.Store.
func (s *store) List(ctx context.Context, o kv.ListOptions, p *kv.Page) error {
	p.Reset()
	if err := checkKey(o.Prefix); err != nil {
		return err
	}
	if o.Limit < 0 { // which the runtime takes for none
		return &kv.Error{
			Status: http.StatusBadRequest, Message: fmt.Sprintf("Invalid key_count_limit of %d. Please specify an integer greater than 0.", o.Limit),
		}
	}
	q := url.Values{}
	for name, value := range map[string]string{"prefix": o.Prefix, "cursor": o.Cursor} {
		if value != "" {
			q.Set(name, value)
		}
	}
	if o.Limit > 0 {
		q.Set("limit", strconv.Itoa(o.Limit))
	}
	var page struct {
		Keys []struct {
			Name       string
			Expiration int64
			Metadata   json.RawMessage
		}
		Complete bool `json:"list_complete"`
		Cursor   string
	}
	if err := s.decode(ctx, request{method: http.MethodGet, path: "/list", query: q, most: ofPage}, &page); err != nil {
		return err
	}
	if !page.Complete && (page.Cursor == "" || page.Cursor == o.Cursor) {
		return badAnswer("the listing does not go on: the next page's cursor is %q", page.Cursor)
	}
	p.Complete, p.Cursor = page.Complete, page.Cursor
	for _, k := range page.Keys {
		p.Keys = append(p.Keys, kv.Key{Name: k.Name, Expiration: k.Expiration, Metadata: known(k.Metadata)})
	}
	return nil
}

// known is the metadata that a document holds: null is none.
func known(document json.RawMessage) []byte {
	if len(document) == 0 || string(document) == "null" {
		return nil
	}
	return document
}
