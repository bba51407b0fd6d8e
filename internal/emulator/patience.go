package emulator

import (
	"cmp"
	"errors"
	"io"
	"net"
	"net/http"
	"time"
)

// Patience is how long a server waits for its clients. A zero field is its
// default.
type Patience struct {
	// Header is for a request's line and header, all of it; 10 s.
	Header time.Duration
	// Body is for the next bytes of a request's body; 30 s. Those of an answer have
	// twice as long, as what is left of the body is waited for before.
	Body time.Duration
	// Large is for all of a body that takes room which others may wait for, from then
	// on; 5 min. See room.
	Large time.Duration
	// Idle is for the next request of a connection; 5 min.
	Idle time.Duration
	// Grace is for calls that are under way when the server stops; 5 s.
	Grace time.Duration
}

func (p Patience) or() Patience {
	return Patience{
		Header: cmp.Or(p.Header, 10*time.Second),
		Body:   cmp.Or(p.Body, 30*time.Second),
		Large:  cmp.Or(p.Large, 5*time.Minute),
		Idle:   cmp.Or(p.Idle, 5*time.Minute),
		Grace:  cmp.Or(p.Grace, 5*time.Second),
	}
}

// bodyReader reads a request's body of at most limit bytes for as long as bytes
// come. err is what the client should hear when it fails.
type bodyReader struct {
	c     *call
	limit int
	read  int
	room  int64 // that it takes of the server's
	ended bool  // all of it has been read
	err   error
	until time.Time // the connection's deadline
	last  time.Time // which it never passes; zero: there is none
}

// in returns a reader of a call's body.
func (c *call) in(limit int) *bodyReader {
	c.reading = &bodyReader{c: c, limit: limit, until: c.began.Add(c.patience.Body)}
	return c.reading
}

// unread reports whether a client may still be sending a body of which enough has
// been read. One that waits to be asked for it sends none.
func (c *call) unread() bool {
	b := c.reading
	return b != nil && b.err == nil && !b.ended && c.Header.Get("Expect") == ""
}

// drain has the answer sent, and then reads what is left of the body, as far as it
// may be long: most clients send all of it before they hear anything. That takes no
// longer than the server waits for the next bytes, and no memory.
func (c *call) drain(answer func()) {
	rc := http.NewResponseController(c.w)
	if rc.EnableFullDuplex() == nil { // else net/http reads on before it answers
		c.w.Header().Set("Connection", "close") // it does not know where the body ends
	}
	answer()
	if rc.Flush() == nil && rc.SetReadDeadline(time.Now().Add(c.patience.Body)) == nil {
		_, _ = io.CopyN(io.Discard, c.Body, int64(c.reading.limit-c.reading.read))
	}
}

func (b *bodyReader) Read(p []byte) (int, error) {
	if b.err != nil {
		return 0, b.err
	}
	if b.read > large && b.room == 0 {
		if err := b.enter(); err != nil {
			return 0, err // and what is left can still be read: see drain
		}
	}
	b.extend()
	n, err := b.c.Body.Read(p)
	if b.read += n; b.read > b.limit {
		b.err = errTooLong(b.limit)
		return 0, b.err
	}
	switch {
	case err == io.EOF:
		b.ended = true
	case err != nil:
		b.err = broken(err)
		err = b.err
	}
	return n, err
}

// enter takes the room of a body that has turned out to be large: of as much as it says
// it has, or as it may have. From then on it has to come in time, as others may wait.
func (b *bodyReader) enter() error {
	n := b.c.ContentLength
	if n < 0 {
		n = int64(b.limit)
	}
	if err := b.c.room.enter(b.c.Context(), n, b.c.patience.Body); err != nil {
		return err
	}
	b.room, b.last, b.until = n, time.Now().Add(b.c.patience.Large), time.Time{} // to be set anew
	return nil
}

// leave gives back what a call's body took of the server's room. Nothing of it may be
// held any more.
func (c *call) leave() {
	if b := c.reading; b != nil && b.room > 0 {
		c.room.leave(b.room)
		b.room = 0
	}
}

// broken is what a client should hear when its body could not be read to its end.
// A deadline that has passed stays: net/http reads on before it answers.
func broken(err error) error { // our words
	var timeout net.Error
	if errors.As(err, &timeout) && timeout.Timeout() {
		return refuse(http.StatusRequestTimeout, codeBody, "the request's body did not come")
	}
	return refuse(http.StatusBadRequest, codeBody, "the request's body is incomplete")
}

// extend gives the client more time. It costs little when called often.
func (b *bodyReader) extend() {
	if now := time.Now(); b.until.Sub(now) < b.c.patience.Body*3/4 {
		if b.until = now.Add(b.c.patience.Body); !b.last.IsZero() && b.until.After(b.last) {
			b.until = b.last
		}
		// Without deadlines there is nothing to wait for: a test's writer.
		_ = http.NewResponseController(b.c.w).SetReadDeadline(b.until)
	}
}

// chunk is how much of a value is written to a client at a time.
const chunk = 256 << 10

// write writes a value for as long as the client takes it. For the first chunk the
// server has set a deadline, unless the call took long.
func (c *call) write(value []byte) error {
	var rc *http.ResponseController
	if len(value) > chunk || time.Since(c.began) > c.patience.Body/4 {
		rc = http.NewResponseController(c.w)
	}
	for len(value) > 0 {
		n := min(chunk, len(value))
		if rc != nil {
			_ = rc.SetWriteDeadline(time.Now().Add(2 * c.patience.Body))
		}
		if _, err := c.w.Write(value[:n]); err != nil {
			return err // the client has gone
		}
		value = value[n:]
	}
	return nil
}
