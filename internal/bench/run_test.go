package bench_test

import (
	"context"
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"kvbench/internal/bench"
	"kvbench/internal/clock"
	"kvbench/internal/load"
	"kvbench/internal/record"
	"kvbench/internal/runfile"
	"kvbench/kv"

	"github.com/google/go-cmp/cmp"
)

// store answers a get after a delay that it works out from the time.
type store struct {
	clock clock.Clock
	delay func(now time.Duration) time.Duration
}

func (s *store) Get(ctx context.Context, _ string, _ kv.GetOptions, e *kv.Entry) error {
	e.Reset()
	return s.clock.Sleep(ctx, s.delay(s.clock.Now()))
}
func (s *store) Put(context.Context, string, []byte, kv.PutOptions) error { return nil }
func (s *store) Delete(context.Context, string) error                     { return nil }
func (s *store) List(context.Context, kv.ListOptions, *kv.Page) error     { return nil }
func (s *store) Capabilities() kv.Capabilities                            { return kv.Capabilities{Locations: 1, Virtual: true} }
func (s *store) Close() error                                             { return nil }

// do is a workload of one function.
type do func(ctx context.Context, w *bench.Worker, i uint64) (bench.Outcome, error)

func (do) Seed(context.Context, *bench.Worker) error { return nil }
func (f do) Do(ctx context.Context, w *bench.Worker, i uint64) (bench.Outcome, error) {
	return f(ctx, w, i)
}

// getOne gets one key.
func getOne(ctx context.Context, w *bench.Worker, _ uint64) (bench.Outcome, error) {
	return done, w.Get(ctx, "key", kv.GetOptions{}, &w.Entry)
}

// done is how transactions end that end well, and oddity what they observe.
const done bench.Outcome = "done"

var oddity = &bench.Anomaly{Name: "oddity", Unit: "count", Of: "response"}

func pattern(w bench.Workload) *bench.Pattern {
	return &bench.Pattern{
		Name: "test", Variants: []bench.Variant{{Name: "seed"}}, Outcomes: []bench.Outcome{done},
		Observes: []bench.Series{oddity},
		New:      func(bench.Setup) (bench.Workload, error) { return w, nil },
	}
}

func scenario(w bench.Workload, l load.Load) *bench.Scenario {
	return &bench.Scenario{
		Name: "scenario", Pattern: pattern(w), Load: l,
		Params: bench.Params{Keys: 1, Isolates: 1}, Repeat: 1, Decode: func(any) error { return nil },
	}
}

// keep is an observer that keeps everything.
type keep struct {
	phases    []string
	intervals []runfile.Interval
	err       error // what Interval returns
}

func (k *keep) Phase(name string) { k.phases = append(k.phases, name) }
func (k *keep) Interval(iv runfile.Interval) error {
	k.intervals = append(k.intervals, iv)
	return k.err
}

func run(ctx context.Context, s *bench.Scenario, c clock.Clock, st kv.Store) (*runfile.Variant, *keep, error) {
	k := &keep{}
	v, err := bench.Run(ctx, s, s.Pattern.Variants[0], bench.Options{Clock: c, Store: st, Seed: 1, Observer: k})
	return v, k, err
}

func count(v *runfile.Variant, series int) int64 {
	if h := v.Total.Histograms[series]; h != nil {
		return h.TotalCount()
	}
	return 0
}

