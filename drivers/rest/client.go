package rest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"kvbench/kv"
)

// Client sends requests whose answers have a size.
type Client struct {
	conn *Conn
	most Size
}

// For is the client for calls whose answers have at most that size.
func (c *Conn) For(most Size) Client { return Client{c, most} }

// Do sends a request. Its errors are the context's own or a *kv.Error: with the
// answer's status, or with status 0 when none came. So are those of the answer's
// body, which has to be closed. An answer that is longer than it may be is an error of
// status 502, and its connection is not used again; a redirect is an error too: the API
// redirects nowhere, and the token is not for anyone else. No error holds the token.
func (c Client) Do(req *http.Request) (*http.Response, error) {
	if c.conn.header != nil {
		req.Header[authorization] = c.conn.header[authorization]
	}
	return c.do(req.Context(), req)
}

// do is Do with a request that has the token, and another context than ctx. It does
// without http.Client, which copies header and request for redirects and timeouts.
func (c Client) do(ctx context.Context, req *http.Request) (*http.Response, error) {
	if c.conn.header == nil {
		return nil, errNoToken
	}
	if err := c.conn.pacer.wait(ctx); err != nil {
		return nil, err
	}
	b := &body{ctx: ctx, most: c.most}
	b.start(c.conn.whole, req.ContentLength)
	res, err := c.conn.transport.RoundTrip(req.WithContext(b.own))
	if err != nil {
		b.stop()
		return nil, b.failure(err)
	}
	ok := res.StatusCode/100 == 2
	if !ok {
		b.most = OfEnvelope
	}
	b.begin(res.Body)
	res.Body = b
	if ok && res.ContentLength <= int64(b.most) {
		return res, nil
	}
	defer b.Close()
	if ok {
		return nil, tooLong(b.most)
	}
	text, err := io.ReadAll(b)
	if err != nil {
		return nil, err
	}
	return nil, c.conn.refusal(res, text)
}

func tooLong(most Size) error {
	return badAnswer("the answer is longer than the API's may be, %d bytes", most)
}

// body is a call that is under way, and then the body of its answer, whose errors are as
// Do's.
type body struct {
	io.ReadCloser
	ctx  context.Context // the caller's
	most Size
	left Size // of most; below 0: it is too long

	own   context.Context // ends when the call has taken too long, too
	end   context.CancelCauseFunc
	timer *time.Timer
	until time.Time // when the call has taken too long
}

// start begins a call that takes at most so long in all and sends a body of so many
// bytes. One timer is set, for the beginning of the answer first.
func (b *body) start(whole time.Duration, sends int64) {
	b.own, b.end = context.WithCancelCause(b.ctx)
	b.until = time.Now().Add(whole)
	wait := patience + time.Duration(max(sends, 0))*time.Second/slowest
	b.timer = time.AfterFunc(min(wait, whole), func() { b.end(context.DeadlineExceeded) })
}

// begin reads the answer that has begun.
func (b *body) begin(answer io.ReadCloser) {
	b.ReadCloser, b.left = answer, b.most
	b.timer.Reset(time.Until(b.until))
}

func (b *body) stop() {
	b.timer.Stop()
	b.end(nil)
}

// Close implements io.Closer.
func (b *body) Close() error {
	defer b.stop()
	return b.ReadCloser.Close()
}

func (b *body) Read(p []byte) (int, error) {
	if b.left < 0 {
		return 0, tooLong(b.most)
	}
	n, err := b.ReadCloser.Read(p[:min(int64(len(p)), int64(b.left)+1)])
	if b.left -= Size(n); b.left < 0 {
		return n, tooLong(b.most)
	}
	if err != nil && err != io.EOF {
		err = b.failure(err)
	}
	return n, err
}

// failure is the error of a call whose answer did not come, or not whole.
func (b *body) failure(err error) error {
	if b.ctx.Err() != nil {
		return b.ctx.Err()
	}
	if cause := context.Cause(b.own); cause == context.DeadlineExceeded {
		err = cause // which HTTP/2 does not tell
	}
	var network net.Error
	switch {
	case errors.As(err, &network) && network.Timeout():
		return fmt.Errorf("kv: %w: %w", err, context.DeadlineExceeded)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return &kv.Error{Message: "the connection was closed before the answer's end"}
	}
	return &kv.Error{Message: err.Error()}
}
