package emulator

import (
	"errors"
	"io"
	"net"
	"net/http"
	"time"
)

// patience is how long a client may take to send, or to take, the next bytes of
// a body before the server gives it up.
const patience = 30 * time.Second

// bodyReader reads a request's body of at most limit bytes for as long as bytes
// come. err is what the client should hear when it fails.
type bodyReader struct {
	c     *call
	limit int
	read  int
	err   error
	until time.Time // the connection's deadline; zero: it has none
	later bool      // this is not the first read, before which all of a short body has often come
}

func (b *bodyReader) Read(p []byte) (int, error) {
	if b.err != nil {
		return 0, b.err
	}
	if b.later {
		b.extend()
	}
	b.later = true
	n, err := b.c.Body.Read(p)
	if b.read += n; b.read > b.limit {
		b.err = errTooLong(b.limit)
		return 0, b.err
	}
	var timeout net.Error
	switch {
	case err == nil:
		return n, nil
	case err == io.EOF:
	case errors.As(err, &timeout) && timeout.Timeout():
		b.err = refuse(http.StatusRequestTimeout, codeBody, "the request's body did not come") // our words
	default:
		b.err = refuse(http.StatusBadRequest, codeBody, "the request's body is incomplete") // our words
	}
	if !b.until.IsZero() {
		b.deadline(time.Time{})
	}
	return n, err
}

// extend gives the client more time. It costs little when called often.
func (b *bodyReader) extend() {
	if now := time.Now(); b.until.Sub(now) < patience*3/4 {
		b.deadline(now.Add(patience))
	}
}

func (b *bodyReader) deadline(t time.Time) {
	b.until = t
	// Without deadlines there is nothing to wait for: a test's writer.
	_ = http.NewResponseController(b.c.w).SetReadDeadline(t)
}

// chunk is how much of a value is written to a client at a time.
const chunk = 256 << 10

// write writes a value for as long as the client takes it.
func (c *call) write(value []byte) {
	if len(value) <= chunk { // the kernel takes so much without waiting, or the next call will tell
		_, _ = c.w.Write(value)
		return
	}
	rc := http.NewResponseController(c.w)
	defer rc.SetWriteDeadline(time.Time{})
	for len(value) > 0 {
		n := min(chunk, len(value))
		_ = rc.SetWriteDeadline(time.Now().Add(patience))
		if _, err := c.w.Write(value[:n]); err != nil {
			return // the client has gone
		}
		value = value[n:]
	}
}
