// Package prefix keeps a run's keys apart from everybody else's: a wrapped store
// has every key below a prefix of its own, and sees no other key. Clean deletes
// what lies below a prefix, and nothing else.
package prefix

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"kvbench/kv"
)

// Root begins the name of every key that a run writes to a store which is not its
// own.
const Root = "kvbench/"

// Of is the prefix of a run's keys. The run's identifier holds no slash.
func Of(run string) string { return Root + run + "/" }

// Wrap returns s with every key below prefix, which the store's callers do not see:
// neither in a listing nor in an error's Keys. The limit on keys is that much
// shorter; a text about a key's length counts the prefix. Cursors pass through.
// Closing it closes s, and deletes nothing.
//
// It has all optional interfaces but Snapshotter and Sizer, whatever s has; Capabilities tell
// what of it is there. What is stored below the prefix it could tell only by remembering
// the size of every key. Where s has no bulk delete it deletes one by one, and where s is
// no Settler it waits, on the clock that s lives by, until the declared staleness
// has passed. It is no Wrapper: nothing reaches past the prefix.
func Wrap(s kv.Store, prefix string, clk kv.Clock) kv.Store {
	w := &wrapped{prefix: prefix, clk: clk, capabilities: s.Capabilities()}
	if w.capabilities.MaxKeyBytes > 0 {
		w.capabilities.MaxKeyBytes = max(1, w.capabilities.MaxKeyBytes-len(prefix))
	}
	for _, store := range kv.AtEach(s) {
		w.at = append(w.at, view{w, store})
	}
	return &w.at[0]
}

// wrapped is what all locations of a store share.
type wrapped struct {
	prefix       string
	clk          kv.Clock
	capabilities kv.Capabilities
	at           []view
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
	_ kv.Settler     = (*view)(nil)
	_ kv.Phased      = (*view)(nil)
)

// key is a key as the store behind knows it. What is no key stays none: the prefix
// would make it one.
func (w *wrapped) key(key string) (string, error) {
	if key == "" || key == "." || key == ".." {
		return "", &kv.Error{Status: http.StatusBadRequest, Message: fmt.Sprintf("Illegal key name %q. Please use a different name.", key)}
	}
	return w.prefix + key, nil
}

func (w *wrapped) keys(keys []string) ([]string, error) {
	out := make([]string, len(keys))
	for i, key := range keys {
		var err error
		if out[i], err = w.key(key); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Get implements kv.Store.
func (v *view) Get(ctx context.Context, key string, o kv.GetOptions, e *kv.Entry) error {
	key, err := v.key(key)
	if err != nil {
		e.Reset()
		return err
	}
	return v.store.Get(ctx, key, o, e)
}

// Put implements kv.Store.
func (v *view) Put(ctx context.Context, key string, value []byte, o kv.PutOptions) error {
	key, err := v.key(key)
	if err != nil {
		return err
	}
	return v.store.Put(ctx, key, value, o)
}

// Delete implements kv.Store.
func (v *view) Delete(ctx context.Context, key string) error {
	key, err := v.key(key)
	if err != nil {
		return err
	}
	return v.store.Delete(ctx, key)
}

// List implements kv.Store.
func (v *view) List(ctx context.Context, o kv.ListOptions, p *kv.Page) error {
	o.Prefix = v.prefix + o.Prefix
	if err := v.store.List(ctx, o, p); err != nil {
		return err
	}
	for i := range p.Keys {
		name, ours := strings.CutPrefix(p.Keys[i].Name, v.prefix)
		if !ours {
			err := &kv.Error{Status: http.StatusBadGateway, Message: fmt.Sprintf("a listing below %q holds %.80q", v.prefix, p.Keys[i].Name)}
			p.Reset()
			return err
		}
		p.Keys[i].Name = name
	}
	return nil
}

// BulkGet implements kv.BulkGetter where the store does.
func (v *view) BulkGet(ctx context.Context, keys []string, o kv.GetOptions, es []kv.Entry) error {
	bulk, ok := v.store.(kv.BulkGetter)
	if !ok {
		return errNoBulk
	}
	keys, err := v.keys(keys)
	if err != nil {
		for i := range es {
			es[i].Reset()
		}
		return err
	}
	return bulk.BulkGet(ctx, keys, o, es)
}

// BulkPut implements kv.BulkPutter where the store does.
func (v *view) BulkPut(ctx context.Context, pairs []kv.Pair) error {
	bulk, ok := v.store.(kv.BulkPutter)
	if !ok {
		return errNoBulk
	}
	out := make([]kv.Pair, len(pairs))
	for i, p := range pairs {
		var err error
		if p.Key, err = v.key(p.Key); err != nil {
			return err
		}
		out[i] = p
	}
	return v.strip(bulk.BulkPut(ctx, out))
}

var errNoBulk = &kv.Error{Status: http.StatusNotImplemented, Message: "the store has no bulk operation of this kind"}

// BulkDelete implements kv.BulkDeleter.
func (v *view) BulkDelete(ctx context.Context, keys []string) error {
	if most := v.capabilities.BulkPutKeys; most > 0 && len(keys) > most {
		return &kv.Error{Status: http.StatusBadRequest, Message: fmt.Sprintf("%d keys: at most %d may be deleted at once", len(keys), most)}
	}
	keys, err := v.keys(keys)
	if err != nil {
		return err
	}
	return v.strip(deleteAll(ctx, v.store, keys))
}

// deleteAll deletes keys at once, or one by one where neither the store nor one that
// it wraps has a bulk delete.
func deleteAll(ctx context.Context, s kv.Store, keys []string) error {
	if bulk, ok := kv.As[kv.BulkDeleter](s); ok {
		return bulk.BulkDelete(ctx, keys)
	}
	for _, key := range keys {
		if err := s.Delete(ctx, key); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// strip takes the prefix off the keys that an error names.
func (w *wrapped) strip(err error) error {
	var e *kv.Error
	if !errors.As(err, &e) || len(e.Keys) == 0 {
		return err
	}
	stripped := *e
	stripped.Keys = make([]string, len(e.Keys))
	for i, key := range e.Keys {
		stripped.Keys[i] = strings.TrimPrefix(key, w.prefix)
	}
	return &stripped
}

// At implements kv.Located.
func (w *wrapped) At(n int) kv.Store { return &w.at[n] }

// Settle implements kv.Settler.
func (w *wrapped) Settle(ctx context.Context) error {
	if s, ok := w.at[0].store.(kv.Settler); ok {
		return s.Settle(ctx)
	}
	return w.clk.Sleep(ctx, w.capabilities.Staleness)
}

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
func (w *wrapped) Capabilities() kv.Capabilities { return w.capabilities }

// Close implements kv.Store.
func (w *wrapped) Close() error { return w.at[0].store.Close() }
