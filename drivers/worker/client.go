package worker

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"kvbench/internal/workerd"
	"kvbench/kv"
)

// client sends requests to Workers. It does without http.Client, which copies header and
// request for redirects and timeouts.
type client struct {
	scheme    string
	header    http.Header // of a request without a body, never changed; nil: there is no secret
	transport *http.Transport
}

const (
	secretHeader   = "Kvbench-Secret"
	metadataHeader = "Kvbench-Metadata"
)

const (
	// idle is how many connections are kept open: more than calls are under way at a
	// time, as each new one costs a handshake that would be measured.
	idle = 4096
	// whole is how long a call may take in all, whatever deadline its context has.
	whole = 5 * time.Minute
	// headers is how many bytes the header of an answer may have.
	headers = 64 << 10
	// told is how much is read of an answer that is no operation's.
	told = 64 << 10
	// quoted is how much of it an error has.
	quoted = 200
)

func newClient(scheme, secret string) *client {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.Proxy = nil // a proxy's time would be measured as the store's
	transport.MaxIdleConns, transport.MaxIdleConnsPerHost = 0, idle
	if scheme == "http" {
		transport.IdleConnTimeout = workerd.KeepIdle
	}
	transport.DisableCompression = true
	transport.MaxResponseHeaderBytes = headers
	c := &client{scheme: scheme, transport: transport}
	if secret != "" {
		c.header = http.Header{secretHeader: {secret}}
	}
	return c
}

var errNoSecret = &kv.Error{
	Status: http.StatusUnauthorized, Message: "no secret: set " + SecretVariable + " to that of the Worker",
}

// request is one operation.
type request struct {
	method, path string
	query        url.Values
	metadata     []byte
	body         []byte
	most         int64 // of the bytes of the answer
}

// do makes an operation and returns the answer to it, whose body has to be closed, and whose
// errors are as its own: the context's, kv.ErrNotFound or a *kv.Error.
func (c *client) do(ctx context.Context, host string, r request) (*http.Response, error) {
	if c.header == nil {
		return nil, errNoSecret
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	own, end := context.WithTimeout(ctx, whole)
	req := (&http.Request{
		Method: r.method, URL: &url.URL{Scheme: c.scheme, Host: host, Path: r.path, RawQuery: r.query.Encode()},
		Header: c.header, Host: host, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
	}).WithContext(own)
	if len(r.metadata) > 0 {
		req.Header = http.Header{secretHeader: c.header[secretHeader], metadataHeader: {url.PathEscape(string(r.metadata))}}
	}
	if len(r.body) > 0 {
		req.ContentLength = int64(len(r.body))
		sent := bytes.Clone(r.body) // which the transport may still read when the call has returned
		req.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(sent)), nil }
		req.Body, _ = req.GetBody()
	}
	b := &body{ctx: ctx, own: own, end: end, left: r.most}
	res, err := c.transport.RoundTrip(req)
	if err != nil {
		defer end()
		return nil, b.failure(err)
	}
	b.ReadCloser, res.Body = res.Body, b
	if err := b.judge(res); err != nil {
		_ = b.Close() // what the answer says is said
		return nil, err
	}
	return res, nil
}

// judge is what an answer says but for a result.
func (b *body) judge(res *http.Response) error {
	kind := res.Header.Get("Kvbench-Answer")
	switch {
	case kind == "ok" && res.ContentLength > b.left:
		return tooLong(b.left)
	case kind == "ok":
		return nil
	case kind == "absent":
		return kv.ErrNotFound
	}
	b.left = told
	text, err := io.ReadAll(b)
	if err != nil {
		return err
	}
	if kind == "refused" {
		var e struct {
			Status  int
			Message string
		}
		if err := json.Unmarshal(text, &e); err != nil || e.Status != 0 && (e.Status < 400 || e.Status > 599) {
			return badAnswer("the Worker's refusal can't be read: %.200q", text)
		}
		return &kv.Error{Status: e.Status, Message: e.Message}
	}
	status := res.StatusCode
	if status < 400 {
		status = http.StatusBadGateway
	}
	return &kv.Error{Status: status, Message: fmt.Sprintf("no answer of kvbench's Worker: %.*q", quoted, firstLine(text))}
}

func firstLine(text []byte) string {
	line, _, _ := strings.Cut(strings.TrimSpace(string(text)), "\n")
	return line
}

// badAnswer is the error of an answer that the Worker should not give.
func badAnswer(format string, args ...any) error {
	return &kv.Error{Status: http.StatusBadGateway, Message: fmt.Sprintf(format, args...)}
}

func tooLong(most int64) error {
	return badAnswer("the answer is longer than the Worker's may be, %d bytes", most)
}

// body is a call that is under way, and then the body of its answer.
type body struct {
	io.ReadCloser
	ctx, own context.Context // the caller's, and that which ends when the call has taken too long, too
	end      context.CancelFunc
	left     int64 // of what may be read; below 0: it was longer
	most     int64
}

// Close implements io.Closer.
func (b *body) Close() error {
	defer b.end()
	return b.ReadCloser.Close()
}

func (b *body) Read(p []byte) (int, error) {
	if b.most == 0 {
		b.most = b.left
	}
	n, err := b.ReadCloser.Read(p[:min(int64(len(p)), b.left+1)])
	if b.left -= int64(n); b.left < 0 {
		b.left = -1
		return 0, tooLong(b.most)
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
	var network net.Error
	switch {
	case b.own.Err() != nil, errors.As(err, &network) && network.Timeout():
		return fmt.Errorf("kv: %w: %w", err, context.DeadlineExceeded)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return &kv.Error{Message: "the connection was closed before the answer's end"}
	}
	return &kv.Error{Message: err.Error()}
}
