// Package sparse holds an HDR histogram by its filled buckets alone. What a run
// recorded is read into it: a long run has a hundred thousand histograms of a few
// hundred filled buckets each, out of the ten thousand that the recorder has.
package sparse

import (
	"slices"
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
	buckets []Bucket // by rising value
}

// Of copies a histogram of the library.
func Of(h *hdr.Histogram) *Histogram {
	out, total := &Histogram{}, h.TotalCount()
	l := newLayout(h.LowestTrackableValue(), int(h.SignificantFigures()))
	n := int64(0)
	for i, count := range h.Export().Counts {
		if n == total {
			break
		}
		if count > 0 {
			n += count
			from, to := l.bounds(int64(i))
			out.buckets = append(out.buckets, Bucket{From: from, To: to, Count: count, upTo: n})
		}
	}
	return out
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

// Min is the least value, to the histogram's precision; 0 where there is none.
func (h *Histogram) Min() int64 {
	if b := h.Buckets(); len(b) > 0 {
		return b[0].From
	}
	return 0
}

// Max is the greatest value, to the histogram's precision; 0 where there is none.
func (h *Histogram) Max() int64 {
	if b := h.Buckets(); len(b) > 0 {
		return b[len(b)-1].To
	}
	return 0
}

// Mean is the mean of the middles of the buckets; 0 where there is no value.
func (h *Histogram) Mean() (mean float64) {
	if h.Count() == 0 {
		return 0
	}
	for _, b := range h.Buckets() {
		mean += float64(b.Count) * float64(b.From+(b.To-b.From+1)/2)
	}
	return mean / float64(h.Count())
}

// Percentile is the greatest value of the bucket in which the percentile, above 0
// and at most 100, lies; 0 where there is no value. The rank is rounded as
// hdrhistogram-go does it.
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
	return b[sort.Search(len(b)-1, func(i int) bool { return b[i].upTo >= rank })].To
}

// Find returns the filled bucket that a value lies in.
func (h *Histogram) Find(v int64) (b Bucket, ok bool) {
	buckets := h.Buckets()
	i := sort.Search(len(buckets), func(i int) bool { return buckets[i].To >= v })
	if i == len(buckets) || buckets[i].From > v {
		return Bucket{}, false
	}
	return buckets[i], true
}

// Merge adds the values of another histogram, which may be of another precision
// and is left as it is.
func (h *Histogram) Merge(other *Histogram) {
	a, b := h.buckets, other.Buckets()
	if len(a) == 0 {
		h.buckets = append(h.buckets, b...)
	}
	if len(a) == 0 || len(b) == 0 {
		return
	}
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
	h.buckets = slices.Concat(sum, a, b)
	h.addUp()
}

// Reset empties the histogram and keeps its memory.
func (h *Histogram) Reset() { h.buckets = h.buckets[:0] }

// addUp counts the values up to each bucket.
func (h *Histogram) addUp() {
	n := int64(0)
	for i := range h.buckets {
		n += h.buckets[i].Count
		h.buckets[i].upTo = n
	}
}
