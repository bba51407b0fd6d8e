// Package table puts the variants of a scenario side by side: one table, for a terminal,
// Markdown, a page or a file.
package table

import (
	"cmp"
	"slices"

	"kvbench/internal/answer"
	"kvbench/internal/metric"
	"kvbench/internal/result"
)

// Table is figures of the variants of a scenario.
type Table struct {
	Columns []Column
	Rows    []Row
}

// Column is one figure of every variant.
type Column struct {
	Group string // the columns under one heading; those of a group stand together
	Name  string
	Doc   string // what the figure is, in a sentence; may be empty
	// Value is what the column orders by, and Text how it is shown; a note stands
	// beside it, smaller.
	Value  func(*result.Variant) metric.Quantity
	Text   func(float64) string
	Note   func(*result.Variant) string // nil where there is none
	None   string                       // what is shown where there is no value; metric.None if empty
	Better metric.Better
	Figure metric.Figure // the column's, where it is one
	// Decides says that a reader decides by it: how fast, what is promised and what is
	// preferred.
	Decides bool
}

// Row is one variant.
type Row struct {
	Variant *result.Variant
	Taken   bool   // it is the choice
	Kept    bool   // it keeps the promise
	Cells   []Cell // by column
}

// Cell is a figure as it is shown.
type Cell struct {
	Value      metric.Quantity
	Text, Note string
	Best       bool // as good as the best of its column, where not all are
	Broken     bool // by it the variant breaks the promise
}

// Names are those of the columns.
func (t Table) Names() []string {
	out := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		out[i] = c.Name
	}
	return out
}

// pick is the table of some of its columns.
func (t Table) pick(columns []int) Table {
	var out Table
	for _, i := range columns {
		out.Columns = append(out.Columns, t.Columns[i])
	}
	for _, r := range t.Rows {
		all := r.Cells
		r.Cells = nil
		for _, i := range columns {
			r.Cells = append(r.Cells, all[i])
		}
		out.Rows = append(out.Rows, r)
	}
	return out
}

// sameRatio is the ratio up to which two figures are as good as each other.
const sameRatio = 1.02

// of puts the variants of a scenario that ran under columns, what is to be taken first.
func of(s *answer.Scenario, columns []Column) Table { return ofVariants(s, ordered(s), columns) }

// ofVariants puts some variants of a scenario under columns, in their order.
func ofVariants(s *answer.Scenario, variants []*result.Variant, columns []Column) Table {
	t := Table{Columns: columns}
	for _, v := range variants {
		row := Row{Variant: v, Taken: s.Choice.Takes(v), Kept: s.Choice.Keeps(v)}
		for _, c := range columns {
			cell := Cell{Value: c.Value(v)}
			if cell.Text = cell.Value.Text(c.Text); !cell.Value.Known() {
				cell.Text = cmp.Or(c.None, cell.Text)
			}
			cell.Broken = s.Choice.Breaks(v, c.Figure)
			if c.Note != nil && cell.Value.Known() {
				cell.Note = c.Note(v)
			}
			row.Cells = append(row.Cells, cell)
		}
		t.Rows = append(t.Rows, row)
	}
	for i, c := range columns {
		t.best(i, c.Better)
	}
	return t
}

// ordered are the variants that ran: what is to be taken, what else keeps the promise, and
// what breaks it; each in the order of the definition.
func ordered(s *answer.Scenario) []*result.Variant {
	ran := slices.DeleteFunc(slices.Clone(s.Variants), func(v *result.Variant) bool { return len(v.Repeats) == 0 })
	rank := func(v *result.Variant) int {
		switch {
		case s.Choice.Takes(v):
			return 0
		case s.Choice.Keeps(v):
			return 1
		}
		return 2
	}
	slices.SortStableFunc(ran, func(a, b *result.Variant) int { return rank(a) - rank(b) })
	return ran
}

// best notes which cells of a column are as good as the best one; none where all are,
// or nothing is better than another.
func (t *Table) best(column int, better metric.Better) {
	var values []float64
	for _, r := range t.Rows {
		if v, ok := r.Cells[column].Value.Value(); ok {
			values = append(values, v)
		}
	}
	if better == metric.Neither || len(values) < 2 {
		return
	}
	low, high := slices.Min(values), slices.Max(values)
	if high <= sameRatio*low {
		return
	}
	for _, r := range t.Rows {
		c := &r.Cells[column]
		v, ok := c.Value.Value()
		c.Best = ok && (better == metric.Lower && v <= sameRatio*low || better == metric.Higher && sameRatio*v >= high)
	}
}
