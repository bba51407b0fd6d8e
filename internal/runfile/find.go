package runfile

import (
	"fmt"
	"slices"

	"kvbench/internal/load"
	"kvbench/internal/metric"
)

// Find is what a scenario with a search looks for: the highest arrival rate at which a
// promise is kept.
type Find struct {
	While []string  `json:"while"` // expectations without a variant: the promise
	From  load.Rate `json:"from"`  // the first rate that is tried
	To    load.Rate `json:"to"`    // the highest that is tried
	// Within is how far apart the highest rate that keeps the promise and the lowest that
	// breaks it may be in the end: a share, above 0, of the former.
	Within float64 `json:"within"`
}

// The bounds of a search. A step, which is one arrival rate of a variant, runs up to FindTries
// times, each time longer, and where it is to be confirmed up to FindTries times more: those
// are its repeats from FindTries on.
const (
	FindTries    = 16
	maxFindSteps = 4096 // of a scenario
)

// RateSetting is the setting that a search varies.
const RateSetting = "load.rate"

// MaxRate is the metric of a search.
const MaxRate = "max-rate"

// maxRate is what a search finds of a variant.
func maxRate() metric.Metric {
	return metric.Metric{
		ID: MaxRate, Class: metric.Capacity, Unit: metric.PerSecond, Better: metric.Higher,
		Doc: "the highest arrival rate at which the promise was kept", Series: -1,
	}
}

// StepMetrics are the metrics of a scenario with a search beside those that every scenario has.
func StepMetrics() []metric.Metric { return []metric.Metric{maxRate()} }

// Step is the load of a step of a search, as it stands in the line that begins it: it is
// decided while the run goes on.
type Step struct {
	Words string `json:"words"` // for people
	Load  Load   `json:"load"`  // whose rate is the step's
}

// Point is the step's, as a key has it.
func (s *Step) Point() []Setting { return []Setting{{Name: RateSetting, Rate: s.Load.Rate}} }

// repeats is how many repeats a variant has at most.
func (d *Definition) repeats() int {
	if d.Find != nil {
		return 2 * FindTries
	}
	return max(d.Repeats, 1)
}

// most is how many points the scenario has at most.
func (d *Definition) maxPoints() int {
	if d.Find != nil {
		return maxFindSteps
	}
	return MaxPoints
}

// step is the point of a step of a search, with what else it is from the scenario.
func (d *Definition) step(s *Step) Point {
	w := Workload{}
	if d.Workload != nil {
		w = *d.Workload
	}
	w.Load = s.Load
	return Point{
		Settings: s.Point(), Driver: d.Driver, Capabilities: d.Capabilities, Workload: &w,
		Load: s.Words, Rate: s.Load.Rate.PerSecond(),
	}
}

// AtStep is the definition as it is at a step of its search.
func (d *Definition) AtStep(s Step) *Definition { return d.at(d.step(&s)) }

// addStep adds the point of a step that begins, unless the scenario has it.
func (d *Definition) addStep(p Point) error {
	want := idOf(p.Settings)
	if slices.ContainsFunc(d.Points, func(o Point) bool { return idOf(o.Settings) == want }) {
		return nil
	}
	if len(d.Points) == maxFindSteps {
		return fmt.Errorf("the search has more than %d steps", maxFindSteps)
	}
	d.Points = append(d.Points, p)
	return nil
}

// checkStep refuses a step that no search has.
func (d *Definition) checkStep(s *Step, k *Key) error {
	switch {
	case d.Find == nil:
		return fmt.Errorf("%v: it begins as a step of a search, and the scenario has none", k)
	case s.Load.Rate == nil || s.Load.Rate.Count == 0 || s.Load.Rate.Per <= 0 || len(s.Load.Stages) > 0:
		return fmt.Errorf("%v: a step without an arrival rate", k)
	case idOf(s.Point()) != idOf(k.Point):
		return fmt.Errorf("%v: its step has another rate", k)
	}
	return checkAmounts(s.Load.Rate.PerSecond(), &d.Capabilities)
}

// check refuses a search that no scenario has.
func (f *Find) check() error {
	if f == nil {
		return nil
	}
	for _, r := range []load.Rate{f.From, f.To} {
		if r.Count == 0 || r.Per <= 0 || r.PerSecond() > maxFigure {
			return fmt.Errorf("a search from %d to %d: want rates above 0", f.From.Count, f.To.Count)
		}
	}
	if !(f.Within > 0 && f.Within <= 1) {
		return fmt.Errorf("a search within %g: want more than 0 and at most 1", f.Within)
	}
	return nil
}
