package report

import (
	"fmt"
	"io"
	"strings"

	"kvbench/internal/compare"
	"kvbench/internal/printable"

	"charm.land/lipgloss/v2"
	"charm.land/lipgloss/v2/table"
)

// The most rows of a verdict that the terminal shows; what can't be told is
// of less use.
const (
	maxRows   = 20
	maxUnsure = 5
)

// CompareTerminal prints a comparison: the counts, what changed with the worst
// first, what is the same in a line, and what a reader has to know. On a terminal
// it uses colour, unless NO_COLOR is set.
func CompareTerminal(w io.Writer, c *compare.Comparison) error {
	var out strings.Builder
	bold := lipgloss.NewStyle().Bold(true)
	fmt.Fprintf(&out, "%s  %s → %s\n", bold.Render(verdictCounts(c)), printable.Line(c.Base), printable.Line(c.Head))
	for i := range c.Choices {
		fmt.Fprintf(&out, "%s %s\n", bold.Render("CHOICE"), printable.Line(c.Choices[i].String()))
	}
	if modelled := modelledIn(c); modelled != "" {
		fmt.Fprintf(&out, "%s %s\n", bold.Render("MIND"), printable.Line(modelled))
	}
	if shared := sharedSentence(c); shared != "" {
		fmt.Fprintf(&out, "%s\n", bold.Render(printable.Line(shared)))
	}
	shown, same := verdictGroups(c)
	var rows [][]string
	var colours []lipgloss.Style
	for _, g := range shown {
		most, style := maxRows, lipgloss.NewStyle()
		switch g.Name {
		case "worse":
			style = style.Foreground(lipgloss.Red)
		case "better":
			style = style.Foreground(lipgloss.Green)
		case "can't tell":
			most = maxUnsure
		}
		for i, d := range g.Deltas {
			if i == most {
				more := fmt.Sprintf("and %d more; --json lists all", len(g.Deltas)-most)
				rows = append(rows, []string{strings.ToUpper(g.Name), more, "", "", "", "", ""})
				colours = append(colours, style)
				break
			}
			change, interval := changeOf(d)
			rows = append(rows, []string{
				strings.ToUpper(g.Name), printable.Line(d.Scenario + "/" + d.Variant), printable.Line(seriesOf(d)),
				figureOf(d.Base, string(d.Unit)) + " → " + figureOf(d.Head, string(d.Unit)), change, interval, evidence(d),
			})
			colours = append(colours, style)
		}
	}
	if rows != nil {
		out.WriteString(table.New().
			Border(lipgloss.HiddenBorder()).BorderTop(false).BorderBottom(false).BorderLeft(false).
			BorderRight(false).BorderColumn(false).BorderHeader(false).
			Rows(rows...).
			StyleFunc(func(row, column int) lipgloss.Style {
				style := lipgloss.NewStyle()
				if column == 0 {
					style = colours[row].Bold(true)
				}
				return style.PaddingRight(2)
			}).String() + "\n")
	}
	if len(same) > 0 {
		fmt.Fprintf(&out, "%s  %s\n", bold.Render("SAME"), sameLine(c, same))
	}
	for _, list := range []struct {
		name  string
		lines []string
	}{{"DIFFERS", differences(c)}, {"LEFT OUT", c.Only}, {"WARNING", c.Warnings}} {
		for _, line := range list.lines {
			fmt.Fprintf(&out, "%s %s\n", bold.Render(list.name), printable.Line(line))
		}
	}
	_, err := lipgloss.Fprint(w, out.String())
	return err
}

// sameLine sums up what did not change.
func sameLine(c *compare.Comparison, same []*compare.Delta) string {
	variants := map[string]bool{}
	for _, d := range same {
		variants[d.Scenario+"/"+d.Variant] = true
	}
	return fmt.Sprintf("%s in %s; latencies to within %s",
		plural(len(same), "figure"), plural(len(variants), "variant"), percent(c.Smallest))
}

// plural is a number of things.
func plural(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return grouped(uint64(n)) + " " + thing + "s"
}
