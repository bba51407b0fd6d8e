// Package sparse holds an HDR histogram by its filled buckets alone. What a run
// recorded is read into it: a long run has a hundred thousand histograms of a few
// hundred filled buckets each, out of the ten thousand that the recorder has.
package sparse

import (
	"sort"

	hdr "github.com/HdrHistogram/hdrhistogram-go"
)

// Bucket is how often values were seen that the histogram cannot tell apart.
type Bucket struct {
	From, To int64 // the least and the greatest of the values
	Count    int64 // above 0
	upTo     int64 // of this bucket and all below
}

// Histogram is a distribution of values. Nil and the zero value are empty. Its buckets
// are its own.
type Histogram struct {
	buckets  []Bucket // by rising value
	min, max int64    // those of the first and the last bucket where they are not exact
	exact    bool
	outside  int64 // of the values, beyond the range of what they were recorded in
}

// Of copies a histogram of the library, of which only the buckets of its least and its
// greatest value are known.
func Of(s *hdr.Snapshot) *Histogram {
	out := &Histogram{}
	l := newLayout(s.LowestTrackableValue, int(s.SignificantFigures))
	n := int64(0)
	for i, count := range s.Counts {
		if count > 0 {
			n += count
			from, to := l.bounds(int64(i))
			out.buckets = append(out.buckets, Bucket{From: from, To: to, Count: count, upTo: n})
		}
	}
	out.endAtBuckets()
	return out
}

// endAtBuckets takes the ends of the first and the last bucket for the least and the
// greatest value.
func (h *Histogram) endAtBuckets() {
	h.min, h.max, h.exact, h.outside = 0, 0, false, 0
	if n := len(h.buckets); n > 0 {
		h.min, h.max = h.buckets[0].From, h.buckets[n-1].To
	}
}

// Buckets are the filled buckets by rising value. They are not to be changed.
func (h *Histogram) Buckets() []Bucket {
	if h == nil {
		return nil
	}
	return h.buckets
}

// Count is how many values were seen.
func (h *Histogram) Count() int64 {
	if b := h.Buckets(); len(b) > 0 {
		return b[len(b)-1].upTo
	}
	return 0
}

// Min is the least value; 0 where there is none. Where Exact says that it is not known,
// it is the least of its bucket.
func (h *Histogram) Min() int64 {
	if h.Count() == 0 {
		return 0
	}
	return h.min
}

// Max is the greatest value; 0 where there is none. Where Exact says that it is not
// known, it is the greatest of its bucket.
func (h *Histogram) Max() int64 {
	if h.Count() == 0 {
		return 0
	}
	return h.max
}

// Exact reports whether Min and Max are values that were seen.
func (h *Histogram) Exact() bool { return h.Count() > 0 && h.exact }

// Outside is how many of the values lie outside the range of what they were recorded in:
// of them no more is known than Min and Max.
func (h *Histogram) Outside() int64 {
	if h.Count() == 0 {
		return 0
	}
	return h.outside
}

// Mean is the mean of the middles of the buckets, of which none is taken to go beyond
// Min or Max; 0 where there is no value.
func (h *Histogram) Mean() (mean float64) {
	if h.Count() == 0 {
		return 0
	}
	for _, b := range h.Buckets() {
		b = h.within(b)
		mean += float64(b.Count) * (float64(b.From) + float64((uint64(b.To-b.From)+1)/2))
	}
	return mean / float64(h.Count())
}

// within cuts what no value can have off a bucket.
func (h *Histogram) within(b Bucket) Bucket {
	b.From, b.To = max(b.From, h.min), min(b.To, h.max)
	return b
}

// Percentile is the greatest value of the bucket in which the percentile, above 0
// and at most 100, lies, and never beyond Max; 0 where there is no value. The rank is
// rounded as hdrhistogram-go does it.
func (h *Histogram) Percentile(p float64) int64 {
	n := h.Count()
	if n == 0 {
		return 0
	}
	rank := n
	if r := p/100*float64(n) + 0.5; r < float64(n) { // above 2^53 it may be rounded below
		rank = max(int64(r), 1)
	}
	b := h.buckets
	return h.within(b[sort.Search(len(b)-1, func(i int) bool { return b[i].upTo >= rank })]).To
}

// Find returns the filled bucket that a value lies in, without what lies beyond Min or
// Max.
func (h *Histogram) Find(v int64) (b Bucket, ok bool) {
	buckets := h.Buckets()
	i := sort.Search(len(buckets), func(i int) bool { return buckets[i].To >= v })
	if i == len(buckets) {
		return Bucket{}, false
	}
	b = h.within(buckets[i])
	return b, b.From <= v && v <= b.To
}

// Merge adds the values of another histogram, which may be of another precision or
// range and is left as it is.
func (h *Histogram) Merge(other *Histogram) {
	switch {
	case other.Count() == 0:
		return
	case h.Count() == 0:
		h.buckets = append(h.buckets[:0], other.buckets...)
		h.min, h.max, h.exact, h.outside = other.min, other.max, other.exact, other.outside
		return
	}
	h.outside += other.outside
	h.min, h.max, h.exact = min(h.min, other.min), max(h.max, other.max), h.exact && other.exact
	a, b := h.buckets, other.buckets
	sum := make([]Bucket, 0, len(a)+len(b))
	for len(a) > 0 && len(b) > 0 {
		switch {
		case a[0].From == b[0].From && a[0].To == b[0].To:
			both := a[0]
			both.Count += b[0].Count
			sum, a, b = append(sum, both), a[1:], b[1:]
		case a[0].To < b[0].To || a[0].To == b[0].To && a[0].From < b[0].From:
			sum, a = append(sum, a[0]), a[1:]
		default:
			sum, b = append(sum, b[0]), b[1:]
		}
	}
	h.buckets = append(append(sum, a...), b...)
	h.addUp()
}

// Reset empties the histogram and keeps its memory.
func (h *Histogram) Reset() { *h = Histogram{buckets: h.buckets[:0]} }

// addUp counts the values up to each bucket.
func (h *Histogram) addUp() {
	n := int64(0)
	for i := range h.buckets {
		n += h.buckets[i].Count
		h.buckets[i].upTo = n
	}
}
