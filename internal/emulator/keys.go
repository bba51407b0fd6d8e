package emulator

import (
	"encoding/json"
	"net/http"
	"strconv"

	"kvbench/kv"
)

// minList is the least limit that the REST API takes; a Worker's may be 1.
const minList = 10

// key is one name of a listing.
type key struct {
	Name       string          `json:"name"`
	Expiration int64           `json:"expiration,omitempty"`
	Metadata   json.RawMessage `json:"metadata,omitempty"`
}

func (s *Server) listKeys(c *call) error {
	o := kv.ListOptions{Prefix: c.query("prefix"), Cursor: c.query("cursor")}
	if text := c.query("limit"); text != "" {
		sp, err := s.space(c, "list keys")
		if err != nil {
			return err
		}
		most := sp.store.Capabilities().MaxListKeys
		n, err := strconv.Atoi(text)
		code := codeListLimit
		if err == nil && n < minList {
			code = codeInvalid // as was seen
		}
		if err != nil || n < minList || n > most { // our words
			return refuse(http.StatusBadRequest, code, "Invalid limit of %.40s: want %d to %d.", text, minList, most)
		}
		o.Limit = n
	}
	store, release, err := s.store(c, "list keys", lists, 1)
	if err != nil {
		return err
	}
	defer release()
	var p kv.Page
	if err := store.List(c.Context(), o, &p); err != nil {
		return err
	}
	keys := make([]key, len(p.Keys))
	for i, k := range p.Keys {
		keys[i] = key{k.Name, k.Expiration, k.Metadata}
	}
	return c.result(keys, struct {
		Count  int    `json:"count"`
		Cursor string `json:"cursor"`
	}{len(keys), p.Cursor})
}

// raw is a JSON document, null where there is none.
func raw(document []byte) json.RawMessage {
	if len(document) == 0 {
		return json.RawMessage("null")
	}
	return json.RawMessage(document)
}
