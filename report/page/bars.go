package page

import (
	"fmt"
	"html/template"
	"slices"
	"strings"

	"kvbench/internal/answer"
	"kvbench/internal/expect"
	"kvbench/internal/metric"
	"kvbench/internal/record"
	"kvbench/internal/runfile"
	"kvbench/report/chart/kit"
	"kvbench/report/table"
)

// bars is the table of a card: a row a variant, its figures with a bar each.
type bars struct {
	Columns []barColumn
	Rows    []barRow
	Shares  bool // some columns are shares
}

type barColumn struct {
	Name, Doc string
	Want      string        // what the promise says of it, or that it is preferred
	Axis      template.HTML // of the response
}

type barRow struct {
	Class, Mark string // of the choice, of what keeps the promise and of what breaks it
	Name        name
	Nearest     bool     // to keeping the promise, which none does
	Faults      []string // by what it breaks the promise
	Cells       []barCell
}

type barCell struct {
	Class, Mark string // where it breaks the promise, or goes wrong in the choice
	Text, Label string
	Bar         template.HTML
}

// The classes of rows and cells.
const (
	kept    = "kept"
	broken  = "broken"
	caution = "caution" // of the choice itself
)

func barsOf(s *answer.Scenario, t table.Table) bars {
	var out bars
	axis, timed := rangeAxis(s)
	response, _ := s.Metric("response")
	if timed {
		out.Columns = append(out.Columns, barColumn{
			Name: "response, p50 to p99", Doc: "From when a transaction was due until it ended, on a log axis.", Axis: axis.ticks(),
		})
	}
	columns := columnsOf(s)
	most := make([]float64, len(columns))
	for i, f := range columns {
		column := barColumn{Name: columnName(f), Doc: meaning(f), Want: want(s, f)}
		out.Columns = append(out.Columns, column)
		for _, r := range t.Rows {
			v, _ := r.Variant.Whole.Value(f)
			most[i] = max(most[i], v.Or(0))
		}
		if f.Kind() == metric.Share { // all of them on one axis
			most[i], out.Shares = 1, true
		}
	}
	for _, r := range t.Rows {
		row := barRow{Name: nameOf(r.Variant), Class: kept, Faults: s.Choice.Faults(r.Variant), Nearest: r.Taken && !s.Choice.Kept}
		switch {
		case row.Faults != nil:
			row.Class, row.Mark = broken, "✗"
		case s.Choice == nil:
		case r.Taken:
			row.Class, row.Mark = take, "✓"
		}
		if timed {
			p50, p99 := metric.Figure{Metric: response, Stat: metric.P50}, metric.Figure{Metric: response, Stat: metric.P99}
			cell := barCell{Label: "response", Text: metric.None}
			if r.Variant.Ran() {
				st := r.Variant.Whole.Series(record.Response)
				cell.Text, cell.Bar = shortTime(st.P50), axis.stretch(st.P50, st.P99)
				if to := shortTime(st.P99); to != cell.Text {
					cell.Text += " – " + to
				}
			}
			if s.Choice.Breaks(r.Variant, p50) || s.Choice.Breaks(r.Variant, p99) {
				cell.Class, cell.Mark = broken, "✗"
			}
			row.Cells = append(row.Cells, cell)
		}
		for i, f := range columns {
			row.Cells = append(row.Cells, barCellOf(s, r, f, most[i]))
		}
		out.Rows = append(out.Rows, row)
	}
	return out
}

func barCellOf(s *answer.Scenario, r table.Row, f metric.Figure, most float64) barCell {
	v, _ := r.Variant.Whole.Value(f)
	c := barCell{Label: columnName(f), Text: f.Text(v)}
	if part, ok := metric.Ratio(v.Or(0), most).Value(); ok && v.Known() {
		c.Bar = bar(part)
	}
	wrong := f.Class == metric.Anomaly || f.Class == metric.Failure
	switch {
	case s.Choice.Breaks(r.Variant, f):
		c.Class, c.Mark = broken, "✗"
	case r.Taken && wrong && v.Or(0) > 0 && want(s, f) == "": // what is promised may be so
		c.Class, c.Mark = caution, "⚠"
	case wrong:
		c.Class = "other"
	}
	return c
}

// columnsOf are the figures of a card beside the response: those of the promise, what is
// preferred, what else goes wrong, and the cost.
func columnsOf(s *answer.Scenario) (out []metric.Figure) {
	add := func(f metric.Figure) {
		if f.ID == "response" && (f.Stat == metric.P50 || f.Stat == metric.P99) || f.ID == runfile.USD {
			return
		}
		if !slices.ContainsFunc(out, func(o metric.Figure) bool { return o.Name() == f.Name() }) {
			out = append(out, f)
		}
	}
	for _, clause := range promise(s) {
		add(asShare(clause.Figure))
	}
	if s.Choice != nil {
		for _, f := range s.Choice.Figures {
			add(f)
		}
	}
	for _, m := range s.Seen(metric.Failure, metric.Anomaly) {
		if m.ID != runfile.CallErrors { // the whole table has them by their codes
			add(metric.Figure{Metric: m, Stat: metric.Part})
		}
	}
	usd, _ := s.Metric(runfile.USD)
	return append(out, metric.Figure{Metric: usd, Stat: metric.Mean})
}

