package bench

import (
	"context"
	"fmt"
	"net/http"
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

func (w *Worker) pairs(pairs []kv.Pair) ([]kv.Pair, error) {
	if w.prefix == "" {
		return pairs, nil
	}
	full := make([]kv.Pair, len(pairs))
	for i, p := range pairs {
		if err := w.tooLong(p.Key); err != nil {
			return nil, err
		}
		p.Key = w.key(p.Key)
		full[i] = p
	}
	return full, nil
}

func (w *Worker) list(ctx context.Context, o kv.ListOptions, p *kv.Page) error {
	if w.prefix == "" {
		return w.store.List(ctx, o, p)
	}
	if err := w.tooLong(o.Prefix); err != nil {
		p.Reset()
		return err
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

// Prefixed is a Workload whose workers call In.
type Prefixed interface {
	// PrefixBytes is the length of the longest prefix.
	PrefixBytes() int
}

// roomy is a store of this process, which can take keys that are longer than it declares by
// as many bytes: what is before the key is none of the user's.
type roomy interface{ AllowPrefix(bytes int) }

// allowPrefix makes room for the prefixes of the workload, where the store has it.
func (r *run) allowPrefix(most int) {
	r.mostKey = most
	p, ok := r.workload.(Prefixed)
	if !ok {
		return
	}
	if s, ok := kv.As[roomy](r.Store); ok {
		s.AllowPrefix(p.PrefixBytes())
		r.room = p.PrefixBytes()
	}
}

// longestKey is the most bytes that a key may have before its prefix is put there.
func (w *Worker) longestKey() int { return w.run.mostKey - max(0, len(w.prefix)-w.run.room) }

// tooLong refuses keys that have no room beside the prefix, in the words of KV: the store
// would count the prefix.
func (w *Worker) tooLong(keys ...string) error {
	if w.prefix == "" || w.run.mostKey == 0 {
		return nil
	}
	most := w.longestKey()
	for _, key := range keys {
		if len(key) <= most {
			continue
		}
		why := ""
		if n := w.run.mostKey - most; n > 0 {
			why = fmt.Sprintf(" It is %d, of which %d are what keeps the namespaces apart in this store.", w.run.mostKey, n)
		}
		return &kv.Error{
			Status:  http.StatusRequestURITooLong,
			Message: fmt.Sprintf("UTF-8 encoded length of %d exceeds key length limit of %d.%s", len(key), most, why),
		}
	}
	return nil
}
