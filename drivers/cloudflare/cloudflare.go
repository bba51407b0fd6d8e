// Package cloudflare is a Workers KV namespace over Cloudflare's REST API, through
// Cloudflare's own client for Go: what an application that uses the client sees,
// the client's own cost included. Everything around the client is that of package
// rest, which makes the same calls without it.
//
// # Where the client has to be worked around
//
//   - Its BulkGet decodes an answer in which a key is absent as an empty map, and
//     reports no error. So answers are decoded here: WithResponseBodyInto.
//   - It sends metadata that is an object as form parts named metadata.x, which the
//     API does not know. A string goes out as it is, so metadata is given as the
//     text of its JSON. In a bulk write it would be encoded by reflection, bytes as
//     a list of numbers; so the body is made by package rest: WithRequestBody.
//   - It puts key names into the path as they are: "a?b" would be another key, and
//     Delete("..") a call for the namespace. So they are escaped here, and package
//     rest refuses the names that no escape helps.
//   - Its pager ends at an empty page, though that may have a cursor: expired and
//     deleted names are stepped over. So pages are asked for one by one.
//   - It takes an answer of status 200 with success:false for a success. So package
//     rest looks at success itself.
//
// It also repeats what failed, twice, which would hide failures from what is
// measured: WithMaxRetries(0). Only its packages kv, option and shared are imported:
// the package at its root holds all of Cloudflare's API, and costs minutes to
// compile.
//
// A test shows that the client has each of these faults; that they do no harm here is
// shown, with the conformance of the store, by the tests of package rest.
package cloudflare

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"unsafe"

	"kvbench/drivers/rest"
	"kvbench/internal/setting"
	"kvbench/kv"

	client "github.com/cloudflare/cloudflare-go/v7/kv"
	"github.com/cloudflare/cloudflare-go/v7/option"
	"github.com/cloudflare/cloudflare-go/v7/shared"
)

// Doc says what the driver is; Example is a URL that it opens.
const (
	Doc     = "Workers KV over Cloudflare's REST API, through its client cloudflare-go"
	Example = "cloudflare://ACCOUNT/NAMESPACE"
)

// Open opens the namespace that a URL names as cloudflare://ACCOUNT/NAMESPACE, with
// the options of rest.Open.
func Open(u *url.URL, env kv.Env) (kv.Store, error) {
	return rest.OpenWith(u, env, dial)
}

// Options describes the options of Open, but for prices.
func Options() []setting.Setting { return rest.Options() }

// calls makes the calls by the client.
type calls struct {
	client  *client.NamespaceService
	conn    *rest.Conn
	account string
}

func dial(conn *rest.Conn, root, account string) rest.Calls {
	service := client.NewKVService(option.WithBaseURL(root+"/"), option.WithHTTPClient(conn.For(rest.OfEnvelope)), option.WithMaxRetries(0))
	return &calls{service.Namespaces, conn, url.PathEscape(account)}
}

// upTo is for a call whose answer may have that size. The client reads all of it
// into memory, so that the limit has to be below the client.
func (c *calls) upTo(most rest.Size) option.RequestOption {
	return option.WithHTTPClient(c.conn.For(most))
}

// set gives a parameter its value. The function that the client has for this is in
// its root package.
func set[T any](value *T, present *bool, to T) { *value, *present = to, true }

// failure is the client's error as package kv has it. Those of rest.Client.Do come back,
// perhaps with a word before them; what remains is an answer that the client could
// not read.
func failure(err error) error {
	var refused *kv.Error
	switch {
	case errors.As(err, &refused):
		return refused
	case err == nil, errors.Is(err, kv.ErrNotFound), errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	}
	return &kv.Error{Status: http.StatusBadGateway, Message: fmt.Sprintf("the client could not read the answer: %v", err)}
}

// Get implements rest.Calls.
func (c *calls) Get(ctx context.Context, namespace, key string) (*http.Response, error) {
	var p client.NamespaceValueGetParams
	set(&p.AccountID.Value, &p.AccountID.Present, c.account)
	res, err := c.client.Values.Get(ctx, namespace, url.PathEscape(key), p, c.upTo(rest.OfValue))
	return res, failure(err)
}

