package bench

import (
	"context"
	"errors"
	"net/http"
	"time"

	"kvbench/internal/detect"
	"kvbench/internal/record"
	"kvbench/kv"
)

// call begins a call of the store: an operation of the invocation, on one of its
// connections. What it returns goes to done.
func (w *Worker) call(ctx context.Context) (c openCall, err error) {
	if w.metered {
		if err := w.invocation.operation(w.run.operations); err != nil {
			return c, err
		}
	}
	asked := w.Now()
	var waited bool
	if c.held, waited, err = w.connect(ctx); err != nil {
		return c, err
	}
	c.start = w.Now()
	w.told.queued = waited && c.start > asked
	return c, nil
}

// openCall is a call of the store that has begun.
type openCall struct {
	start time.Duration
	held  bool // one of the invocation's connections
}

// Get implements kv.Store.
func (w *Worker) Get(ctx context.Context, key string, o kv.GetOptions, e *kv.Entry) error {
	call, err := w.call(ctx)
	if err != nil {
		w.unsent(detect.Get, key, err)
		return err
	}
	if err = w.tooLong(key); err != nil {
		e.Reset()
	} else {
		err = w.store.Get(ctx, w.key(key), o, e)
	}
	w.done(record.Get, call, err)
	if w.run.Calls != nil {
		c := w.tellKey(detect.Get, call.start, key)
		c.Get = o
		w.told.one[0] = *e
		c.Entries = w.told.one[:]
		w.ended(c, err)
	}
	b := record.Billed{Reads: 1}
	if err == nil {
		b.BytesRead = uint64(len(e.Value))
	}
	w.bill(b)
	return err
}

// Put implements kv.Store.
func (w *Worker) Put(ctx context.Context, key string, value []byte, o kv.PutOptions) error {
	call, err := w.call(ctx)
	if err != nil {
		w.unsent(detect.Put, key, err)
		return err
	}
	if w.run.Calls != nil {
		c := w.tellKey(detect.Put, call.start, key)
		c.Value, c.Put = value, o
		w.began(c)
	}
	if err = w.tooLong(key); err == nil {
		err = w.store.Put(ctx, w.key(key), value, o)
	}
	w.done(record.Put, call, err)
	if w.run.Calls != nil {
		w.ended(&w.told.call, err)
	}
	w.bill(record.Billed{Writes: 1, BytesWritten: uint64(len(value))})
	return err
}

// Delete implements kv.Store.
func (w *Worker) Delete(ctx context.Context, key string) error {
	call, err := w.call(ctx)
	if err != nil {
		w.unsent(detect.Delete, key, err)
		return err
	}
	if w.run.Calls != nil {
		w.began(w.tellKey(detect.Delete, call.start, key))
	}
	if err = w.tooLong(key); err == nil {
		err = w.store.Delete(ctx, w.key(key))
	}
	w.done(record.Delete, call, err)
	if w.run.Calls != nil {
		w.ended(&w.told.call, err)
	}
	w.bill(record.Billed{Deletes: 1})
	return err
}

// List implements kv.Store.
func (w *Worker) List(ctx context.Context, o kv.ListOptions, p *kv.Page) error {
	call, err := w.call(ctx)
	if err != nil {
		w.unsent(detect.List, "", err)
		return err
	}
	err = w.list(ctx, o, p)
	w.done(record.List, call, err)
	if w.run.Calls != nil {
		c := w.tell(detect.List, call.start)
		c.List, c.Page = o, p
		w.ended(c, err)
	}
	w.bill(record.Billed{Lists: 1})
	return err
}

// BulkGet implements kv.BulkGetter where the store does.
func (w *Worker) BulkGet(ctx context.Context, keys []string, o kv.GetOptions, es []kv.Entry) error {
	bulk, ok := w.store.(kv.BulkGetter)
	if !ok {
		return errNoBulk
	}
	call, err := w.call(ctx)
	if err != nil {
		w.unsent(detect.BulkGet, "", err)
		return err
	}
	if err = w.tooLong(keys...); err == nil {
		err = bulk.BulkGet(ctx, w.keys(keys), o, es)
	}
	w.done(record.BulkGet, call, err)
	if w.run.Calls != nil {
		c := w.tell(detect.BulkGet, call.start)
		c.Keys, c.Get, c.Entries = keys, o, es
		w.ended(c, err)
	}
	b := record.Billed{Reads: uint64(len(keys))}
	for i := range es {
		b.BytesRead += uint64(len(es[i].Value))
	}
	w.bill(b)
	return err
}

// BulkPut implements kv.BulkPutter where the store does.
func (w *Worker) BulkPut(ctx context.Context, pairs []kv.Pair) error {
	bulk, ok := w.store.(kv.BulkPutter)
	if !ok {
		return errNoBulk
	}
	call, err := w.call(ctx)
	if err != nil {
		return err
	}
	var full []kv.Pair
	if full, err = w.pairs(pairs); err == nil {
		err = bulk.BulkPut(ctx, full)
	}
	w.done(record.BulkPut, call, err)
	if w.run.Calls != nil {
		w.tellPairs(call.start, pairs, err)
	}
	b := record.Billed{Writes: uint64(len(pairs))}
	for i := range pairs {
		b.BytesWritten += uint64(len(pairs[i].Value))
	}
	w.bill(b)
	return err
}

// Capabilities implements kv.Store.
func (w *Worker) Capabilities() kv.Capabilities {
	c := w.store.Capabilities()
	if c.MaxKeyBytes > 0 {
		c.MaxKeyBytes = w.longestKey()
	}
	return c
}

// Close implements kv.Store. The store stays open: it is not the worker's.
func (w *Worker) Close() error { return nil }

var errNoBulk = &kv.Error{Status: http.StatusNotImplemented, Message: "the store has no bulk operation of this kind"}

func (w *Worker) done(series int, c openCall, err error) {
	w.invocation.disconnect(c.held)
	if !w.metered {
		return
	}
	w.tally.See(series, int64(w.Now()-c.start))
	if err != nil && !errors.Is(err, kv.ErrNotFound) {
		w.tally.Fail(kv.ErrorCode(err))
	}
}

func (w *Worker) bill(b record.Billed) {
	if w.metered {
		w.tally.Bill(b)
	}
}
