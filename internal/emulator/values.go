package emulator

import (
	"bytes"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"kvbench/kv"
)

// entries and buffers are used again: a value is copied out of the store, and
// into it.
var (
	entries = sync.Pool{New: func() any { return new(kv.Entry) }}
	buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}
)

// keep is the largest buffer that is used again.
const keep = 1 << 20

func putBack(e *kv.Entry) {
	if cap(e.Value) <= keep {
		entries.Put(e)
	}
}

func recycle(b *bytes.Buffer) {
	if b.Cap() <= keep {
		b.Reset()
		buffers.Put(b)
	}
}

var binaryType = []string{"application/octet-stream"} // nothing of it changes

// getValue answers with a value's bytes.
func (s *Server) getValue(c *call) error {
	e := entries.Get().(*kv.Entry)
	defer putBack(e)
	if err := s.get(c, kv.GetOptions{}, e); err != nil {
		return err
	}
	c.w.Header()["Content-Type"] = binaryType
	c.set("Content-Length", strconv.Itoa(len(e.Value)), 1)
	if e.Expiration != 0 {
		c.set("Expiration", strconv.FormatInt(e.Expiration, 10), 2)
	}
	c.write(e.Value)
	return nil
}

func (s *Server) get(c *call, o kv.GetOptions, e *kv.Entry) error {
	store, release, err := s.store(c, "get", reads, 1)
	if err != nil {
		return err
	}
	defer release()
	return store.Get(c.Context(), c.key, o, e)
}

// getMetadata answers with a key's metadata, null where there is none.
func (s *Server) getMetadata(c *call) error {
	e := entries.Get().(*kv.Entry)
	defer putBack(e)
	if err := s.get(c, kv.GetOptions{Metadata: true}, e); err != nil {
		return err
	}
	return c.result(raw(e.Metadata), nil)
}

// putValue stores a body, or the parts value and metadata of a form.
func (s *Server) putValue(c *call) error {
	ttl, err := c.number("expiration_ttl", codeExpiry)
	if err != nil {
		return err
	}
	o := kv.PutOptions{TTL: time.Duration(ttl) * time.Second}
	if o.Expiration, err = c.number("expiration", codeExpiry); err != nil {
		return err
	}
	value := buffers.Get().(*bytes.Buffer)
	defer recycle(value)
	if o.Metadata, err = c.form(value); err != nil {
		return err
	}
	store, release, err := s.store(c, "put", writes, 1)
	if err != nil {
		return err
	}
	defer release()
	if err := store.Put(c.Context(), c.key, value.Bytes(), o); err != nil {
		return err
	}
	return c.finish()
}

// around is how much a form may have beside its value.
const around = 64 << 10

// form reads a request's body into value, and returns the metadata.
func (c *call) form(value *bytes.Buffer) (metadata []byte, err error) {
	boundary, isForm := c.boundary()
	if !isForm {
		if c.ContentLength > kv.MaxValueBytes {
			return nil, errTooLarge("Value", c.ContentLength, kv.MaxValueBytes)
		}
		value.Grow(int(min(max(c.ContentLength, 0), keep/2)) + bytes.MinRead) // more only as it comes
		body := c.in(kv.MaxValueBytes + 1)
		if err := copyPart(value, body, "Value", kv.MaxValueBytes); err != nil {
			return nil, body.say(err)
		}
		return nil, nil
	}
	if c.ContentLength > kv.MaxValueBytes+around {
		return nil, errTooLarge("Value", c.ContentLength, kv.MaxValueBytes)
	}
	body := c.in(kv.MaxValueBytes + around)
	parts := multipart.NewReader(body, boundary)
	found := false
	for {
		part, err := parts.NextRawPart()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, body.say(refuse(http.StatusBadRequest, codeBody, "could not parse the form: %v", err)) // our words
		}
		switch part.FormName() {
		case "value":
			found = true
			value.Reset()
			err = copyPart(value, part, "Value", kv.MaxValueBytes)
		case "metadata":
			var text bytes.Buffer
			err = copyPart(&text, part, "Metadata", around)
			metadata = text.Bytes()
		}
		if err != nil {
			return nil, body.say(err)
		}
	}
	if !found {
		return nil, refuse(http.StatusBadRequest, codeBody, "the form has no part named value") // our words
	}
	return metadata, nil
}

// boundary is what parts a form's body.
func (c *call) boundary() (boundary string, isForm bool) {
	const form = "multipart/form-data"
	text := c.Header.Get("Content-Type")
	if len(text) < len(form) || !strings.EqualFold(text[:len(form)], form) {
		return "", false
	}
	kind, params, err := mime.ParseMediaType(text)
	return params["boundary"], err == nil && kind == form
}

// say is what a client should hear of an error that came while its body was
// read.
func (b *bodyReader) say(err error) error {
	if b.err != nil {
		return b.err
	}
	return err
}

// copyPart copies at most limit bytes.
func copyPart(to *bytes.Buffer, from io.Reader, what string, limit int) error {
	n, err := to.ReadFrom(io.LimitReader(from, int64(limit)+1))
	if err == nil && n > int64(limit) {
		err = errTooLarge(what, n, limit)
	}
	return err
}

func errTooLarge(what string, n int64, limit int) error {
	return refuse(http.StatusRequestEntityTooLarge, codeBody, "%s length of %d exceeds limit of %d.", what, n, limit)
}

func (s *Server) deleteValue(c *call) error {
	store, release, err := s.store(c, "delete", deletes, 1)
	if err != nil {
		return err
	}
	defer release()
	if err := store.Delete(c.Context(), c.key); err != nil {
		return err
	}
	return c.finish()
}
