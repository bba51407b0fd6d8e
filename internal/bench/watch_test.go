package bench_test

import (
	"sync/atomic"
	"testing"
	"time"

	"kvbench/internal/bench"
	"kvbench/internal/clock"
	"kvbench/internal/load"
	"kvbench/internal/record"
	"kvbench/internal/runfile"

	"github.com/google/go-cmp/cmp"
)

// onWall is a virtual clock that passes for one on the wall, so that what depends on that
// is exact.
type onWall struct{ clock.Clock }

func (onWall) Virtual() bool { return false }

// watch keeps what a watcher is told, and how much was in flight then.
type watch struct {
	keep
	parts    [][3]int64 // as spans has them
	inFlight atomic.Int64
	seen     []int64
}

func (w *watch) Part(iv runfile.Interval) {
	w.parts = append(w.parts, span(iv))
	w.seen = append(w.seen, w.inFlight.Load())
}

func watched(t *testing.T, c clock.Clock, l load.Load) *watch {
	w := &watch{}
	st := &store{c, func(time.Duration) time.Duration { return 950 * time.Millisecond }}
	s := scenario(do(getOne), l)
	if _, err := bench.Run(t.Context(), s, s.Pattern.Variants[0], bench.Options{Clock: c, Store: st, Seed: 1, Observer: w, InFlight: &w.inFlight}); err != nil {
		t.Fatal(err)
	}
	return w
}

// span is where an interval begins and ends, and how many transactions it has.
func span(iv runfile.Interval) [3]int64 {
	return [3]int64{int64(iv.From), int64(iv.To), iv.Histograms[record.Response].TotalCount()}
}

func spans(intervals []runfile.Interval) (out [][3]int64) {
	for _, iv := range intervals {
		out = append(out, span(iv))
	}
	return out
}

// Where time passes as for people, a watcher is told every second, and the intervals are
// what they are without it.
func TestParts(t *testing.T) {
	l := load.Load{Shape: load.Open{Profile: load.PerSecond(10), Arrivals: load.Constant{}}, Duration: 400 * time.Second}
	c := clock.NewVirtual()
	_, alone, err := run(t.Context(), scenario(do(getOne), l), onWall{c}, &store{c, func(time.Duration) time.Duration { return 950 * time.Millisecond }})
	if err != nil {
		t.Fatal(err)
	}
	w := watched(t, onWall{clock.NewVirtual()}, l)
	if diff := cmp.Diff(spans(alone.intervals), spans(w.intervals)); diff != "" {
		t.Errorf("intervals without and with a watcher:\n%s", diff)
	}
	if len(w.parts) != 400 || len(w.intervals) != 40 {
		t.Errorf("%d parts of %d intervals", len(w.parts), len(w.intervals))
	}
	at, sum := int64(0), int64(0)
	for i, p := range w.parts {
		from, to := p[0], p[1]
		long := time.Duration(to - from)
		if i == len(w.parts)-1 {
			long -= 850 * time.Millisecond // until the last transaction has ended
		}
		if from != at || long != time.Second {
			t.Fatalf("part %d is from %d to %d, after one to %d", i, from, to, at)
		}
		at = to
		sum += p[2]
	}
	if sum != 4000 {
		t.Errorf("the parts have %d transactions", sum)
	}
}

// In virtual time intervals come fast, and are the parts.
func TestPartsInVirtualTime(t *testing.T) {
	w := watched(t, clock.NewVirtual(), load.Load{Shape: load.Closed{Workers: 1}, Duration: 400 * time.Second})
	if diff := cmp.Diff(spans(w.intervals), w.parts); diff != "" || len(w.parts) < 40 {
		t.Errorf("intervals and %d parts:\n%s", len(w.parts), diff)
	}
}

// What is in flight is what has begun and not ended: of a closed loop the workers that do
// not think.
func TestInFlight(t *testing.T) {
	for name, test := range map[string]struct {
		shape load.Shape
		want  int64
	}{
		"open":    {load.Open{Profile: load.PerSecond(10), Arrivals: load.Constant{}}, 10},
		"bounded": {load.Open{Profile: load.PerSecond(10), Arrivals: load.Constant{}, MaxInFlight: 4}, 4},
		"closed":  {load.Closed{Workers: 3}, 3},
		"think":   {load.Closed{Workers: 3, Think: 50 * time.Millisecond}, 0}, // a part ends as they all think
	} {
		w := watched(t, clock.NewVirtual(), load.Load{Shape: test.shape, Duration: 40 * time.Second})
		if got := w.seen[5]; got < test.want-1 || got > test.want || name != "open" && got != test.want {
			t.Errorf("%s: %d in flight, want %d", name, got, test.want)
		}
		if got := w.inFlight.Load(); got != 0 {
			t.Errorf("%s: %d in flight at the end", name, got)
		}
	}
}
