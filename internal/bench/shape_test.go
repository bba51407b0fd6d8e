package bench_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"kvbench/internal/bench"
	"kvbench/internal/clock"
	"kvbench/internal/load"
	"kvbench/internal/record"
)

// Intervals end at the borders of stages, and each holds as many transactions as are due in
// it: those of a store that takes no time.
func TestStagesAreCut(t *testing.T) {
	stages := load.Stages{
		{Name: "ramp", For: 3300 * time.Millisecond, Curve: load.Ramp{To: load.PerSecond(1000)}},
		{Name: "spike", For: 50 * time.Millisecond, Curve: load.Hold{Rate: load.PerSecond(2000)}},
		{Name: "idle", For: 10 * time.Second, Curve: load.Hold{Rate: load.Rate{Per: time.Second}}},
		{Name: "soak", For: time.Minute, Curve: load.Hold{Rate: load.PerSecond(100)}},
	}
	want := []uint64{1650, 100, 0, 6000}
	for _, warmUp := range []time.Duration{0, 7 * time.Second} {
		l := load.Load{Shape: load.Open{Profile: stages, Arrivals: load.Constant{}}, Duration: stages.Lasts()}
		if warmUp > 0 {
			l.WarmUp, stages[0].Curve = warmUp, load.Ramp{From: load.PerSecond(500), To: load.PerSecond(500)}
		}
		c := clock.NewVirtual()
		st := &store{clock: c, delay: func(time.Duration) time.Duration { return 0 }}
		v, k, err := run(t.Context(), scenario(do(getOne), l), c, st)
		if err != nil || v.Behind != 0 {
			t.Fatalf("%v, %d behind", err, v.Behind)
		}
		got := make([]uint64, len(stages))
		borders := stages.Borders()
		for _, iv := range k.intervals {
			i := 0
			for borders[i] <= iv.From {
				i++
			}
			if iv.To > borders[i] {
				t.Errorf("an interval from %v to %v, over the border at %v", iv.From, iv.To, borders[i])
			}
			got[i] += uint64(iv.Histograms[record.Response].TotalCount())
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("after a warm-up of %v: %v transactions, want %v", warmUp, got, want)
		}
	}
}

// So many transactions bound stages too.
func TestTransactionsBoundStages(t *testing.T) {
	stages := load.Stages{{For: time.Minute, Curve: load.Ramp{To: load.PerSecond(100)}}}
	c := clock.NewVirtual()
	st := &store{clock: c, delay: func(time.Duration) time.Duration { return 0 }}
	v, _, err := run(t.Context(), scenario(do(getOne), load.Load{
		Shape: load.Open{Profile: stages, Arrivals: load.Constant{}}, Duration: time.Minute, Transactions: 750,
	}), c, st)
	if n := count(v, record.Response); err != nil || n != 750 || v.Total.To >= 31*time.Second {
		t.Errorf("%d transactions in %v, %v", n, v.Total.To, err)
	}
}

// What was due in the measured time and began only after it is counted: of a store that
// takes a little more than a second for each, all but those that fit.
func TestBehind(t *testing.T) {
	for _, test := range []struct {
		inFlight int
		warmUp   time.Duration
		duration time.Duration
		rate     uint64
		want     uint64
	}{
		{0, 0, 10 * time.Second, 10, 0},
		{1, 0, 10 * time.Second, 1, 0},
		{1, 0, 10 * time.Second, 10, 90}, // at 0 s, 1.05 s and so on
		{5, 0, 10 * time.Second, 10, 50},
		{1, 10 * time.Second, 10 * time.Second, 10, 100}, // those of the warm-up go on until 100 s
	} {
		c := clock.NewVirtual()
		st := &store{clock: c, delay: func(time.Duration) time.Duration { return 1050 * time.Millisecond }}
		v, _, err := run(t.Context(), scenario(do(getOne), load.Load{
			Shape:    load.Open{Profile: load.PerSecond(test.rate), Arrivals: load.Constant{}, MaxInFlight: test.inFlight},
			Duration: test.duration, WarmUp: test.warmUp,
		}), c, st)
		if err != nil || v.Behind != test.want {
			t.Errorf("%+v: %d behind, %v", test, v.Behind, err)
		}
	}
}

// A run ends when its response is stable and not before, at the end of a window; where it
// never is, its duration ends it. Nothing that had begun is lost.
func TestUntilStable(t *testing.T) {
	if testing.Short() {
		t.Skip("computes a lot in one goroutine")
	}
	settles := func(at time.Duration) func(time.Duration) time.Duration {
		return func(now time.Duration) time.Duration { // from 40 ms down to 10 ms
			return 10*time.Millisecond + max(at-now, 0)*30*time.Millisecond/at
		}
	}
	swings := func(now time.Duration) time.Duration {
		return 10*time.Millisecond + now/(20*time.Second)%2*5*time.Millisecond
	}
	for _, shape := range []load.Shape{
		load.Open{Profile: load.PerSecond(1000), Arrivals: load.Constant{}},
		load.Closed{Workers: 50},
	} {
		for _, test := range []struct {
			name   string
			delay  func(time.Duration) time.Duration
			stable bool
			from   time.Duration // when it may end
			to     time.Duration
		}{
			{"from the beginning", func(time.Duration) time.Duration { return 10 * time.Millisecond }, true, 50 * time.Second, 51 * time.Second},
			{"after 100 s", settles(100 * time.Second), true, 100 * time.Second, 161 * time.Second},
			{"never", swings, false, 400 * time.Second, 401 * time.Second},
		} {
			l := load.Load{Shape: shape, Duration: 400 * time.Second, Until: &load.Stable{Tolerance: 0.05}}
			c := clock.NewVirtual()
			began := uint64(0)
			counted := do(func(ctx context.Context, w *bench.Worker, i uint64) (bench.Outcome, error) {
				began++
				return getOne(ctx, w, i)
			})
			v, k, err := run(t.Context(), scenario(counted, l), c, &store{clock: c, delay: test.delay})
			if err != nil {
				t.Fatal(err)
			}
			if v.Stable == nil || *v.Stable != test.stable || v.Total.To < test.from || v.Total.To > test.to || !v.Complete {
				t.Errorf("%v, %s: stable %v, ended after %v", shape, test.name, *v.Stable, v.Total.To)
			}
			if n := uint64(count(v, record.Response)); n != began {
				t.Errorf("%v, %s: %d of %d transactions are counted", shape, test.name, n, began)
			}
			if last := k.intervals[len(k.intervals)-1]; last.To != v.Total.To {
				t.Errorf("%v, %s: the last interval ends at %v of %v", shape, test.name, last.To, v.Total.To)
			}
			if _, closed := shape.(load.Closed); closed && (v.Within > v.Total.To || v.Ended > began || v.Ended+50 < began) {
				t.Errorf("%v, %s: %d ended within %v", shape, test.name, v.Ended, v.Within)
			}
		}
	}
}
