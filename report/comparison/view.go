// Package comparison shows what changed from one run to another: on a terminal, as
// Markdown and as a page. All three open the same way.
package comparison

import (
	"strings"

	"kvbench/internal/compare"
)

// view is what each of them shows, in its order.
type view struct {
	*compare.Comparison
	Counts  string   // of the verdicts
	Choices []string // what is chosen now, and was
	Differ  []string // where the definitions or drivers differ
	Apart   string   // how many of the changes that may explain
	Most    string   // where it is worse, and where most
	Shared  string   // what most variants share of that
	// Modelled says of which scenarios latencies are modelled; empty where none is.
	Modelled string
	Groups   []group // by verdict, what matters most first
	Same     group
	SameLine string // what did not change
	Method   string
}

type group struct {
	Name string
	Rows []row
}

// row is one figure.
type row struct {
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
	shown, same := verdictGroups(c)
	for _, g := range shown {
		if len(g.Deltas) > 0 {
			v.Groups = append(v.Groups, group{g.Name, rowsOf(g.Deltas)})
		}
	}
	if len(same) > 0 {
		v.Same, v.SameLine = group{"the same", rowsOf(same)}, sameLine(c, same)
	}
	return v
}

func rowsOf(deltas []*compare.Delta) []row {
	var out []row
	for _, d := range deltas {
		r := row{
			Scenario: d.Scenario, Variant: d.Variant, Figure: seriesOf(d), Redefined: d.Redefined,
			Base: d.Unit.Format(d.Base), Head: d.Unit.Format(d.Head), Evidence: evidence(d),
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
