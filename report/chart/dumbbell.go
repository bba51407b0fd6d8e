package chart

import (
	"fmt"
	"image/color"
	"math"
	"slices"

	"kvbench/internal/metric"
	"kvbench/report/chart/kit"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Dumbbell is one figure before and after.
type Dumbbell struct {
	Label      string // "list-900/seed p99"
	Base, Head float64
	// Low to High is the confidence interval of Head to Base, as a ratio; both
	// 0 when it is not known.
	Low, High float64
	Unit      metric.Unit // of Base and Head
	Verdict   string      // "better", "worse", "same", "unsure" or another word
}

const (
	dumbbellPitch vg.Length = 23
	dumbbellHead  vg.Length = 26
	dumbbellFoot  vg.Length = 40
)

// Dumbbells draws a row for each figure: what it was, as a ring on the line
// of no change, and what it has become, as a dot at its ratio to that on a log
// scale, with the interval of confidence. Rows keep their order. scenario names
// the chart's file. It is not ok without rows.
func Dumbbells(scenario, title, subtitle string, rows []Dumbbell) (c kit.Chart, ok bool) {
	if len(rows) == 0 {
		return kit.Chart{}, false
	}
	c = kit.Chart{
		Scenario: scenario, Name: "before-and-after", Title: title, Subtitle: subtitle, Alt: "Head by base, as a ratio.",
		Height: dumbbellHead + dumbbellPitch*vg.Length(len(rows)) + dumbbellFoot,
	}
	for _, r := range rows {
		c.Alt += fmt.Sprintf(" %s: %s to %s, %s.", r.Label, r.format(r.Base), r.format(r.Head), r.Verdict)
		if _, plain := r.ratio(); !plain {
			c.Notes = []string{"An arrow stands where one of the two is 0, which has no ratio."}
		}
	}
	x := ratioAxis(rows)
	c.Body = func(canvas draw.Canvas) { drawDumbbells(canvas, x, rows) }
	return c, true
}

// ratio is head to base; plain is false where there is none that is finite and
// more than 0.
func (d Dumbbell) ratio() (r float64, plain bool) {
	if d.Base == d.Head {
		return 1, true
	}
	if d.Base <= 0 || d.Head <= 0 {
		return 1, false
	}
	return d.Head / d.Base, true
}

func (d Dumbbell) format(v float64) string { return d.Unit.Format(v) }

// change is the ratio in words: "+12 %", "2.3×".
func (d Dumbbell) change() string {
	r, plain := d.ratio()
	switch {
	case !plain && d.Base == 0:
		return "new"
	case !plain:
		return "gone"
	case r >= 2 || r <= 0.5:
		return metric.Digits(r, 2) + "×"
	case math.Abs(r-1) < 0.0005:
		return "±0%"
	}
	return fmt.Sprintf("%+.1f%%", 100*(r-1))
}

// colour says good or bad with a word beside it, never alone.
func (d Dumbbell) colour() color.RGBA {
	switch d.Verdict {
	case "worse":
		return kit.WarningRed
	case "better":
		return kit.VariantColours[0]
	}
	return kit.MutedInk
}

// ratioAxis spans the ratios of rows on a log scale, as far to the left of 1 as
// to the right; intervals far beyond the ratios are cut off.
func ratioAxis(rows []Dumbbell) kit.Axis {
	most := 1.05
	for _, d := range rows {
		r, _ := d.ratio()
		most = max(most, r, 1/r)
	}
	limit := most * most
	for _, d := range rows {
		if d.Low > 0 && d.High > 0 {
			most = max(most, min(d.High, limit), min(1/d.Low, limit))
		}
	}
	most = math.Pow(most, 1.08)
	a := kit.Axis{Min: 1 / most, Max: most, Scale: kit.Log{}}
	for _, steps := range [][]float64{
		{0.99, 1.01}, {0.98, 1.02}, {0.95, 1.05}, {0.9, 1.1}, {0.8, 1.25}, {0.67, 1.5}, {0.5, 2}, {0.2, 5}, {0.1, 10}, {0.01, 100}, {0.001, 1000},
	} {
		for _, v := range steps {
			at := a.Norm(v)
			if at > 0.02 && at < 0.98 && math.Abs(at-0.5) > 0.12 && !near(&a, at, 0.17) {
				a.Ticks = append(a.Ticks, ratioTick(v))
			}
		}
	}
	a.Ticks = append(a.Ticks, ratioTick(1))
	return a
}

// ratioTick labels a ratio by the change that it is.
func ratioTick(v float64) plot.Tick {
	if v >= 2 || v <= 0.5 || v == 1 {
		return plot.Tick{Value: v, Label: metric.Digits(v, 3) + "×"}
	}
	return plot.Tick{Value: v, Label: fmt.Sprintf("%+.0f%%", 100*(v-1))}
}

// near reports whether a tick is within a distance of a place, both as shares
// of the axis.
func near(a *kit.Axis, at, distance float64) bool {
	return slices.ContainsFunc(a.Ticks, func(t plot.Tick) bool { return math.Abs(a.Norm(t.Value)-at) < distance })
}

func drawDumbbells(c draw.Canvas, x kit.Axis, rows []Dumbbell) {
	plain, muted := kit.Lettering(kit.BodySize, kit.Ink), kit.Lettering(kit.NoteSize, kit.MutedInk)
	var labels, before, after, verdicts vg.Length
	before, after = muted.Width("base"), muted.Width("head")
	for _, d := range rows {
		labels = max(labels, plain.Width(d.Label))
		before, after = max(before, plain.Width(d.format(d.Base))), max(after, plain.Width(d.format(d.Head)))
		verdicts = max(verdicts, kit.Bold(plain).Width(d.change()+"  "+d.Verdict))
	}
	left := c.Min.X + labels + before + after + 44
	p := kit.Panel{Canvas: draw.Crop(c, left-c.Min.X, -(verdicts + 14), dumbbellFoot, -dumbbellHead), XAxis: x}
	p.Note("")
	baseAt, headAt := c.Min.X+labels+14+before, c.Min.X+labels+28+before+after
	c.FillText(kit.FlushRight(muted), vg.Point{X: baseAt, Y: p.Max.Y + 12}, "base")
	c.FillText(kit.FlushRight(muted), vg.Point{X: headAt, Y: p.Max.Y + 12}, "head")
	c.FillText(kit.Centred(muted), vg.Point{X: p.AtX(1), Y: p.Max.Y + 12}, "no change")
	for _, t := range x.Ticks {
		at, grey := p.AtX(t.Value), kit.GridGrey
		if t.Value == 1 {
			grey = kit.AxisGrey
		}
		p.StrokeLine2(kit.Stroke(grey, 1), at, p.Min.Y, at, p.Max.Y)
		c.FillText(kit.Centred(muted), vg.Point{X: at, Y: p.Min.Y - 11}, t.Label)
	}
	c.FillText(kit.Centred(muted), vg.Point{X: (p.Min.X + p.Max.X) / 2, Y: p.Min.Y - 28}, "head as a ratio to base, log scale; bars: 95% confidence")
	for i, d := range rows {
		y := p.Max.Y - dumbbellPitch*(vg.Length(i)+0.5)
		c.FillText(plain, vg.Point{X: c.Min.X, Y: y}, d.Label)
		c.FillText(kit.FlushRight(plain), vg.Point{X: baseAt, Y: y}, d.format(d.Base))
		c.FillText(kit.FlushRight(plain), vg.Point{X: headAt, Y: y}, d.format(d.Head))
		d.draw(&p, y)
		verdict := kit.Bold(plain)
		verdict.Color = d.colour()
		c.FillText(verdict, vg.Point{X: p.Max.X + 12, Y: y}, d.change()+"  "+d.Verdict)
	}
}

// draw draws the marks of a row.
func (d Dumbbell) draw(p *kit.Panel, y vg.Length) {
	r, plain := d.ratio()
	one, colour := vg.Point{X: p.AtX(1), Y: y}, d.colour()
	head := vg.Point{X: p.AtX(r), Y: y}
	if d.Low > 0 && d.High > 0 {
		from, to := p.AtX(max(d.Low, p.XAxis.Min)), p.AtX(min(d.High, p.XAxis.Max))
		kit.Bar(p.Canvas, kit.Pale(colour), vg.Point{X: from, Y: y - 4}, vg.Point{X: max(to, from+1), Y: y + 4})
	}
	if !plain { // to the end that it went to
		head.X = p.Max.X
		if d.Head < d.Base {
			head.X = p.Min.X
		}
	}
	p.StrokeLines(kit.Stroke(colour, 2), []vg.Point{one, head})
	kit.Dot(p.Canvas, kit.MutedInk, one, 4)
	kit.Dot(p.Canvas, kit.Paper, one, 2.5)
	if plain {
		kit.Dot(p.Canvas, colour, head, 5)
	} else {
		back := vg.Length(-9)
		if d.Head < d.Base {
			back = 9
		}
		p.FillPolygon(colour, []vg.Point{head, {X: head.X + back, Y: y + 5}, {X: head.X + back, Y: y - 5}})
	}
	p.Trace(d.Label, "", 1, func(int) (vg.Point, string) {
		text := fmt.Sprintf("%s: %s to %s (%s), %s", d.Label, d.format(d.Base), d.format(d.Head), d.change(), d.Verdict)
		if d.Low > 0 && d.High > 0 {
			text += fmt.Sprintf("; ratio %s to %s", metric.Digits(d.Low, 3), metric.Digits(d.High, 3))
		}
		return head, text
	})
}
