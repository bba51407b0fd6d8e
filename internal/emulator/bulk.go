package emulator

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"math"
	"net/http"
	"strings"
	"time"

	"kvbench/kv"
)

// maxNames is how many bytes a body of names may have: the most names, each as
// long as it may be with every byte escaped.
const maxNames = kv.MaxBulkPutKeys * (kv.MaxKeyBytes*6 + 4)

// pair is one write of a bulk write.
type pair struct {
	Key        *string         `json:"key"`
	Value      *string         `json:"value"`
	Base64     bool            `json:"base64"`
	Expiration float64         `json:"expiration"`
	TTL        float64         `json:"expiration_ttl"`
	Metadata   json.RawMessage `json:"metadata"`
}

// decode returns the write that a pair asks for.
func (p *pair) decode(i int) (out kv.Pair, err error) {
	bad := func(what string) (kv.Pair, error) { // our words
		return kv.Pair{}, refuse(http.StatusBadRequest, codeBody, "pair %d %s", i, what)
	}
	switch {
	case p.Key == nil:
		return bad("has no key")
	case p.Value == nil:
		return bad("has no value")
	case p.TTL != math.Trunc(p.TTL) || p.Expiration != math.Trunc(p.Expiration) || p.TTL < 0 || p.Expiration < 0 ||
		p.TTL > math.MaxInt64/float64(time.Second) || p.Expiration > math.MaxInt64/2:
		return out, refuse(http.StatusBadRequest, codeExpiry, "pair %d: Invalid expiration. Please specify integer greater than 0.", i)
	}
	out = kv.Pair{Key: *p.Key, Value: []byte(*p.Value), Options: kv.PutOptions{
		TTL: time.Duration(p.TTL) * time.Second, Expiration: int64(p.Expiration), Metadata: p.Metadata,
	}}
	if p.Base64 {
		if out.Value, err = base64.StdEncoding.DecodeString(*p.Value); err != nil {
			return bad("is not base64: " + err.Error())
		}
	}
	return out, nil
}

// written is the result of a bulk write or delete.
type written struct {
	Count   int      `json:"successful_key_count"`
	Refused []string `json:"unsuccessful_keys"`
}

func (s *Server) bulkPut(c *call) error {
	var body []pair
	if err := c.body(kv.MaxBulkPutBytes, &body); err != nil {
		return err
	}
	if len(body) > kv.MaxBulkPutKeys {
		return errTooManyKeys(len(body), kv.MaxBulkPutKeys)
	}
	pairs := make([]kv.Pair, len(body))
	for i := range body {
		var err error
		if pairs[i], err = body[i].decode(i); err != nil {
			return err
		}
	}
	store, release, err := s.store(c, "bulk write", writes, len(pairs))
	if err != nil {
		return err
	}
	defer release()
	bulk, ok := store.(kv.BulkPutter)
	if !ok {
		return errNoBulk
	}
	return c.written(len(pairs), bulk.BulkPut(c.Context(), pairs))
}

// errNoBulk is the answer of a store that reads or writes single keys only.
var errNoBulk = refuse(http.StatusNotImplemented, codeInternal, "the store behind this server has no bulk calls")

// written answers a bulk call of n keys. What was refused for its rate alone is
// told by name, and is no failure of the call.
func (c *call) written(n int, err error) error {
	out := written{Count: n, Refused: []string{}}
	var e *kv.Error
	if errors.As(err, &e) && len(e.Keys) > 0 {
		out.Refused, err = e.Keys, nil
		out.Count -= len(e.Keys)
	}
	if err != nil {
		return err
	}
	return c.result(out, nil)
}

func errTooManyKeys(n, most int) error { // our words
	return refuse(http.StatusBadRequest, codeBody, "%d keys: at most %d may be asked for at once", n, most)
}

func (s *Server) bulkDelete(c *call) error {
	var keys []string
	if err := c.body(maxNames, &keys); err != nil {
		return err
	}
	if len(keys) > kv.MaxBulkPutKeys {
		return errTooManyKeys(len(keys), kv.MaxBulkPutKeys)
	}
	store, release, err := s.store(c, "bulk delete", deletes, len(keys))
	if err != nil {
		return err
	}
	defer release()
	if bulk, ok := store.(kv.BulkDeleter); ok {
		return c.written(len(keys), bulk.BulkDelete(c.Context(), keys))
	}
	for _, key := range keys { // a store that fails on purpose has single deletes alone
		if err := store.Delete(c.Context(), key); err != nil {
			return err
		}
	}
	return c.written(len(keys), nil)
}

func (s *Server) bulkGet(c *call) error {
	var body struct {
		Keys     []string `json:"keys"`
		Type     string   `json:"type"`
		Metadata bool     `json:"withMetadata"`
	}
	if err := c.body(kv.MaxBulkGetKeys*(kv.MaxKeyBytes*6+4)+around, &body); err != nil {
		return err
	}
	switch {
	case body.Type != "" && body.Type != "text" && body.Type != "json": // our words
		return refuse(http.StatusBadRequest, codeBody, "type %q: want text or json", body.Type)
	case len(body.Keys) > kv.MaxBulkGetKeys:
		return errTooManyKeys(len(body.Keys), kv.MaxBulkGetKeys)
	}
	store, release, err := s.store(c, "bulk get", reads, len(body.Keys))
	if err != nil {
		return err
	}
	defer release()
	bulk, ok := store.(kv.BulkGetter)
	if !ok {
		return errNoBulk
	}
	found := make([]kv.Entry, len(body.Keys))
	if err := bulk.BulkGet(c.Context(), body.Keys, kv.GetOptions{Metadata: body.Metadata}, found); err != nil {
		return err
	}
	values := make(map[string]any, len(found))
	for i, name := range body.Keys {
		e := &found[i]
		if !e.Found {
			values[name] = nil
			continue
		}
		var value any = strings.ToValidUTF8(string(e.Value), "\uFFFD")
		if body.Type == "json" {
			if !json.Valid(e.Value) {
				return refuse(http.StatusBadRequest, codeBody, "At least one of the requested keys corresponds to a non-JSON value")
			}
			value = json.RawMessage(e.Value)
		}
		if body.Metadata {
			value = struct {
				Value      any             `json:"value"`
				Metadata   json.RawMessage `json:"metadata"`
				Expiration int64           `json:"expiration,omitempty"`
			}{value, raw(e.Metadata), e.Expiration}
		}
		values[name] = value
	}
	return c.result(map[string]any{"values": values}, nil)
}
