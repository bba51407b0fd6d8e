// Package history says how every figure went from run to run, and where its level changed.
package history

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"kvbench/internal/changepoint"
	"kvbench/internal/metric"
	"kvbench/internal/result"
	"kvbench/internal/runfile"
)

// Version is that of the JSON of a History.
const Version = 2

// History is how every figure went from run to run. The zero value has no run.
type History struct {
	Version int      `json:"version"`
	Runs    []string `json:"runs"` // names of their folders, oldest first
	// Warnings are what a reader of the lines has to know of their runs.
	Warnings []string `json:"warnings"`
	Lines    []*Line  `json:"lines"`

	warned []warned
	byName map[lineName]*Line
}

// warned is what a reader has to know of some runs.
type warned struct {
	text string
	runs []string
}

// warnedRuns is how many runs a warning names; of more it names the last.
const warnedRuns = 3

func (w warned) String() string {
	who := strings.Join(w.runs, ", ")
	if n := len(w.runs); n > warnedRuns {
		who = fmt.Sprintf("%d runs, the last of them %s", n, w.runs[n-1])
	}
	return who + ": " + w.text
}

type lineName struct{ scenario, variant, figure string }

// Line is one figure of one variant.
type Line struct {
	Scenario string      `json:"scenario"`
	Variant  string      `json:"variant"`
	Figure   string      `json:"figure"` // as an expectation has it
	Unit     metric.Unit `json:"unit"`
	// Modelled says that it is a latency that was drawn from a model in a run.
	Modelled bool `json:"modelled"`
	// Exact says that every run was in virtual time, where any difference is
	// real; otherwise changes are where the level changed beyond the noise.
	Exact   bool     `json:"exact"`
	Values  []*Value `json:"values"` // by run; nil where it has none
	Changes []Step   `json:"changes"`

	definition string // of the scenario in the last run, and its seed
}

// Value is the figure of one run.
type Value struct {
	V float64 `json:"v"`
	// Redefined says that the scenario is another one than in the run before.
	Redefined bool `json:"redefined,omitempty"`
}

// Step is a change of a line's level.
type Step struct {
	At     int     `json:"at"` // index of the first run at the new level
	Before float64 `json:"before"`
	After  float64 `json:"after"`
}

// Add appends a run. Runs are added oldest first.
func (h *History) Add(set *result.Set) {
	h.Version = Version
	name := filepath.Base(set.Run.Dir())
	h.Runs = append(h.Runs, name)
	for _, text := range set.Run.Warnings {
		i := slices.IndexFunc(h.warned, func(w warned) bool { return w.text == text })
		if i < 0 {
			i = len(h.warned)
			h.warned = append(h.warned, warned{text: text})
		}
		h.warned[i].runs = append(h.warned[i].runs, name)
	}
	for _, s := range set.Scenarios {
		definition := identity(s.Def, set.Run.Header.Seed)
		for _, v := range s.Variants {
			if v.Missing != "" {
				continue
			}
			for _, f := range figures(s) {
				if x, ok := value(v, f); ok {
					h.add(s, v.Name, f, definition, x)
				}
			}
		}
	}
}

// figures are those that a history follows: the response, calls, price and errors, how
// often each anomaly happened, and how large a gauge is.
func figures(s *result.Scenario) []metric.Figure {
	var out []metric.Figure
	for _, m := range s.Metrics {
		switch {
		case m.ID == "response":
			out = append(out, metric.Figure{Metric: m, Stat: metric.P50}, metric.Figure{Metric: m, Stat: metric.P99})
		case m.ID == runfile.Ops, m.ID == runfile.USD, m.ID == runfile.MaxRate:
			out = append(out, metric.Figure{Metric: m, Stat: metric.Mean})
		case m.ID == runfile.Errors, m.Class == metric.Anomaly:
			out = append(out, metric.Figure{Metric: m, Stat: metric.Part})
		case m.Class == metric.Gauge:
			out = append(out, metric.Figure{Metric: m, Stat: metric.N}, metric.Figure{Metric: m, Stat: metric.P50})
		}
	}
	return out
}

