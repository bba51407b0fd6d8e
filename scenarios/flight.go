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
	c := &call[T]{}
	if g.calls == nil {
		g.calls = map[int]*call[T]{}
	}
	g.calls[key] = c
	g.mu.Unlock()

	c.value, c.err = f()

	g.mu.Lock()
	delete(g.calls, key)
	g.mu.Unlock()
	for _, p := range c.waiting {
		p.Unpark()
	}
	return c.value, c.err
}
