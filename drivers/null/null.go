// Package null is a store that does nothing: every write is accepted and forgotten at
// once, every key is absent, and every listing empty and complete. A run on it measures
// what kvbench and a pattern cost by themselves.
//
// Absence is the one answer that every pattern has to know, whatever it keeps in its
// values, so each does on it what it does when a key is not there. What a pattern says
// of it is true: every write is lost. Only what no run could do is refused: a call
// whose context is done, and a bulk call with more keys than are declared.
package null

import (
	"context"
	"fmt"
	"net/url"

	"kvbench/drivers/limits"
	"kvbench/drivers/option"
	"kvbench/kv"
)

// Doc says what the driver is; Example is a URL that it opens.
const (
	Doc     = "does nothing and takes no time: every key is absent, every write is lost; to measure what kvbench itself costs"
	Example = "null://"
)

// Options describes the options of Open, but for prices: there are none.
func Options() []kv.Setting { return nil }

// Open opens the store that does nothing.
func Open(u *url.URL, env kv.Env) (kv.Store, error) {
	if u.Host != "" || u.User != nil || u.Path != "" || u.Opaque != "" || u.Fragment != "" {
		return nil, fmt.Errorf("%s: want %s", u.Redacted(), Example)
	}
	if err := option.Read(u, nil); err != nil {
		return nil, err
	}
	prices, err := env.Price(kv.NoPrices("a store that does nothing has no price list"))
	if err != nil {
		return nil, err
	}
	return &store{kv.Capabilities{
		Virtual: true, Locations: 1, MaxListKeys: kv.MaxListKeys, BulkGetKeys: kv.MaxBulkGetKeys, BulkPutKeys: kv.MaxBulkPutKeys,
		Prices: prices,
	}}, nil
}

type store struct{ capabilities kv.Capabilities }

var (
	_ kv.BulkGetter  = (*store)(nil)
	_ kv.BulkPutter  = (*store)(nil)
	_ kv.BulkDeleter = (*store)(nil)
	_ kv.Sizer       = (*store)(nil)
)

// Get implements kv.Store.
func (*store) Get(ctx context.Context, _ string, _ kv.GetOptions, e *kv.Entry) error {
	e.Reset()
	if err := ctx.Err(); err != nil {
		return err
	}
	return kv.ErrNotFound
}

// Put implements kv.Store.
func (*store) Put(ctx context.Context, _ string, _ []byte, _ kv.PutOptions) error { return ctx.Err() }

// Delete implements kv.Store.
func (*store) Delete(ctx context.Context, _ string) error { return ctx.Err() }

// List implements kv.Store.
func (*store) List(ctx context.Context, _ kv.ListOptions, p *kv.Page) error {
	p.Reset()
	p.Complete = true
	return ctx.Err()
}

// BulkGet implements kv.BulkGetter.
func (s *store) BulkGet(ctx context.Context, keys []string, _ kv.GetOptions, es []kv.Entry) error {
	for i := range es {
		es[i].Reset()
	}
	if err := limits.BulkGet(&s.capabilities, keys, es); err != nil {
		return err
	}
	return ctx.Err()
}

// BulkPut implements kv.BulkPutter.
func (s *store) BulkPut(ctx context.Context, pairs []kv.Pair) error {
	if len(pairs) > s.capabilities.BulkPutKeys {
		return limits.BulkPut(&s.capabilities, pairs, 0)
	}
	return ctx.Err()
}

// BulkDelete implements kv.BulkDeleter.
func (s *store) BulkDelete(ctx context.Context, keys []string) error {
	if len(keys) > s.capabilities.BulkPutKeys {
		return limits.Keys(&s.capabilities, keys)
	}
	return ctx.Err()
}

// StoredBytes implements kv.Sizer.
func (*store) StoredBytes() int64 { return 0 }

// Capabilities implements kv.Store.
func (s *store) Capabilities() kv.Capabilities { return s.capabilities }

// Close implements kv.Store.
func (*store) Close() error { return nil }
