package emulator

import (
	"bytes"
	"strconv"
	"sync"

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
	c.warn()
	_ = c.write(e.Value)
	return nil
}

func (s *Server) get(c *call, o kv.GetOptions, e *kv.Entry) error {
	store, release, err := s.store(c, "get", reads, 1)
	if err != nil {
		return err
	}
	defer release()
	o.Central = !c.edge
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
	o, err := lifetime(c.query("expiration"), c.query("expiration_ttl"))
	if err != nil {
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
