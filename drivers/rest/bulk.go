package rest

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"unicode/utf8"

	"kvbench/kv"
)

// BulkGet implements kv.BulkGetter.
func (s *store) BulkGet(ctx context.Context, keys []string, o kv.GetOptions, es []kv.Entry) error {
	for i := range es {
		es[i].Reset()
	}
	switch {
	case len(keys) == 0: // our server's words; the real API's are not known
		return &kv.Error{Status: http.StatusBadRequest, Message: "You must request a minimum of 1 key"}
	case len(es) != len(keys): // a mistake of the caller's
		return &kv.Error{Status: http.StatusBadRequest, Message: fmt.Sprintf("%d entries for %d keys", len(es), len(keys))}
	}
	namespace, err := s.begin(ctx, keys...)
	if err != nil {
		return err
	}
	return s.bulkGet(ctx, namespace, keys, o.Metadata, es)
}

// text is the value of a key in the answer to a bulk get: a string, or an object
// where metadata was asked for.
type text struct {
	Value      string          `json:"value"`
	Metadata   json.RawMessage `json:"metadata"`
	Expiration int64           `json:"expiration"`
}

// UnmarshalJSON implements json.Unmarshaler.
func (t *text) UnmarshalJSON(data []byte) error {
	if data[0] == '"' {
		return json.Unmarshal(data, &t.Value)
	}
	type object text // without this method
	return json.Unmarshal(data, (*object)(t))
}

// bulkGet fills es, which are empty, and leaves them so when it fails.
func (s *store) bulkGet(ctx context.Context, namespace string, keys []string, metadata bool, es []kv.Entry) (err error) {
	defer func() {
		for i := range es {
			if err != nil {
				es[i].Reset()
			}
		}
	}()
	var a Answer[struct{ Values map[string]*text }]
	if err := a.check(s.calls.BulkGet(ctx, namespace, keys, metadata, &a)); err != nil {
		return err
	}
	for i, key := range keys {
		t, answered := a.Result.Values[key]
		if !answered {
			return badAnswer("the answer to a bulk get lacks a key: %.40q", key)
		}
		if t == nil {
			continue
		}
		e := &es[i]
		e.Found, e.Value, e.Expiration = true, append(e.Value, t.Value...), t.Expiration
		if metadata {
			e.Metadata = append(e.Metadata, known(t.Metadata)...)
		}
		if strings.ContainsRune(t.Value, utf8.RuneError) {
			if err := s.exact(ctx, namespace, key, e); err != nil {
				return err
			}
		}
	}
	return nil
}

// exact reads a value that a bulk get gave as text which may stand for other
// bytes. It is an error when the value has become another one meanwhile: the
// metadata at hand would not be its own.
func (s *store) exact(ctx context.Context, namespace, key string, e *kv.Entry) error {
	var raw kv.Entry
	if err := s.get(ctx, namespace, key, &raw); err != nil && err != kv.ErrNotFound {
		return err
	}
	if !raw.Found || strings.ToValidUTF8(string(raw.Value), "\uFFFD") != strings.ToValidUTF8(string(e.Value), "\uFFFD") {
		return &kv.Error{Status: http.StatusConflict, Message: "a value that is not text has changed while it was read"}
	}
	e.Value = append(e.Value[:0], raw.Value...)
	return nil
}

// pair is one write of a bulk write.
type pair struct {
	Key        string          `json:"key"`
	Value      string          `json:"value"`
	Base64     bool            `json:"base64,omitempty"`
	Expiration int64           `json:"expiration,omitempty"`
	TTL        *int64          `json:"expiration_ttl,omitempty"`
	Metadata   json.RawMessage `json:"metadata,omitempty"`
}

// BulkPut implements kv.BulkPutter.
func (s *store) BulkPut(ctx context.Context, pairs []kv.Pair) error {
	out := make([]pair, len(pairs))
	for i, p := range pairs {
		if err := checkKey(p.Key); err != nil {
			return err
		}
		o := p.Options
		if len(o.Metadata) > 0 && !json.Valid(o.Metadata) { // our words: it would make all of the body no JSON
			return &kv.Error{Status: http.StatusBadRequest, Message: fmt.Sprintf("Metadata of %.40q must be valid JSON.", p.Key)}
		}
		out[i] = pair{Key: p.Key, Value: string(p.Value), Expiration: o.Expiration, Metadata: o.Metadata}
		if o.TTL != 0 {
			ttl := Seconds(o.TTL)
			out[i].TTL = &ttl
		}
		if !utf8.Valid(p.Value) {
			out[i].Value, out[i].Base64 = base64.StdEncoding.EncodeToString(p.Value), true
		}
	}
	body, err := json.Marshal(out)
	if err != nil {
		return &kv.Error{Status: http.StatusBadRequest, Message: err.Error()}
	}
	namespace, err := s.begin(ctx)
	if err != nil {
		return err
	}
	var a Answer[written]
	if err := a.check(s.calls.BulkPut(ctx, namespace, body, &a)); err != nil {
		return err
	}
	return a.Result.check(len(pairs), "written")
}

// BulkDelete implements kv.BulkDeleter.
func (s *store) BulkDelete(ctx context.Context, keys []string) error {
	namespace, err := s.begin(ctx, keys...)
	if err != nil {
		return err
	}
	var a Answer[written]
	if err := a.check(s.calls.BulkDelete(ctx, namespace, keys, &a)); err != nil {
		return err
	}
	return a.Result.check(len(keys), "deleted")
}

// written is the result of a bulk write or delete.
type written struct {
	Refused []string `json:"unsuccessful_keys"`
}

// check is the error of a bulk call that left out some keys. The API does not say
// why, but that they should be tried again; status 429 is an assumption.
func (w written) check(n int, verb string) error {
	if len(w.Refused) == 0 {
		return nil
	}
	return &kv.Error{
		Status: http.StatusTooManyRequests, Keys: w.Refused,
		Message: fmt.Sprintf("%d of %d keys were not %s", len(w.Refused), n, verb),
	}
}
