package report

import (
	"fmt"
	"io"
	"strings"

	"charm.land/lipgloss/v2"

	"kvbench/internal/answer"
	"kvbench/internal/printable"
	"kvbench/report/table"
)

// The prefixes of messages to the person, here and wherever one is printed.
const (
	prefixUnmet   = "NOT MET"
	prefixWarning = "WARNING"
)

// Terminal prints a run: for each scenario its question, which variant to take, and its
// variants side by side in one table of at most width columns, unless that is 0. verbose
// adds the rest: what was run, the further figures, the expectations that were met. On a
// terminal it uses colour, unless NO_COLOR is set.
func Terminal(w io.Writer, a *answer.Answer, width int, verbose bool) error {
	var out strings.Builder
	t := terminal{&out, width, verbose, lipgloss.NewStyle().Bold(true)}
	for i := range a.Scenarios {
		t.scenario(&a.Scenarios[i])
	}
	if n := a.Expected(); n > 0 {
		fmt.Fprintf(&out, "\n%d of %d expectations met\n", n-len(a.Unmet()), n)
	}
	for _, shard := range a.Shards() {
		fmt.Fprintf(&out, "%s: %s\n", shard.Name, printable.Line(shard.Value))
	}
	for _, warning := range a.Warnings {
		t.headed(prefixWarning, warning)
	}
	for _, s := range a.Scenarios {
		for _, warning := range s.Warnings {
			t.headed(prefixWarning, warning)
		}
	}
	_, err := lipgloss.Fprint(w, out.String())
	return err
}

type terminal struct {
	out     *strings.Builder
	width   int
	verbose bool
	bold    lipgloss.Style
}

func (t *terminal) scenario(s *answer.Scenario) {
	t.out.WriteString("\n")
	t.headed(s.Def.Name+" ", fmt.Sprintf("%s (%s, %s)", s.Def.Question, s.Def.Latency().Words(), s.Def.Where()))
	if s.Choice != nil {
		t.out.WriteString(t.bold.Render(t.wrapped(s.Choice.Line())) + "\n")
	}
	if t.verbose {
		t.out.WriteString(t.wrapped(answer.Line(s.Facts())) + "\n")
	}
	main, rates := table.Main(s), table.Rates(s)
	switch {
	case len(rates.Rows) > 0:
		t.table(rates)
		if t.verbose {
			t.table(main)
		}
		t.details(s)
	case len(main.Rows) > 0:
		t.table(main)
		t.details(s)
	default:
		t.out.WriteString("It did not run.\n")
	}
	for _, phrase := range table.Errors(s.Scenario) {
		t.out.WriteString(t.wrapped(phrase) + "\n")
	}
	for _, note := range s.Notes {
		t.out.WriteString(t.wrapped(note) + "\n")
	}
	t.findings(s)
	for _, e := range s.Expectations {
		switch {
		case !e.OK:
			t.headed(prefixUnmet, e.Variant+": "+e.Text+": "+e.Have)
		case t.verbose:
			t.out.WriteString(t.wrapped("met "+e.Variant+": "+e.Text+": "+e.Have) + "\n")
		}
	}
}

// mostFindings is how many findings are printed unless all are asked for.
const mostFindings = 12

// findings prints what a detector found, the worst first; with verbose how each came about.
func (t *terminal) findings(s *answer.Scenario) {
	watched, notes := s.Watched()
	if !watched {
		return
	}
	found := s.Findings(false)
	suppressed := len(s.Findings(true)) - len(found)
	if len(found) == 0 {
		t.out.WriteString(t.bold.Render("NO FINDINGS") + "\n")
	} else {
		t.out.WriteString(t.bold.Render("FINDINGS") + "\n")
	}
	for i := range found {
		if i == mostFindings && !t.verbose {
			fmt.Fprintf(t.out, "%d more; --verbose shows them\n", len(found)-i)
			break
		}
		f := &found[i]
		t.out.WriteString(t.wrapped(f.Line()+": "+f.Do) + "\n")
		if t.verbose {
			t.out.WriteString(t.wrapped(f.Doc+": "+f.Sizes()) + "\n")
			for _, line := range answer.Story(f.Example) {
				t.out.WriteString("    " + printable.Line(line) + "\n")
			}
		}
	}
	if suppressed > 0 {
		fmt.Fprintf(t.out, "%d suppressed by kvbench-ignore\n", suppressed)
	}
	for _, note := range notes {
		t.out.WriteString(t.wrapped(note) + "\n")
	}
}

// details prints the further figures, where they are asked for.
func (t *terminal) details(s *answer.Scenario) {
	if !t.verbose {
		return
	}
	t.table(table.Stages(s))
	t.table(table.Details(s))
	for _, phrase := range table.Unseen(s.Scenario) {
		t.out.WriteString(t.wrapped(phrase) + "\n")
	}
}

// table prints what fits of a table; with verbose the rest below it, and what the notes of
// its cells say.
func (t *terminal) table(of table.Table) {
	for rest := of; len(rest.Columns) > 0; {
		text, left := rest.Terminal(t.width)
		t.out.WriteString(text + "\n")
		if !t.verbose {
			if len(left.Columns) > 0 {
				t.out.WriteString(t.wrapped("--verbose shows "+strings.Join(left.Names(), ", ")) + "\n")
			}
			return
		}
		rest = left
	}
	for _, r := range of.Rows {
		var notes []string
		for i, c := range r.Cells {
			if c.Note != "" {
				notes = append(notes, of.Columns[i].Name+": "+c.Note)
			}
		}
		if notes != nil {
			t.out.WriteString(t.wrapped(r.Variant.Name+": "+strings.Join(notes, "; ")) + "\n")
		}
	}
}

// headed prints a text behind a head that stands out.
func (t *terminal) headed(head, text string) {
	head = printable.Line(head)
	t.out.WriteString(t.bold.Render(head) + t.behind(lipgloss.Width(head), text) + "\n")
}

// wrapped breaks a text between words into lines of at most the terminal's width. Names
// with hyphens stay whole.
func (t *terminal) wrapped(text string) string { return t.behind(0, text) }

// behind wraps a text that goes on in a column.
func (t *terminal) behind(column int, text string) string {
	var out strings.Builder
	for _, word := range strings.Fields(printable.Line(text)) {
		n := lipgloss.Width(word)
		switch {
		case column == 0:
		case t.width > 0 && column+1+n > t.width:
			out.WriteString("\n")
			column = 0
		default:
			out.WriteString(" ")
			column++
		}
		out.WriteString(word)
		column += n
	}
	return out.String()
}
