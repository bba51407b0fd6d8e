// Package table puts the variants of a scenario side by side: one table, for a terminal,
// Markdown, a page or a file.
package table

import (
	"slices"

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
	Better metric.Better
}

// Row is one variant.
type Row struct {
	Variant *result.Variant
	Cells   []Cell // by column
}

// Cell is a figure as it is shown.
type Cell struct {
	Value      metric.Quantity
	Text, Note string
	Best       bool // as good as the best of its column, where not all are
}

// sameRatio is the ratio up to which two figures are as good as each other.
const sameRatio = 1.02

// of puts the variants that are in a scenario under columns.
func of(s *result.Scenario, columns []Column) Table {
	t := Table{Columns: columns}
	for _, v := range s.Variants {
		if len(v.Repeats) == 0 {
			continue
		}
		row := Row{Variant: v}
		for _, c := range columns {
			cell := Cell{Value: c.Value(v)}
			cell.Text = cell.Value.Text(c.Text)
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
