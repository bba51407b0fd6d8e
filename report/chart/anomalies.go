package chart

import (
	"fmt"

	"kvbench/internal/metric"
	"kvbench/internal/result"
	"kvbench/report/chart/kit"
	"kvbench/report/table"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

const (
	anomalyHead  vg.Length = 40 // name and headings of a panel
	anomalyPitch vg.Length = 21
	anomalyFoot  vg.Length = 34
	docLine      vg.Length = 16  // of what it means
	shareWidth   vg.Length = 120 // of the longest bar
)

// anomaly is a panel: an anomaly or a gauge, with a row for every variant.
type anomaly struct {
	metric.Metric
	doc  []string // what it means, in lines
	rows []*result.Variant
}

// head is the height of all above the rows.
func (p anomaly) head() vg.Length { return anomalyHead + docLine*vg.Length(len(p.doc)) }

func (p anomaly) height() vg.Length {
	return p.head() + anomalyPitch*vg.Length(len(p.rows)) + anomalyFoot
}

// anomalies shows what went wrong, and the gauges: how often and how large.
func anomalies(s *result.Scenario) (*Chart, error) {
	var panels []anomaly
	for _, m := range s.Seen(metric.Anomaly, metric.Gauge) {
		p := anomaly{Metric: m, doc: kit.Wrap(kit.Lettering(kit.NoteSize, kit.MutedInk), m.Doc)}
		for _, v := range s.Variants {
			if len(v.Repeats) > 0 {
				p.rows = append(p.rows, v)
			}
		}
		panels = append(panels, p)
	}
	if panels == nil {
		return nil, nil
	}
	title, tells := anomaliesTitle(s)
	chart := &Chart{Tells: tells, Chart: kit.Chart{
		Name: "anomalies", Title: title, Alt: "Anomalies and gauges by variant.",
		Subtitle: s.Def.Name + ": how often, and how large: p50, p99 and max on a log scale",
		Notes:    notes(s, false),
	}}
	for _, p := range panels {
		chart.Height += p.height()
		for _, v := range p.rows {
			chart.Alt += fmt.Sprintf(" %s of %s: %s.", p.ID, v.Name, inWords(p.Metric, v))
		}
	}
	for _, phrase := range table.Unseen(s) {
		chart.Notes = append(chart.Notes, phrase+".")
	}
	chart.Body = func(c draw.Canvas) {
		for _, p := range panels {
			var top draw.Canvas
			top, c = kit.CutTop(c, p.height())
			p.draw(top)
		}
	}
	return chart, nil
}

// anomaliesTitle says how far apart the variants are in the anomaly that tells most.
func anomaliesTitle(s *result.Scenario) (title string, tells bool) {
	m, apart := telling(s)
	if apart == 0 {
		return "Anomalies and gauges: no variant differs", false
	}
	share := shareOf(m)
	least, most := extremes(s, share)
	if least == most {
		return fmt.Sprintf("%s: %s with %s", m.ID, share(most).Text(metric.FormatShare), most.Name), true
	}
	return fmt.Sprintf("%s: %s %s, %s %s", m.ID, most.Name, share(most).Text(metric.FormatShare), least.Name, orNone(share(least))), true
}

// draw draws a panel: shares as bars on the left, sizes as dots on the right.
func (p anomaly) draw(c draw.Canvas) {
	plain, muted := kit.Lettering(kit.BodySize, kit.Ink), kit.Lettering(kit.NoteSize, kit.MutedInk)
	c.FillText(kit.Bold(plain), vg.Point{X: c.Min.X, Y: c.Max.Y - 9}, p.ID)
	for i, line := range p.doc {
		c.FillText(muted, vg.Point{X: c.Min.X, Y: c.Max.Y - 26 - docLine*vg.Length(i)}, line)
	}
	headings := c.Max.Y - p.head() + 11

	var names, labels vg.Length
	var values []float64
	most := 0.0
	for _, v := range p.rows {
		st := v.Whole.Series(p.Series)
		names = max(names, kit.Bold(plain).Width(v.Name))
		most = max(most, v.Whole.Share(p.Metric).Or(0))
		if st.Count > 0 {
			values = append(values, float64(st.P50), float64(st.P99), float64(st.Max))
			labels = max(labels, kit.Lettering(kit.NoteSize, kit.Ink).Width(p.label(st)))
		}
	}
	left := c.Min.X + names + 10
	sizes := left + 24
	if p.Of != "" {
		c.FillText(muted, vg.Point{X: left, Y: headings}, "share of "+p.Among)
		sizes = left + shareWidth + 80
	}
	data := kit.Panel{Canvas: draw.Crop(c, sizes-c.Min.X, -(labels + labelGap), anomalyFoot, -p.head()), XAxis: kit.LogAxis(p.Unit, values, 6)}
	data.Note("")
	c.FillText(muted, vg.Point{X: sizes, Y: headings}, "size: p50, p99, max")
	for _, t := range data.XAxis.Ticks {
		x := data.AtX(t.Value)
		c.StrokeLine2(kit.Stroke(kit.GridGrey, 1), x, data.Min.Y, x, data.Max.Y)
		c.FillText(kit.Centred(muted), vg.Point{X: x, Y: data.Min.Y - 9}, t.Label)
	}
	for i, v := range p.rows {
		y := data.Max.Y - anomalyPitch*(vg.Length(i)+0.5)
		kit.OfVariant(c, v.Name, func() {
			name := kit.FlushRight(kit.Bold(plain))
			name.Color = kit.VariantColour(v.Index)
			c.FillText(name, vg.Point{X: left - 10, Y: y}, v.Name)
			p.drawRow(c, &data, v, left, y, most)
		})
	}
}

func (p anomaly) drawRow(c draw.Canvas, data *kit.Panel, v *result.Variant, left, y vg.Length, most float64) {
	plain, colour, st := kit.Lettering(kit.BodySize, kit.Ink), kit.VariantColour(v.Index), v.Whole.Series(p.Series)
	share := v.Whole.Share(p.Metric)
	switch {
	case !v.Ran():
		c.FillText(plain, vg.Point{X: left, Y: y}, "no transactions")
		return
	case st.Count == 0:
		text := metric.None // a size of what never was
		if p.Of != "" {
			text = share.Text(metric.FormatShare)
		}
		c.FillText(kit.Bold(plain), vg.Point{X: left, Y: y}, text)
		return
	case p.Of != "":
		width := vg.Length(0)
		if part, ok := metric.Ratio(share.Or(0), most).Value(); ok {
			width = max(shareWidth*vg.Length(part), 1)
			kit.Bar(c, colour, vg.Point{X: left, Y: y - 6.5}, vg.Point{X: left + width, Y: y + 6.5})
		}
		c.FillText(plain, vg.Point{X: left + width + 6, Y: y}, share.Text(metric.FormatShare))
	}
	at := func(v int64) vg.Point { return vg.Point{X: data.AtX(float64(v)), Y: y} }
	c.StrokeLines(kit.Stroke(colour, 1.5), []vg.Point{at(st.P50), at(st.Max)})
	kit.Dot(c, colour, at(st.P50), 2.5)
	kit.Dot(c, colour, at(st.P99), 4.5)
	kit.Dot(c, colour, at(st.Max), 2.5)
	sizes := []int64{st.P50, st.P99, st.Max}
	data.Trace(v.Name, "", len(sizes), func(i int) (vg.Point, string) {
		return at(sizes[i]), []string{"p50", "p99", "max"}[i] + ": " + p.Unit.Format(float64(sizes[i]))
	})
	c.FillText(kit.Lettering(kit.NoteSize, kit.Ink), vg.Point{X: at(st.Max).X + labelGap, Y: y}, p.label(st))
}

// labelGap is between the greatest size and its label.
const labelGap vg.Length = 9

// label is what stands behind the sizes of a row.
func (p anomaly) label(st *result.Stats) string {
	p99, largest := p.Unit.Format(float64(st.P99)), p.Unit.Format(float64(st.Max))
	if p99 == largest {
		return "max " + largest
	}
	return "p99 " + p99 + ", max " + largest
}

// inWords is a metric's share and size in words.
func inWords(m metric.Metric, v *result.Variant) string {
	st := v.Whole.Series(m.Series)
	size := fmt.Sprintf("p50 %s, p99 %s, max %s", m.Unit.Format(float64(st.P50)), m.Unit.Format(float64(st.P99)), m.Unit.Format(float64(st.Max)))
	switch {
	case m.Of == "" && st.Count == 0:
		return metric.None
	case m.Of == "":
		return size
	case st.Count == 0:
		return v.Whole.Share(m).Text(metric.FormatShare)
	}
	return v.Whole.Share(m).Text(metric.FormatShare) + ", " + size
}
