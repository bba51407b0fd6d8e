package page

import (
	"fmt"
	"html/template"
	"slices"
	"strings"

	"kvbench/internal/answer"
	"kvbench/internal/expect"
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
	Rates         []figures // what a search found
	Tables        []figures
	Unseen        []string // what is to be said of anomalies that no variant has
	Errors        []string
	Terms         []answer.Fact
	Charts, Alike []picture // what tells the variants apart, and what does not
	YAML, Command string
	Watched       bool // a detector was told its calls
	Findings      []finding
	Seen          string // what it did not look at
	Open          bool   // it is the only one, so that there is nothing to choose from
}

// finding is what a detector found.
type finding struct {
	*answer.Finding
	ID    string
	SVG   template.HTML
	Story []string
}

// mostFindings is how many are on the page.
const mostFindings = 40

// addFindings adds what a detector found.
func (c *card) addFindings(s *answer.Scenario) {
	var notes []string
	c.Watched, notes = s.Watched()
	found := s.Findings(false)
	if n := len(s.Findings(true)) - len(found); n > 0 {
		notes = append(notes, fmt.Sprintf("%d findings are suppressed by kvbench-ignore.", n))
	}
	if n := len(found) - mostFindings; n > 0 {
		notes = append(notes, fmt.Sprintf("%d findings more are in the JSON.", n))
		found = found[:mostFindings]
	}
	for i := range found {
		id := fmt.Sprintf("finding-%s-%d", c.ID, i+1)
		c.Findings = append(c.Findings, finding{&found[i], id, interleaving(&found[i], id+"-arrow"), answer.Story(found[i].Example)})
	}
	c.Seen = strings.Join(notes, " ")
}

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
	c.addFindings(s)
	main, stages, details := table.Main(s), table.Stages(s), table.Details(s)
	rates := table.Rates(s)
	c.Unseen, c.Errors = table.Unseen(s.Scenario), table.Errors(s.Scenario)
	if len(main.Rows) == 0 {
		return c
	}
	c.Bars = barsOf(s, found(s, main))
	if len(rates.Rows) > 0 {
		c.Rates = []figures{figuresOf("rates-"+id, "What the search of "+s.Def.Name+" found", rates)}
	}
	c.Tables = append(c.Tables, figuresOf("table-"+id, "The variants of "+s.Def.Name+" side by side", main))
	if len(stages.Columns) > 0 {
		c.Tables = append(c.Tables, figuresOf("stages-"+id, "The stages of "+s.Def.Name, stages))
	}
	c.Tables = append(c.Tables, figuresOf("details-"+id, "More figures of "+s.Def.Name, details))
	for _, v := range s.Variants {
		c.explain(v.Base, v.Doc)
	}
	for _, column := range c.Bars.Columns {
		c.explain(column.Name, column.Doc)
	}
	for _, column := range slices.Concat(rates.Columns, main.Columns, stages.Columns, details.Columns) {
		c.explain(column.Name, column.Doc)
	}
	return c
}

// found is a table without the steps of a search that were not found.
func found(s *answer.Scenario, t table.Table) table.Table {
	if s.Def.Find != nil {
		t.Rows = slices.DeleteFunc(slices.Clone(t.Rows), func(r table.Row) bool { return !r.Variant.Found() })
	}
	return t
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

// command repeats the scenario alone, or where the run was already a part of its file, the
// run.
func command(h *runfile.Header, s *answer.Scenario) string {
	if h.Command == "" || len(h.Scenarios) == 1 || strings.Contains(h.Command, " --only ") {
		return h.Command
	}
	return h.Command + " --only " + s.Def.Name
}
