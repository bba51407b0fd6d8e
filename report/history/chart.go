package history

import (
	"fmt"
	"slices"

	"kvbench/internal/history"
	"kvbench/report/chart/kit"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// chart draws a line of a history: a dot for each run, a stroke from one to the next, and
// a rule where the level changed or the scenario was redefined.
func chart(h *history.History, l *history.Line) kit.Chart {
	c := kit.Chart{
		Scenario: l.Scenario, Name: "history", Title: l.Variant + ": " + label(l), Alt: describe(h, l),
		Subtitle: "run by run; dashed: the level changed, dotted: the scenario was redefined", Height: 150,
	}
	c.Body = func(canvas draw.Canvas) {
		y := valueAxis(l)
		x := kit.Axis{Min: 0, Max: float64(max(len(h.Runs)-1, 1)), Scale: plot.LinearScale{}}
		x.Ticks = []plot.Tick{{Value: 0, Label: h.Runs[0]}}
		if last := len(h.Runs) - 1; last > 0 {
			x.Ticks = append(x.Ticks, plot.Tick{Value: float64(last), Label: h.Runs[last]})
		}
		p := kit.Panel{Canvas: draw.Crop(canvas, 90, -90, 34, -8), XAxis: x, YAxis: y}
		p.Rules(true)
		p.TicksX(true)
		rule := func(at int, dashes ...vg.Length) {
			sty := kit.Stroke(kit.WarningRed, 1)
			sty.Dashes = dashes
			where := p.AtX(float64(at) - 0.5)
			p.StrokeLine2(sty, where, p.Min.Y, where, p.Max.Y)
		}
		for _, s := range l.Changes {
			rule(s.At, 4, 3)
		}
		var xs, ys []float64
		flush := func() {
			if len(xs) > 0 {
				p.Line(kit.Stroke(kit.VariantColour(0), 1.75), xs, ys)
			}
			xs, ys = nil, nil
		}
		for i, v := range l.Values {
			if v == nil || v.Redefined {
				flush()
			}
			if v == nil {
				continue
			}
			if v.Redefined {
				rule(i, 1, 3)
			}
			xs, ys = append(xs, float64(i)), append(ys, v.V)
			kit.Dot(p.Canvas, kit.VariantColour(0), vg.Point{X: p.AtX(float64(i)), Y: p.AtY(v.V)}, 2.5)
		}
		flush()
	}
	return c
}

// valueAxis spans the values, from zero where that is not far.
func valueAxis(l *history.Line) kit.Axis {
	var values []float64
	for _, v := range l.Values {
		if v != nil {
			values = append(values, v.V)
		}
	}
	lo, hi := slices.Min(values), slices.Max(values)
	if lo > 0 && lo < hi/2 {
		lo = 0
	}
	if room := hi * 0.1; hi-lo < room { // noise of a percent is no mountain
		middle := (hi + lo) / 2
		lo, hi = middle-room/2, middle+room/2
	}
	a := kit.Axis{Min: lo, Max: hi, Scale: plot.LinearScale{}}
	for _, v := range []float64{lo, hi} {
		a.Ticks = append(a.Ticks, plot.Tick{Value: v, Label: l.Unit.Format(v)})
	}
	return a
}

// describe is the line in words.
func describe(h *history.History, l *history.Line) string {
	text := fmt.Sprintf("%s of %s/%s over %d runs", l.Figure, l.Scenario, l.Variant, len(h.Runs))
	for _, s := range l.Changes {
		text += "; " + step(l, s, h.Runs)
	}
	return text
}
