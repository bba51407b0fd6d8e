package report

import (
	"fmt"

	"kvbench/internal/metric"
	"kvbench/internal/record"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// markPanel is a mark with a row for every variant.
type markPanel struct {
	Mark record.Series
	Of   string // what Rows have shares of; empty where that is nothing
	Rows []markRow
}

// markRow is a variant's share and size of a mark.
type markRow struct {
	Variant  string
	Stats    Stats
	Measured bool // it has transactions, which could have had the mark
}

// markPanels has a panel for every mark that a variant has.
func markPanels(s *Scenario) []markPanel {
	var out []markPanel
	fired, _ := s.watched()
	for _, m := range fired {
		p := markPanel{Mark: m}
		if m.Of != "" {
			p.Of = s.whole(m.Of)
		}
		for i := range s.Variants {
			v := &s.Variants[i]
			p.Rows = append(p.Rows, markRow{v.Name, v.Series[m.Name], v.Transactions > 0})
		}
		out = append(out, p)
	}
	return out
}

const (
	markHead   vg.Length = 56 // name, meaning and headings of a panel
	markPitch  vg.Length = 21
	markFoot   vg.Length = 34
	shareWidth vg.Length = 120 // of the longest bar
)

func (p markPanel) height() vg.Length { return markHead + markPitch*vg.Length(len(p.Rows)) + markFoot }

func marksChart(s *Scenario) (Chart, bool) {
	panels := markPanels(s)
	if len(panels) == 0 {
		return Chart{}, false
	}
	chart := Chart{
		Name: "marks", Title: marksTitle(s, panels), Alt: "Marks by variant.",
		subtitle: s.Name + ": how often, and how badly: p50, p99 and max of the size on a log scale",
		notes:    s.chartNotes(false),
	}
	for _, p := range panels {
		chart.height += p.height()
		for _, r := range p.Rows {
			chart.Alt += fmt.Sprintf(" %s of %s: %s.", p.Mark.Name, r.Variant, markText(p.Mark, r.Stats))
		}
	}
	if _, silent := s.watched(); silent != nil {
		chart.notes = append(chart.notes, "Seen in no variant: "+seriesNames(silent)+".")
	}
	chart.body = func(c draw.Canvas) {
		for _, p := range panels {
			var top draw.Canvas
			top, c = cutTop(c, p.height())
			p.draw(top)
		}
	}
	return chart, true
}

// tellingMark is the mark in whose share the variants are furthest apart, and
// that distance; no mark where all have the same.
func tellingMark(s *Scenario, panels []markPanel) (mark record.Series, apart float64) {
	for _, p := range panels {
		share := func(v *Variant) float64 { return v.Series[p.Mark.Name].Share.Or(0) }
		least, most := s.extremes(share)
		if least == nil { // marks without any transaction
			break
		}
		d := share(most) - share(least)
		if len(s.Variants) == 1 {
			d = share(most)
		}
		if p.Mark.Of != "" && d > apart {
			mark, apart = p.Mark, d
		}
	}
	return mark, apart
}

// marksTitle says how far apart the variants are in the mark that tells most.
func marksTitle(s *Scenario, panels []markPanel) string {
	mark, apart := tellingMark(s, panels)
	if apart == 0 {
		return "What was seen, and how large it was"
	}
	share := func(v *Variant) float64 { return v.Series[mark.Name].Share.Or(0) }
	least, most := s.extremes(share)
	if least == most {
		return fmt.Sprintf("%s: %s with %s", mark.Name, percent(share(most)), most.Name)
	}
	return fmt.Sprintf("%s: %s with %s, %s with %s", mark.Name, percent(share(most)), most.Name, orNone(share(least)), least.Name)
}

// draw draws a panel: shares as bars on the left, sizes as dots on the right.
func (p markPanel) draw(c draw.Canvas) {
	plain, muted := lettering(bodySize, ink), lettering(noteSize, mutedInk)
	c.FillText(bold(plain), vg.Point{X: c.Min.X, Y: c.Max.Y - 9}, p.Mark.Name)
	c.FillText(muted, vg.Point{X: c.Min.X, Y: c.Max.Y - 26}, p.Mark.Doc)

	var names vg.Length
	var values []float64
	most := 0.0
	for _, r := range p.Rows {
		names = max(names, bold(plain).Width(r.Variant))
		most = max(most, r.Stats.Share.Or(0))
		if r.Stats.Count > 0 {
			values = append(values, float64(r.Stats.P50), float64(r.Stats.P99), float64(r.Stats.Max))
		}
	}
	left := c.Min.X + names + 10
	sizes := left + 24
	if p.Of != "" {
		c.FillText(muted, vg.Point{X: left, Y: c.Max.Y - 45}, "share of "+p.Of)
		sizes = left + shareWidth + 80
	}
	data := panel{Canvas: draw.Crop(c, sizes-c.Min.X, -120, markFoot, -markHead), x: logAxis(p.Mark.Unit, values, 6)}
	data.note("")
	c.FillText(muted, vg.Point{X: sizes, Y: c.Max.Y - 45}, "size: p50, p99, max")
	for _, t := range data.x.ticks {
		x := data.atX(t.Value)
		c.StrokeLine2(stroke(gridGrey, 1), x, data.Min.Y, x, data.Max.Y)
		c.FillText(centred(muted), vg.Point{X: x, Y: data.Min.Y - 9}, t.Label)
	}
	for i, r := range p.Rows {
		y := data.Max.Y - markPitch*(vg.Length(i)+0.5)
		ofVariant(c, r.Variant, func() {
			name := flushRight(bold(plain))
			name.Color = variantColour(i)
			c.FillText(name, vg.Point{X: left - 10, Y: y}, r.Variant)
			p.drawRow(c, &data, i, left, y, most)
		})
	}
}

func (p markPanel) drawRow(c draw.Canvas, data *panel, i int, left, y vg.Length, most float64) {
	r, plain, colour := p.Rows[i], lettering(bodySize, ink), variantColour(i)
	switch {
	case !r.Measured:
		c.FillText(plain, vg.Point{X: left, Y: y}, "no transactions")
		return
	case r.Stats.Count == 0:
		c.FillText(bold(plain), vg.Point{X: left, Y: y}, "0")
		return
	case p.Mark.Of != "":
		width := vg.Length(0)
		if part, ok := metric.Ratio(r.Stats.Share.Or(0), most).Value(); ok {
			width = max(shareWidth*vg.Length(part), 1)
			bar(c, colour, vg.Point{X: left, Y: y - 6.5}, vg.Point{X: left + width, Y: y + 6.5})
		}
		c.FillText(plain, vg.Point{X: left + width + 6, Y: y}, r.Stats.Share.Text(percent))
	}
	at := func(v int64) vg.Point { return vg.Point{X: data.atX(float64(v)), Y: y} }
	c.StrokeLines(stroke(colour, 1.5), []vg.Point{at(r.Stats.P50), at(r.Stats.Max)})
	dot(c, colour, at(r.Stats.P50), 2.5)
	dot(c, colour, at(r.Stats.P99), 4.5)
	dot(c, colour, at(r.Stats.Max), 2.5)
	sizes := []int64{r.Stats.P50, r.Stats.P99, r.Stats.Max}
	data.trace(r.Variant, "", len(sizes), func(i int) (vg.Point, string) {
		return at(sizes[i]), []string{"p50", "p99", "max"}[i] + ": " + value(float64(sizes[i]), p.Mark.Unit)
	})
	p99, largest := value(float64(r.Stats.P99), p.Mark.Unit), value(float64(r.Stats.Max), p.Mark.Unit)
	text := "p99 " + p99 + ", max " + largest
	if p99 == largest {
		text = "max " + largest
	}
	label := lettering(noteSize, ink)
	c.FillText(label, vg.Point{X: min(at(r.Stats.Max).X+9, c.Max.X-label.Width(text)), Y: y}, text)
}

// markText is a mark's share and size in words.
func markText(m record.Series, st Stats) string {
	size := fmt.Sprintf("p50 %s, p99 %s, max %s", value(float64(st.P50), m.Unit), value(float64(st.P99), m.Unit), value(float64(st.Max), m.Unit))
	switch {
	case st.Count == 0:
		return "0"
	case m.Of == "":
		return size
	}
	return st.Share.Text(percent) + ", " + size
}
