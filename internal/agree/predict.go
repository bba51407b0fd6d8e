package agree

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// Group is what one set of requests gave: the count of a figure in each of several runs of
// the model, which differ in nothing but what they draw beside the requests, and in the one
// run of what is modelled.
type Group struct {
	Model []float64 // two or more, as many as in every group
	Real  float64
}

// Prediction is what the runs of a model say of the sum of the real ones.
type Prediction struct {
	Model float64 // what they expect: the sum of the means of the groups
	Real  float64 // what it was
	// Fixed says that all runs of the model with the same requests gave the same.
	Fixed bool
	// Off is by how much the real runs are apart from that: the sum of the absolute
	// differences where it is fixed, else the difference of the sums.
	Off float64
	// May is by how much chance may make them be.
	May float64
}

// Predict predicts one figure of a table of so many.
//
// What the requests alone decide is the same in all runs of a group. All else is taken to be
// drawn by the real run as by those of the model, and by each run for itself. Then the real sum is one
// more draw, and Student's t, with the variance within the groups, pooled, says how far it may
// be from the mean.
//
// That holds for sums of many small things. Of a few, such as three errors in a run, the tail is
// longer, and a variance of 0 says no more than that no such event was seen. So chance is given
// at least what it does to single events that are as many as the variance says: the
// conditional test of two Poisson counts (Przyborowski and Wilenski 1940), by which an event is in
// the real run with a chance of 1 to m. Of a figure that never varied in m runs of each group, n
// events in the real runs alone have the chance (m+1)^-n; as long as that is above the level, they
// are chance.
//
// Its error is of groups that have too few runs, or not as many as each other.
func Predict(groups []Group, figures int) (Prediction, error) {
	p := Prediction{Fixed: true}
	if len(groups) == 0 {
		return p, fmt.Errorf("no group of runs")
	}
	m := len(groups[0].Model)
	squares, apart := 0.0, 0.0
	for _, g := range groups {
		if len(g.Model) != m || m < 2 {
			return p, fmt.Errorf("a group of %d runs beside one of %d: want as many in each, and 2 or more", len(g.Model), m)
		}
		// From the first on: of what is the same in all nothing is left by rounding.
		first, sum := g.Model[0], 0.0
		for _, n := range g.Model {
			sum += n - first
			p.Fixed = p.Fixed && n == first
		}
		mean := sum / float64(m)
		for _, n := range g.Model {
			squares += (n - first - mean) * (n - first - mean)
		}
		p.Model += first + mean
		p.Real += g.Real
		apart += math.Abs(g.Real - first)
	}
	if p.Off = p.Real - p.Model; p.Fixed {
		p.Off = apart
	}
	freedom := len(groups) * (m - 1)
	variance := squares / float64(freedom) // of one run
	single := math.Sqrt(variance * float64(len(groups)) * (1 + 1/float64(m)))
	p.May = max(T(freedom, figures)*single, few(variance*float64(len(groups)*m), m, each(figures)/2))
	return p, nil
}

// Agrees reports whether the real runs are no further off than chance makes them.
func (p *Prediction) Agrees() bool { return math.Abs(p.Off) <= p.May }

// Equal reports whether the requests decide the figure, as far as the model's runs tell, and
// the real runs have it to the unit.
func (p *Prediction) Equal() bool { return p.Fixed && p.Off == 0 }

// few is by how many more than expected there may be of events, of which m runs for each
// real one had so many together, with at least the chance level.
func few(seen float64, m int, level float64) float64 {
	seen = math.Ceil(seen - 1e-9)
	expected := seen / float64(m)
	// The real runs have n of all seen+n with the chance of one run among m+1 for each.
	tail := func(n float64) float64 { // the chance of n or more
		if n <= 0 {
			return 1
		}
		return 1 - distuv.Binomial{N: seen + n, P: 1 / float64(m+1)}.CDF(n-1)
	}
	low, high := expected, expected+1
	for step := 1.0; tail(math.Floor(high)) >= level && step < 1<<40; step *= 2 {
		low, high = high, high+step
	}
	for math.Floor(high)-math.Floor(low) > 1 { // low may be, high may not
		if middle := math.Floor((low + high) / 2); tail(middle) >= level {
			low = middle
		} else {
			high = middle
		}
	}
	return math.Floor(low) - expected
}
