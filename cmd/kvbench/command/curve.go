package command

import "math"

// curve is what had been used when each transaction began, and last at the end.
type curve []float64

// extrapolation is what a curve comes to.
type extrapolation struct {
	total       float64
	grows       bool
	first, last float64 // a transaction's, where it grows
}

// extrapolate says what a curve comes to after n transactions: along a straight line
// through what each used, where that rises beyond chance (by four standard errors and
// 5 %), else at their mean. What falls, as when caches fill, is taken at the mean too,
// which is on the safe side; so is what grows more slowly later on.
func (c curve) extrapolate(n float64) extrapolation {
	tried := float64(len(c) - 1)
	if tried == 0 { // nothing tells what one uses
		return extrapolation{}
	}
	mean := c[len(c)-1] / tried
	at, slope, significance := c.line()
	if n > tried && significance < -4 { // it settles, as a cache does that fills: what was used last goes on
		half := len(c) / 2
		return extrapolation{total: c[len(c)-1] + (n-tried)*(c[len(c)-1]-c[half])/float64(len(c)-1-half)}
	}
	if n <= tried || significance < 4 || slope*tried < 0.05*mean {
		return extrapolation{total: n * mean}
	}
	line := func(from, to float64) float64 { return at*(to-from) + slope*(to*to-from*from)/2 }
	return extrapolation{
		total: c[len(c)-1] + line(tried, n), grows: true,
		first: max(0, at), last: at + slope*n,
	}
}

// line fits a straight line to what each transaction used, as the means of blocks of
// them: its height at the first, its slope per transaction, and how many standard
// errors the slope is from none.
func (c curve) line() (at, slope, significance float64) {
	const blocks = 20
	n := len(c) - 1
	if n < blocks {
		return 0, 0, 0
	}
	var xs, ys [blocks]float64
	var x, y float64 // their means
	for b := range blocks {
		from, to := b*n/blocks, (b+1)*n/blocks
		xs[b], ys[b] = float64(from+to)/2, (c[to]-c[from])/float64(to-from)
		x, y = x+xs[b]/blocks, y+ys[b]/blocks
	}
	var xx, xy float64
	for b := range blocks {
		xx += (xs[b] - x) * (xs[b] - x)
		xy += (xs[b] - x) * (ys[b] - y)
	}
	slope = xy / xx
	at = y - slope*x
	var residuals float64
	for b := range blocks {
		r := ys[b] - at - slope*xs[b]
		residuals += r * r
	}
	deviation := math.Sqrt(residuals / (blocks - 2) / xx)
	switch {
	case slope == 0:
		return at, 0, 0
	case deviation < 1e-9*math.Abs(slope): // to the last bit
		return at, slope, math.Copysign(math.Inf(1), slope)
	}
	return at, slope, slope / deviation
}