// A store that stops for 500 ms every 5 s delays a tenth of all transactions,
// evenly from 0 to 500 ms. Coordinated omission would hide nearly all of it.
func TestStallIsSeenByAllWhomItKeptWaiting(t *testing.T) {
	const service = 200 * time.Microsecond
	for _, test := range []struct {
		name      string
		inFlight  int
		tolerance float64
	}{
		{"unbounded", 0, 0.002}, // the histogram's precision, and one gap between arrivals
		{"10 in flight", 10, 0.05},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := clock.NewVirtual()
			st := &store{clock: c, delay: func(now time.Duration) time.Duration {
				pause := 500*time.Millisecond - now%(5*time.Second)
				return max(pause, 0) + service
			}}
			s := scenario(do(getOne), load.Load{Shape: load.Open{Profile: load.PerSecond(1000), Arrivals: load.Constant{}, MaxInFlight: test.inFlight}, Duration: 20 * time.Second})
			v, _, err := run(t.Context(), s, c, st)
			if err != nil {
				t.Fatal(err)
			}
			h := v.Total.Histograms[record.Response]
			if h.TotalCount() != 20_000 {
				t.Errorf("%d transactions, want 20000: none may be dropped", h.TotalCount())
			}
			for percentile, want := range map[float64]time.Duration{
				50: service, 95: 250 * time.Millisecond, 99: 450 * time.Millisecond, 99.9: 495 * time.Millisecond,
			} {
				got := time.Duration(h.ValueAtPercentile(percentile))
				if off := math.Abs(float64(got)/float64(want) - 1); off > test.tolerance+float64(service)/float64(want)*min(percentile-50, 1) {
					t.Errorf("p%v is %v, want %v (off by %.2f %%)", percentile, got, want, 100*off)
				}
			}
			wait, late := v.Total.Histograms[record.Wait], v.Total.Histograms[record.Lateness]
			if late.Max() != 0 {
				t.Errorf("the generator was late by %v", late.Max())
			}
			if queued := wait.Max() > 0; queued != (test.inFlight > 0) {
				t.Errorf("longest wait %v", time.Duration(wait.Max()))
			}
		})
	}
}

func TestPhasesIntervalsAndTotal(t *testing.T) {
	for _, l := range []load.Load{
		{Shape: load.Open{Profile: load.PerSecond(100), Arrivals: load.Constant{}}, Duration: 20 * time.Second, WarmUp: 5 * time.Second},
		{Shape: load.Open{Profile: load.PerSecond(100), Arrivals: load.Poisson{}}, Duration: 20 * time.Second, WarmUp: 5 * time.Second},
		{Shape: load.Closed{Workers: 3, Think: time.Millisecond}, Duration: 20 * time.Second, WarmUp: 5 * time.Second},
		{Shape: load.Closed{Workers: 3}, Transactions: 1000, WarmUp: 5 * time.Second},
		{Shape: load.Open{Profile: load.PerSecond(100), Arrivals: load.Constant{}}, Transactions: 1000, WarmUp: 5 * time.Second},
	} {
		c := clock.NewVirtual()
		st := &store{clock: c, delay: func(time.Duration) time.Duration { return 30 * time.Millisecond }}
		warm := 0
		s := scenario(do(func(ctx context.Context, w *bench.Worker, i uint64) (bench.Outcome, error) {
			if w.Start() < 5*time.Second {
				warm++
			}
			w.Observe(oddity, 7)
			return getOne(ctx, w, i)
		}), l)
		v, k, err := run(t.Context(), s, c, st)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"seed", "settle", "warm-up", "run"}, k.phases); diff != "" {
			t.Error(diff)
		}
		if !v.Complete || v.Error != "" || warm == 0 {
			t.Errorf("complete %v, error %q, %d transactions of warm-up", v.Complete, v.Error, warm)
		}
		var ended, oddities, outcomes int64
		at := time.Duration(0)
		for _, iv := range k.intervals {
			if iv.From != at || iv.To <= iv.From {
				t.Errorf("an interval from %v to %v after %v", iv.From, iv.To, at)
			}
			at = iv.To
			ended += iv.Histograms[record.Response].TotalCount()
			oddities += iv.Histograms[record.FirstMark].TotalCount()
			outcomes += int64(iv.Outcomes[0])
		}
		total := count(v, record.Response)
		if l.Transactions > 0 && total != int64(l.Transactions) {
			t.Errorf("%+v: %d transactions", l, total)
		}
		if o, open := l.Open(); open && l.Duration > 0 && o.Arrivals == (load.Constant{}) && total != 2000 {
			t.Errorf("%+v: %d transactions", l, total)
		}
		for name, n := range map[string]int64{
			"of the intervals": ended, "oddities": oddities, "outcomes": outcomes, "waits": count(v, record.Wait),
			"services": count(v, record.Service), "latenesses": count(v, record.Lateness), "gets": count(v, record.Get),
			"billed": int64(v.Total.Billed.Reads),
		} {
			if n != total {
				t.Errorf("%+v: %d %s, but %d transactions in total", l, n, name, total)
			}
		}
		if last := k.intervals[len(k.intervals)-1].To; last != v.Total.To {
			t.Errorf("the intervals end at %v, the total at %v", last, v.Total.To)
		}
	}
}

