package bench_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"kvbench/internal/bench"
	"kvbench/internal/clock"
	"kvbench/internal/load"
	"kvbench/internal/record"
	"kvbench/kv"
)

// slow is a store whose every get takes a second and whose calls are counted as
// they overlap.
type slow struct {
	store
	clock      clock.Clock
	open, most int
}

func (s *slow) Get(ctx context.Context, _ string, _ kv.GetOptions, _ *kv.Entry) error {
	s.open++
	s.most = max(s.most, s.open)
	err := s.clock.Sleep(ctx, time.Second)
	s.open--
	return err
}

func (*slow) Capabilities() kv.Capabilities { return kv.Capabilities{Locations: 1, Virtual: true} }

func runOne(t *testing.T, free bool, f do) (*slow, record.Snapshot) {
	t.Helper()
	c := clock.NewVirtual()
	store := &slow{clock: c}
	s := scenario(f, load.Load{Shape: load.Closed{Workers: 1}, Transactions: 1})
	s.Free = free
	result, _, err := run(context.Background(), s, c, store)
	if err != nil {
		t.Fatal(err)
	}
	return store, result.Total.Snapshot
}

// An invocation has six connections: twenty gets at once take four rounds, the
// fetches of an origin take part, and so does what runs on after the answer.
func TestSixConnections(t *testing.T) {
	get := func(ctx context.Context, w *bench.Worker) error { return w.Get(ctx, "k", kv.GetOptions{}, &w.Entry) }
	for name, test := range map[string]struct {
		do    func(ctx context.Context, w *bench.Worker) error
		most  int
		takes time.Duration
	}{
		"gets": {func(ctx context.Context, w *bench.Worker) error {
			return w.Parallel(20, func(w *bench.Worker, _ int) error { return get(ctx, w) })
		}, 6, 4 * time.Second},
		"gets and fetches": {func(ctx context.Context, w *bench.Worker) error {
			return w.Parallel(20, func(w *bench.Worker, i int) error {
				if i%2 == 0 {
					return w.Fetch(ctx, time.Second)
				}
				return get(ctx, w)
			})
		}, 3, 4 * time.Second},
		"beside the answer": {func(ctx context.Context, w *bench.Worker) error {
			for range 6 {
				w.Later(ctx, get)
			}
			if err := w.Sleep(ctx, time.Millisecond); err != nil { // those come first
				return err
			}
			return get(ctx, w)
		}, 6, 2 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			store, got := runOne(t, false, func(ctx context.Context, w *bench.Worker, _ uint64) (bench.Outcome, error) {
				return done, test.do(ctx, w)
			})
			if store.most != test.most {
				t.Errorf("%d calls at once, want %d", store.most, test.most)
			}
			if took := time.Duration(got.Histograms[record.Service].Max()).Round(10 * time.Millisecond); took != test.takes {
				t.Errorf("it took %v, want %v", took, test.takes)
			}
		})
	}
}

// An invocation may make so many operations, whichever of its tasks makes them.
func TestOperationsOfAnInvocation(t *testing.T) {
	for _, plan := range []struct {
		free bool
		most int
	}{{false, bench.PaidOperations}, {true, bench.FreeOperations}} {
		for _, more := range []int{0, 1} {
			_, got := runOne(t, plan.free, func(ctx context.Context, w *bench.Worker, _ uint64) (bench.Outcome, error) {
				err := w.Parallel(100, func(w *bench.Worker, i int) error {
					for range plan.most / 100 {
						if err := w.Get(ctx, "k", kv.GetOptions{}, &w.Entry); err != nil {
							return err
						}
					}
					return nil
				})
				for range more {
					if err := w.Get(ctx, "k", kv.GetOptions{}, &w.Entry); !errors.Is(err, kv.ErrInvocationLimit) {
						t.Errorf("got %v", err)
					} else {
						return done, err
					}
				}
				return done, err
			})
			if n := int(got.Histograms[record.Get].TotalCount()); n != plan.most {
				t.Errorf("%d calls, want %d", n, plan.most)
			}
			if n := got.Errors["invocation-limit"]; n != uint64(more) {
				t.Errorf("free %v: %d errors, want %d", plan.free, n, more)
			}
		}
	}
}
