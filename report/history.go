package report

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"slices"
	"strings"

	"kvbench/internal/changepoint"
	"kvbench/internal/printable"
	"kvbench/internal/record"
	"kvbench/internal/runfile"
)

// History is how every figure went from run to run. The zero value has no run.
type History struct {
	Runs  []string `json:"runs"` // names of their folders, oldest first
	Lines []*Line  `json:"lines"`
	// Warnings are what a reader of the lines has to know of their runs.
	Warnings []string `json:"warnings"`

	byName map[string]*Line
	warned []warned
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
		who = plural(n, "run") + ", the last of them " + w.runs[n-1]
	}
	return who + ": " + w.text
}

// Line is one figure of one variant.
type Line struct {
	Scenario string `json:"scenario"`
	Variant  string `json:"variant"`
	Figure   string `json:"figure"` // "response p99", "$ per million", a mark's name
	Unit     string `json:"unit"`   // of a series, "share" or "usd"
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
func (h *History) Add(run *runfile.Run) {
	name := filepath.Base(run.Dir())
	h.Runs = append(h.Runs, name)
	for _, text := range run.Warnings {
		i := slices.IndexFunc(h.warned, func(w warned) bool { return w.text == text })
		if i < 0 {
			i = len(h.warned)
			h.warned = append(h.warned, warned{text: text})
		}
		h.warned[i].runs = append(h.warned[i].runs, name)
	}
	s := Summarise(run, nil)
	for i := range s.Scenarios {
		sc := &s.Scenarios[i]
		for j := range sc.Variants {
			if v := &sc.Variants[j]; v.Complete && v.Errored == "" {
				h.variant(sc, v, s.Seed)
			}
		}
	}
}

func (h *History) variant(sc *Scenario, v *Variant, seed uint64) {
	definition := fmt.Sprint(seed, "\n", sc.Driver, "\n", sc.def.YAML)
	add := func(figure, unit string, x float64) { h.add(sc, v.Name, figure, unit, definition, x) }
	response := v.Series["response"]
	if sc.Latency != runfile.NotModelled {
		add("response p50", "ns", float64(response.P50))
		add("response p99", "ns", float64(response.P99))
	}
	add("operations per transaction", "count", v.ops())
	add("$ per million", "usd", v.USD)
	if v.Transactions > 0 {
		add("errors", "share", v.outcomeShare("error"))
	}
	for _, m := range sc.def.Series[record.FirstMark:] {
		if st := v.Series[m.Name]; m.Of != "" {
			if share, ok := st.Share.Value(); ok {
				add(m.Name, "share", share)
			}
		} else {
			add(m.Name+" count", "count", float64(st.Count))
			if st.Count > 0 {
				add(m.Name+" p50", m.Unit, float64(st.P50))
			}
		}
	}
}

// add sets a figure of the last run.
func (h *History) add(sc *Scenario, variant, figure, unit, definition string, x float64) {
	name := strings.Join([]string{sc.Name, variant, figure}, "\n")
	l := h.byName[name]
	if l == nil {
		if h.byName == nil {
			h.byName = map[string]*Line{}
		}
		l = &Line{Scenario: sc.Name, Variant: variant, Figure: figure, Unit: unit, Exact: true, Changes: []Step{}}
		h.byName[name] = l
		h.Lines = append(h.Lines, l)
	}
	for len(l.Values) < len(h.Runs) {
		l.Values = append(l.Values, nil)
	}
	l.Values[len(h.Runs)-1] = &Value{V: x, Redefined: l.definition != "" && l.definition != definition}
	l.definition = definition
	l.Exact = l.Exact && sc.Clock == "virtual"
	l.Modelled = l.Modelled || sc.Latency == runfile.Modelled && strings.HasPrefix(figure, "response ")
}

// FindChanges finds where each line's level changed, from its last redefinition
// on. It is called once, after the last Add.
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

// changed are the lines whose level changed, the latest change first.
func (h *History) changed() []*Line {
	var out []*Line
	for _, l := range h.Lines {
		if len(l.Changes) > 0 {
			out = append(out, l)
		}
	}
	slices.SortStableFunc(out, func(a, b *Line) int { return b.last().At - a.last().At })
	return out
}

// label names the figure.
func (l *Line) label() string {
	if l.Modelled {
		return l.Figure + " (modelled)"
	}
	return l.Figure
}

func (l *Line) last() Step { return l.Changes[len(l.Changes)-1] }

// format formats a value of the line.
func (l *Line) format(v float64) string {
	switch l.Unit {
	case "share":
		return percent(v)
	case "usd":
		return dollars(v)
	}
	return value(v, l.Unit)
}

// ratio says how much a step is: "+12 %".
func (s Step) ratio() string {
	if s.Before == 0 || s.After == s.Before {
		return ""
	}
	change := s.After/s.Before - 1
	text := digits(100*math.Abs(change), 2) + " %"
	if change < 0 {
		return "−" + text
	}
	return "+" + text
}

// redefined says which scenarios were not the same in all runs: what went before is
// not compared with what came after. It is empty where all were.
func (h *History) redefined() string {
	var names []string
	last := 0
	for _, l := range h.Lines {
		for i, v := range l.Values {
			if v == nil || !v.Redefined {
				continue
			}
			if last = max(last, i); !slices.Contains(names, l.Scenario) {
				names = append(names, l.Scenario)
			}
		}
	}
	switch {
	case names == nil:
		return ""
	case len(names) == 1:
		return names[0] + " was redefined, last in " + h.Runs[last]
	}
	return plural(len(names), "scenario") + " were redefined, last in " + h.Runs[last]
}

// HistoryText prints what changed.
func HistoryText(w io.Writer, h *History) error {
	var out bytes.Buffer
	if len(h.Runs) == 0 {
		fmt.Fprintln(&out, "no runs")
		_, err := out.WriteTo(w)
		return err
	}
	fmt.Fprintf(&out, "%d runs, %s to %s\n", len(h.Runs), h.Runs[0], h.Runs[len(h.Runs)-1])
	changed := h.changed()
	for _, l := range changed {
		for _, s := range slices.Backward(l.Changes) {
			fmt.Fprintf(&out, "  %s/%s  %s  %s → %s", l.Scenario, l.Variant, l.label(), l.format(s.Before), l.format(s.After))
			if r := s.ratio(); r != "" {
				fmt.Fprintf(&out, " (%s)", r)
			}
			fmt.Fprintf(&out, "  at %s\n", h.Runs[s.At])
		}
	}
	fmt.Fprintf(&out, "%d of %d figures changed", len(changed), len(h.Lines))
	if r := h.redefined(); r != "" {
		fmt.Fprintf(&out, "; %s", r)
	}
	out.WriteString("\n")
	for _, text := range h.Warnings {
		fmt.Fprintln(&out, "WARNING", text)
	}
	_, err := io.WriteString(w, printable.Text(out.String()))
	return err
}
