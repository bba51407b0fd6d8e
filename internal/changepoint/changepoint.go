// Package changepoint finds where the level of a series changed, for series of a
// value a night.
package changepoint

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
)

// Options say what counts as a change. The zero value means the defaults.
type Options struct {
	// MinSegment is the least number of values on each side of a change; 5 when
	// zero. A change is found that many values after it happened.
	MinSegment int
	// P is the largest probability at which a split is taken for a change that a
	// series without one would have given; 0.01 when zero.
	P float64
	// Effect is the least change of the median, as a share of the one before;
	// 0.05 when zero.
	Effect float64
	// Seed starts the permutations.
	Seed uint64
}

// permutations is how many orders of a segment a split is held against: the
// least P that can be shown is 1 in one more.
const permutations = 499

// Change is a place where the level changed.
type Change struct {
	At            int     // index of the first value at the new level
	Before, After float64 // medians of the segments on both sides
	P             float64 // that a series without a change has such a split
}

// Find returns the changes of a series, first to last. It bisects the series
// where the energy distance between the values before and those after is
// greatest, as long as hardly any permutation of the segment has a greater one: E-divisive with exponent 1
// (Matteson and James, A Nonparametric Approach for Multiple Change Point
// Analysis of Multivariate Data, 2014). It assumes no distribution, but that the
// values of a segment are exchangeable.
func Find(values []float64, o Options) []Change {
	o.MinSegment = cmp.Or(o.MinSegment, 5)
	o.P = cmp.Or(o.P, 0.01)
	o.Effect = cmp.Or(o.Effect, 0.05)
	f := finder{values: values, Options: o, rand: rand.New(rand.NewPCG(o.Seed, 1))}
	f.bisect(0, len(values))
	slices.SortFunc(f.found, func(a, b Change) int { return cmp.Compare(a.At, b.At) })
	return f.merged()
}

type finder struct {
	Options
	values []float64
	rand   *rand.Rand
	found  []Change
}

func (f *finder) bisect(from, to int) {
	segment := f.values[from:to]
	at, size := split(segment, f.MinSegment)
	if at == 0 {
		return
	}
	p := f.chance(segment, size)
	if p > f.P {
		return
	}
	f.found = append(f.found, Change{At: from + at, P: p})
	f.bisect(from, from+at)
	f.bisect(from+at, to)
}

// chance is the probability of a split of at least that size where the order of
// the values means nothing.
func (f *finder) chance(segment []float64, size float64) float64 {
	shuffled := slices.Clone(segment)
	least := 1
	for range permutations {
		f.rand.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		if _, other := split(shuffled, f.MinSegment); other >= size {
			least++
		}
		if float64(least)/(permutations+1) > f.P {
			break // it can only grow
		}
	}
	return float64(least) / (permutations + 1)
}

// merged drops changes whose effect is too small, the smallest first, and fills
// in the medians of the segments that are left.
func (f *finder) merged() []Change {
	for {
		small, least := -1, f.Effect
		for i := range f.found {
			c := &f.found[i]
			from, to := 0, len(f.values)
			if i > 0 {
				from = f.found[i-1].At
			}
			if i+1 < len(f.found) {
				to = f.found[i+1].At
			}
			c.Before, c.After = median(f.values[from:c.At]), median(f.values[c.At:to])
			if e := effect(c.Before, c.After); e < least {
				small, least = i, e
			}
		}
		if small < 0 {
			return f.found
		}
		f.found = slices.Delete(f.found, small, small+1)
	}
}

// effect is the change as a share of what was before; infinite from zero.
func effect(before, after float64) float64 {
	switch {
	case before == after:
		return 0
	case before == 0:
		return math.Inf(1)
	}
	return math.Abs(after-before) / math.Abs(before)
}

// split returns the first index of the right side where the energy distance of
// both sides is greatest, each at least so long, and that distance; 0 where the
// values are too few or all the same. The right side may end before the values
// do, so that a level that comes back does not hide that it was left.
func split(v []float64, least int) (at int, size float64) {
	n := len(v)
	if n < 2*least {
		return 0, 0
	}
	// sums[i][j] is the sum of |v[a]-v[b]| over a < i and b < j.
	sums := make([][]float64, n+1)
	cells := make([]float64, (n+1)*(n+1))
	for i := range sums {
		sums[i] = cells[i*(n+1) : (i+1)*(n+1)]
	}
	for i := range n {
		row := 0.0
		for j := range n {
			row += math.Abs(v[i] - v[j])
			sums[i+1][j+1] = sums[i][j+1] + row
		}
	}
	for t := least; t <= n-least; t++ {
		left := sums[t][t]
		l := float64(t)
		for end := t + least; end <= n; end++ {
			across := sums[t][end] - left
			right := sums[end][end] - left - 2*across
			r := float64(end - t)
			distance := 2*across/(l*r) - left/(l*(l-1)) - right/(r*(r-1))
			if q := distance * l * r / (l + r); q > size {
				at, size = t, q
			}
		}
	}
	return at, size
}

func median(v []float64) float64 {
	s := slices.Sorted(slices.Values(v))
	n := len(s)
	if n == 0 {
		return 0
	}
	return (s[(n-1)/2] + s[n/2]) / 2
}
