// Package screen draws how far a run is as lines of text.
package screen

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"kvbench/internal/live"
	"kvbench/internal/metric"
)

// column is one of the table. Those of less weight are left out where there is no room.
type column struct {
	name   string
	width  int // at least
	weight int // 0: it is always there
	left   bool
	text   func(r live.Row, width int) string
}

const (
	narrowChart = 8
	widestChart = 40
)

// columns are those of the table, the first of which is as wide as the names need.
func columns(names int) []column {
	figure := func(format func(float64) string, of func(live.Row) metric.Quantity) func(live.Row, int) string {
		return func(r live.Row, _ int) string { return of(r).Text(format) }
	}
	return []column{
		{"variant", names, 0, true, func(r live.Row, _ int) string { return r.Label }},
		{"done", 4, 1, false, func(r live.Row, _ int) string { return r.Share.Text(Whole) }},
		{"rate/s", 6, 0, false, figure(metric.FormatCount, func(r live.Row) metric.Quantity { return r.Rate })},
		{"target", 6, 3, false, figure(metric.FormatCount, func(r live.Row) metric.Quantity { return r.Target })},
		{"in flight", 9, 2, false, figure(metric.FormatCount, func(r live.Row) metric.Quantity { return r.InFlight })},
		{"p50", 7, 4, false, figure(metric.FormatTime, func(r live.Row) metric.Quantity { return r.P50 })},
		{"p99", 7, 0, false, figure(metric.FormatTime, func(r live.Row) metric.Quantity { return r.P99 })},
		{"errors", 6, 6, false, figure(metric.FormatShare, func(r live.Row) metric.Quantity { return r.Errors })},
		{chartName, narrowChart, 5, true, func(r live.Row, width int) string { return Spark(r.P99s, width) }},
		{"left", 7, 0, false, func(r live.Row, _ int) string { return Left(r) }},
	}
}

// chartName is what stands over the sparkline.
const chartName = "p99 so far"

// Whole writes a share in whole percents; only all is 100%.
func Whole(share float64) string { return fmt.Sprintf("%d%%", int(share*100)) }

// Left is the time left, as "1:05" or "2:03:07"; while a turn is not under load, what it does.
func Left(r live.Row) string {
	if r.Phase != "run" {
		return r.Phase
	}
	return r.Left.Text(func(ns float64) string {
		d := time.Duration(ns).Round(time.Second)
		h, m, s := int(d.Hours()), int(d.Minutes())%60, int(d.Seconds())%60
		switch {
		case h >= 100:
			return fmt.Sprintf("%d d", h/24)
		case h > 0:
			return fmt.Sprintf("%d:%02d:%02d", h, m, s)
		}
		return fmt.Sprintf("%d:%02d", m, s)
	})
}

// blocks are the cells of a sparkline, from low to high.
var blocks = [...]rune{'▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'}

// Spark draws values as a line of at most so many cells, from 0 to the highest of them.
// Where there are more values than cells, each cell is the highest of several.
func Spark(values []float64, width int) string {
	values = live.Highest(values, width)
	if len(values) == 0 {
		return ""
	}
	top := slices.Max(values)
	var out strings.Builder
	for _, v := range values {
		cell := 0
		if top > 0 {
			cell = min(int(v/top*float64(len(blocks))), len(blocks)-1)
		}
		out.WriteRune(blocks[cell])
	}
	return out.String()
}

// Lines draws a state in at most so many columns and lines. No line ends in the last
// column, where terminals differ in what they do.
func Lines(s live.State, width, height int) []string {
	width = max(width-1, 1)
	if s.Shards != nil {
		return shardLines(s.Shards, width, height)
	}
	out := []string{fit(fmt.Sprintf("%d of %d runs done", s.Done, s.Total), width)}
	if len(s.Rows) == 0 {
		return out
	}
	l := arrange(max(s.Widest, len("variant")), width)
	out = append(out, l.line(func(c column, _ int) string { return c.name }))
	title := ""
	for i, r := range s.Rows {
		var lines []string
		if r.Title != title {
			lines = heading(r, width)
		}
		title = r.Title
		lines = append(lines, l.line(func(c column, width int) string { return c.text(r, width) }))
		if more := len(s.Rows) - i; len(out)+len(lines)+1 > height && (more > 1 || len(out)+len(lines) > height) {
			return append(out, fit(fmt.Sprintf("and %d more", more), width))
		}
		out = append(out, lines...)
	}
	return out
}

// heading names the scenario of the rows below it, and says what its times are.
func heading(r live.Row, width int) []string {
	facts := "(" + r.Facts + ")"
	if one := r.Title + "  " + facts; len([]rune(one)) <= width {
		return []string{one}
	}
	return []string{fit(r.Title, width), fit("  "+facts, width)}
}

// layout is which columns there are, and how wide.
type layout struct {
	columns []column
	gap     int
}

// arrange takes as many columns as fit, and gives what is left to the sparkline.
func arrange(names, width int) layout {
	l := layout{columns(names), 2}
	for l.taken() > width {
		if l.gap = 1; l.taken() <= width {
			break
		}
		if !l.drop() {
			l.columns[0].width = max(l.columns[0].width-(l.taken()-width), 1)
			break
		}
		l.gap = 2
	}
	for i := range l.columns {
		if c := &l.columns[i]; c.name == chartName {
			c.width = min(c.width+max(width-l.taken(), 0), widestChart)
		}
	}
	return l
}

// taken is how wide a line is.
func (l *layout) taken() int {
	sum := l.gap * (len(l.columns) - 1)
	for _, c := range l.columns {
		sum += max(c.width, len([]rune(c.name)))
	}
	return sum
}

// drop leaves the column of the least weight out; ok is false where none may be.
func (l *layout) drop() (ok bool) {
	least := -1
	for i, c := range l.columns {
		if c.weight > 0 && (least < 0 || c.weight < l.columns[least].weight) {
			least = i
		}
	}
	if least < 0 {
		return false
	}
	l.columns = slices.Delete(l.columns, least, least+1)
	return true
}

// line puts the cells of a line beside each other.
func (l *layout) line(text func(c column, width int) string) string {
	var out strings.Builder
	for i, c := range l.columns {
		if i > 0 {
			out.WriteString(strings.Repeat(" ", l.gap))
		}
		width := max(c.width, len([]rune(c.name)))
		if i == 0 {
			width = c.width
		}
		cell := fit(text(c, width), width)
		room := strings.Repeat(" ", width-len([]rune(cell)))
		if c.left {
			out.WriteString(cell + room)
		} else {
			out.WriteString(room + cell)
		}
	}
	return strings.TrimRight(out.String(), " ")
}

// fit leaves the end of a text out where it is too long: from the last word on, or part of
// a hyphened one, that has no room; of a word that alone has none, some of its letters.
func fit(text string, width int) string {
	runes := []rune(text)
	if len(runes) <= width {
		return text
	}
	for end := width - 1; end > 0; end-- {
		if runes[end] == ' ' || runes[end] == '-' {
			return strings.TrimRight(string(runes[:end]), " -") + "…"
		}
	}
	return string(runes[:max(width-1, 0)]) + "…"
}