func TestErrorsAreCountedNotDropped(t *testing.T) {
	c := clock.NewVirtual()
	st := &store{clock: c, delay: func(time.Duration) time.Duration { return time.Millisecond }}
	s := scenario(do(func(ctx context.Context, w *bench.Worker, i uint64) (bench.Outcome, error) {
		switch i % 4 {
		case 0:
			return done, &kv.Error{Status: 429}
		case 1:
			return done, errors.New("odd")
		}
		return getOne(ctx, w, i)
	}), load.Load{Shape: load.Closed{Workers: 1}, Transactions: 100})
	v, _, err := run(t.Context(), s, c, st)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]uint64{"transaction": 50}, v.Total.Errors); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]uint64{50, 50}, v.Total.Outcomes); diff != "" {
		t.Error(diff)
	}
}

func TestWhatFailsNamesTheScenario(t *testing.T) {
	for name, test := range map[string]struct {
		load load.Load
		do   do
		want string
	}{
		"panic": {load.Load{Shape: load.Closed{Workers: 2}, Transactions: 10}, func(context.Context, *bench.Worker, uint64) (bench.Outcome, error) {
			panic("boom")
		}, "scenario/seed: panic: boom"},
		"an anomaly that is not listed": {load.Load{Shape: load.Closed{Workers: 1}, Transactions: 1}, func(_ context.Context, w *bench.Worker, _ uint64) (bench.Outcome, error) {
			w.Observe(&bench.Anomaly{Name: "oddity"}, 1)
			return done, nil
		}, "scenario/seed: panic: pattern test does not list the anomaly oddity"},
		"an outcome that is not listed": {load.Load{Shape: load.Closed{Workers: 1}, Transactions: 1}, func(context.Context, *bench.Worker, uint64) (bench.Outcome, error) {
			return "gone", nil
		}, `scenario/seed: panic: pattern test does not list the outcome "gone"`},
		"deadlock": {load.Load{Shape: load.Closed{Workers: 2}, Transactions: 10}, func(ctx context.Context, w *bench.Worker, _ uint64) (bench.Outcome, error) {
			return done, w.Parker().Park(ctx)
		}, "scenario/seed: deadlock: "},
		"standstill": {load.Load{Shape: load.Closed{Workers: 1}, Duration: time.Second}, func(context.Context, *bench.Worker, uint64) (bench.Outcome, error) {
			return done, nil
		}, "scenario/seed: virtual time stands still"},
		"too long": {load.Load{Shape: load.Closed{Workers: 1}, Transactions: math.MaxUint64}, func(ctx context.Context, w *bench.Worker, _ uint64) (bench.Outcome, error) {
			return done, w.Sleep(ctx, 24*time.Hour)
		}, "scenario/seed: the transactions take longer than 9600h0m0s in all"},
	} {
		t.Run(name, func(t *testing.T) {
			c := clock.NewVirtual()
			v, _, err := run(t.Context(), scenario(test.do, test.load), c, &store{clock: c})
			if err == nil || !strings.HasPrefix(err.Error(), test.want) {
				t.Errorf("got %v, want %s…", err, test.want)
			}
			if v.Complete || v.Error == "" {
				t.Errorf("counts as complete: %+v", v)
			}
		})
	}
}

func TestInterruptKeepsWhatWasMeasured(t *testing.T) {
	for _, c := range []clock.Clock{clock.NewVirtual(), clock.NewWall()} {
		st := &store{clock: c, delay: func(time.Duration) time.Duration { return time.Millisecond }}
		ctx, cancel := context.WithCancel(t.Context())
		s := scenario(do(func(ctx context.Context, w *bench.Worker, i uint64) (bench.Outcome, error) {
			if i == 50 {
				cancel()
			}
			return getOne(ctx, w, i)
		}), load.Load{Shape: load.Closed{Workers: 1}, Duration: time.Hour})
		v, k, err := run(ctx, s, c, st)
		if !errors.Is(err, context.Canceled) || v.Complete {
			t.Errorf("got %v, complete %v", err, v.Complete)
		}
		if n := count(v, record.Response); n != 50 || len(k.intervals) == 0 {
			t.Errorf("%d transactions and %d intervals are left", n, len(k.intervals))
		}
	}
}

