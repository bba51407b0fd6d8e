package record

import (
	"math"

	"kvbench/internal/sparse"

	hdr "github.com/HdrHistogram/hdrhistogram-go"
)

// The precision of a histogram in significant decimal digits: 0.1 % for a
// total, 1 % for an interval, of which a run file holds many.
const (
	totalDigits    = 3
	intervalDigits = 2
)

// MaxValue is the largest value that can be told from others: in nanoseconds 417 days,
// the first end of a bucket past 400 days. The least is 0. What lies outside is counted
// as such.
const MaxValue = 1<<55 - 1

// Histogram is the distribution of the values of a series: exact in how many there are,
// in the least and in the greatest of them, and between these to the precision of its
// buckets. It is not for concurrent use. Its methods are named as the library's.
type Histogram struct {
	inside *hdr.Histogram
	ends   sparse.Ends
}

// NewTotal returns an empty histogram with the precision of a total.
func NewTotal() *Histogram { return newHistogram(totalDigits) }

func newHistogram(digits int) *Histogram {
	h := &Histogram{inside: hdr.New(1, MaxValue, digits)}
	h.Reset()
	return h
}

// Record adds a value so many times.
func (h *Histogram) Record(value, times int64) {
	h.ends.Min, h.ends.Max = min(h.ends.Min, value), max(h.ends.Max, value)
	switch {
	case value < 0:
		h.ends.Below += times
	case value > MaxValue:
		h.ends.Above += times
	default:
		_ = h.inside.RecordValues(value, times) // it is in range, so it is never refused
	}
}

// TotalCount is how many values there are, those outside the range too.
func (h *Histogram) TotalCount() int64 {
	if h == nil {
		return 0
	}
	return h.inside.TotalCount() + h.ends.Outside()
}

// Ends are the least and the greatest value and how many lie outside the range; of none
// they are all 0.
func (h *Histogram) Ends() sparse.Ends {
	if h.TotalCount() == 0 {
		return sparse.Ends{}
	}
	return h.ends
}

// Min and Max are the least and the greatest value; 0 where there is none.
func (h *Histogram) Min() int64 { return h.Ends().Min }

// Max is as Min.
func (h *Histogram) Max() int64 { return h.Ends().Max }

// Inside is the histogram of the values in the range. It is not to be changed.
func (h *Histogram) Inside() *hdr.Histogram { return h.inside }

// Sparse copies the histogram. Of none it is empty.
func (h *Histogram) Sparse() *sparse.Histogram {
	if h.TotalCount() == 0 {
		return &sparse.Histogram{}
	}
	out := sparse.Of(h.inside)
	if err := out.Bound(h.ends, MaxValue); err != nil {
		panic("record: " + err.Error()) // Record keeps them in step
	}
	return out
}

// Mean and ValueAtPercentile are as those of the sparse histogram.
func (h *Histogram) Mean() float64 { return h.Sparse().Mean() }

// ValueAtPercentile is as Mean.
func (h *Histogram) ValueAtPercentile(p float64) int64 { return h.Sparse().Percentile(p) }

// Merge adds the values of another histogram, to this one's precision.
func (h *Histogram) Merge(o *Histogram) {
	if o.TotalCount() == 0 {
		return
	}
	h.inside.Merge(o.inside) // of one range, so that nothing is dropped
	h.ends = sparse.Ends{
		Min: min(h.ends.Min, o.ends.Min), Max: max(h.ends.Max, o.ends.Max),
		Below: h.ends.Below + o.ends.Below, Above: h.ends.Above + o.ends.Above,
	}
}

// Clone copies the histogram.
func (h *Histogram) Clone() *Histogram { return &Histogram{h.inside.Clone(), h.ends} }

// Reset empties the histogram and keeps its memory.
func (h *Histogram) Reset() {
	h.inside.Reset()
	h.ends = sparse.Ends{Min: math.MaxInt64, Max: math.MinInt64}
}
