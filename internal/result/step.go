package result

import (
	"cmp"
	"slices"

	"kvbench/internal/metric"
	"kvbench/internal/runfile"
)

// steps are the points of a search at which a variant ran, by their rates.
func steps(run *runfile.Run, scenario, variant int) []runfile.Point {
	def := &run.Header.Scenarios[scenario]
	out := slices.Clone(def.Points)
	out = slices.DeleteFunc(out, func(p runfile.Point) bool { return len(runsOf(run, scenario, variant, p.Settings)) == 0 })
	slices.SortStableFunc(out, func(a, b runfile.Point) int { return cmp.Compare(a.Rate, b.Rate) })
	return out
}

// Alone is what some runs of one variant gave at one point, taken together; there is at least
// one of them, and their definition is that of the point.
func Alone(runs []*runfile.Variant) (*Variant, error) {
	def := *runs[0].Def
	def.Points = nil // it is as it is at the point
	s := &Scenario{Def: &def, Metrics: def.Metrics()}
	return variantOf(runs, s, runs[0].Variant, runs[0].Point, newAdder(&def))
}

// Find marks the step that a search found of its variant, which is called as the variant is
// from then on, and says at which rate the promise was kept. Where it was kept at none, the
// step is the lowest, and the rate none.
func (v *Variant) Find(rate metric.Quantity) {
	v.found, v.Name, v.Whole.rate = true, v.Base, rate
	for _, r := range v.Repeats {
		r.Sample.rate = rate
	}
}

// Found reports whether the variant is the step that a search found.
func (v *Variant) Found() bool { return v.found }
