package bench_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"kvbench/internal/bench"
	"kvbench/internal/clock"
	"kvbench/internal/load"
)

// holder is a workload that has something until it is released.
type holder struct {
	do
	end      func(error)
	released int
	broken   error // of Release
}

func (h *holder) Hold(end func(error)) { h.end = end }
func (h *holder) Release() error       { h.released++; return h.broken }

// What a workload holds is let go of once, and may end the variant with its own error: what was
// measured until then is kept.
func TestHolder(t *testing.T) {
	gone, broken := errors.New("it is gone"), errors.New("it can't be let go of")
	for name, test := range map[string]struct {
		ends uint64 // with the transaction of that number
		want error
	}{"to the end": {99, broken}, "gone": {3, gone}} {
		t.Run(name, func(t *testing.T) {
			c := clock.NewVirtual()
			h := &holder{broken: broken}
			h.do = func(ctx context.Context, w *bench.Worker, i uint64) (bench.Outcome, error) {
				if i == test.ends {
					h.end(gone)
				}
				return done, nil
			}
			v, _, err := run(t.Context(), scenario(h, load.Load{
				Shape: load.Open{Profile: load.PerSecond(1), Arrivals: load.Constant{}}, Duration: 10 * time.Second,
			}), c, &store{clock: c})
			if !errors.Is(err, test.want) || h.released != 1 {
				t.Errorf("%v, released %d times; want %v", err, h.released, test.want)
			}
			if n := v.Total.Outcomes[0]; n == 0 || (n == 10) != (test.ends == 99) {
				t.Errorf("%d transactions are kept", n)
			}
		})
	}
}

// mortal is a store that ends by itself.
type mortal struct {
	*store
	end func(error)
}

func (m *mortal) OnEnd(f func(error)) { m.end = f }

// A store that ends by itself ends the variant: what was measured until then is kept.
func TestStoreEnds(t *testing.T) {
	gone := errors.New("it is gone")
	c := clock.NewVirtual()
	m := &mortal{store: &store{clock: c}}
	end := do(func(ctx context.Context, w *bench.Worker, i uint64) (bench.Outcome, error) {
		if i == 3 {
			m.end(gone)
		}
		return done, nil
	})
	v, _, err := run(t.Context(), scenario(end, load.Load{
		Shape: load.Open{Profile: load.PerSecond(1), Arrivals: load.Constant{}}, Duration: 10 * time.Second,
	}), c, m)
	if n := v.Total.Outcomes[0]; !errors.Is(err, gone) || n == 0 || n == 10 {
		t.Errorf("%v, %d transactions are kept", err, n)
	}
}
