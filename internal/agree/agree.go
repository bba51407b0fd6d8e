// Package agree says whether two ways to count the same come to the same: what chance alone
// may do to a figure, and what is more than that.
//
// Paired is for two sides that ran with the same seeds; Predict for few runs of one side
// beside many of the other.
package agree

import (
	"math"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

// Alpha is how likely chance alone makes any figure of a table differ, at most.
const Alpha = 0.01

// T is how many standard errors chance may make of a figure: Student's t of so many degrees
// of freedom, two-sided, at Alpha corrected by Bonferroni for the number of figures. All are
// at least 1.
func T(freedom, figures int) float64 {
	return distuv.StudentsT{Mu: 0, Sigma: 1, Nu: float64(max(freedom, 1))}.Quantile(1 - each(figures)/2)
}

// each is how likely chance alone makes one figure of a table differ.
func each(figures int) float64 { return Alpha / float64(max(figures, 1)) }

// Paired is by how much b is more than a, on average over seeds that gave both the same, and
// its standard error: that of the differences, pair by pair. It wants two pairs or more.
func Paired(a, b []float64) (mean, err float64) {
	d := make([]float64, len(a))
	for i := range d {
		d[i] = b[i] - a[i]
	}
	mean, deviation := stat.MeanStdDev(d, nil)
	return mean, stat.StdErr(deviation, float64(len(d)))
}

// Within reports whether a difference of some standard errors is no more than chance makes
// of a figure of about a size, but for rounding.
func Within(difference, err, t, size float64) bool {
	return math.Abs(difference) <= t*err+1e-9*math.Abs(size)
}
