// Package rest is a Workers KV namespace over Cloudflare's REST API, on plain
// net/http. What it does with the API's answers serves any client of that API:
// see Calls.
//
// # What a call of the store is
//
// Each is one call of the REST API, with these exceptions:
//
//   - A get with metadata is a bulk get of its key: value and metadata come from
//     one write, and it bills one read, where two calls would bill two.
//   - A bulk get answers in text. A value that may not be text, since it has
//     U+FFFD in it, is read again by itself: one more call and one more read,
//     which a run's price does not count.
//   - A page of less than 10 names, which the REST API refuses, is the first part
//     of a page of 10. The next page asks for the same 10 again.
//   - A namespace that is named by its title is looked up once, before the first
//     call.
//
// # What it is not
//
// The REST API is for administration. It is slower than a Worker's binding, takes
// no cacheTtl (GetOptions.CacheTTL has no effect), and whether a location's cache
// answers it is not published. So it measures what an application outside of
// Workers sees, and how right the real store is; not how fast a Worker's reads are.
//
// # Pacing
//
// Calls wait for their turn, so that the API's limit is not met; see Open. The
// wait is part of a call's time, as its caller sees it: a latency under a load
// beyond Capabilities.CallRate is mostly waiting, and says so about the load, not about
// the store.
//
// # What a server can do to it
//
// An answer that is longer than the API's may be (see Size) is an error of status
// 502. A call takes at most 5 minutes in all, beside the wait for its turn, whatever
// deadline its context has; its answer has to begin within one, and what it takes to send
// the request at 5 Mbit/s. A listing that does not go on is an error too.
package rest

import (
	"context"
	"net/http"

	"kvbench/kv"
)

// Calls makes the calls of the REST API for one location. A namespace is given
// by its identifier. A key may hold anything but what checkKey refuses; escaping
// it is the client's. A JSON answer is decoded into what its last argument points
// to; an answer that says success:false is no error here. All else that fails is
// an error as Client.Do makes it.
type Calls interface {
	Get(ctx context.Context, namespace, key string) (*http.Response, error)
	Put(ctx context.Context, namespace, key string, value []byte, o kv.PutOptions, into any) error
	Delete(ctx context.Context, namespace, key string, into any) error
	// List asks for the names after a cursor of the API's; limit 0 for as many
	// as a page has.
	List(ctx context.Context, namespace, prefix, cursor string, limit int, into any) error
	// BulkGet asks for text, and for metadata too where wanted.
	BulkGet(ctx context.Context, namespace string, keys []string, metadata bool, into any) error
	// BulkPut sends a body as the API wants it.
	BulkPut(ctx context.Context, namespace string, body []byte, into any) error
	BulkDelete(ctx context.Context, namespace string, keys []string, into any) error
}

// Dial makes the Calls of one account. root is where the API's paths begin, such
// as https://api.cloudflare.com/client/v4, without a slash at its end. Every
// request has to go through conn, which adds the token.
type Dial func(conn *Conn, root, account string) Calls