// Put implements rest.Calls. The client sends a form, whether there is metadata or
// not; it copies the value into it, so that the value's memory can be lent as a
// string.
func (c *calls) Put(ctx context.Context, namespace, key string, value []byte, o kv.PutOptions, into any) error {
	var p client.NamespaceValueUpdateParams
	set(&p.AccountID.Value, &p.AccountID.Present, c.account)
	p.Value.Value, p.Value.Present = shared.UnionString(unsafe.String(unsafe.SliceData(value), len(value))), true
	if o.TTL != 0 {
		set(&p.ExpirationTTL.Value, &p.ExpirationTTL.Present, float64(rest.Seconds(o.TTL)))
	}
	if o.Expiration != 0 {
		set(&p.Expiration.Value, &p.Expiration.Present, float64(o.Expiration))
	}
	if len(o.Metadata) > 0 {
		set[any](&p.Metadata.Value, &p.Metadata.Present, string(o.Metadata))
	}
	_, err := c.client.Values.Update(ctx, namespace, url.PathEscape(key), p, option.WithResponseBodyInto(into))
	return failure(err)
}

// Delete implements rest.Calls.
func (c *calls) Delete(ctx context.Context, namespace, key string, into any) error {
	var p client.NamespaceValueDeleteParams
	set(&p.AccountID.Value, &p.AccountID.Present, c.account)
	_, err := c.client.Values.Delete(ctx, namespace, url.PathEscape(key), p, option.WithResponseBodyInto(into))
	return failure(err)
}

// List implements rest.Calls.
func (c *calls) List(ctx context.Context, namespace, prefix, cursor string, limit int, into any) error {
	var p client.NamespaceKeyListParams
	set(&p.AccountID.Value, &p.AccountID.Present, c.account)
	if prefix != "" {
		set(&p.Prefix.Value, &p.Prefix.Present, prefix)
	}
	if cursor != "" {
		set(&p.Cursor.Value, &p.Cursor.Present, cursor)
	}
	if limit != 0 {
		set(&p.Limit.Value, &p.Limit.Present, float64(limit))
	}
	_, err := c.client.Keys.List(ctx, namespace, p, c.upTo(rest.OfPage), option.WithResponseBodyInto(into))
	return failure(err)
}

// BulkGet implements rest.Calls.
func (c *calls) BulkGet(ctx context.Context, namespace string, keys []string, metadata bool, into any) error {
	var p client.NamespaceBulkGetParams
	set(&p.AccountID.Value, &p.AccountID.Present, c.account)
	set(&p.Keys.Value, &p.Keys.Present, keys)
	set(&p.Type.Value, &p.Type.Present, client.NamespaceBulkGetParamsTypeText)
	set(&p.WithMetadata.Value, &p.WithMetadata.Present, metadata)
	_, err := c.client.BulkGet(ctx, namespace, p, c.upTo(rest.OfBulkGet), option.WithResponseBodyInto(into))
	return failure(err)
}

// BulkPut implements rest.Calls.
func (c *calls) BulkPut(ctx context.Context, namespace string, body []byte, into any) error {
	var p client.NamespaceBulkUpdateParams
	set(&p.AccountID.Value, &p.AccountID.Present, c.account)
	_, err := c.client.BulkUpdate(ctx, namespace, p, c.upTo(rest.OfBulkWrite), option.WithRequestBody("application/json", body),
		option.WithResponseBodyInto(into))
	return failure(err)
}

// BulkDelete implements rest.Calls.
func (c *calls) BulkDelete(ctx context.Context, namespace string, keys []string, into any) error {
	p := client.NamespaceBulkDeleteParams{Body: keys}
	set(&p.AccountID.Value, &p.AccountID.Present, c.account)
	_, err := c.client.BulkDelete(ctx, namespace, p, c.upTo(rest.OfBulkWrite), option.WithResponseBodyInto(into))
	return failure(err)
}