func value(v *result.Variant, f metric.Figure) (x float64, ok bool) {
	q, _ := v.Whole.Value(f)
	return q.Value()
}

// identity is what bears on a scenario's figures, in a form that can be compared. Of a
// file of format 1, which has no types for it, it is the definition as it was written.
func identity(def *runfile.Definition, seed uint64) string {
	what := []any{seed, def.Pattern, def.Driver, def.Clock, def.Repeats}
	if def.Workload != nil {
		what = append(what, def.Workload)
	} else {
		what = append(what, def.YAML)
	}
	if def.Find != nil { // whose points follow from what is measured
		what = append(what, def.Find)
	} else if len(def.Points) > 0 {
		what = append(what, def.Points)
	}
	text, err := json.Marshal(what)
	if err != nil { // the run file was JSON
		panic(fmt.Sprintf("history: %v", err))
	}
	return string(text)
}

// add sets a figure of the last run.
func (h *History) add(s *result.Scenario, variant string, f metric.Figure, definition string, x float64) {
	name := lineName{s.Def.Name, variant, f.Name()}
	l := h.byName[name]
	if l == nil {
		if h.byName == nil {
			h.byName = map[lineName]*Line{}
		}
		l = &Line{Scenario: s.Def.Name, Variant: variant, Figure: f.Name(), Unit: f.Kind(), Exact: true, Changes: []Step{}}
		h.byName[name] = l
		h.Lines = append(h.Lines, l)
	}
	for len(l.Values) < len(h.Runs) {
		l.Values = append(l.Values, nil)
	}
	l.Values[len(h.Runs)-1] = &Value{V: x, Redefined: l.definition != "" && l.definition != definition}
	l.definition = definition
	l.Exact = l.Exact && s.Def.Clock == "virtual"
	l.Modelled = l.Modelled || s.Def.Latency() == runfile.Modelled && f.Class == metric.Latency
}

// FindChanges finds where each line's level changed, from its last redefinition on, and
// what to warn of. It is called once, after the last Add.
func (h *History) FindChanges() {
	h.Warnings = []string{}
	for _, w := range h.warned {
		h.Warnings = append(h.Warnings, w.String())
	}
	for _, l := range h.Lines {
		for len(l.Values) < len(h.Runs) {
			l.Values = append(l.Values, nil)
		}
		var at []int // runs that have a value
		var values []float64
		for i, v := range l.Values {
			if v == nil {
				continue
			}
			if v.Redefined {
				at, values = nil, nil
			}
			at, values = append(at, i), append(values, v.V)
		}
		if l.Exact {
			for i := 1; i < len(values); i++ {
				if values[i] != values[i-1] {
					l.Changes = append(l.Changes, Step{at[i], values[i-1], values[i]})
				}
			}
			continue
		}
		for _, c := range changepoint.Find(values, changepoint.Options{}) {
			l.Changes = append(l.Changes, Step{at[c.At], c.Before, c.After})
		}
	}
}

// Changed are the lines whose level changed, the latest change first.
func (h *History) Changed() []*Line {
	var out []*Line
	for _, l := range h.Lines {
		if len(l.Changes) > 0 {
			out = append(out, l)
		}
	}
	last := func(l *Line) int { return l.Changes[len(l.Changes)-1].At }
	slices.SortStableFunc(out, func(a, b *Line) int { return last(b) - last(a) })
	return out
}

// Redefined are the scenarios that were not the same in all runs, and the last run that
// has another: what went before is not compared with what came after.
func (h *History) Redefined() (scenarios []string, last int) {
	for _, l := range h.Lines {
		for i, v := range l.Values {
			if v == nil || !v.Redefined {
				continue
			}
			if last = max(last, i); !slices.Contains(scenarios, l.Scenario) {
				scenarios = append(scenarios, l.Scenario)
			}
		}
	}
	return scenarios, last
}