// promise are the clauses of the promise; none where there is none.
func promise(s *answer.Scenario) []expect.Result {
	if s.Choice == nil || len(s.Choice.Standings) == 0 {
		return nil
	}
	return s.Choice.Standings[0].Clauses
}

// asShare is a count as a share of what it could be, where it could be something.
func asShare(f metric.Figure) metric.Figure {
	if f.Stat == metric.N && f.Of != "" {
		f.Stat = metric.Part
	}
	return f
}

// want is what a figure has to do with the choice.
func want(s *answer.Scenario, f metric.Figure) string {
	for _, clause := range promise(s) {
		if asShare(clause.Figure).Name() == f.Name() {
			return "promise " + clause.Want
		}
	}
	return ""
}

func columnName(f metric.Figure) string {
	switch {
	case f.ID == runfile.USD:
		return "$ per million"
	case f.Stat == metric.Part:
		return f.ID
	}
	return strings.ReplaceAll(f.Name(), ".", " ")
}

// meaning is what a figure is, in a sentence.
func meaning(f metric.Figure) string {
	switch {
	case f.ID == runfile.USD:
		return "US dollars per million transactions."
	case f.Doc == "":
		return ""
	case f.Stat == metric.Part && f.Series >= 0:
		return "A share of " + f.Among + ". One is " + f.Doc + "."
	case f.Stat == metric.Part:
		return "As a share of " + f.Among + ": " + f.Doc + "."
	}
	return "Of: " + f.Doc + "."
}

const barWidth = 64 // as the style sheet has it

// bar is a part of the whole width, from 0 to 1. What is not nothing is seen.
func bar(part float64) template.HTML {
	width := barWidth * min(part, 1)
	if part > 0 {
		width = max(width, 1.5)
	}
	return template.HTML(fmt.Sprintf(`<svg class="bar" aria-hidden="true"><rect width="%.1f" height="6"/></svg>`, width))
}

const (
	rangeWidth, rangeMargin = 160, 22
	leastTime               = 1000 // ns: what is shorter is drawn at the left edge
	tickRoom                = 46   // between the middles of two labels
)

// shortTime is a response time; below a microsecond it says no more than that.
func shortTime(ns int64) string {
	if ns < leastTime {
		return "<1 µs"
	}
	return metric.FormatTime(float64(ns))
}

// timeAxis is the axis of the responses of a card.
type timeAxis struct{ kit.Axis }

// rangeAxis spans the responses of all variants; ok is false where none has a latency.
func rangeAxis(s *answer.Scenario) (a timeAxis, ok bool) {
	var values []float64
	for _, v := range s.Variants {
		if st := v.Whole.Series(record.Response); v.Ran() {
			values = append(values, clamped(st.P50), clamped(st.P99))
		}
	}
	if values == nil || s.Def.Latency() == runfile.NotModelled {
		return a, false
	}
	edge := slices.Min(values) == 0
	if edge { // there is room between it and the least that has a length
		values = append(values, max(leastTime, leastAbove(values)/100))
	}
	a.Axis = kit.LogAxis(metric.Time, values, 4)
	if edge {
		a.Ticks[0].Label = shortTime(0)
	}
	return a, true
}

// leastAbove is the least of values above 0; 0 where there is none.
func leastAbove(values []float64) (least float64) {
	for _, v := range values {
		if v > 0 && (least == 0 || v < least) {
			least = v
		}
	}
	return least
}

// clamped is 0 of what is shorter than the axis shows.
func clamped(ns int64) float64 {
	if ns < leastTime {
		return 0
	}
	return float64(ns)
}

func (a timeAxis) x(v float64) float64 { return rangeMargin + rangeWidth*a.Norm(v) }

// ticks are the axis' own, with their labels.
func (a timeAxis) ticks() template.HTML {
	var out strings.Builder
	out.WriteString(`<svg class="ticks" aria-hidden="true">`)
	last := -1e9
	for _, t := range a.Ticks {
		x := a.x(t.Value)
		if x-last < tickRoom {
			continue
		}
		last = x
		fmt.Fprintf(&out, `<text x="%.1f" y="11">%s</text><path d="M%.1[1]f 14v4"/>`, x, template.HTMLEscapeString(t.Label))
	}
	out.WriteString("</svg>")
	return template.HTML(out.String())
}

// stretch is a line from one time to another: a ring at the first, a dot at the second.
func (a timeAxis) stretch(from, to int64) template.HTML {
	x, y := a.x(clamped(from)), a.x(clamped(to))
	return template.HTML(fmt.Sprintf(`<svg class="range" aria-hidden="true"><path class="track" d="M%d 7h%d"/><path d="M%.1f 7H%.1f"/>`+
		`<circle class="ring" cx="%.1[3]f" cy="7" r="4"/><circle cx="%.1[4]f" cy="7" r="4"/></svg>`, rangeMargin, rangeWidth, x, y))
}
