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

// spikes are those of a histogram that were seen, by rising value.
//
// The layout of the counts is HdrHistogram's: 2^k buckets of width 1 (in units
// of the lowest value), and then, for each doubling, half as many of twice the
// width.
func spikes(h *hdr.PackedHistogram) iter.Seq[spike] {
	return func(yield func(spike) bool) {
		unit := bits.Len64(uint64(max(h.LowestTrackableValue(), 1))) - 1
		precision := 2 // 2 * 10^digits values of width 1 there are at least
		for range h.SignificantFigures() {
			precision *= 10
		}
		single := bits.Len(uint(precision - 1)) // bits of the values of width 1
		for from, n := range h.ForEachBucket {
			width := int64(1) << (unit + max(0, bits.Len64(uint64(from)>>unit)-single))
			if !yield(spike{from, from + width - 1, n}) {
				return
			}
		}
	}
}
