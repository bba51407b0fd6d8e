package kv_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"testing"
	"time"

	"kvbench/kv"

	"github.com/google/go-cmp/cmp"
)

func TestErrorCode(t *testing.T) {
	for want, err := range map[string]error{
		"": nil, "404": kv.ErrNotFound, "429": &kv.Error{Status: 429}, "500": fmt.Errorf("get: %w", &kv.Error{Status: 500}),
		"timeout": fmt.Errorf("get: %w", context.DeadlineExceeded), "canceled": context.Canceled, "network": &kv.Error{Message: "connection refused"}, "other": errors.New("odd"),
	} {
		if got := kv.ErrorCode(err); got != want {
			t.Errorf("%v: got %q, want %q", err, got, want)
		}
	}
	if !kv.HasStatus(fmt.Errorf("put: %w", &kv.Error{Status: 429}), 429) || kv.HasStatus(kv.ErrNotFound, 404) {
		t.Error("HasStatus")
	}
}

// A value that was lent costs the entry neither its buffer nor the store its bytes.
func TestLend(t *testing.T) {
	store := []byte("of the store, then metadata")
	e := kv.Entry{Value: append(make([]byte, 0, 64), "the entry's"...)}
	buffer := &e.Value[0]
	for range 2 { // lent over a buffer, and over what was lent before
		e.Lend(store[:12])
		if got := string(append(e.Value, "#"...)); got != "of the store#" {
			t.Errorf("got %q", got)
		}
	}
	e.Own()
	e.Own() // which has nothing to do
	if string(e.Value) != "of the store" || &e.Value[0] != buffer {
		t.Errorf("own: got %q, in its buffer: %v", e.Value, &e.Value[0] == buffer)
	}
	clear(e.Value)
	e.Lend(store[:12])
	e.Reset()
	if e.Value = append(e.Value, "next"...); &e.Value[0] != buffer {
		t.Error("after Reset the buffer is another")
	}
	if string(store) != "of the store, then metadata" {
		t.Errorf("the store has %q", store)
	}
}

func TestErrorText(t *testing.T) {
	for want, err := range map[string]error{
		"kv: no answer: connection refused": &kv.Error{Message: "connection refused"},
		"kv: 429 Too Many Requests":         &kv.Error{Status: 429, Message: "Too Many Requests"},
		"kv: 413 Request Entity Too Large: Value length of 9 exceeds limit of 8.": &kv.Error{
			Status: 413, Message: "Value length of 9 exceeds limit of 8.",
		},
	} {
		if got := err.Error(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// A TTL counts from the second that has begun: a key that is put at 0.9 s past a
// second lives 0.9 s less.
func TestExpiresAt(t *testing.T) {
	for _, test := range []struct {
		now  time.Time
		ttl  time.Duration
		want int64
	}{
		{time.Unix(1000, 0), time.Minute, 1060},
		{time.Unix(1000, 999_999_999), time.Minute, 1060},
		{time.Unix(1001, 0), time.Minute, 1061},
		{time.Unix(1000, 900_000_000), 60*time.Second + 1, 1061},
		{time.Unix(1000, 0), math.MaxInt64, 1000 + math.MaxInt64/int64(time.Second) + 1},
		{time.Unix(1000, 0).In(time.FixedZone("", 3600)), time.Hour, 4600},
	} {
		if got := kv.ExpiresAt(test.now, test.ttl); got != test.want {
			t.Errorf("%v after %v: got %d, want %d", test.ttl, test.now, got, test.want)
		}
	}
}

func TestResetKeepsBuffers(t *testing.T) {
	e := kv.Entry{Found: true, Value: make([]byte, 3, 10), Metadata: make([]byte, 2, 10), Expiration: 5, Cached: true}
	e.Reset()
	if e.Found || e.Cached || e.Expiration != 0 || len(e.Value)+len(e.Metadata) != 0 || cap(e.Value) != 10 || cap(e.Metadata) != 10 {
		t.Errorf("%+v", e)
	}
	p := kv.Page{Keys: make([]kv.Key, 3, 10), Cursor: "x", Complete: true}
	p.Reset()
	if diff := cmp.Diff(kv.Page{Keys: []kv.Key{}}, p); diff != "" || cap(p.Keys) != 10 {
		t.Error(diff)
	}
}
