package table

import (
	"fmt"
	"strings"

	"kvbench/internal/metric"
	"kvbench/internal/printable"
)

// Markdown writes a table as GitHub Flavored Markdown has it. A column of bars stands
// behind the first one that tells the variants apart.
func (t Table) Markdown(out *strings.Builder) {
	barred := t.barred()
	out.WriteString("\n| variant |")
	for i, c := range t.Columns {
		fmt.Fprintf(out, " %s |", Inline(c.Name))
		if i == barred {
			out.WriteString(" |")
		}
	}
	out.WriteString("\n|---|")
	for i := range t.Columns {
		out.WriteString("--:|")
		if i == barred {
			out.WriteString("---|")
		}
	}
	out.WriteString("\n")
	for _, r := range t.Rows {
		fmt.Fprintf(out, "| %s |", Inline(strings.TrimSpace(r.Name())))
		for i, c := range r.Cells {
			text := Inline(c.Text)
			if c.Best {
				text = "**" + text + "**"
			}
			if c.Broken {
				text = "❌ " + text
			}
			if c.Note != "" {
				text += "<br>" + Inline(c.Note)
			}
			fmt.Fprintf(out, " %s |", text)
			if i == barred {
				fmt.Fprintf(out, " %s |", t.bar(i, c))
			}
		}
		out.WriteString("\n")
	}
}

// barred is the first column in which the best and the worst differ twofold; -1 for none.
func (t Table) barred() int {
	for i, c := range t.Columns {
		low, high := t.ends(i)
		if c.Better == metric.Lower && high > 0 && high >= 2*low {
			return i
		}
	}
	return -1
}

// ends are the least and the greatest value of a column; 0 of none.
func (t Table) ends(column int) (low, high float64) {
	first := true
	for _, r := range t.Rows {
		v, ok := r.Cells[column].Value.Value()
		if !ok {
			continue
		}
		if first {
			low, high, first = v, v, false
		}
		low, high = min(low, v), max(high, v)
	}
	return low, high
}

// barWidth is how many characters the longest bar has.
const barWidth = 12

// eighths are bars of one to seven eighths of a character.
var eighths = []string{"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"}

// bar is a value as a bar of block characters, as long as its part of the greatest.
func (t Table) bar(column int, c Cell) string {
	_, high := t.ends(column)
	part, ok := metric.Ratio(c.Value.Or(0), high).Value()
	if !ok || part <= 0 {
		return ""
	}
	n := max(int(part*barWidth*8+0.5), 1)
	return strings.Repeat("█", n/8) + eighths[n%8]
}

var inlineEscapes = strings.NewReplacer(
	"\n", " ", "\r", " ", "&", "&amp;", "<", "&lt;", ">", "&gt;",
	`\`, `\\`, "|", `\|`, "*", `\*`, "_", `\_`, "`", "\\`", "[", `\[`, "]", `\]`, "~", `\~`,
)

// Inline makes text stand for itself within a line or a cell of Markdown.
func Inline(text string) string { return inlineEscapes.Replace(printable.Line(text)) }
