package record_test

import (
	"slices"
	"testing"
	"time"

	"kvbench/internal/record"
	"kvbench/internal/sparse"

	hdr "github.com/HdrHistogram/hdrhistogram-go"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

const day = int64(24 * time.Hour)

// Virtual time runs weeks: what takes 400 days is told from what takes 390, in totals
// and in intervals, and what lies outside the range is counted and has its true size.
func TestRange(t *testing.T) {
	r := record.New(record.FirstMark, outcomes, 2)
	var tally record.Tally
	for task, v := range []int64{390 * day, 400 * day, 500 * day, -5} {
		tally.See(record.Get, v)
		r.Commit(task, &tally, nil)
	}
	for name, s := range map[string]record.Snapshot{"total": r.Total(), "interval": r.Interval()} {
		h := s.Histograms[record.Get]
		if want := (sparse.Ends{Min: -5, Max: 500 * day, Below: 1, Above: 1}); h.Ends() != want || h.TotalCount() != 4 {
			t.Errorf("%s: %d values, ends %+v, want 4 and %+v", name, h.TotalCount(), h.Ends(), want)
		}
		for p, want := range map[float64]int64{25: -5, 50: 390 * day, 75: 400 * day, 100: 500 * day} {
			if got := h.ValueAtPercentile(p); got < want || float64(got) > 1.01*float64(want) && want > 0 {
				t.Errorf("%s: p%g is %d, want %d within 1 %%", name, p, got, want)
			}
		}
	}
}

// One sample has equal least and greatest values, and a count is not rounded to its
// bucket.
func TestExactEnds(t *testing.T) {
	r := record.New(record.FirstMark, outcomes, 1)
	var tally record.Tally
	for range 2 {
		tally.See(record.Put, 123_456_789)
		tally.See(record.FirstMark-1, 29_000)
		r.Commit(0, &tally, nil)
		s := r.Interval()
		if h := s.Histograms[record.Put]; h.Min() != 123_456_789 || h.Max() != 123_456_789 {
			t.Errorf("one value of 123,456,789 ns is from %d to %d", h.Min(), h.Max())
		}
		if h := s.Histograms[record.FirstMark-1]; h.Max() != 29_000 || h.ValueAtPercentile(99) != 29_000 {
			t.Errorf("29,000 is at most %d, at p99 %d", h.Max(), h.ValueAtPercentile(99))
		}
	}
	if h := r.Total().Histograms[record.Put]; h.TotalCount() != 2 || h.Mean() != 123_456_789 {
		t.Errorf("%d values, mean %v", h.TotalCount(), h.Mean())
	}
}

// An empty histogram has no ends, and adds none.
func TestEmptyHistogram(t *testing.T) {
	var none *record.Histogram
	empty, full := record.NewTotal(), record.NewTotal()
	full.Record(7, 2)
	full.Merge(empty)
	full.Merge(none)
	if empty.Ends() != (sparse.Ends{}) || none.TotalCount() != 0 || none.Sparse().Count() != 0 || empty.Sparse().Count() != 0 {
		t.Errorf("empty: %+v, nil: %d", empty.Ends(), none.TotalCount())
	}
	if want := (sparse.Ends{Min: 7, Max: 7}); full.Ends() != want || full.TotalCount() != 2 {
		t.Errorf("ends %+v, want %+v", full.Ends(), want)
	}
	copied := full.Clone()
	full.Reset()
	if diff := cmp.Diff([]int64{0, 0, 2, 7}, []int64{full.TotalCount(), full.Max(), copied.TotalCount(), copied.Max()}); diff != "" {
		t.Error(diff)
	}
}

// Values fall into the buckets that the library puts them in.
func TestBucketsOfTheLibrary(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		r := record.New(record.FirstMark, outcomes, 1)
		var tally record.Tally
		library := map[int]*hdr.Histogram{2: hdr.New(1, record.MaxValue, 2), 3: hdr.New(1, record.MaxValue, 3)}
		for _, v := range rapid.SliceOfN(rapid.Int64Range(0, record.MaxValue), 1, 50).Draw(rt, "values") {
			v >>= rapid.IntRange(0, 55).Draw(rt, "smaller")
			tally.See(record.Get, v)
			for _, h := range library {
				if err := h.RecordValue(v); err != nil {
					rt.Fatal(err)
				}
			}
		}
		r.Commit(0, &tally, nil)
		for digits, s := range map[int]record.Snapshot{2: r.Interval(), 3: r.Total()} {
			want, have := library[digits].Export(), s.Histograms[record.Get].Inside()
			filled := len(have.Counts)
			if !slices.Equal(have.Counts, want.Counts[:filled]) || slices.Max(append(want.Counts[filled:], 0)) > 0 || have.SignificantFigures != int64(digits) {
				rt.Fatalf("%d digits: other buckets than the library's", digits)
			}
		}
	})
}
