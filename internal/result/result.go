// Package result is a run in figures: for every scenario and variant each metric's
// count and distribution, over all repeats, one of them or a stretch of one. Whatever
// judges or shows a run reads it from here.
package result

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"strings"

	"kvbench/internal/metric"
	"kvbench/internal/runfile"

	"golang.org/x/sync/errgroup"
)

// Set is a run.
type Set struct {
	Run       *runfile.Run
	Scenarios []*Scenario
}

// Scenario is one scenario with its variants side by side.
type Scenario struct {
	Def      *runfile.Definition
	Metrics  []metric.Metric
	Variants []*Variant // all that were to run, in the order of the definition, each at every point of a sweep
}

// Variant is one variant, or one at one point of a sweep.
type Variant struct {
	Scenario *Scenario
	Def      *runfile.Definition // the scenario's, as it is at the point
	Index    int                 // in the definition, which gives it its colour
	// Name is its own within the scenario: in a sweep with the point, "seed at memory-ttl
	// 10 s". Base is the variant's alone.
	Name, Base, Doc string
	Sources         string            // the folder of the files of its sites, from the repository's root
	Published       bool              // it does what the pattern's published source does
	Point           []runfile.Setting // what a sweep varies; empty where there is none
	Repeats         []Repeat          // those that ran, in their order
	Whole           *Sample           // all of them together
	Stages          []Stage           // the named ones of its load
	// Missing is why Whole is not all that was to be measured: "it did not run to its
	// end". Empty where it is.
	Missing string
	found   bool
}

// Repeat is one repeat of a variant.
type Repeat struct {
	*runfile.Variant
	Sample *Sample
}

// Of puts a run in figures. An error means that a histogram can't be read.
func Of(run *runfile.Run) (*Set, error) {
	set := &Set{Run: run, Scenarios: make([]*Scenario, len(run.Header.Scenarios))}
	var g errgroup.Group
	g.SetLimit(runtime.GOMAXPROCS(0))
	for i := range set.Scenarios {
		g.Go(func() (err error) {
			set.Scenarios[i], err = scenarioOf(run, i)
			return err
		})
	}
	return set, g.Wait()
}

func scenarioOf(run *runfile.Run, i int) (*Scenario, error) {
	def := &run.Header.Scenarios[i]
	s := &Scenario{Def: def, Metrics: def.Metrics()}
	points := def.Points
	if len(points) == 0 {
		points = []runfile.Point{{}}
	}
	memory := newAdder(def)
	for j := range def.Variants {
		own := points
		if def.Find != nil {
			own = steps(run, i, j)
		}
		for k := range own {
			v, err := variantOf(runsOf(run, i, j, own[k].Settings), s, j, own[k].Settings, memory)
			if err != nil {
				return nil, err
			}
			s.Variants = append(s.Variants, v)
		}
	}
	return s, nil
}

// runsOf are the repeats of a variant of a scenario, by their indexes, at a point.
func runsOf(run *runfile.Run, scenario, variant int, point []runfile.Setting) (out []*runfile.Variant) {
	words := runfile.Pairs(point, ";")
	for _, r := range run.Variants {
		if r.Scenario == scenario && r.Variant == variant && runfile.Pairs(r.Point, ";") == words {
			out = append(out, r)
		}
	}
	return out
}

// variantOf is what runs of a variant of a scenario, by its index, gave at a point.
func variantOf(runs []*runfile.Variant, s *Scenario, variant int, point []runfile.Setting, memory *adder) (*Variant, error) {
	d := &s.Def.Variants[variant]
	at, _ := s.Def.At(point) // which is the definition's own
	v := &Variant{
		Scenario: s, Def: at, Index: variant, Name: d.Name, Base: d.Name, Doc: d.Doc, Sources: d.Sources, Published: d.Name == s.Def.Published, Point: point,
	}
	if len(point) > 0 {
		v.Name += " at " + runfile.Words(point)
	}
	memory.reset()
	memory.def = at
	for _, r := range runs {
		one, err := memory.add(&r.Total)
		if err != nil {
			return nil, fmt.Errorf("%s/%s: %w", s.Def.Name, v.Name, err)
		}
		one.never = d.Never
		v.Repeats = append(v.Repeats, Repeat{r, one})
	}
	v.Whole = memory.whole()
	v.Whole.never = d.Never
	v.Missing = v.missing()
	var err error
	if v.Stages, err = stages(at, v.Repeats); err != nil {
		return nil, fmt.Errorf("%s/%s: %w", s.Def.Name, v.Name, err)
	}
	return v, nil
}

// missing says why a variant is not whole.
func (v *Variant) missing() string {
	for _, r := range v.Repeats {
		switch {
		case strings.HasSuffix(r.Error, context.Canceled.Error()):
			return "it was interrupted"
		case r.Error != "":
			return "it failed: " + r.Error
		case !r.Complete:
			return "it did not run to its end"
		}
	}
	switch n := len(v.Repeats); {
	case n == 0:
		return "it did not run"
	case n < v.Scenario.Def.Repeats && v.Scenario.Def.Find == nil:
		return fmt.Sprintf("%d of its %d repeats ran", n, v.Scenario.Def.Repeats)
	}
	return ""
}

// FirstError is the text of the first error of a transaction, in the first repeat that had one;
// empty where none had.
func (v *Variant) FirstError() string {
	for _, r := range v.Repeats {
		if r.Variant.FirstError != "" {
			return r.Variant.FirstError
		}
	}
	return ""
}

// Whole refuses a run in which a variant did not run all its repeats to their end.
func (s *Set) Whole() error {
	for _, scenario := range s.Scenarios {
		for _, d := range scenario.Def.Variants {
			if !slices.ContainsFunc(scenario.Variants, func(v *Variant) bool { return v.Base == d.Name }) {
				return fmt.Errorf("%s/%s: it did not run", scenario.Def.Name, d.Name) // no step of its search did
			}
		}
		for _, v := range scenario.Variants {
			if v.Missing != "" {
				return fmt.Errorf("%s/%s: %s", scenario.Def.Name, v.Name, v.Missing)
			}
		}
	}
	return nil
}

// Scenario is the scenario of a name; nil where there is none.
func (s *Set) Scenario(name string) *Scenario {
	for _, scenario := range s.Scenarios {
		if scenario.Def.Name == name {
			return scenario
		}
	}
	return nil
}

// Swept reports whether the scenario has a sweep.
func (s *Scenario) Swept() bool { return len(s.Def.Points) > 0 }

// Ran reports whether it measured any transaction.
func (v *Variant) Ran() bool { return v.Whole.Transactions() > 0 }

// Metric is the scenario's metric with an ID.
func (s *Scenario) Metric(id string) (metric.Metric, bool) { return metric.Find(s.Metrics, id) }

// Variant is the variant of a name; nil where there is none.
func (s *Scenario) Variant(name string) *Variant {
	for _, v := range s.Variants {
		if v.Name == name {
			return v
		}
	}
	return nil
}

// Of returns the metrics of a class.
func (s *Scenario) Of(class metric.Class) []metric.Metric {
	var out []metric.Metric
	for _, m := range s.Metrics {
		if m.Class == class {
			out = append(out, m)
		}
	}
	return out
}

// Seen are the metrics of some classes that any variant has had.
func (s *Scenario) Seen(classes ...metric.Class) []metric.Metric {
	var out []metric.Metric
	for _, m := range s.Metrics {
		if slices.Contains(classes, m.Class) && slices.ContainsFunc(s.Variants, func(v *Variant) bool { return v.Whole.N(m) > 0 }) {
			out = append(out, m)
		}
	}
	return out
}
