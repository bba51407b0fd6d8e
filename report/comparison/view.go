// Package comparison shows what changed from one run to another: on a terminal, as
// Markdown and as a page. All three open the same way.
package comparison

import (
	"slices"
	"strings"

	"kvbench/internal/compare"
	"kvbench/internal/metric"
)

// mostLines is how many lines of a kind are shown before it is said how many more there are.
const mostLines = 5

// view is what each of them shows, in its order.
type view struct {
	*compare.Comparison
	Counts  string   // of the verdicts
	Choices []string // what is chosen now, and was
	Differ  []string // where the definitions or drivers differ
	Alike   string   // that they don't
	Apart   string   // how many of the changes that may explain
	Most    string   // where it is worse, and where most
	Shared  string   // what most variants share of that
	// Modelled says of which scenarios latencies are modelled; empty where none is.
	Modelled string
	Groups   []group // by verdict, what matters most first
	ByName   []scenario
	Same     group
	SameLine string // what did not change
	Method   string
}

type group struct {
	Name string
	Rows []row
}

// scenario is what changed in one, and what can't be told.
type scenario struct {
	Name, Counts string
	Redefined    bool
	Worse        bool
	Rows         []row // what matters most first
}

// row is one figure.
type row struct {
	Verdict                               string
	Scenario, Variant, Figure, Base, Head string
	Change, Interval, Evidence            string
	Redefined                             bool
}

func viewOf(c *compare.Comparison) view {
	v := view{
		Comparison: c, Counts: verdictCounts(c), Differ: differences(c), Apart: apart(c), Most: mostSentence(c),
		Shared: sharedSentence(c), Modelled: modelledIn(c), Method: method(c),
	}
	for _, change := range c.Choices {
		v.Choices = append(v.Choices, change.String())
	}
	if len(v.Differ) == 0 {
		v.Alike = sameDefinitions
	}
	shown, same := verdictGroups(c)
	for _, g := range shown {
		if len(g.Deltas) > 0 {
			v.Groups = append(v.Groups, group{g.Name, rowsOf(g.Deltas)})
		}
	}
	if len(same) > 0 {
		v.Same, v.SameLine = group{"the same", rowsOf(same)}, sameLine(c, same)
	}
	v.ByName = byScenario(v.Groups)
	return v
}

// headline is what a reader has to know first: a changed choice, or a difference of the
// definitions, or how much changed.
func (v *view) headline() string {
	switch {
	case len(v.Choices) > 0:
		return "Another choice: " + v.Choices[0]
	case len(v.Differ) > 0:
		return "Differs: " + v.Differ[0]
	}
	return v.Counts
}

// opening is what follows on the headline.
func (v *view) opening() []string {
	var out []string
	for _, text := range first(v.Choices, mostLines) {
		out = append(out, "Another choice: "+text)
	}
	for _, text := range first(v.Differ, mostLines) {
		out = append(out, "Differs: "+text)
	}
	for _, text := range []string{v.Alike, v.Apart, v.Counts + ".", v.Most, v.Shared} {
		if text != "" {
			out = append(out, text)
		}
	}
	return slices.DeleteFunc(out, func(text string) bool { return strings.TrimSuffix(text, ".") == v.headline() })
}

// byScenario sorts what changed by scenario, the one whose change matters most first.
func byScenario(groups []group) []scenario {
	var out []scenario
	counts := map[string][]string{}
	for _, g := range groups {
		n := map[string]int{}
		for _, r := range g.Rows {
			i := slices.IndexFunc(out, func(s scenario) bool { return s.Name == r.Scenario })
			if i < 0 {
				i = len(out)
				out = append(out, scenario{Name: r.Scenario, Redefined: r.Redefined})
			}
			out[i].Rows = append(out[i].Rows, r)
			n[r.Scenario]++
		}
		for name, n := range n {
			counts[name] = append(counts[name], metric.Grouped(uint64(n))+" "+g.Name)
		}
	}
	for i, s := range out {
		out[i].Counts = strings.Join(counts[s.Name], ", ")
		out[i].Worse = s.Rows[0].Verdict == string(compare.Worse)
	}
	return out
}

func rowsOf(deltas []*compare.Delta) []row {
	var out []row
	for _, d := range deltas {
		base, head := d.Unit.Apart(d.Base, d.Head)
		r := row{
			Verdict: verdictName(d), Scenario: d.Scenario, Variant: d.Variant, Figure: seriesOf(d), Redefined: d.Redefined,
			Base: base, Head: head, Evidence: evidence(d),
		}
		if d.Verdict == compare.Same {
			r.Evidence = ""
		}
		if d.Redefined {
			r.Evidence = strings.TrimSuffix("redefined; "+r.Evidence, "; ")
		}
		r.Change, r.Interval = changeOf(d)
		out = append(out, r)
	}
	return out
}
