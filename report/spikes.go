package report

import (
	"iter"
	"math/bits"

	hdr "github.com/HdrHistogram/hdrhistogram-go"
)

// spike is how often values were seen that a histogram cannot tell apart.
type spike struct {
	From, To int64 // the least and the greatest of the values
	Count    int64
}

// spikes are those of a histogram that were seen, by rising value. It is the
// library's Distribution without what was not seen, and several times as fast:
// a report looks at tens of thousands of histograms of which most is empty.
//
// The layout of the counts is HdrHistogram's: 2^k buckets of width 1 (in units
// of the lowest value), and then, for each doubling, half as many of twice the
// width.
func spikes(h *hdr.Histogram) iter.Seq[spike] {
	return func(yield func(spike) bool) {
		s := h.Export()
		unit := bits.Len64(uint64(max(s.LowestTrackableValue, 1))) - 1
		half := 1 // the least power of two that is no less than 10^digits
		for range s.SignificantFigures {
			half *= 10
		}
		shift := bits.Len(uint(half - 1))
		half = 1 << shift
		for i, n := range s.Counts {
			if n == 0 {
				continue
			}
			bucket, sub := i>>shift-1, i&(half-1)+half
			if bucket < 0 {
				bucket, sub = 0, sub-half
			}
			from := int64(sub) << (bucket + unit)
			if !yield(spike{from, from + 1<<(bucket+unit) - 1, n}) {
				return
			}
		}
	}
}
