package bench_test

import (
	"context"
	"testing"
	"time"

	"kvbench/internal/bench"
	"kvbench/internal/clock"
	"kvbench/internal/detect"
	"kvbench/internal/load"
	"kvbench/internal/record"
	"kvbench/kv"
)

// What tasks of an invocation call is recorded, also when their own context is done; each
// invocation of a transaction has its own connections, and its keys their prefix.
func TestTasks(t *testing.T) {
	const gets = 8
	store, seen := runOne(t, false, func(ctx context.Context, w *bench.Worker, _ uint64) (bench.Outcome, error) {
		waiting := w.Parker()
		left := 2 * gets
		for range 2 {
			tasks := w.Tasks(ctx)
			own, cancel := context.WithCancel(ctx)
			defer cancel()
			for range gets {
				tasks.Start(own, detect.Site{}, func(ctx context.Context, w *bench.Worker) error {
					w.In(1, "1/")
					err := w.Get(ctx, "k", kv.GetOptions{}, &w.Entry)
					if left--; left == 0 {
						waiting.Unpark()
					}
					cancel()
					return err
				})
			}
			tasks.End()
		}
		return done, waiting.Park(ctx)
	})
	if store.most != 2*bench.Connections {
		t.Errorf("%d calls at once, want %d of each of 2 invocations", store.most, bench.Connections)
	}
	if n := seen.Histograms[record.Get].TotalCount(); n < 2*bench.Connections {
		t.Errorf("%d gets are recorded", n)
	}
}

type scheduled struct {
	idle
	at []time.Duration
}

func (s *scheduled) Next(after time.Time) (time.Time, int) {
	return after.Truncate(time.Minute).Add(time.Minute), 3
}

func (s *scheduled) Scheduled(ctx context.Context, w *bench.Worker, at time.Time, which int) error {
	if which == 3 && at.Sub(w.Epoch()) == w.Now() {
		s.at = append(s.at, w.Now())
	}
	return w.Get(ctx, "k", kv.GetOptions{}, &w.Entry)
}

type idle struct{}

func (idle) Seed(context.Context, *bench.Worker) error { return nil }
func (idle) Do(context.Context, *bench.Worker, uint64) (bench.Outcome, error) {
	return done, nil
}

// A scheduler is called at its times for as long as the load runs, and its calls recorded.
func TestScheduler(t *testing.T) {
	c := clock.NewVirtual()
	s := scenario(idle{}, load.Load{Shape: load.Closed{Workers: 1, Think: time.Second}, Duration: 150 * time.Second})
	w := &scheduled{}
	own := *s.Pattern
	own.New = func(bench.Setup) (bench.Workload, error) { return w, nil }
	s.Pattern = &own
	result, _, err := run(t.Context(), s, c, &slow{clock: c})
	if err != nil {
		t.Fatal(err)
	}
	if len(w.at) != 2 || w.at[1]-w.at[0] != time.Minute {
		t.Errorf("called at %v", w.at)
	}
	if n := result.Total.Histograms[record.Get].TotalCount(); n != 2 {
		t.Errorf("%d gets are recorded, want 2", n)
	}
}

// endings keeps what it is told of the ends of invocations.
type endings struct {
	detect.Watcher
	ended int
}

func (e *endings) Began(*detect.Call) uint64         { return 1 }
func (e *endings) Called(*detect.Call)               {}
func (e *endings) Ended(uint64, time.Duration, bool) { e.ended++ }

// An invocation that the end of the run cuts off is not told as one that has ended.
func TestCutOffInvocation(t *testing.T) {
	for _, cut := range []bool{false, true} {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		c := clock.NewVirtual()
		s := scenario(do(func(ctx context.Context, w *bench.Worker, _ uint64) (bench.Outcome, error) {
			tasks := w.Tasks(ctx)
			if cut {
				cancel()
			}
			tasks.End()
			return done, nil
		}), load.Load{Shape: load.Closed{Workers: 1}, Transactions: 1})
		seen := &endings{}
		_, err := bench.Run(ctx, s, s.Pattern.Variants[0], bench.Options{Clock: c, Store: &slow{clock: c}, Seed: 1, Observer: &keep{}, Calls: seen})
		if (err != nil) != cut {
			t.Error(err)
		}
		if told := seen.ended > 0; told == cut {
			t.Errorf("cut off: %t; told of %d ends", cut, seen.ended)
		}
	}
}
