package fault_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"kvbench/drivers"
	"kvbench/internal/bench"
	"kvbench/internal/clock"
	"kvbench/internal/load"
	"kvbench/internal/record"
	"kvbench/internal/runfile"
	"kvbench/kv"

	"github.com/google/go-cmp/cmp"
)

// tenKeys reads one key of ten that it seeds, and reads all back to verify.
type tenKeys struct{}

func (tenKeys) Seed(ctx context.Context, w *bench.Worker) error {
	for i := range 10 {
		if err := w.Put(ctx, fmt.Sprint("k", i), []byte("{}"), kv.PutOptions{}); err != nil {
			return err
		}
	}
	return nil
}

func (tenKeys) Do(ctx context.Context, w *bench.Worker, i uint64) (bench.Outcome, error) {
	return "value", w.Get(ctx, fmt.Sprint("k", i%10), kv.GetOptions{}, &w.Entry)
}

func (tenKeys) Verify(ctx context.Context, w *bench.Worker) error {
	for i := range 10 {
		if err := w.Get(ctx, fmt.Sprint("k", i), kv.GetOptions{}, &w.Entry); err != nil {
			return err
		}
	}
	return nil
}

// timeline keeps the failures of each interval.
type timeline struct{ failed []uint64 }

func (*timeline) Phase(string) {}
func (l *timeline) Interval(i runfile.Interval) error {
	l.failed = append(l.failed, i.Errors["500"])
	return nil
}

// An outage of a run falls into the measured time that its options name: neither
// the seeding, the warm-up nor the verifying know of it.
func TestOutageOfARun(t *testing.T) {
	for query, want := range map[string][]uint64{
		"fault=outage&fault-from=3s&fault-for=2s":               {0, 0, 0, 100, 100, 0, 0, 0, 0, 0},
		"fault=outage&fault-from=0s&fault-for=0s":               {100, 100, 100, 100, 100, 100, 100, 100, 100, 100},
		"fault=outage&fault-from=3s&fault-for=2s&fault-ops=put": {0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
		"fault=outage": {0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, // after the run
		"fault=partial-outage&fault-from=3s&fault-for=2s&profile=x": nil,
	} {
		c := clock.NewVirtual()
		store, err := drivers.Open("embedded://?profile=none&propagation=0&locations=1&"+query, drivers.Env{Clock: c, Seed: 1})
		if want == nil {
			if err == nil {
				t.Errorf("%s: no error", query)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		s := &bench.Scenario{
			Name: "outage", Pattern: &bench.Pattern{
				Name: "ten-keys", Variants: []bench.Variant{{Name: "seed"}}, Outcomes: []bench.Outcome{"value"},
				New: func(bench.Setup) (bench.Workload, error) { return tenKeys{}, nil },
			},
			Load:   load.Load{Shape: load.Open{Profile: load.PerSecond(100), Arrivals: load.Constant{}}, Duration: 10 * time.Second, WarmUp: 4 * time.Second},
			Params: bench.Params{Keys: 10, Isolates: 1},
			Decode: func(any) error { return nil },
		}
		var l timeline
		v, err := bench.Run(t.Context(), s, s.Pattern.Variants[0],
			bench.Options{Clock: c, Store: store, Seed: 1, Observer: &l})
		if err != nil || !v.Verified {
			t.Errorf("%s: %v", query, err)
		}
		perSecond := make([]uint64, 10)
		for i, n := range l.failed {
			perSecond[i*10/len(l.failed)] += n
		}
		if diff := cmp.Diff(want, perSecond); diff != "" {
			t.Errorf("%s: failures by the second: %s", query, diff)
		}
		if n := v.Total.Histograms[record.Get].TotalCount(); n != 1000 {
			t.Errorf("%s: %d gets", query, n)
		}
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	}
}
