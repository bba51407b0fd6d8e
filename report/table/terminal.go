package table

import (
	"slices"
	"strings"

	"kvbench/internal/printable"

	"charm.land/lipgloss/v2"
	"charm.land/lipgloss/v2/table"
)

// Terminal renders the columns of a table that fit a width, unless that is 0: those that
// decide before the others, each in its place. left is the table of those that do not fit.
func (t Table) Terminal(width int) (text string, left Table) {
	order := make([]int, len(t.Columns))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return t.rank(a) - t.rank(b) })
	n := len(order)
	for {
		fits, rest := slices.Sorted(slices.Values(order[:n])), slices.Sorted(slices.Values(order[n:]))
		text = t.pick(fits).render()
		if n == 1 || width == 0 || lipgloss.Width(text) <= width {
			return text, t.pick(rest)
		}
		n--
	}
}

// rank is 0 of a column that decides.
func (t Table) rank(column int) int {
	if t.Columns[column].Decides {
		return 0
	}
	return 1
}

// render renders all columns.
func (t Table) render() string {
	header := []string{"variant"}
	for _, c := range t.Columns {
		header = append(header, printable.Line(c.Name))
	}
	var rows [][]string
	for _, r := range t.Rows {
		row := []string{r.Name()}
		for _, c := range r.Cells {
			text := printable.Line(c.Text)
			if c.Broken {
				text = "✗ " + text
			}
			row = append(row, text)
		}
		rows = append(rows, row)
	}
	plain := lipgloss.NewStyle().PaddingRight(2)
	right := plain.Align(lipgloss.Right)
	style := func(row, column int) lipgloss.Style {
		switch {
		case column == 0 && row == table.HeaderRow:
			return plain.Bold(true)
		case column == 0 && t.Rows[row].Taken && t.Rows[row].Kept:
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
	if r.Variant.Published && !r.Variant.Def.Own() {
		name += " (published)"
	}
	if r.Taken && r.Kept {
		return "✓ " + name
	}
	return "  " + name
}
