// Package redis is a store in Redis 7 or later, or in Valkey, through go-redis: what
// one would take instead of Workers KV, under the same contract.
//
// # What is kept
//
// A namespace NAME is a few kinds of Redis keys, all below NAME:, so that a server can
// be shared:
//
//	NAME:v:KEY   the value
//	NAME:m:KEY   the metadata, where there is any
//	NAME:names   a sorted set of all keys, each with score 0, so in the order of their bytes
//
// A write changes all three in one transaction. Value and metadata end in the same
// second, or a millisecond before it, as Redis still has a key in the millisecond of its end;
// EXPIRETIME rounds to that second. They do so by the server's clock; a TTL begins by the
// clock of this machine, so the two have to be in step. Redis does not tell the set of an
// end: a listing looks at every name's key, leaves out those that are gone, and takes them
// from the set, all in one script. So a name that has ended takes memory until a listing
// comes past it.
//
// A server that evicts keys (maxmemory-policy) may drop the set, and with it the names.
//
// # What a call is
//
// Each is one round trip; the first listing on a server takes two, one to find that it
// does not have the script. Nothing is tried twice.
//
//	get                  GET; with metadata MGET of both keys
//	bulk get             MGET
//	put, bulk put        MULTI, a SET of each value, a SET or UNLINK of its metadata, ZADD, EXEC
//	delete, bulk delete  MULTI, UNLINK, ZREM, EXEC
//	list                 a script of ZRANGEBYLEX, and of EXPIRETIME and GET for each name
//
// # What it is not
//
// There is no edge and no cache: a cacheTtl has no effect, and nothing is stale. Redis
// has none of KV's limits; those of keys, values, metadata, pages and bulk calls, and
// the shortest TTL unless the URL gives another, are kept here, so that what runs here
// runs on KV. There is no limit of writes. It is one server: no cluster, no replicas.
//
// What an answer announces is what the client makes room for, so the server is one to
// be trusted. Of what is written here no value is larger than 25 MiB, no bulk get has
// more than 100 of them, and one of more than 25 MiB in all is refused when it is read.
package redis

import (
	"context"
	"errors"
	"net/http"
	"os"
	"time"

	"kvbench/kv"

	client "github.com/redis/go-redis/v9"
)

// failure is an error of the client as package kv has it. ctx is the call's.
func failure(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	if ended := ctx.Err(); ended != nil {
		return ended
	}
	if at, ok := ctx.Deadline(); ok && errors.Is(err, os.ErrDeadlineExceeded) && !time.Now().Before(at) {
		return context.DeadlineExceeded // of the connection, which has the same
	}
	if errors.Is(err, client.Nil) {
		return kv.ErrNotFound
	}
	if refusal := client.Error(nil); errors.As(err, &refusal) {
		return &kv.Error{Status: status(err), Message: refusal.Error()}
	}
	return &kv.Error{Message: err.Error()}
}

// statuses are what an answer's error code, which Redis begins it with, is over HTTP. Any
// other is an internal error.
var statuses = []struct {
	code   string
	status int
}{
	{"NOAUTH", http.StatusUnauthorized},
	{"WRONGPASS", http.StatusUnauthorized},
	{"NOPERM", http.StatusForbidden},
	{"OOM", http.StatusInsufficientStorage},
	{"BUSY", http.StatusServiceUnavailable},
	{"CLUSTERDOWN", http.StatusServiceUnavailable},
	{"LOADING", http.StatusServiceUnavailable},
	{"MASTERDOWN", http.StatusServiceUnavailable},
	{"MISCONF", http.StatusServiceUnavailable},
	{"READONLY", http.StatusServiceUnavailable},
}

func status(err error) int {
	for _, s := range statuses {
		if client.HasErrorPrefix(err, s.code) {
			return s.status
		}
	}
	return http.StatusInternalServerError
}
