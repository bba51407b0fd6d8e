package find_test

import (
	"errors"
	"testing"
	"time"

	"kvbench/internal/expect"
	"kvbench/internal/find"
	"kvbench/internal/load"
	"kvbench/internal/metric"
	"kvbench/internal/runfile"
)

// searched is a search from 10/s to 10,000/s within 5 %, and what was tried.
func searched(t *testing.T, kept func(rate float64, confirm bool) bool) (best float64, tried []float64) {
	t.Helper()
	f := &runfile.Find{From: load.PerSecond(10), To: load.PerSecond(10_000), Within: 0.05}
	err := find.Search(f, func(r load.Rate, confirm bool) (bool, error) {
		tried = append(tried, r.PerSecond())
		ok := kept(r.PerSecond(), confirm)
		if ok && confirm {
			best = r.PerSecond()
		}
		return ok, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if most := find.Most(f); len(tried) > most {
		t.Errorf("%d steps, of at most %d", len(tried), most)
	}
	return best, tried
}

// The rate that is found and confirmed is the highest, to the tolerance, wherever that lies.
func TestSearch(t *testing.T) {
	for limit := 10.0; limit < 9_500; limit *= 1.37 {
		got, tried := searched(t, func(rate float64, _ bool) bool { return rate <= limit })
		if got > limit || got < limit/1.051 {
			t.Errorf("%v/s: found %v, tried %v", limit, got, tried)
		}
	}
}

// A search that keeps the promise everywhere ends at the last rate, one that keeps it nowhere
// after the first.
func TestSearchAtItsEnds(t *testing.T) {
	if got, tried := searched(t, func(float64, bool) bool { return true }); got != 10_000 || tried[len(tried)-2] != 10_000 {
		t.Errorf("found %v, tried %v", got, tried)
	}
	if got, tried := searched(t, func(float64, bool) bool { return false }); got != 0 || len(tried) != 1 {
		t.Errorf("found %v, tried %v", got, tried)
	}
}

// Where other seeds break the promise the search goes on below, also where they do so far below:
// from then on its steps are long enough to see it.
func TestSearchConfirms(t *testing.T) {
	for _, limit := range []float64{97, 90, 85, 50} {
		deceived := false
		got, tried := searched(t, func(rate float64, confirm bool) bool {
			deceived = deceived || confirm
			return rate <= 100 && (!deceived || rate <= limit)
		})
		if got > limit || got < limit/1.051 {
			t.Errorf("%v/s: found %v, tried %v", limit, got, tried)
		}
	}
	n := 0
	if got, tried := searched(t, func(_ float64, confirm bool) bool {
		if confirm {
			n++
		}
		return !confirm
	}); got != 0 || n > 4 {
		t.Errorf("found %v after %d confirmations, tried %v", got, n, tried)
	}
}

func TestSearchEndsWithAnError(t *testing.T) {
	f := &runfile.Find{From: load.PerSecond(10), To: load.PerSecond(100), Within: 0.05}
	want, n := errors.New("the store is gone"), 0
	if err := find.Search(f, func(load.Rate, bool) (bool, error) { n++; return true, want }); err != want || n != 1 {
		t.Errorf("%v after %d steps", err, n)
	}
}

// A step is long enough for the percentile and the share that are promised, and for a queue to
// grow; and no longer than it may be.
func TestLength(t *testing.T) {
	clause := func(m metric.Metric, stat metric.Stat, v float64) expect.Expect {
		return expect.Expect{Op: "<", Value: v, Figure: metric.Figure{Metric: m, Stat: stat}}
	}
	response, failed := metric.Metric{Unit: metric.Time}, metric.Metric{Unit: metric.Count, Of: "transactions", Series: -1}
	for _, test := range []struct {
		clause expect.Expect
		rate   uint64
		want   time.Duration
	}{
		{clause(response, metric.P99, 20e6), 10, 1000 * time.Second},
		{clause(response, metric.P999, 20e6), 100, 1000 * time.Second},
		{clause(response, metric.P99, 20e6), 100_000, 4 * time.Second},
		{clause(failed, metric.Part, 0.001), 100, 100 * time.Second},
		{clause(failed, metric.Part, 0), 100, 10 * time.Second},
		{clause(response, metric.P99, 20e6), 1, time.Hour},
	} {
		if got := find.Length([]expect.Expect{test.clause}, load.PerSecond(test.rate), time.Hour); got != test.want {
			t.Errorf("%s at %d/s: %v, want %v", test.clause.Figure.Stat, test.rate, got, test.want)
		}
	}
}
