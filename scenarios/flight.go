package scenarios

import (
	"context"
	"sync"

	"kvbench/internal/bench"
	"kvbench/internal/clock"
)

// flight lets one task of an isolate do the work for all that want the same
// key at the same time. golang.org/x/sync/singleflight blocks on a channel,
// which stops a virtual clock.
type flight[T any] struct {
	mu    sync.Mutex
	calls map[int]*call[T]
}

type call[T any] struct {
	waiting []clock.Parker
	value   T
	err     error
}

// do runs f, or waits for the one that runs already for the same key and takes
// its result.
func (g *flight[T]) do(ctx context.Context, w *bench.Worker, key int, f func() (T, error)) (T, error) {
	g.mu.Lock()
	if c, ok := g.calls[key]; ok {
		p := w.Parker()
		c.waiting = append(c.waiting, p)
		g.mu.Unlock()
		if err := p.Park(ctx); err != nil {
			var zero T
			return zero, err
		}
		return c.value, c.err
	}
	c := g.begin(key)
	g.mu.Unlock()
	g.lead(key, c, f)
	return c.value, c.err
}

// later runs f beside the transaction, unless one runs already for the same key.
func (g *flight[T]) later(ctx context.Context, w *bench.Worker, key int, f func(context.Context, *bench.Worker) (T, error)) {
	g.mu.Lock()
	if _, ok := g.calls[key]; ok {
		g.mu.Unlock()
		return
	}
	c := g.begin(key)
	g.mu.Unlock()
	w.Later(ctx, func(ctx context.Context, w *bench.Worker) error {
		g.lead(key, c, func() (T, error) { return f(ctx, w) })
		return c.err
	})
}

// begin makes the call of a key for which none runs. g.mu is held.
func (g *flight[T]) begin(key int) *call[T] {
	if g.calls == nil {
		g.calls = map[int]*call[T]{}
	}
	c := &call[T]{}
	g.calls[key] = c
	return c
}

// lead runs f for all that wait for c.
func (g *flight[T]) lead(key int, c *call[T], f func() (T, error)) {
	c.value, c.err = f()
	g.mu.Lock()
	delete(g.calls, key)
	g.mu.Unlock()
	for _, p := range c.waiting {
		p.Unpark()
	}
}
