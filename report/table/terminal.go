package table

import (
	"strings"

	"kvbench/internal/printable"

	"charm.land/lipgloss/v2"
	"charm.land/lipgloss/v2/table"
)

// Terminal renders the first columns of a table that fit a width, unless that is 0, and
// says which did not.
func (t Table) Terminal(width int) (text string, left []string) {
	n := len(t.Columns)
	for text = t.render(n); n > 1 && width > 0 && lipgloss.Width(text) > width; text = t.render(n) {
		n--
	}
	for _, c := range t.Columns[n:] {
		left = append(left, c.Name)
	}
	return text, left
}

// render renders the first n columns.
func (t Table) render(n int) string {
	header := []string{"variant"}
	for _, c := range t.Columns[:n] {
		header = append(header, printable.Line(c.Name))
	}
	var rows [][]string
	for _, r := range t.Rows {
		row := []string{r.Name()}
		for _, c := range r.Cells[:n] {
			row = append(row, printable.Line(c.Text))
		}
		rows = append(rows, row)
	}
	plain := lipgloss.NewStyle().PaddingRight(2)
	right := plain.Align(lipgloss.Right)
	style := func(row, column int) lipgloss.Style {
		switch {
		case column == 0 && row == table.HeaderRow:
			return plain.Bold(true)
		case column == 0 && t.Rows[row].Taken:
			return plain.Bold(true).Foreground(lipgloss.Green)
		case column == 0:
			return plain
		case row == table.HeaderRow:
			return right.Bold(true)
		}
		switch c := t.Rows[row].Cells[column-1]; {
		case c.Broken:
			return right.Foreground(lipgloss.Red)
		case c.Best:
			return right.Foreground(lipgloss.Green)
		}
		return right
	}
	return strings.TrimRight(table.New().
		Border(lipgloss.NormalBorder()).
		BorderTop(false).BorderBottom(false).BorderLeft(false).BorderRight(false).BorderColumn(false).BorderHeader(true).
		Headers(header...).Rows(rows...).StyleFunc(style).String(), "\n")
}

// Name is the variant with what marks it: a tick where it is to be taken, and that it is
// the published one.
func (r Row) Name() string {
	name := printable.Line(r.Variant.Name)
	if r.Variant.Published {
		name += " (published)"
	}
	if r.Taken {
		return "✓ " + name
	}
	return "  " + name
}
