package budget

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"
	"unicode/utf8"

	"kvbench/kv"
)

// Wrap returns s with every call paid from the ledger, at these prices. A call that s
// refuses is paid for all the same, and so is one that a fault keeps from it.
//
// It has the bulk interfaces, Located and Phased, whatever s has; Capabilities tell what of
// it is there. It is a Settler where s is one. Sizer and Snapshotter cost nothing, and
// are reached through it (kv.As).
func (l *Ledger) Wrap(s kv.Store, p kv.Prices) kv.Store { return wrap(s, l.account(s, p, false)) }

// Clean is Wrap for the clean-up: what was put by for it pays, and then what is left
// of the budget. It pays also when the budget is used up.
func (l *Ledger) Clean(s kv.Store, p kv.Prices) kv.Store { return wrap(s, l.account(s, p, true)) }

// Reserve puts by what cleaning s takes at least. It is to be called once for a store
// that is to be cleaned.
func (l *Ledger) Reserve(s kv.Store, p kv.Prices) error {
	a := l.account(s, p, false)
	a.mu.Lock()
	defer a.mu.Unlock()
	if err := a.buy(0, fewPages*a.list); err != nil {
		return err
	}
	a.state.Calls-- // it was none
	return nil
}

func wrap(s kv.Store, a *account) kv.Store {
	w := &wrapped{account: a}
	for _, store := range kv.AtEach(s) {
		w.at = append(w.at, view{w, store})
	}
	if settler, ok := s.(kv.Settler); ok {
		return struct {
			*view
			kv.Settler
		}{&w.at[0], settler}
	}
	return &w.at[0]
}

// wrapped is what all locations of a store share.
type wrapped struct {
	*account
	at []view
}

// view is the store as seen from one location.
type view struct {
	*wrapped
	store kv.Store
}

var (
	_ kv.Store       = (*view)(nil)
	_ kv.Located     = (*view)(nil)
	_ kv.BulkGetter  = (*view)(nil)
	_ kv.BulkPutter  = (*view)(nil)
	_ kv.BulkDeleter = (*view)(nil)
	_ kv.Phased      = (*view)(nil)
	_ kv.Wrapper     = (*view)(nil)
)

// Get implements kv.Store.
func (v *view) Get(ctx context.Context, key string, o kv.GetOptions, e *kv.Entry) error {
	reads := 1
	if o.Metadata { // which a driver may read by a bulk get
		reads = 2
	}
	if err := v.pay(v.read * Amount(reads)); err != nil {
		e.Reset()
		return err
	}
	err := v.store.Get(ctx, key, o, e)
	if reads == 2 && (err == nil && text(e) || errors.Is(err, kv.ErrNotFound)) {
		v.refund(v.read)
	}
	return err
}

// text reports whether a value is one that a bulk get can tell: one over the REST API
// speaks text alone, and the driver reads a value that may be none once more, which is
// paid for beforehand.
func text(e *kv.Entry) bool { return !bytes.ContainsRune(e.Value, utf8.RuneError) }

// Put implements kv.Store.
func (v *view) Put(ctx context.Context, key string, value []byte, o kv.PutOptions) error {
	if err := v.put(key); err != nil {
		return err
	}
	return v.store.Put(ctx, key, value, o)
}

// Delete implements kv.Store. What was put by for its key stays so: a listing may
// name it for a while, and it may be put again.
func (v *view) Delete(ctx context.Context, key string) error {
	if err := v.pay(v.delete); err != nil {
		return err
	}
	return v.store.Delete(ctx, key)
}

// List implements kv.Store.
func (v *view) List(ctx context.Context, o kv.ListOptions, p *kv.Page) error {
	if err := v.pay(v.list); err != nil {
		p.Reset()
		return err
	}
	return v.store.List(ctx, o, p)
}

// BulkGet implements kv.BulkGetter where the store does.
func (v *view) BulkGet(ctx context.Context, keys []string, o kv.GetOptions, es []kv.Entry) error {
	bulk, ok := v.store.(kv.BulkGetter)
	if !ok {
		return noBulk("get")
	}
	if err := v.pay(2 * v.read * Amount(len(keys))); err != nil {
		for i := range es {
			es[i].Reset()
		}
		return err
	}
	err := bulk.BulkGet(ctx, keys, o, es)
	if err != nil {
		return err
	}
	once := Amount(0)
	for i := range es {
		if text(&es[i]) {
			once++
		}
	}
	v.refund(v.read * once)
	return nil
}

// BulkPut implements kv.BulkPutter where the store does.
func (v *view) BulkPut(ctx context.Context, pairs []kv.Pair) error {
	bulk, ok := v.store.(kv.BulkPutter)
	if !ok {
		return noBulk("put")
	}
	if err := v.puts(pairs); err != nil {
		return err
	}
	return bulk.BulkPut(ctx, pairs)
}

// BulkDelete implements kv.BulkDeleter: one by one where the store does not.
func (v *view) BulkDelete(ctx context.Context, keys []string) error {
	bulk, ok := kv.As[kv.BulkDeleter](v.store)
	if !ok {
		for _, key := range keys {
			if err := v.Delete(ctx, key); err != nil {
				return err
			}
		}
		return ctx.Err()
	}
	if err := v.pay(v.delete * Amount(len(keys))); err != nil {
		return err
	}
	return bulk.BulkDelete(ctx, keys)
}

func noBulk(kind string) error {
	return &kv.Error{Status: http.StatusNotImplemented, Message: fmt.Sprintf("the store has no bulk %s", kind)}
}

// At implements kv.Located.
func (w *wrapped) At(n int) kv.Store { return &w.at[n] }

// BeginLoad implements kv.Phased.
func (w *wrapped) BeginLoad(measureFrom time.Duration) {
	if p, ok := w.at[0].store.(kv.Phased); ok {
		p.BeginLoad(measureFrom)
	}
}

// EndLoad implements kv.Phased.
func (w *wrapped) EndLoad() {
	if p, ok := w.at[0].store.(kv.Phased); ok {
		p.EndLoad()
	}
}

// Capabilities implements kv.Store.
func (v *view) Capabilities() kv.Capabilities { return v.store.Capabilities() }

// Close implements kv.Store.
func (v *view) Close() error { return v.store.Close() }

// Unwrap implements kv.Wrapper.
func (v *view) Unwrap() kv.Store { return v.store }
