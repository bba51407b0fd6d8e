package record

import (
	"math"
	"math/bits"
	"slices"

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
// buckets, which are HdrHistogram's of values from 1 to MaxValue. It is not for concurrent
// use. Its methods are named as the library's.
type Histogram struct {
	counts []int64 // by bucket: see bucket
	digits int     // its precision
	half   int     // the values double after 2^half buckets
	inside int64   // the sum of counts
	ends   sparse.Ends
}

// NewTotal returns an empty histogram with the precision of a total.
func NewTotal() *Histogram { return newHistogram(totalDigits) }

// NewInterval returns an empty histogram with the precision of an interval.
func NewInterval() *Histogram { return newHistogram(intervalDigits) }

// half is Histogram.half of a precision.
func half(digits int) int {
	precision := 2 // 2 * 10^digits buckets of width 1 there are at least
	for range digits {
		precision *= 10
	}
	return bits.Len(uint(precision-1)) - 1
}

func newHistogram(digits int) *Histogram {
	h := &Histogram{digits: digits, half: half(digits)}
	h.counts = make([]int64, h.bucket(MaxValue)+1)
	h.Reset()
	return h
}

// zeros is a histogram of n values that are 0.
func zeros(digits int, n int64) *Histogram {
	return &Histogram{counts: []int64{n}, digits: digits, half: half(digits), inside: n}
}

// bucket is the bucket of a value from 0 to MaxValue. The first 2^(half+1) are 1 wide, and
// then 2^half are 2 wide, 2^half are 4 wide, and so on.
func (h *Histogram) bucket(value int64) int {
	double := bits.Len64(uint64(value)|(2<<h.half-1)) - h.half - 1
	return double<<h.half + int(value>>double)
}

// filled are the buckets from the first that holds a value to the last, which may hold
// none where values lie outside of all.
func (h *Histogram) filled() (from, to int) {
	if h.inside == 0 {
		return 0, 0
	}
	return h.bucket(max(h.ends.Min, 0)), h.bucket(min(h.ends.Max, MaxValue)) + 1
}

// Record adds a value so many times.
func (h *Histogram) Record(value, times int64) {
	h.ends.Min, h.ends.Max = min(h.ends.Min, value), max(h.ends.Max, value)
	switch {
	case value < 0:
		h.ends.Below += times
	case value > MaxValue:
		h.ends.Above += times
		h.grow(h.bucket(MaxValue) + 1)
	default:
		at := h.bucket(value)
		if at >= len(h.counts) {
			h.grow(at + 1)
		}
		h.counts[at] += times
		h.inside += times
	}
}

// grow makes room for so many buckets, of which a clone has no more than it needs.
func (h *Histogram) grow(buckets int) {
	if n := buckets - len(h.counts); n > 0 {
		h.counts = append(h.counts, make([]int64, n)...)
	}
}

// TotalCount is how many values there are, those outside the range too.
func (h *Histogram) TotalCount() int64 {
	if h == nil {
		return 0
	}
	return h.inside + h.ends.Outside()
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

// Inside is the histogram of the values in the range, as the library has it. It is not to
// be changed, and good until the histogram changes.
func (h *Histogram) Inside() *hdr.Snapshot {
	_, to := h.filled()
	return &hdr.Snapshot{
		LowestTrackableValue: 1, HighestTrackableValue: MaxValue, SignificantFigures: int64(h.digits), Counts: h.counts[:to],
	}
}

// Sparse copies the histogram. Of none it is empty.
func (h *Histogram) Sparse() *sparse.Histogram {
	if h.TotalCount() == 0 {
		return &sparse.Histogram{}
	}
	out := sparse.Of(h.Inside())
	if err := out.Bound(h.ends, MaxValue); err != nil {
		panic("record: " + err.Error()) // Record keeps them in step
	}
	return out
}

// Mean and ValueAtPercentile are as those of the sparse histogram.
func (h *Histogram) Mean() float64 { return h.Sparse().Mean() }

// ValueAtPercentile is as Mean.
func (h *Histogram) ValueAtPercentile(p float64) int64 { return h.Sparse().Percentile(p) }

// Add adds the values of a histogram whose ends are exact, and whose buckets lie in this
// one's: of the same precision, or of a finer one, as HdrHistogram's are.
func (h *Histogram) Add(s *sparse.Histogram) {
	if s.Count() == 0 {
		return
	}
	for _, b := range s.Buckets() {
		switch {
		case b.To < 0:
			h.ends.Below += b.Count
		case b.From > MaxValue:
			h.ends.Above += b.Count
		default:
			h.counts[h.bucket(b.From)] += b.Count
			h.inside += b.Count
		}
	}
	h.ends.Min, h.ends.Max = min(h.ends.Min, s.Min()), max(h.ends.Max, s.Max())
}

// Merge adds the values of another histogram of the same precision.
func (h *Histogram) Merge(o *Histogram) {
	if o.TotalCount() == 0 {
		return
	}
	if h.digits != o.digits {
		panic("record: histograms of two precisions are added up")
	}
	from, to := o.filled()
	h.grow(to)
	for i, n := range o.counts[from:to] {
		h.counts[from+i] += n
	}
	h.inside += o.inside
	h.ends = sparse.Ends{
		Min: min(h.ends.Min, o.ends.Min), Max: max(h.ends.Max, o.ends.Max),
		Below: h.ends.Below + o.ends.Below, Above: h.ends.Above + o.ends.Above,
	}
}

// Clone copies the histogram.
func (h *Histogram) Clone() *Histogram {
	out := *h
	_, to := h.filled()
	out.counts = slices.Clone(h.counts[:to])
	return &out
}

// Reset empties the histogram and keeps its memory.
func (h *Histogram) Reset() {
	from, to := h.filled()
	clear(h.counts[from:to])
	h.inside = 0
	h.ends = sparse.Ends{Min: math.MaxInt64, Max: math.MinInt64}
}
