package rest

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"kvbench/kv"
)

// plain makes the calls with nothing but net/http.
type plain struct {
	conn         *Conn
	scheme, host string
	spaces       string // the path of the account's namespaces, escaped
}

func dial(conn *Conn, root, account string) Calls { return newPlain(conn, root, account) }

// newPlain makes the calls below a root, which is a URL.
func newPlain(conn *Conn, root, account string) *plain {
	scheme, rest, _ := strings.Cut(root, "://")
	host, path, _ := strings.Cut(rest, "/")
	return &plain{conn, scheme, host, "/" + path + "/accounts/" + url.PathEscape(account) + "/storage/kv/namespaces"}
}

const (
	asJSON = "application/json"
	asIs   = "application/octet-stream"
)

// Get implements Calls.
func (p *plain) Get(ctx context.Context, namespace, key string) (*http.Response, error) {
	return p.send(ctx, OfValue, http.MethodGet, p.value(namespace, key), nil, "", nil)
}

// Put implements Calls. A form is sent only where there is metadata.
func (p *plain) Put(ctx context.Context, namespace, key string, value []byte, o kv.PutOptions, into any) error {
	query := url.Values{}
	if o.TTL != 0 {
		query.Set("expiration_ttl", strconv.FormatInt(Seconds(o.TTL), 10))
	}
	if o.Expiration != 0 {
		query.Set("expiration", strconv.FormatInt(o.Expiration, 10))
	}
	kind, body := asIs, bytes.Clone(value) // which the transport may still read when the call has returned
	if len(o.Metadata) > 0 {
		var err error
		if kind, body, err = form(value, o.Metadata); err != nil {
			return &kv.Error{Status: http.StatusBadRequest, Message: err.Error()}
		}
	}
	return p.call(ctx, OfEnvelope, http.MethodPut, p.value(namespace, key), query, kind, body, into)
}

func form(value, metadata []byte) (kind string, body []byte, err error) {
	var b bytes.Buffer
	b.Grow(len(value) + len(metadata) + 512)
	w := multipart.NewWriter(&b)
	for _, part := range []struct {
		name string
		data []byte
	}{{"value", value}, {"metadata", metadata}} {
		to, err := w.CreateFormField(part.name)
		if err != nil {
			return "", nil, err
		}
		if _, err := to.Write(part.data); err != nil {
			return "", nil, err
		}
	}
	err = w.Close()
	return w.FormDataContentType(), b.Bytes(), err
}

// Delete implements Calls.
func (p *plain) Delete(ctx context.Context, namespace, key string, into any) error {
	return p.call(ctx, OfEnvelope, http.MethodDelete, p.value(namespace, key), nil, "", nil, into)
}

// List implements Calls.
func (p *plain) List(ctx context.Context, namespace, prefix, cursor string, limit int, into any) error {
	query := url.Values{}
	if prefix != "" {
		query.Set("prefix", prefix)
	}
	if cursor != "" {
		query.Set("cursor", cursor)
	}
	if limit != 0 {
		query.Set("limit", strconv.Itoa(limit))
	}
	return p.call(ctx, OfPage, http.MethodGet, p.space(namespace)+"/keys", query, "", nil, into)
}

// BulkGet implements Calls.
func (p *plain) BulkGet(ctx context.Context, namespace string, keys []string, metadata bool, into any) error {
	return p.callJSON(ctx, OfBulkGet, p.space(namespace)+"/bulk/get", struct {
		Keys     []string `json:"keys"`
		Type     string   `json:"type"`
		Metadata bool     `json:"withMetadata"`
	}{keys, "text", metadata}, into)
}

// BulkPut implements Calls.
func (p *plain) BulkPut(ctx context.Context, namespace string, body []byte, into any) error {
	return p.call(ctx, OfBulkWrite, http.MethodPut, p.space(namespace)+"/bulk", nil, asJSON, body, into)
}

// BulkDelete implements Calls.
func (p *plain) BulkDelete(ctx context.Context, namespace string, keys []string, into any) error {
	return p.callJSON(ctx, OfBulkWrite, p.space(namespace)+"/bulk/delete", keys, into)
}

// namespaces asks for a page of the account's namespaces, from 1.
func (p *plain) namespaces(ctx context.Context, page, size int, into any) error {
	query := url.Values{"page": {strconv.Itoa(page)}, "per_page": {strconv.Itoa(size)}}
	return p.call(ctx, OfPage, http.MethodGet, p.spaces, query, "", nil, into)
}

func (p *plain) space(namespace string) string { return p.spaces + "/" + namespace }

func (p *plain) value(namespace, key string) string {
	return p.spaces + "/" + namespace + "/values/" + url.PathEscape(key)
}

func (p *plain) callJSON(ctx context.Context, most Size, url string, body, into any) error {
	data, err := json.Marshal(body)
	if err != nil {
		return &kv.Error{Status: http.StatusBadRequest, Message: err.Error()}
	}
	return p.call(ctx, most, http.MethodPost, url, nil, asJSON, data, into)
}

// call sends a request and decodes the answer.
func (p *plain) call(ctx context.Context, most Size, method, url string, query url.Values, kind string, body []byte, into any) error {
	res, err := p.send(ctx, most, method, url, query, kind, body)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(data, into); err != nil {
		return badAnswer("the answer is not as the API's: %v", err)
	}
	return nil
}

// send sends a request of a path that is escaped. What is escaped already is not parsed,
// and a request without a body has the header of all of those.
func (p *plain) send(ctx context.Context, most Size, method, path string, query url.Values, kind string, body []byte) (*http.Response, error) {
	req := &http.Request{
		Method: method, URL: &url.URL{Scheme: p.scheme, Host: p.host, Opaque: path, RawQuery: query.Encode()},
		Header: p.conn.header, Host: p.host, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
	}
	if kind != "" {
		req.Header = http.Header{authorization: p.conn.header[authorization], "Content-Type": {kind}}
		req.ContentLength = int64(len(body))
		req.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
		req.Body, _ = req.GetBody()
		if len(body) == 0 {
			req.Body = http.NoBody
		}
	}
	return p.conn.For(most).do(ctx, req)
}
