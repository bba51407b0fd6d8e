package bench

import (
	"context"
	"strings"

	"kvbench/kv"
)

// key is a key as the store has it. What is no key stays none: the prefix would make it one.
func (w *Worker) key(key string) string {
	if w.prefix == "" || key == "" || key == "." || key == ".." {
		return key
	}
	return w.prefix + key
}

func (w *Worker) keys(keys []string) []string {
	if w.prefix == "" {
		return keys
	}
	full := make([]string, len(keys))
	for i, key := range keys {
		full[i] = w.key(key)
	}
	return full
}

func (w *Worker) pairs(pairs []kv.Pair) []kv.Pair {
	if w.prefix == "" {
		return pairs
	}
	full := make([]kv.Pair, len(pairs))
	for i, p := range pairs {
		p.Key = w.key(p.Key)
		full[i] = p
	}
	return full
}

func (w *Worker) list(ctx context.Context, o kv.ListOptions, p *kv.Page) error {
	if w.prefix == "" {
		return w.store.List(ctx, o, p)
	}
	o.Prefix = w.prefix + o.Prefix
	if err := w.store.List(ctx, o, p); err != nil {
		return err
	}
	for i := range p.Keys {
		p.Keys[i].Name = strings.TrimPrefix(p.Keys[i].Name, w.prefix)
	}
	return nil
}
