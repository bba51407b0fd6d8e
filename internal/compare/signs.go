package compare

import (
	"math"
	"math/rand/v2"
	"slices"

	moremath "github.com/aclements/go-moremath/stats"
)

// The test of pairs. Where base and head are the same build, which of a pair is which
// is arbitrary, so that swapping the two of any repeat, in all figures at once, gives
// what was just as likely to be seen. It flips the sign of the repeat's differences. The
// p-value of a figure is the share of all ways to flip that set it as far apart as it
// is; corrected for the number of figures, the share that sets any figure as far apart
// (P. H. Westfall and S. S. Young, Resampling-Based Multiple Testing, 1993, algorithm
// 2.8: the step-down maximum). Its chance of a single false alarm is at most alpha
// whatever the distribution and however figures depend on each other: as all of a
// repeat is flipped together, the dependence is that of the values themselves. Of
// figures that move together the correction takes next to nothing, where Holm's would
// divide a p-value that can't be below 2^(1-n) by their number.
const (
	// clip bounds a difference of a pair, as a multiple of the median size of the
	// figure's differences: a burst of load in one repeat neither makes nor hides a
	// difference of all of them.
	clip = 2
	// exactFlips is the most pairs for which all ways to flip are taken: half of 2^12,
	// since flipping everything changes nothing.
	exactFlips = 12
	// drawnFlips is how many are drawn where there are more, what was seen among them.
	drawnFlips = 4096
	// equal is how close two statistics are that only rounding tells apart.
	equal = 1e-9
)

// scores are the differences of a figure's pairs, by the number of their repeat, clipped
// and divided by the root of the sum of their squares. pairs is how many there are: a
// repeat without one has the score 0, as one without a difference has.
type scores struct {
	of    []float64
	pairs int
}

// score makes scores of differences at the numbers of their repeats.
func score(differences []float64, repeats []int) scores {
	var sizes []float64
	for _, d := range differences {
		if d != 0 {
			sizes = append(sizes, math.Abs(d))
		}
	}
	s := scores{of: make([]float64, slices.Max(repeats)+1), pairs: len(differences)}
	if sizes == nil {
		return s
	}
	slices.Sort(sizes)
	most := clip * (sizes[(len(sizes)-1)/2] + sizes[len(sizes)/2]) / 2
	var squares float64
	for i, d := range differences {
		v := max(-most, min(d, most))
		s.of[repeats[i]] = v
		squares += v * v
	}
	for i := range s.of {
		s.of[i] /= math.Sqrt(squares)
	}
	return s
}

// distance is how far a figure is from no difference when its repeats are flipped so. It
// rises with the size of Student's t of the scores, and is on one scale for any number of
// pairs: the square of its normal deviate by D. L. Wallace, Annals of Mathematical
// Statistics 30 (1959), infinite where all scores are of one size and sign.
func (s scores) distance(signs []float64) float64 {
	var sum float64
	for i, v := range s.of {
		sum += v * signs[i]
	}
	n := float64(s.pairs)
	left := 1 - sum*sum/n // t² is (n-1)(1-left)/left
	if left < equal {
		return math.Inf(1)
	}
	return square((8*(n-1)+1)/(8*(n-1)+3)) * (n - 1) * -math.Log(left)
}

func square(v float64) float64 { return v * v }

// flips are the ways to flip so many repeats; the first is what was seen.
func flips(repeats int) [][]float64 {
	n := drawnFlips
	if repeats <= exactFlips {
		n = 1 << max(0, repeats-1)
	}
	lot := rand.New(rand.NewPCG(1, uint64(repeats))) // the same answer each time
	out := make([][]float64, n)
	for f := range out {
		out[f] = make([]float64, repeats)
		bits := uint64(f)
		for i := range out[f] {
			if repeats > exactFlips && i%64 == 0 {
				bits = lot.Uint64()
			}
			out[f][i] = 1
			if f > 0 && bits>>(i%64)&1 == 1 {
				out[f][i] = -1
			}
		}
	}
	return out
}

// flipped are the p-values of figures that are tested together: raw of each alone, and
// corrected for all of them.
func flipped(all []scores) (raw, corrected []float64) {
	raw, corrected = make([]float64, len(all)), make([]float64, len(all))
	repeats := 0
	for _, s := range all {
		repeats = max(repeats, len(s.of))
	}
	ways := flips(repeats)
	seen := make([]float64, len(all))
	order := make([]int, len(all)) // the least distance first
	for i, s := range all {
		seen[i], order[i] = s.distance(ways[0]), i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case seen[a] < seen[b]:
			return -1
		case seen[a] > seen[b]:
			return 1
		}
		return 0
	})
	for _, signs := range ways {
		farthest := 0.0 // of the figures that are no farther than this one
		for _, i := range order {
			at, reach := all[i].distance(signs), seen[i]*(1-equal)
			if at >= reach {
				raw[i]++
			}
			if farthest = max(farthest, at); farthest >= reach {
				corrected[i]++
			}
		}
	}
	largest := 0.0
	for _, i := range slices.Backward(order) {
		raw[i] /= float64(len(ways))
		largest = max(largest, corrected[i]/float64(len(ways)))
		corrected[i] = largest
	}
	return raw, corrected
}

// leastPairs is how many pairs the test of signs has to have to refuse at all where
// alpha is shared by so many families of figures: all of fewer may point one way by
// chance.
func leastPairs(alpha float64, families int) int {
	n := 1
	for n < 100 && float64(max(families, 1))*math.Ldexp(1, 1-n) > alpha {
		n++
	}
	return n
}

// exactRanksOfPairs is the most pairs for which the distribution of the signed-rank sum
// is computed and not approximated.
const exactRanksOfPairs = 60

// walsh estimates by how much pairs differ, and the interval of the differences that
// Wilcoxon's signed-rank test does not refuse: the median of the averages of every two
// of them, each with itself too, and two of these averages (J. L. Hodges and E. L.
// Lehmann, Annals of Mathematical Statistics 34 (1963); J. W. Tukey). The interval is
// infinite with fewer than six pairs. share is that of the pairs that count as
// independent.
func walsh(differences []float64, share float64) (center, low, high float64) {
	n := len(differences)
	averages := make([]float64, 0, n*(n+1)/2)
	for i, a := range differences {
		for _, b := range differences[i:] {
			averages = append(averages, (a+b)/2)
		}
	}
	slices.Sort(averages)
	m := len(averages)
	center = (averages[(m-1)/2] + averages[m/2]) / 2
	below := signedRank(n, deflate(1-confidence, 1/share)/2)
	if below < 0 {
		return center, math.Inf(-1), math.Inf(1)
	}
	return center, averages[below], averages[m-1-below]
}

// signedRank is the largest sum of signed ranks of n pairs whose probability, with all
// below it, is at most that of a tail; -1 where there is none.
func signedRank(n int, tail float64) int {
	if n > exactRanksOfPairs {
		mean, deviation := float64(n*(n+1))/4, math.Sqrt(float64(n*(n+1)*(2*n+1))/24)
		return int(math.Floor(mean+deviation*moremath.StdNormal.InvCDF(tail))) - 1
	}
	ways := make([]float64, n*(n+1)/2+1) // by the sum: each rank is in it or not
	ways[0] = 1
	for rank := 1; rank <= n; rank++ {
		for sum := len(ways) - 1; sum >= rank; sum-- {
			ways[sum] += ways[sum-rank]
		}
	}
	within := 0.0
	for sum, of := range ways {
		if within += math.Ldexp(of, -n); within > tail {
			return sum - 1
		}
	}
	return len(ways) - 1
}
