package binding

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
)

// maxDrained is how much of a body is read that is not kept, so that the client hears the
// answer: one that is longer is cut off.
const maxDrained = 1 << 30

// body reads a request's body to its end and keeps at most limit bytes of it. It returns how
// many there were.
func (c *call) body(into *bytes.Buffer, limit int64) (int64, error) {
	stream := c.RequestBodyStream()
	if stream == nil {
		return 0, nil
	}
	if n := int64(c.Request.Header.ContentLength()); n > 0 && n <= limit {
		into.Grow(int(n) + bytes.MinRead)
	}
	n, err := into.ReadFrom(io.LimitReader(stream, limit))
	if err != nil {
		return n, errBody(err)
	}
	more, err := c.discard(stream)
	return n + more, err
}

// drain reads what is left of a body: some clients hear no answer before they have sent all.
// Where that fails the connection ends, as the server can't tell where the next request begins.
func (c *call) drain() {
	if stream := c.RequestBodyStream(); stream != nil {
		_, _ = c.discard(stream)
	}
}

func (c *call) discard(stream io.Reader) (int64, error) {
	n, err := io.CopyN(io.Discard, stream, maxDrained)
	switch {
	case err == nil:
		c.SetConnectionClose()
		return n, errBody(fmt.Errorf("it has more than %d bytes", int64(maxDrained)))
	case err != io.EOF:
		return n, errBody(err)
	}
	return n, nil
}

// errBody is the refusal of a body that could not be read to its end; our words.
func errBody(err error) error {
	return refuse(http.StatusBadRequest, "the body could not be read to its end: %v", err)
}
