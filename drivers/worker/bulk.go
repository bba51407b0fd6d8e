package worker

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"unicode/utf8"

	"kvbench/kv"
)

// BulkGet implements kv.BulkGetter.
func (s *store) BulkGet(ctx context.Context, keys []string, o kv.GetOptions, es []kv.Entry) (err error) {
	defer func() {
		for i := range es {
			if err != nil {
				es[i].Reset()
			}
		}
	}()
	for i := range es {
		es[i].Reset()
	}
	if len(es) != len(keys) { // a mistake of the caller's
		return &kv.Error{Status: http.StatusBadRequest, Message: fmt.Sprintf("%d entries for %d keys", len(es), len(keys))}
	}
	for _, key := range keys {
		if err := checkKey(key); err != nil {
			return err
		}
	}
	q := s.getQuery(o)
	if o.Metadata {
		q.Set("metadata", "1")
	}
	body, err := json.Marshal(append([]string{}, keys...))
	if err != nil {
		return &kv.Error{Status: http.StatusBadRequest, Message: err.Error()}
	}
	var found [][]json.RawMessage
	if err := s.decode(ctx, request{method: http.MethodPost, path: "/bulkGet", query: q, body: body, most: ofBulkGet}, &found); err != nil {
		return err
	}
	if len(found) != len(keys) {
		return badAnswer("%d values for %d keys", len(found), len(keys))
	}
	for i, f := range found {
		if f == nil {
			continue
		}
		if err := s.tell(ctx, keys[i], f, &es[i]); err != nil {
			return err
		}
	}
	return nil
}

// tell reads what was found of a key: its value, and its metadata where that was asked for.
func (s *store) tell(ctx context.Context, key string, found []json.RawMessage, e *kv.Entry) error {
	var value string
	if len(found) == 0 || json.Unmarshal(found[0], &value) != nil {
		return badAnswer("a bulk get has no value of the key %.40q", key)
	}
	e.Found, e.Value = true, append(e.Value, value...)
	if len(found) > 1 {
		e.Metadata = append(e.Metadata, known(found[1])...)
	}
	if !strings.ContainsRune(value, utf8.RuneError) {
		return nil
	}
	// The text may stand for other bytes. It is an error when the value has become another
	// one meanwhile: the metadata at hand would not be its own.
	var raw kv.Entry
	if err := s.Get(ctx, key, kv.GetOptions{}, &raw); err != nil && err != kv.ErrNotFound {
		return err
	}
	if !raw.Found || !bytes.Equal(bytes.ToValidUTF8(raw.Value, []byte("\uFFFD")), bytes.ToValidUTF8(e.Value, []byte("\uFFFD"))) {
		return &kv.Error{Status: http.StatusConflict, Message: "a value that is not text has changed while it was read"}
	}
	e.Value = append(e.Value[:0], raw.Value...)
	return nil
}
