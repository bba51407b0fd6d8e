package sparse

import "math/bits"

// layout is HdrHistogram's of the buckets: the first 2^(half+1) are 2^unit wide, and
// then, for each doubling of the value, there are 2^half of twice the width.
type layout struct{ unit, half int }

// newLayout is that of histograms from a lowest value on, of so many significant
// decimal digits.
func newLayout(lowest int64, digits int) layout {
	precision := 2 // 2 * 10^digits values of the first width there are at least
	for range digits {
		precision *= 10
	}
	return layout{unit: bits.Len64(uint64(max(lowest, 1))) - 1, half: bits.Len(uint(precision-1)) - 1}
}

// doublings is how often the width of a bucket has doubled.
func (l layout) doublings(index int64) int { return max(int(index>>l.half)-1, 0) }

// bounds are the least and the greatest value of a bucket.
func (l layout) bounds(index int64) (from, to int64) {
	double := l.doublings(index)
	from = (index - int64(double)<<l.half) << (l.unit + double)
	return from, from + 1<<(l.unit+double) - 1
}

// size is how many buckets there are below 2^63. There are none where the lowest value
// is so large that not even the first are.
func (l layout) size() int64 {
	doublings := 63 - l.unit - l.half - 1
	if doublings < 0 {
		return 0
	}
	return int64(doublings+2) << l.half
}
