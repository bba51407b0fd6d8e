package emulator

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"unicode/utf8"

	"kvbench/kv"
)

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
		return refuse(http.StatusBadRequest, codeInvalid, "type %.40q: want text or json", body.Type)
	case len(body.Keys) > kv.MaxBulkGetKeys: // our words
		return refuse(http.StatusBadRequest, codeInvalid, "%d keys: at most %d may be asked for at once", len(body.Keys), kv.MaxBulkGetKeys)
	}
	found, err := s.found(c, body.Keys, body.Metadata)
	if err != nil {
		return err
	}
	for i := range found {
		if e := &found[i]; e.Found && body.Type == "json" && !json.Valid(e.Value) {
			return refuse(http.StatusBadRequest, codeInvalid, "At least one of the requested keys corresponds to a non-JSON value")
		}
	}
	c.w.Header()["Content-Type"] = jsonType
	to := bufio.NewWriterSize(writer{c}, chunk)
	_, _ = io.WriteString(to, `{"success":true,"errors":[],"messages":`)
	asJSON(to, c.messages())
	_, _ = io.WriteString(to, `,"result":{"values":{`)
	told := make(map[string]bool, len(found))
	for i, name := range body.Keys {
		if told[name] {
			continue
		}
		if len(told) > 0 {
			_ = to.WriteByte(',')
		}
		told[name] = true
		quote(to, []byte(name))
		_ = to.WriteByte(':')
		tell(to, &found[i], body.Type == "json", body.Metadata)
	}
	_, _ = io.WriteString(to, "}}}\n")
	_ = to.Flush() // what fails is that the client has gone
	return nil
}

// found reads keys, which no one has to wait for when they are sent.
func (s *Server) found(c *call, keys []string, metadata bool) ([]kv.Entry, error) {
	store, release, err := s.store(c, "bulk get", reads, len(keys))
	if err != nil {
		return nil, err
	}
	defer release()
	bulk, ok := store.(kv.BulkGetter)
	if !ok {
		return nil, errNoBulk
	}
	found := make([]kv.Entry, len(keys))
	return found, bulk.BulkGet(c.Context(), keys, kv.GetOptions{Metadata: metadata, Central: !c.edge}, found)
}

// tell writes what was found of a key.
func tell(to *bufio.Writer, e *kv.Entry, asIs, metadata bool) {
	if !e.Found {
		_, _ = io.WriteString(to, "null")
		return
	}
	if metadata {
		_, _ = io.WriteString(to, `{"value":`)
	}
	if asIs {
		_, _ = to.Write(e.Value)
	} else {
		quote(to, bytes.ToValidUTF8(e.Value, []byte("\uFFFD")))
	}
	if metadata {
		_, _ = io.WriteString(to, `,"metadata":`)
		_, _ = to.Write(raw(e.Metadata))
		if e.Expiration != 0 {
			_, _ = io.WriteString(to, `,"expiration":`+strconv.FormatInt(e.Expiration, 10))
		}
		_ = to.WriteByte('}')
	}
}

// quote writes a text as a string of JSON, part by part: as a whole it can take six
// times its memory.
func quote(to *bufio.Writer, text []byte) {
	_ = to.WriteByte('"')
	for len(text) > 0 {
		n := min(len(text), 16<<10)
		for n < len(text) && !utf8.RuneStart(text[n]) {
			n--
		}
		part, _ := json.Marshal(string(text[:n])) // a string always can be
		_, _ = to.Write(part[1 : len(part)-1])
		text = text[n:]
	}
	_ = to.WriteByte('"')
}

func asJSON(to io.Writer, v any) {
	data, _ := json.Marshal(v) // strings and numbers alone
	_, _ = to.Write(data)
}

// writer writes to a call's client.
type writer struct{ c *call }

func (w writer) Write(p []byte) (int, error) {
	if err := w.c.write(p); err != nil {
		return 0, err
	}
	return len(p), nil
}
