package fault

import (
	"context"

	"kvbench/kv"
)

// view is the store as seen from one location.
type view struct {
	*faults
	store        kv.Store
	capabilities kv.Capabilities
	failed       *misses
}

var (
	_ kv.Store  = (*view)(nil)
	_ kv.Phased = (*view)(nil)
)

// Get implements kv.Store.
func (v *view) Get(ctx context.Context, key string, o kv.GetOptions, e *kv.Entry) error {
	c, concerned := v.begin(Get, key)
	if !concerned {
		return v.store.Get(ctx, key, o, e)
	}
	err := c.before(ctx)
	if err == nil {
		err = c.afterGet(ctx, v.store.Get(ctx, key, o, e), key, e)
	}
	if err != nil {
		e.Reset()
	}
	return err
}

// Put implements kv.Store.
func (v *view) Put(ctx context.Context, key string, value []byte, o kv.PutOptions) error {
	c, concerned := v.begin(Put, key)
	if !concerned {
		return v.store.Put(ctx, key, value, o)
	}
	if err := c.before(ctx); err != nil {
		return err
	}
	return c.after(ctx, v.store.Put(ctx, key, value, o))
}

// Delete implements kv.Store.
func (v *view) Delete(ctx context.Context, key string) error {
	c, concerned := v.begin(Delete, key)
	if !concerned {
		return v.store.Delete(ctx, key)
	}
	if err := c.before(ctx); err != nil {
		return err
	}
	return c.after(ctx, v.store.Delete(ctx, key))
}

// List implements kv.Store. Its draws go by the prefix.
func (v *view) List(ctx context.Context, o kv.ListOptions, p *kv.Page) error {
	c, concerned := v.begin(List, o.Prefix)
	if !concerned {
		return v.store.List(ctx, o, p)
	}
	err := c.before(ctx)
	if err == nil {
		err = c.after(ctx, v.store.List(ctx, o, p))
	}
	if err != nil {
		p.Reset()
	}
	return err
}

// Capabilities implements kv.Store.
func (v *view) Capabilities() kv.Capabilities { return v.capabilities }

// Close implements kv.Store.
func (v *view) Close() error { return v.store.Close() }

// Unwrap implements kv.Wrapper.
func (v *view) Unwrap() kv.Store { return v.store }

// bulkGetter is the bulk get of a view whose store has one. Its draws go by the
// first key.
type bulkGetter struct {
	view  *view
	store kv.BulkGetter
}

// BulkGet implements kv.BulkGetter.
func (b bulkGetter) BulkGet(ctx context.Context, keys []string, o kv.GetOptions, es []kv.Entry) error {
	c, concerned := call{}, false
	if len(keys) > 0 {
		c, concerned = b.view.begin(BulkGet, keys[0])
	}
	if !concerned {
		return b.store.BulkGet(ctx, keys, o, es)
	}
	err := c.before(ctx)
	if err == nil {
		err = c.afterBulkGet(ctx, b.store.BulkGet(ctx, keys, o, es), keys, es)
	}
	if err != nil {
		for i := range es {
			es[i].Reset()
		}
	}
	return err
}

// bulkPutter is the bulk put of a view whose store has one. Its draws go by the
// first key.
type bulkPutter struct {
	view  *view
	store kv.BulkPutter
}

// BulkPut implements kv.BulkPutter.
func (b bulkPutter) BulkPut(ctx context.Context, pairs []kv.Pair) error {
	c, concerned := call{}, false
	if len(pairs) > 0 {
		c, concerned = b.view.begin(BulkPut, pairs[0].Key)
	}
	if !concerned {
		return b.store.BulkPut(ctx, pairs)
	}
	if err := c.before(ctx); err != nil {
		return err
	}
	return c.after(ctx, b.store.BulkPut(ctx, pairs))
}
