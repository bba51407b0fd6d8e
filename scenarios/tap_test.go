package scenarios_test

import (
	"context"
	"testing"
	"time"

	"kvbench/internal/clock"
	"kvbench/kv"
)

// tap is a call of the store as the store saw it.
type tap struct {
	op         string // "get", "put", "delete", "list" or "bulk-get"
	name       string
	value      string
	sent, done time.Duration
	err        error
}

// tapped keeps the calls of a store, in the order in which they ended, in virtual time.
type tapped struct {
	kv.Store
	clock clock.Clock
	calls *[]tap
}

func (s tapped) At(n int) kv.Store { return tapped{s.Store.(kv.Located).At(n), s.clock, s.calls} }

func (s tapped) see(op, name string, value *[]byte, f func() error) error {
	sent := s.clock.Now()
	err := f()
	c := tap{op: op, name: name, sent: sent, done: s.clock.Now(), err: err}
	if value != nil {
		c.value = string(*value)
	}
	*s.calls = append(*s.calls, c)
	return err
}

func (s tapped) Get(ctx context.Context, key string, o kv.GetOptions, e *kv.Entry) error {
	return s.see("get", key, &e.Value, func() error { return s.Store.Get(ctx, key, o, e) })
}

func (s tapped) Put(ctx context.Context, key string, value []byte, o kv.PutOptions) error {
	return s.see("put", key, &value, func() error { return s.Store.Put(ctx, key, value, o) })
}

func (s tapped) Delete(ctx context.Context, key string) error {
	return s.see("delete", key, nil, func() error { return s.Store.Delete(ctx, key) })
}

func (s tapped) List(ctx context.Context, o kv.ListOptions, p *kv.Page) error {
	return s.see("list", o.Prefix, nil, func() error { return s.Store.List(ctx, o, p) })
}

// BulkPut is how a store is seeded: the pairs are puts of their own.
func (s tapped) BulkPut(ctx context.Context, pairs []kv.Pair) error {
	for i := range pairs {
		if err := s.see("put", pairs[i].Key, &pairs[i].Value, func() error { return nil }); err != nil {
			return err
		}
	}
	return s.Store.(kv.BulkPutter).BulkPut(ctx, pairs)
}

func (s tapped) BulkGet(ctx context.Context, keys []string, o kv.GetOptions, es []kv.Entry) error {
	return s.see("bulk-get", "", nil, func() error { return s.Store.(kv.BulkGetter).BulkGet(ctx, keys, o, es) })
}

// runTapped runs a variant and returns what the store saw as well.
func runTapped(t testing.TB, seed uint64, variant, fields string) (observed, []tap) {
	t.Helper()
	var calls []tap
	o := runOn(t, loadOne(t, variant, fields), seed,
		func(s kv.Store, c clock.Clock) kv.Store { return tapped{s, c, &calls} }, nil)
	return o, calls
}

// variantsOf are the names of a pattern's variants.
func variantsOf(o observed) (names []string) {
	for _, v := range o.pattern.Variants {
		names = append(names, v.Name)
	}
	return names
}
