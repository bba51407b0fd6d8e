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
	for _, warning := range a.Warnings {
		t.warn(warning)
	}
	for _, s := range a.Scenarios {
		for _, warning := range s.Warnings {
			t.warn(warning)
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
	fmt.Fprintf(t.out, "\n%s  %s\n", t.bold.Render(printable.Line(s.Def.Name)), t.wrapped(fmt.Sprintf("%s (%s, %s time)", s.Def.Question, s.Def.Latency().Words(), s.Def.Clock)))
	if s.Choice != nil {
		t.out.WriteString(t.bold.Render(t.wrapped(s.Choice.Line())) + "\n")
	}
	if t.verbose {
		t.out.WriteString(t.wrapped(answer.Line(s.Facts())) + "\n")
	}
	main := table.Main(s)
	if len(main.Rows) == 0 {
		t.out.WriteString("It did not run.\n")
		return
	}
	t.table(main)
	if t.verbose {
		t.table(table.Details(s))
		for _, phrase := range table.Unseen(s.Scenario) {
			t.out.WriteString(t.wrapped(phrase) + "\n")
		}
	}
	for _, e := range s.Expectations {
		switch {
		case !e.OK:
			fmt.Fprintf(t.out, "%s %s: %s: %s\n", t.bold.Render(prefixUnmet), printable.Line(e.Variant), printable.Line(e.Text), printable.Line(e.Have))
		case t.verbose:
			fmt.Fprintf(t.out, "met %s: %s: %s\n", printable.Line(e.Variant), printable.Line(e.Text), printable.Line(e.Have))
		}
	}
}

// table prints what fits of a table; with verbose the rest below it.
func (t *terminal) table(of table.Table) {
	for len(of.Columns) > 0 {
		text, left := of.Terminal(t.width)
		t.out.WriteString(text + "\n")
		if !t.verbose {
			if left != nil {
				t.out.WriteString(t.wrapped("--verbose shows "+strings.Join(left, ", ")) + "\n")
			}
			return
		}
		of = of.From(len(of.Columns) - len(left))
	}
}

func (t *terminal) warn(text string) {
	t.out.WriteString(t.bold.Render(prefixWarning) + " " + t.wrapped(text) + "\n")
}

// wrapped breaks a text between words into lines of at most the terminal's width. Names
// with hyphens stay whole.
func (t *terminal) wrapped(text string) string {
	var out strings.Builder
	column := 0
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
