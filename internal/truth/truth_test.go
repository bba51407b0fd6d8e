// Package truth_test holds kvbench against what theory says it must measure:
// queues, caches and lags whose percentiles are known in closed form, and one
// simulation that shares no code with the engine.
//
//	make bench-truth    longer runs, narrower tolerances, each figure printed
package truth_test

import (
	"context"
	"flag"
	"math"
	"testing"

	"kvbench/drivers"
	"kvbench/internal/bench"
	"kvbench/internal/clock"
	"kvbench/internal/runfile"
	"kvbench/internal/scenariofile"
	"kvbench/kv"
	"kvbench/scenarios"
)

var full = flag.Bool("truth.full", false, "run longer, with narrower tolerances")

// pick returns the one for a short run or the other for a full one.
func pick[T any](short, long T) T {
	if *full {
		return long
	}
	return short
}

// near holds a figure against the right one.
func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	off := math.Abs(got-want) / math.Abs(want)
	t.Logf("%-40s measured %12.6g   right %12.6g   off by %.2f %% of %.1f %%", what, got, want, 100*off, 100*tolerance)
	if !(off <= tolerance) {
		t.Errorf("%s: %g, want %g to within %.1f %%", what, got, want, 100*tolerance)
	}
}

// unobserved is the observer of a run that only its total is wanted of.
type unobserved struct{}

func (unobserved) Phase(string)                    {}
func (unobserved) Interval(runfile.Interval) error { return nil }

// workload is one function as a workload.
type workload func(ctx context.Context, w *bench.Worker, i uint64) (bench.Outcome, error)

func (workload) Seed(context.Context, *bench.Worker) error { return nil }
func (f workload) Do(ctx context.Context, w *bench.Worker, i uint64) (bench.Outcome, error) {
	return f(ctx, w, i)
}

// observed is what a variant gave.
type observed struct {
	t       *testing.T
	pattern *bench.Pattern
	runfile.Interval
}

// run runs one variant of the only scenario of a file in virtual time. wrap may put
// a store of the test's own before the scenario's.
func run(t *testing.T, seed uint64, file string, wrap func(kv.Store) kv.Store) observed {
	t.Helper()
	f, err := scenariofile.Load("truth", []byte(file), scenarios.Patterns(), nil)
	if err != nil {
		t.Fatal(err)
	}
	s, c := &f.Scenarios[0], clock.NewVirtual()
	store, err := drivers.Open(s.Driver, drivers.Env{Clock: c, Seed: seed})
	if err != nil {
		t.Fatal(err)
	}
	if wrap != nil {
		store = wrap(store)
	}
	v, err := bench.Run(t.Context(), s, s.Variants[0], bench.Options{Clock: c, Store: store, Seed: seed, Observer: unobserved{}})
	if err != nil {
		t.Fatal(err)
	}
	return observed{t, s.Pattern, v.Total}
}

// count and sum are of the values of a series.
func (o observed) count(series string) float64 {
	n, _ := o.values(series)
	return n
}

func (o observed) values(series string) (count, sum float64) {
	for i, s := range o.pattern.Series() {
		if s.Name == series {
			if h := o.Histograms[i]; h != nil {
				return float64(h.TotalCount()), h.Mean() * float64(h.TotalCount())
			}
			return 0, 0
		}
	}
	o.t.Fatalf("no series %s", series)
	return 0, 0
}

// outcome is how many transactions ended so.
func (o observed) outcome(name string) float64 {
	for i, n := range o.pattern.AllOutcomes() {
		if n == name {
			return float64(o.Outcomes[i])
		}
	}
	o.t.Fatalf("no outcome %s", name)
	return 0
}
