package comparison

import (
	"fmt"
	"io"
	"strings"

	"kvbench/internal/compare"
	"kvbench/internal/metric"
	"kvbench/internal/printable"

	"charm.land/lipgloss/v2"
	"charm.land/lipgloss/v2/table"
)

// The most rows that the terminal shows of all that changed, and of those what can't be
// told.
const (
	mostRows   = 10
	mostUnsure = 3
)

// Terminal prints a comparison: the choices that changed, what differs by definition, what
// most variants share, the largest changes, and where the page is, unless page is empty.
// On a terminal it uses colour, unless NO_COLOR is set.
func Terminal(w io.Writer, c *compare.Comparison, page string) error {
	v := viewOf(c)
	var out strings.Builder
	bold := lipgloss.NewStyle().Bold(true)
	line := func(name, text string) {
		if text == "" {
			return
		}
		if name != "" {
			name = bold.Render(name) + " "
		}
		fmt.Fprintf(&out, "%s%s\n", name, printable.Line(text))
	}
	lines := func(name string, texts []string) {
		for _, text := range first(texts, mostLines) {
			line(name, text)
		}
	}
	lines("CHOICE", v.Choices)
	lines("DIFFERS", v.Differ)
	line("", v.Alike)
	line("", v.Apart)
	line("", v.Counts+", from "+v.Base+" to "+v.Head)
	if v.Modelled != "" {
		line("NOTE", v.Modelled)
	}
	line("", v.Shared)
	rows, more := v.table()
	out.WriteString(rows)
	if more != "" && page == "" {
		more += "; --format html shows all"
	}
	line("", more)
	line("SAME", v.SameLine)
	if page != "" {
		line("", "All figures: "+page)
	}
	lines("LEFT OUT", v.Only)
	lines("WARNING", v.Warnings)
	_, err := lipgloss.Fprint(w, out.String())
	return err
}

// table is the largest changes, and how many there are beside them.
func (v *view) table() (text, more string) {
	var rest []string
	var rows [][]string
	var styles []lipgloss.Style
	left := mostRows
	for _, g := range v.Groups {
		style := lipgloss.NewStyle()
		most := left
		switch g.Name {
		case "worse":
			style = style.Foreground(lipgloss.Red)
		case "better":
			style = style.Foreground(lipgloss.Green)
		case unsure:
			most = min(most, mostUnsure)
		}
		n := min(len(g.Rows), most)
		for _, r := range g.Rows[:n] {
			rows = append(rows, []string{
				strings.ToUpper(g.Name), printable.Line(r.Scenario + "/" + r.Variant), printable.Line(r.Figure),
				r.Base + " → " + r.Head, r.Change, r.Evidence,
			})
			styles = append(styles, style)
		}
		if more := len(g.Rows) - n; more > 0 {
			rest = append(rest, metric.Grouped(uint64(more))+" "+g.Name)
		}
		left -= n
	}
	if rest != nil {
		more = "and beside these " + strings.Join(rest, ", ")
	}
	if rows == nil {
		return "", more
	}
	return table.New().
		Border(lipgloss.HiddenBorder()).BorderTop(false).BorderBottom(false).BorderLeft(false).
		BorderRight(false).BorderColumn(false).BorderHeader(false).
		Rows(rows...).
		StyleFunc(func(row, column int) lipgloss.Style {
			style := lipgloss.NewStyle()
			if column == 0 {
				style = styles[row].Bold(true)
			}
			return style.PaddingRight(2)
		}).String() + "\n", more
}
