package live_test

import (
	"context"
	"errors"
	"math"
	"testing"
	"time"

	"kvbench/internal/bench"
	"kvbench/internal/clock"
	"kvbench/internal/live"
	"kvbench/internal/load"
	"kvbench/internal/metric"
	"kvbench/internal/record"
	"kvbench/internal/runfile"
	"kvbench/kv"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// slow answers nothing: the workload waits by itself.
type slow struct{ kv.Store }

func (slow) Capabilities() kv.Capabilities { return kv.Capabilities{Locations: 1, Virtual: true} }

// half takes half a second, and fails every tenth time.
type half struct{}

var errTenth = errors.New("every tenth")

func (half) Seed(context.Context, *bench.Worker) error { return nil }
func (half) Do(ctx context.Context, w *bench.Worker, i uint64) (bench.Outcome, error) {
	if err := w.Sleep(ctx, 500*time.Millisecond); err != nil {
		return "", err
	}
	if i%10 == 0 {
		return "", errTenth
	}
	return "done", nil
}

// watcher feeds a turn, and looks at the board after each interval.
type watcher struct {
	*live.Turn
	board  *live.Board
	states []live.State
	series [][]live.Series
}

func (w *watcher) look() {
	w.states, w.series = append(w.states, w.board.State()), append(w.series, w.board.Series())
}

func (w *watcher) Interval(iv runfile.Interval) error {
	w.Turn.Interval(iv)
	w.look()
	return nil
}

func variant(clock string, l load.Load) live.Variant {
	return live.Variant{
		Scenario: "scenario", Name: "seed", Latency: runfile.Modelled, Clock: clock,
		Outcomes: []string{"done", "error"}, Load: l, Repeats: 1,
	}
}

// run runs the workload with a board whose time is the run's, so that all of it is exact.
func run(t *testing.T, v live.Variant, keep bool) *watcher {
	t.Helper()
	c := clock.NewVirtual()
	now := func() time.Time { return time.Unix(0, 0).Add(c.Now()) }
	board := live.New([]live.Variant{v}, keep, now)
	w := &watcher{Turn: board.Begin(v, 0), board: board}
	s := &bench.Scenario{
		Name: v.Scenario, Load: v.Load, Params: bench.Params{Keys: 1, Isolates: 1}, Repeat: 1, Decode: func(any) error { return nil },
		Pattern: &bench.Pattern{
			Name: "test", Variants: []bench.Variant{{Name: v.Name}}, Outcomes: []bench.Outcome{"done"},
			New: func(bench.Setup) (bench.Workload, error) { return half{}, nil },
		},
	}
	w.look()
	_, err := bench.Run(t.Context(), s, s.Pattern.Variants[0], bench.Options{Clock: c, Store: slow{}, Seed: 1, Observer: w, InFlight: w.InFlight()})
	if err != nil {
		t.Fatal(err)
	}
	w.look()
	w.End()
	w.look()
	return w
}

func tenASecond(warmUp, duration time.Duration) load.Load {
	return load.Load{Shape: load.Open{Profile: load.PerSecond(10), Arrivals: load.Constant{}}, WarmUp: warmUp, Duration: duration}
}

// near compares figures to the 1 % that a histogram of an interval tells.
var near = cmp.Options{
	cmp.Comparer(func(a, b metric.Quantity) bool {
		return a.Known() == b.Known() && math.Abs(a.Or(0)-b.Or(0)) <= 0.011*math.Abs(a.Or(0))
	}),
	cmpopts.EquateApprox(0.011, 0),
}

func TestState(t *testing.T) {
	const ns = float64(time.Second)
	of := metric.Of
	for clock, left := range map[string]float64{
		"wall":    20 * ns,
		"virtual": 20 * ns, // as long as it took for the first half
	} {
		w := run(t, variant(clock, tenASecond(10*time.Second, 40*time.Second)), false)
		facts := map[string]string{"wall": "modelled latency, wall clock", "virtual": "modelled latency, virtual time"}[clock]
		row := live.Row{Title: "scenario", Facts: facts, Label: "seed", Phase: "seed"}
		if diff := cmp.Diff(live.State{Total: 1, Rows: []live.Row{row}, Widest: 4}, w.states[0], near, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("before it begins:\n%s", diff)
		}
		row.Phase, row.Share, row.Rate, row.Target, row.InFlight = "run", of(0.5), of(10), of(10), of(5)
		row.P50, row.P99, row.Errors, row.Left = of(ns/2), of(ns/2), metric.Ratio(20, 195), of(left) // the last five have not ended
		for range 20 {                                                                               // intervals of a second
			row.P99s = append(row.P99s, ns/2)
		}
		half := w.states[20]
		if got := half.Rows[0].InFlight; got.Or(0) != 5 && got.Or(0) != 6 {
			t.Errorf("%v in flight", got)
		}
		half.Rows[0].InFlight = of(5)
		if diff := cmp.Diff(live.State{Total: 1, Elapsed: 30 * time.Second, Rows: []live.Row{row}, Widest: 4}, half, near); diff != "" {
			t.Errorf("%s, half way:\n%s", clock, diff)
		}
		last := w.states[len(w.states)-1]
		if last.Done != 1 || len(last.Rows) != 0 {
			t.Errorf("after the end: %+v", last)
		}
	}
}

// What is asked from outside is kept after a turn has ended, and repeats add up.
func TestSeries(t *testing.T) {
	v := variant("virtual", tenASecond(0, 40*time.Second))
	v.Repeats = 2
	w := run(t, v, true)
	half, after := w.series[20][0], w.series[len(w.series)-1][0]
	if half.InFlight < 5 || half.Target.Or(0) != 10 || half.Progress != 0.25 {
		t.Errorf("half way: %d in flight, target %v, progress %v", half.InFlight, half.Target, half.Progress)
	}
	if after.InFlight != 0 || after.Target.Known() || after.Progress != 0.5 {
		t.Errorf("after the first: %d in flight, target %v, progress %v", after.InFlight, after.Target, after.Progress)
	}
	want := []uint64{360, 40}
	if diff := cmp.Diff(want, after.Transactions); diff != "" || after.Errors[record.TransactionFailed] != 40 || after.Response.Count() != 400 {
		t.Errorf("errors %v, %d responses, transactions:\n%s", after.Errors, after.Response.Count(), diff)
	}
	again := w.board.Begin(v, 1)
	if s := w.board.Series(); len(s) != 1 || s[0].Transactions[0] != 360 {
		t.Errorf("with the second: %+v", s)
	}
	seen := record.Snapshot{Outcomes: []uint64{7, 0}, Histograms: make([]*record.Histogram, record.FirstMark)}
	again.Part(runfile.Interval{To: time.Second, Snapshot: seen})
	again.End()
	if s := w.board.Series()[0]; s.Transactions[0] != 367 || s.Progress != 1 {
		t.Errorf("after the second: %+v", s)
	}
	if kept := run(t, v, false).board.Series(); len(kept) != 0 {
		t.Errorf("kept though nobody asks: %+v", kept)
	}
}

// The rows of a scenario stand together, in the order in which they began.
func TestRowsStandTogether(t *testing.T) {
	board := live.New(nil, false, time.Now)
	for _, names := range [][2]string{{"a", "one"}, {"b", "one"}, {"a", "two"}} {
		board.Begin(live.Variant{Scenario: names[0], Name: names[1], Repeats: 1}, 0)
	}
	var got []string
	for _, r := range board.State().Rows {
		got = append(got, r.Title+"/"+r.Label)
	}
	if diff := cmp.Diff([]string{"a/one", "a/two", "b/one"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestHighest(t *testing.T) {
	for n, want := range map[int][]float64{0: nil, 2: {3, 9}, 3: {3, 9, 4}, 5: {1, 3, 2, 9, 4}, 9: {1, 3, 2, 9, 4}} {
		if diff := cmp.Diff(want, live.Highest([]float64{1, 3, 2, 9, 4}, n)); diff != "" {
			t.Errorf("%d:\n%s", n, diff)
		}
	}
}

// However many intervals there are, what is kept of them is bounded, and begins with the first.
func TestManyIntervals(t *testing.T) {
	w := run(t, variant("virtual", load.Load{Shape: load.Closed{Workers: 1}, Transactions: 20_000}), false)
	states := w.states
	p99s := states[len(states)-2].Rows[0].P99s
	if n := len(p99s); n == 0 || n > 256 {
		t.Errorf("%d of %d intervals", n, len(states))
	}
}
