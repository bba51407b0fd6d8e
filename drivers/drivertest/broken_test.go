package drivertest_test

import (
	"context"

	"kvbench/kv"
)

// store is what the embedded store is.
type store interface {
	kv.Store
	kv.BulkGetter
	kv.BulkPutter
	kv.BulkDeleter
	kv.Located
	kv.Phased
}

type getCall struct {
	ctx context.Context
	key string
	o   kv.GetOptions
	e   *kv.Entry
}

type putCall struct {
	ctx   context.Context
	key   string
	value []byte
	o     kv.PutOptions
}

type bulkGetCall struct {
	ctx  context.Context
	keys []string
	o    kv.GetOptions
	es   []kv.Entry
}

// broken is a store that does something wrong: each function that is set takes
// the place of the call it is named after.
type broken struct {
	get          func(s store, c getCall) error
	put          func(s store, c putCall) error
	remove       func(s store, ctx context.Context, key string) error
	list         func(s store, ctx context.Context, o kv.ListOptions, p *kv.Page) error
	bulkGet      func(s store, c bulkGetCall) error
	bulkPut      func(s store, ctx context.Context, pairs []kv.Pair) error
	bulkDel      func(s store, ctx context.Context, keys []string) error
	at           func(s store, n int) store
	capabilities func(t *kv.Capabilities)
	close        func(s store) error
}

func (b *broken) wrap(s store) store { return &wrapped{store: s, b: b} }

type wrapped struct {
	store
	b *broken
}

func (w *wrapped) Get(ctx context.Context, key string, o kv.GetOptions, e *kv.Entry) error {
	if w.b.get == nil {
		return w.store.Get(ctx, key, o, e)
	}
	return w.b.get(w.store, getCall{ctx, key, o, e})
}

func (w *wrapped) Put(ctx context.Context, key string, value []byte, o kv.PutOptions) error {
	if w.b.put == nil {
		return w.store.Put(ctx, key, value, o)
	}
	return w.b.put(w.store, putCall{ctx, key, value, o})
}

func (w *wrapped) Delete(ctx context.Context, key string) error {
	if w.b.remove == nil {
		return w.store.Delete(ctx, key)
	}
	return w.b.remove(w.store, ctx, key)
}

func (w *wrapped) List(ctx context.Context, o kv.ListOptions, p *kv.Page) error {
	if w.b.list == nil {
		return w.store.List(ctx, o, p)
	}
	return w.b.list(w.store, ctx, o, p)
}

func (w *wrapped) BulkGet(ctx context.Context, keys []string, o kv.GetOptions, es []kv.Entry) error {
	if w.b.bulkGet == nil {
		return w.store.BulkGet(ctx, keys, o, es)
	}
	return w.b.bulkGet(w.store, bulkGetCall{ctx, keys, o, es})
}

func (w *wrapped) BulkPut(ctx context.Context, pairs []kv.Pair) error {
	if w.b.bulkPut == nil {
		return w.store.BulkPut(ctx, pairs)
	}
	return w.b.bulkPut(w.store, ctx, pairs)
}

func (w *wrapped) BulkDelete(ctx context.Context, keys []string) error {
	if w.b.bulkDel == nil {
		return w.store.BulkDelete(ctx, keys)
	}
	return w.b.bulkDel(w.store, ctx, keys)
}

func (w *wrapped) At(n int) kv.Store {
	s := w.store.At(n).(store)
	if w.b.at != nil {
		s = w.b.at(w.store, n)
	}
	return &wrapped{store: s, b: w.b}
}

func (w *wrapped) Capabilities() kv.Capabilities {
	t := w.store.Capabilities()
	if w.b.capabilities != nil {
		w.b.capabilities(&t)
	}
	return t
}

func (w *wrapped) Close() error {
	if w.b.close == nil {
		return w.store.Close()
	}
	return w.b.close(w.store)
}
