package compare

import (
	"cmp"
	"math"
	"slices"
	"sort"

	"github.com/aclements/go-moremath/mathx"
	moremath "github.com/aclements/go-moremath/stats"
	"golang.org/x/perf/benchmath"
)

// confidence is that of every interval.
const confidence = 0.95

// rankSum is the p-value of the Mann–Whitney test, which assumes nothing of a
// distribution: how likely values that differ only by chance would be told apart
// by their order as well as these are.
func rankSum(base, head []float64) float64 {
	sample := func(values []float64) *benchmath.Sample {
		return benchmath.NewSample(slices.Clone(values), &benchmath.DefaultThresholds)
	}
	return benchmath.AssumeNothing.Compare(sample(base), sample(head)).P
}

// median returns the median of values and its confidence interval by order
// statistics, which is infinite where there are fewer than six values.
func median(values []float64) (center, low, high float64) {
	s := benchmath.NewSample(slices.Clone(values), &benchmath.DefaultThresholds)
	m := benchmath.AssumeNothing.Summary(s, confidence)
	return m.Center, m.Lo, m.Hi
}

// exactRanks is the largest number of values on a side for which the
// distribution of the rank sum is computed and not approximated.
const exactRanks = 30

// shift is the confidence interval of how far head lies from base: the shifts that
// the rank-sum test does not refuse (Moses' interval, from the differences of all
// pairs of values). It is infinite where there are too few values. share is that
// of the values that count as independent.
func shift(base, head []float64, share float64) (low, high float64) {
	n, m := len(base), len(head)
	differences := make([]float64, 0, n*m)
	for _, b := range base {
		for _, h := range head {
			differences = append(differences, h-b)
		}
	}
	slices.Sort(differences)
	tail := deflate(1-confidence, 1/share) / 2
	var below int // the largest U whose probability, with all below it, is at most the tail's
	if max(n, m) <= exactRanks {
		dist := moremath.UDist{N1: n, N2: m}
		below = sort.Search(n*m/2, func(u int) bool { return dist.CDF(float64(u)) > tail }) - 1
	} else {
		deviation := math.Sqrt(float64(n*m*(n+m+1)) / 12)
		below = int(math.Floor(float64(n*m)/2+deviation*moremath.StdNormal.InvCDF(tail))) - 1
	}
	if below < 0 {
		return math.Inf(-1), math.Inf(1)
	}
	return differences[below], differences[n*m-1-below]
}

// independent is the share of values, each side in the order in which it was
// measured, that count as independent: (1-r)/(1+r), where r is the correlation of
// a value with the next, as in a first-order autoregression; 1 where r is not
// positive.
func independent(sides ...[]float64) float64 {
	var products, squares float64
	for _, values := range sides {
		mean := moremath.Mean(values)
		for i, v := range values {
			squares += (v - mean) * (v - mean)
			if i > 0 {
				products += (v - mean) * (values[i-1] - mean)
			}
		}
	}
	if squares == 0 || products <= 0 {
		return 1
	}
	r := products / squares
	return (1 - r) / (1 + r)
}

// deflate is the p-value that so many values give when only a share of them
// counts: its normal deviate is smaller by the root of the share.
func deflate(p, share float64) float64 {
	if share == 1 || p >= 1 || p <= 0 {
		return p
	}
	return 2 * moremath.StdNormal.CDF(moremath.StdNormal.InvCDF(p/2)*math.Sqrt(share))
}

// holm corrects p-values for their number by Holm's step-down method: when none
// of the differences is real, the chance that any corrected value is at most
// alpha is at most alpha, however the values depend on each other.
func holm(ps []float64) []float64 {
	order := make([]int, len(ps))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(ps[a], ps[b]) })
	out := make([]float64, len(ps))
	var largest float64
	for rank, i := range order {
		largest = max(largest, min(1, ps[i]*float64(len(ps)-rank)))
		out[i] = largest
	}
	return out
}

// leastRepeats is how many values of each side the rank-sum test has to have to
// refuse at all, after a correction for so many tests: of fewer not even values that
// do not overlap anywhere are significant.
func leastRepeats(alpha float64, tests int) int {
	n := 1
	for n < 100 && 2*float64(max(tests, 1))/mathx.Choose(2*n, n) > alpha {
		n++
	}
	return n
}

// moreRepeats is how many more repeats of n on each side would tell whether a
// difference is smaller than the smallest that matters: as many as make the
// interval, of this width, at most that wide; and so many that the test could refuse
// at all, which is least.
func moreRepeats(n int, width, smallest float64, least int) int {
	need := max(n+1, least)
	if smallest > 0 && width > smallest && !math.IsInf(width, 0) {
		need = max(need, int(min(math.Ceil(float64(n)*(width/smallest)*(width/smallest)), 1e6)))
	}
	return need - n
}
