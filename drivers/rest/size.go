package rest

import (
	"context"
	"io"
	"net/http"

	"kvbench/kv"
)

// Size is the most bytes that the answer to a call may have, if it is the API's:
// what KV's limits allow (developers.cloudflare.com/kv/platform/limits), written as
// JSON with every byte escaped. A longer one is not read to its end.
type Size int64

const (
	escaped = 6        // bytes of JSON for one of a text: \u0000
	around  = 64 << 10 // beside a result: the envelope, messages, a cursor

	// OfEnvelope is for an answer without a result, and for that of any call that
	// failed.
	OfEnvelope Size = around
	// OfValue is for a value as it is.
	OfValue Size = kv.MaxValueBytes
	// OfPage is for a page of a listing, of keys or of namespaces.
	OfPage Size = kv.MaxListKeys*(escaped*(kv.MaxKeyBytes+kv.MaxMetadataBytes)+128) + around
	// OfBulkGet is for values, with their names and metadata.
	OfBulkGet Size = escaped*kv.MaxBulkGetBytes + kv.MaxBulkGetKeys*(escaped*(kv.MaxKeyBytes+kv.MaxMetadataBytes)+128) + around
	// OfBulkWrite is for the names that a bulk write or delete left out.
	OfBulkWrite Size = kv.MaxBulkPutKeys*(escaped*kv.MaxKeyBytes+3) + around
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
// body. An answer that is longer than it may be is an error of status 502, and its
// connection is not used again. No error holds the token.
func (c Client) Do(req *http.Request) (*http.Response, error) {
	res, err := c.conn.send(req)
	if err != nil {
		return nil, err
	}
	ok, most := res.StatusCode/100 == 2, c.most
	if !ok {
		most = OfEnvelope
	}
	res.Body = &body{res.Body, req.Context(), most, most}
	if ok && res.ContentLength <= int64(most) {
		return res, nil
	}
	defer res.Body.Close()
	if ok {
		return nil, tooLong(most)
	}
	text, err := io.ReadAll(res.Body)
	if err != nil {
		return nil, err
	}
	return nil, c.conn.refusal(res, text)
}

func tooLong(most Size) error {
	return badAnswer("the answer is longer than the API's may be, %d bytes", most)
}

// body is an answer's body, whose errors are as Do's.
type body struct {
	io.ReadCloser
	ctx  context.Context // of the request
	most Size
	left Size // of most; below 0: it is too long
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
		err = unanswered(b.ctx, err)
	}
	return n, err
}
