package load

import "math"

// ranks tells, without a logarithm, what zipf.draw makes of a number that it draws. Where
// it is so near to the border of two ranks that rounding could tell, it does not, so that
// what is drawn is the same with it and without.
type ranks struct {
	first, scale float64 // of the cells, which are of equal width
	near         float64 // how close to a border is too close
	cells        []int32 // the rank at the beginning of each
	// Rank k has the numbers from from[k-1] to from[k]: those below accept[k-1] are
	// rejected, the others are drawn.
	from, accept []float64
}

// mostRanks is for how many ranks there is a table, of 24 bytes each: as many as a
// processor's cache has room for beside all else.
const mostRanks = 1 << 15

// What ranks.of returns in place of a rank.
const (
	unsure   = 0
	rejected = -1
)

func newRanks(z *zipf, n int) *ranks {
	if n > mostRanks {
		return nil
	}
	t := &ranks{first: z.first, cells: make([]int32, 2*n), from: make([]float64, n+1), accept: make([]float64, n)}
	t.scale = float64(len(t.cells)) / (z.last - z.first)
	// A billion times as much as rounding may be off, which still leaves nearly all numbers.
	t.near = 1e-6 * (z.last - z.first) / float64(n)
	t.near = max(t.near, 1e-12*max(math.Abs(z.first), math.Abs(z.last), 1))
	for k := 1; k <= n; k++ {
		t.from[k-1] = z.integral(float64(k) - 0.5)
		t.accept[k-1] = min(z.integral(float64(k)-z.s), z.integral(float64(k)+0.5)-z.hat(float64(k)))
	}
	t.from[0], t.from[n] = z.first, z.last
	k := 1
	for i := range t.cells {
		for begin := t.first + float64(i)/t.scale; k < n && t.from[k] <= begin; k++ {
		}
		t.cells[i] = int32(k)
	}
	return t
}

// of returns the rank that a number is drawn as, rejected or unsure.
func (t *ranks) of(u float64) int {
	if t == nil {
		return unsure
	}
	cell := int((u - t.first) * t.scale)
	if cell < 0 || cell >= len(t.cells) {
		return unsure
	}
	k := int(t.cells[cell])
	for k < len(t.accept) && t.from[k] <= u {
		k++
	}
	for k > 1 && t.from[k-1] > u { // the cell's beginning is rounded
		k--
	}
	accept := t.accept[k-1]
	switch {
	case u-t.from[k-1] < t.near || t.from[k]-u < t.near || math.Abs(u-accept) < t.near:
		return unsure
	case u < accept:
		return rejected
	}
	return k
}