func TestObserverThatFailsEndsTheRun(t *testing.T) {
	c := clock.NewVirtual()
	st := &store{clock: c, delay: func(time.Duration) time.Duration { return time.Millisecond }}
	s := scenario(do(getOne), load.Load{Shape: load.Closed{Workers: 1}, Duration: time.Hour})
	k := &keep{err: errors.New("disk full")}
	_, err := bench.Run(t.Context(), s, s.Pattern.Variants[0], bench.Options{Clock: c, Store: st, Observer: k})
	if err == nil || !strings.Contains(err.Error(), "disk full") || len(k.intervals) != 1 {
		t.Errorf("got %v after %d intervals", err, len(k.intervals))
	}
}

func TestSameSeedSameResult(t *testing.T) {
	result := func(seed uint64) runfile.Interval {
		c := clock.NewVirtual()
		st := &store{clock: c, delay: func(time.Duration) time.Duration { return time.Millisecond }}
		s := scenario(do(func(ctx context.Context, w *bench.Worker, i uint64) (bench.Outcome, error) {
			w.Observe(oddity, w.Rand.Int64N(1000))
			err := w.Parallel(3, func(w *bench.Worker, _ int) error {
				return w.Sleep(ctx, time.Duration(w.Rand.Int64N(1e6)))
			})
			return done, err
		}), load.Load{Shape: load.Open{Profile: load.PerSecond(1000), Arrivals: load.Poisson{}}, Duration: time.Second})
		v, err := bench.Run(t.Context(), s, s.Pattern.Variants[0], bench.Options{Clock: c, Store: st, Seed: seed, Observer: &keep{}})
		if err != nil {
			t.Fatal(err)
		}
		return v.Total
	}
	equal := func(a, b runfile.Interval) bool {
		for i, h := range a.Histograms {
			if !reflect.DeepEqual(h.Sparse(), b.Histograms[i].Sparse()) {
				return false
			}
		}
		return true
	}
	if !equal(result(1), result(1)) {
		t.Error("the same seed gives another result")
	}
	if equal(result(1), result(2)) {
		t.Error("another seed gives the same result")
	}
}

// What goes on beside the last transactions, after they have ended, is in no interval
// beyond the measured time.
func TestIntervalsEndWithTheLoad(t *testing.T) {
	c := clock.NewVirtual()
	st := &store{clock: c, delay: func(time.Duration) time.Duration { return time.Hour }}
	s := scenario(do(func(ctx context.Context, w *bench.Worker, i uint64) (bench.Outcome, error) {
		w.Later(ctx, func(ctx context.Context, w *bench.Worker) error { return w.Get(ctx, "key", kv.GetOptions{}, &w.Entry) })
		return done, w.Sleep(ctx, 1500*time.Millisecond)
	}), load.Load{Shape: load.Closed{Workers: 1}, Transactions: 2})
	v, k, err := run(t.Context(), s, c, st)
	if err != nil {
		t.Fatal(err)
	}
	last := k.intervals[len(k.intervals)-1]
	if want := 3 * time.Second; v.Total.To != want || last.To != want {
		t.Errorf("measured for %v, the last interval ends at %v; want %v", v.Total.To, last.To, want)
	}
	if n := v.Total.Histograms[record.Get].TotalCount(); n != 2 {
		t.Errorf("%d of 2 gets beside the transactions are counted", n)
	}
}

// A worker that has no transaction left may think for ever.
func TestThinkAfterTheLast(t *testing.T) {
	for name, l := range map[string]load.Load{
		"all its transactions": {Shape: load.Closed{Workers: 3, Think: 9600 * time.Hour}, Transactions: 3},
		"all its time":         {Shape: load.Closed{Workers: 3, Think: 9600 * time.Hour}, Duration: time.Hour},
	} {
		c := clock.NewVirtual()
		v, _, err := run(t.Context(), scenario(do(func(ctx context.Context, w *bench.Worker, _ uint64) (bench.Outcome, error) {
			return done, w.Sleep(ctx, time.Second)
		}), l), c, &store{clock: c})
		if err != nil || !v.Complete {
			t.Errorf("%s: %v, complete %v", name, err, v.Complete)
		}
	}
}
