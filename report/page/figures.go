package page

import (
	"kvbench/internal/answer"
	"kvbench/report/table"
)

// figures is a table with all of its figures.
type figures struct {
	ID, Caption string
	Groups      []span
	Columns     []answer.Fact // names and meanings
	Rows        []figureRow
	AnyBest     bool
}

// span is a heading over some columns.
type span struct {
	Name    string
	Columns int
}

type figureRow struct {
	Name  name
	Class string // its colour's
	Cells []figureCell
}

type figureCell struct {
	table.Cell
	First bool // of its group
}

func figuresOf(id, caption string, t table.Table) figures {
	out := figures{ID: id, Caption: caption}
	first := make([]bool, len(t.Columns))
	for i, c := range t.Columns {
		if first[i] = i == 0 || c.Group != t.Columns[i-1].Group; first[i] {
			out.Groups = append(out.Groups, span{Name: c.Group})
		}
		out.Groups[len(out.Groups)-1].Columns++
		out.Columns = append(out.Columns, answer.Fact{Name: c.Name, Value: c.Doc})
	}
	for _, r := range t.Rows {
		row := figureRow{Name: nameOf(r.Variant), Class: variantClass(r.Variant.Index)}
		for i, c := range r.Cells {
			row.Cells = append(row.Cells, figureCell{c, first[i]})
			out.AnyBest = out.AnyBest || c.Best
		}
		out.Rows = append(out.Rows, row)
	}
	return out
}
