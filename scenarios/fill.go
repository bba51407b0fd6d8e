package scenarios

import (
	"context"

	"kvbench/internal/bench"
	"kvbench/kv"
)

// fillBytes bounds the values that one bulk put of fill carries.
const fillBytes = 8 << 20

// fill writes pairs 0 to n-1 to an empty store, in bulk where the store can.
func fill(ctx context.Context, w *bench.Worker, n int, pair func(i int) kv.Pair) error {
	limit := w.Capabilities().BulkPutKeys
	if limit == 0 {
		const tasks = 32
		return w.Parallel(tasks, func(w *bench.Worker, k int) error {
			for i := k; i < n; i += tasks {
				p := pair(i)
				if err := w.Put(ctx, p.Key, p.Value, p.Options); err != nil {
					return err
				}
			}
			return nil
		})
	}
	var (
		pairs []kv.Pair
		size  int
	)
	for i := range n {
		p := pair(i)
		pairs = append(pairs, p)
		size += len(p.Value)
		if len(pairs) == limit || size >= fillBytes || i == n-1 {
			if err := w.BulkPut(ctx, pairs); err != nil {
				return err
			}
			pairs, size = pairs[:0], 0
		}
	}
	return nil
}
