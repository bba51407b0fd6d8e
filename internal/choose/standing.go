package choose

import (
	"cmp"
	"math"
	"slices"

	"kvbench/internal/expect"
	"kvbench/internal/metric"
	"kvbench/internal/result"
	"kvbench/internal/runfile"
)

// Choice is what to take, and why.
type Choice struct {
	// Take are the variants to take: more than one where nothing tells them apart, none
	// where none ran to its end.
	Take []*result.Variant
	// Kept says that they keep the promise. Where they don't, none does, and they come
	// nearest.
	Kept bool
	// Standings are all variants, in the order of the definition.
	Standings []Standing
	Promise   []string
	Prefer    []string
	Figures   []metric.Figure // that are preferred, as Prefer
	// Unpriced says that a price is preferred of a store that has none.
	Unpriced bool
	// Because is what the choice beats; nil where there is nothing to beat.
	Because *Because
	// Parts are the choices at each value of what a sweep varies and nobody chooses, in the
	// order of the sweep; none where there is nothing of the kind. Take is then all that
	// any of them takes, and Kept says that all keep the promise.
	Parts []Part
}

// Part is a choice where some settings of a sweep are given.
type Part struct {
	Given []runfile.Setting
	*Choice
}

// Standing is how one variant stands.
type Standing struct {
	Variant *result.Variant
	Clauses []expect.Result // of the promise, each held against it
	Out     *Because        // what it is beaten by, where it keeps the promise and is not taken
}

// Because is what tells two variants apart: a clause of the promise that the loser
// breaks, or else a figure in which the winner is better. Without both the loser did not
// run to its end.
type Because struct {
	Loser  *result.Variant
	Broken *expect.Result  // the clause, if it is one
	Figure metric.Figure   // of the clause or the preference
	Winner metric.Quantity // the winner's
	Lost   metric.Quantity // the loser's
}

// Broken are the clauses of the promise that a variant breaks. One that could not be
// observed is broken.
func (s *Standing) Broken() (out []expect.Result) {
	for _, c := range s.Clauses {
		if !c.OK {
			out = append(out, c)
		}
	}
	return out
}

// take takes the published one of several, else all of them.
func (c *Choice) take(all []*Standing) {
	for _, s := range all {
		if s.Variant.Published {
			c.Take = []*result.Variant{s.Variant}
			return
		}
	}
	for _, s := range all {
		c.Take = append(c.Take, s.Variant)
	}
}

func (c *Choice) standing(v *result.Variant) *Standing {
	i := slices.IndexFunc(c.Standings, func(s Standing) bool { return s.Variant == v })
	return &c.Standings[i]
}

// breaks is a clause that a variant breaks, with how much it has of it: the share,
// where it is one of something.
func (s *Standing) breaks(r expect.Result) *Because {
	f := r.Figure
	if f.Of != "" && f.Stat == metric.N {
		f.Stat = metric.Part
	}
	v, _ := s.Variant.Whole.Value(f)
	return &Because{Loser: s.Variant, Broken: &r, Figure: f, Lost: v}
}

// excess is by how much the clauses of the promise are broken, together.
func (s *Standing) excess() (sum float64) {
	for _, r := range s.Broken() {
		sum += s.excessOf(r)
	}
	return sum
}

// excessOf is by how much a clause is broken, as a share of what it allows; where it
// allows nothing, how much there is as a share of what it could be. It is infinite
// where that was not observed.
func (s *Standing) excessOf(r expect.Result) float64 {
	have, ok := r.Value.Value()
	switch {
	case !ok:
		return math.Inf(1)
	case r.Expect.Value != 0:
		return math.Abs(have-r.Expect.Value) / math.Abs(r.Expect.Value)
	}
	share, ok := s.Variant.Whole.Share(r.Figure.Metric).Value()
	if !ok {
		return math.Inf(1)
	}
	return share
}

func compareExcess(s *Standing, a, b expect.Result) int {
	return cmp.Compare(s.excessOf(a), s.excessOf(b))
}
