package scenarios

import (
	"context"
	"strconv"
	"strings"

	"kvbench/internal/bench"
	"kvbench/kv"
)

// prefix is what the keys of a namespace begin with in the store, which all share; empty
// where there is one.
func (p *workerPlan) prefix(binding int) string {
	if len(p.bindings) < 2 {
		return ""
	}
	return strconv.Itoa(binding) + "/"
}

// namespace is one of several namespaces in one store.
type namespace struct {
	w      *bench.Worker
	prefix string
}

var (
	_ kv.Store      = (*namespace)(nil)
	_ kv.BulkGetter = (*namespace)(nil)
)

// key is a key as the store has it. What is no key stays none: the prefix would make it one.
func (n *namespace) key(key string) string {
	if key == "" || key == "." || key == ".." {
		return key
	}
	return n.prefix + key
}

// Get implements kv.Store.
func (n *namespace) Get(ctx context.Context, key string, o kv.GetOptions, e *kv.Entry) error {
	return n.w.Get(ctx, n.key(key), o, e)
}

// Put implements kv.Store.
func (n *namespace) Put(ctx context.Context, key string, value []byte, o kv.PutOptions) error {
	return n.w.Put(ctx, n.key(key), value, o)
}

// Delete implements kv.Store.
func (n *namespace) Delete(ctx context.Context, key string) error {
	return n.w.Delete(ctx, n.key(key))
}

// List implements kv.Store.
func (n *namespace) List(ctx context.Context, o kv.ListOptions, p *kv.Page) error {
	o.Prefix = n.prefix + o.Prefix
	if err := n.w.List(ctx, o, p); err != nil {
		return err
	}
	for i := range p.Keys {
		p.Keys[i].Name = strings.TrimPrefix(p.Keys[i].Name, n.prefix)
	}
	return nil
}

// BulkGet implements kv.BulkGetter where the store does.
func (n *namespace) BulkGet(ctx context.Context, keys []string, o kv.GetOptions, es []kv.Entry) error {
	full := make([]string, len(keys))
	for i, key := range keys {
		full[i] = n.key(key)
	}
	return n.w.BulkGet(ctx, full, o, es)
}

// Capabilities implements kv.Store.
func (n *namespace) Capabilities() kv.Capabilities {
	c := n.w.Capabilities()
	if c.MaxKeyBytes > 0 {
		c.MaxKeyBytes -= len(n.prefix)
	}
	return c
}

// Close implements kv.Store. The store stays open.
func (n *namespace) Close() error { return nil }
