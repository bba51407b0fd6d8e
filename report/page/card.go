package page

import (
	"fmt"
	"html/template"
	"slices"
	"strings"

	"kvbench/internal/answer"
	"kvbench/internal/expect"
	"kvbench/internal/metric"
	"kvbench/internal/result"
	"kvbench/internal/runfile"
	"kvbench/report/chart"
	"kvbench/report/table"
)

// card is one scenario.
type card struct {
	*answer.Scenario
	ID            string
	Verdict       verdict
	Reason        string
	Sure          []string
	About         []answer.Fact
	Unmet         []unmet
	Met           []expect.Result
	Bars          bars
	Tables        []figures
	Unseen        []string // what is to be said of anomalies that no variant has
	Terms         []answer.Fact
	Charts, Alike []picture // what tells the variants apart, and what does not
	YAML, Command string
}

// The kinds of verdict, which are also classes of the page's.
const (
	take = "take" // another variant than the published one
	keep = "keep"
	none = "none" // keeps the promise
	open = "open" // nothing to choose
)

// verdict is which variants to take, if any.
type verdict struct {
	Class, Before string
	Names         []name
}

// name is a variant as a reader meets it.
type name struct {
	Name, Doc string
	Published bool
}

// key is the same of two that choose the same.
func (v verdict) key() string { return fmt.Sprint(v.Class == none, v.Names) }

func nameOf(v *result.Variant) name { return name{v.Name, v.Doc, v.Published} }

// picture is a chart that tells its values.
type picture struct {
	ID, Title, Alt string
	SVG            template.HTML
	Values         template.JS
}

func cardOf(s *answer.Scenario, h *runfile.Header, id string) *card {
	c := &card{Scenario: s, ID: id, Verdict: verdictOf(s), Sure: sure(s), About: s.Facts(), YAML: strings.TrimSpace(s.Def.YAML), Command: command(h, s)}
	if len(c.Verdict.Names) > 0 {
		c.Reason = s.Choice.Reason()
	}
	for i, e := range s.Expectations {
		if e.OK {
			c.Met = append(c.Met, e)
		} else {
			c.Unmet = append(c.Unmet, unmet{e, fmt.Sprintf("expectation-%s-%d", id, i+1)})
		}
	}
	main, details := table.Main(s), table.Details(s)
	c.Unseen = table.Unseen(s.Scenario)
	if len(main.Rows) == 0 {
		return c
	}
	c.Bars = barsOf(s, main)
	c.Tables = []figures{
		figuresOf("table-"+id, "The variants of "+s.Def.Name+" side by side", main),
		figuresOf("details-"+id, "More figures of "+s.Def.Name, details),
	}
	for _, v := range s.Variants {
		c.explain(v.Name, v.Doc)
	}
	for _, column := range c.Bars.Columns {
		c.explain(column.Name, column.Doc)
	}
	for _, column := range slices.Concat(main.Columns, details.Columns) {
		c.explain(column.Name, column.Doc)
	}
	return c
}

// explain adds what a word means, unless it has no meaning or is there.
func (c *card) explain(name, meaning string) {
	if meaning != "" && !slices.ContainsFunc(c.Terms, func(f answer.Fact) bool { return f.Name == name }) {
		c.Terms = append(c.Terms, answer.Fact{Name: name, Value: meaning})
	}
}

func (c *card) addChart(d chart.Drawn) {
	// The chart is our own and escapes what it quotes, and its values are JSON in which
	// every < is escaped.
	p := picture{"figure-" + c.ID + "-" + d.Name, d.Title, d.Alt, template.HTML(d.SVG), template.JS(d.Values)}
	if d.Tells {
		c.Charts = append(c.Charts, p)
	} else {
		c.Alike = append(c.Alike, p)
	}
}

// severity orders cards: what is not met before what warns.
func (c *card) severity() int {
	switch {
	case len(c.Unmet) > 0:
		return 2
	case len(c.Warnings) > 0:
		return 1
	}
	return 0
}

// Words are what the filter looks in.
func (c *card) Words() string {
	words := []string{c.Def.Name, c.Def.Pattern}
	for _, v := range c.Variants {
		words = append(words, v.Name)
	}
	return strings.Join(words, " ")
}

func verdictOf(s *answer.Scenario) verdict {
	c := s.Choice
	if !slices.ContainsFunc(s.Variants, (*result.Variant).Ran) {
		return verdict{Class: open, Before: "No choice: nothing was measured"}
	}
	if c == nil {
		text := "Nothing to choose: no promise is made"
		if len(s.Variants) == 1 {
			text = "Nothing to choose: one variant"
		}
		return verdict{Class: open, Before: text}
	}
	v := verdict{Class: take, Before: "Take"}
	for _, t := range c.Take {
		v.Names = append(v.Names, nameOf(t))
	}
	switch {
	case len(c.Take) == 0:
		return verdict{Class: open, Before: "No choice: no variant ran to its end"}
	case !c.Kept:
		v.Class, v.Before = none, "None keeps the promise; nearest:"
	case c.Take[0].Published:
		v.Class, v.Before = keep, "Keep"
	}
	return v
}

// sure is what a choice rests on.
func sure(s *answer.Scenario) (out []string) {
	var counts []uint64
	repeats := s.Def.Repeats
	for _, v := range s.Variants {
		repeats = min(repeats, len(v.Repeats))
		counts = append(counts, v.Whole.Transactions())
	}
	if len(counts) == 0 || slices.Max(counts) == 0 {
		return []string{"nothing was measured"}
	}
	if s.Choice != nil && len(s.Choice.Take) > 1 {
		out = append(out, fmt.Sprintf("a tie of %d", len(s.Choice.Take)))
	}
	switch {
	case repeats > 1:
		out = append(out, fmt.Sprintf("%d repeats", repeats))
	case s.Def.Clock == "virtual":
		out = append(out, "1 seed")
	default:
		out = append(out, "1 run, not repeated")
	}
	text := metric.FormatCount(float64(slices.Min(counts))) + " transactions"
	if slices.Min(counts) < slices.Max(counts) {
		text = "≥ " + text
	}
	return append(out, text, string(s.Def.Latency()))
}

// command repeats the scenario alone, or where the run was already a part of its file, the
// run.
func command(h *runfile.Header, s *answer.Scenario) string {
	if h.Command == "" || len(h.Scenarios) == 1 || strings.Contains(h.Command, " --only ") {
		return h.Command
	}
	return h.Command + " --only " + s.Def.Name
}
