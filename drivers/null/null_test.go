package null_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"kvbench/drivers"
	"kvbench/kv"
)

// everything is what the store can do.
type everything interface {
	kv.Store
	kv.BulkGetter
	kv.BulkPutter
	kv.BulkDeleter
	kv.Sizer
}

func open(t testing.TB) everything {
	t.Helper()
	s, err := drivers.Open("null://", drivers.Env{})
	if err != nil {
		t.Fatal(err)
	}
	return s.(everything)
}

// What is written is lost; what is read is absent, and leaves nothing of what the entry
// and the page held before.
func TestNothingIsKept(t *testing.T) {
	s, ctx := open(t), t.Context()
	key := []string{"a", "b"}
	for _, err := range []error{
		s.Put(ctx, "a", []byte("1"), kv.PutOptions{Metadata: []byte("2")}),
		s.BulkPut(ctx, []kv.Pair{{Key: "a"}, {Key: "b"}}), s.Delete(ctx, "a"), s.BulkDelete(ctx, key),
		s.Put(ctx, "a", []byte("1"), kv.PutOptions{}),
	} {
		if err != nil {
			t.Error(err)
		}
	}
	old := kv.Entry{Found: true, Value: []byte("old"), Metadata: []byte("1"), Expiration: 1, Cached: true}
	e, es := old, []kv.Entry{old, old}
	if err := s.Get(ctx, "a", kv.GetOptions{}, &e); !errors.Is(err, kv.ErrNotFound) {
		t.Errorf("get: %v", err)
	}
	if err := s.BulkGet(ctx, key, kv.GetOptions{}, es); err != nil {
		t.Errorf("bulk get: %v", err)
	}
	for _, e := range append(es, e) {
		if e.Found || len(e.Value)+len(e.Metadata) > 0 || e.Expiration != 0 || e.Cached {
			t.Errorf("%+v", e)
		}
	}
	p := kv.Page{Keys: []kv.Key{{Name: "old"}}, Cursor: "old"}
	if err := s.List(ctx, kv.ListOptions{}, &p); err != nil || len(p.Keys) > 0 || !p.Complete || p.Cursor != "" {
		t.Errorf("list: %+v, %v", p, err)
	}
	if n := s.StoredBytes(); n != 0 {
		t.Errorf("it holds %d bytes", n)
	}
}

// It can be held to what it declares: nothing of it is priced, and bulk calls end where
// it says.
func TestCapabilities(t *testing.T) {
	s, ctx := open(t), t.Context()
	capabilities := s.Capabilities()
	if !capabilities.Virtual || capabilities.Modelled || capabilities.Billed || capabilities.Locations != 1 || !capabilities.Prices.None || capabilities.Prices.Source == "" {
		t.Errorf("%+v", capabilities)
	}
	keys := make([]string, capabilities.BulkPutKeys+1)
	for i := range keys {
		keys[i] = "k"
	}
	for name, err := range map[string]error{
		"bulk get":    s.BulkGet(ctx, keys[:capabilities.BulkGetKeys+1], kv.GetOptions{}, make([]kv.Entry, capabilities.BulkGetKeys+1)),
		"no bulk get": s.BulkGet(ctx, nil, kv.GetOptions{}, nil),
		"bulk put":    s.BulkPut(ctx, make([]kv.Pair, len(keys))),
		"bulk delete": s.BulkDelete(ctx, keys),
	} {
		if !kv.HasStatus(err, http.StatusBadRequest) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestCanceled(t *testing.T) {
	s := open(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for name, err := range map[string]error{
		"get": s.Get(ctx, "a", kv.GetOptions{}, new(kv.Entry)), "put": s.Put(ctx, "a", nil, kv.PutOptions{}),
		"delete": s.Delete(ctx, "a"), "list": s.List(ctx, kv.ListOptions{}, new(kv.Page)),
		"bulk get": s.BulkGet(ctx, []string{"a"}, kv.GetOptions{}, make([]kv.Entry, 1)),
		"bulk put": s.BulkPut(ctx, nil), "bulk delete": s.BulkDelete(ctx, nil),
	} {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Its calls are no part of what is measured with it.
func TestNoAllocation(t *testing.T) {
	s, ctx := open(t), t.Context()
	var e kv.Entry
	var p kv.Page
	value, keys, es, pairs := make([]byte, 100), []string{"a", "b"}, make([]kv.Entry, 2), make([]kv.Pair, 2)
	if n := testing.AllocsPerRun(100, func() {
		_ = s.Get(ctx, "a", kv.GetOptions{Metadata: true}, &e)
		_ = s.Put(ctx, "a", value, kv.PutOptions{})
		_ = s.Delete(ctx, "a")
		_ = s.List(ctx, kv.ListOptions{}, &p)
		_ = s.BulkGet(ctx, keys, kv.GetOptions{}, es)
		_ = s.BulkPut(ctx, pairs)
		_ = s.BulkDelete(ctx, keys)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestOpenErrors(t *testing.T) {
	for url, want := range map[string]string{
		"null://host":                "want null://",
		"null://?size=1":             `unknown option "size": want prices, fault, `,
		"null://?prices=read:1":      "the store has none of its own: give the others too (write, delete, list, storage)",
		"null://user:hunter2@":       "want null://",
		"null://?fault=blips&size=1": `unknown option "size"`,
	} {
		if _, err := drivers.Open(url, drivers.Env{}); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: got %v, want %q", url, err, want)
		}
	}
}
