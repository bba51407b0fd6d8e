package chart

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"kvbench/internal/metric"
	"kvbench/internal/result"
	"kvbench/internal/runfile"
	"kvbench/report/chart/kit"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// growthPanel is one figure by the setting that a sweep varies.
type growthPanel struct {
	title  string
	axis   func(values []float64) kit.Axis
	figure func(*result.Variant) metric.Quantity
	format func(float64) string
}

const growthHeight vg.Length = 250

func p99(v *result.Variant) metric.Quantity { return metric.Of(float64(response(v).P99)) }

// growth shows how the figures of a sweep over one setting that has a size grow with it: the
// response's p99, the anomaly that tells most, and the cost.
func growth(s *result.Scenario) (*Chart, error) {
	sweeps := s.Def.Sweeps()
	if len(sweeps) != 1 || len(completed(s)) == 0 || slices.ContainsFunc(sweeps[0], func(v runfile.Setting) bool { _, _, ok := v.Number(); return !ok }) {
		return nil, nil
	}
	panels, names := growthPanels(s)
	setting := sweeps[0][0].Short()
	chart := &Chart{Tells: true, Chart: kit.Chart{
		Name: "growth", Title: fmt.Sprintf("How do %s change with %s?", names, setting),
		Subtitle: s.Def.Name + ": by " + setting + "; lower is better; below each name the figure at the last point, and the growth that fits best",
		Alt:      "Lines of " + names + " by " + setting + ".",
		Notes:    notes(s, false),
		Height:   growthHeight * vg.Length(len(panels)),
	}}
	for _, p := range panels {
		for _, l := range growthLines(s, p) {
			chart.Alt += fmt.Sprintf(" %s, %s: %s.", p.title, l.Variant, strings.Join(append(l.Texts, growthOf(l.Xs, l.Ys)), ", "))
		}
	}
	x := settingAxis(sweeps[0])
	chart.Body = func(c draw.Canvas) {
		for _, p := range panels {
			var top draw.Canvas
			top, c = kit.CutTop(c, growthHeight)
			p.draw(top, s, x, setting)
		}
	}
	return chart, nil
}

// growthPanels are those of a scenario, and their names in a phrase.
func growthPanels(s *result.Scenario) (panels []growthPanel, names string) {
	if s.Def.Latency() != runfile.NotModelled {
		panels = append(panels, growthPanel{
			"p99 of the " + responseTime(s), func(values []float64) kit.Axis { return kit.LogAxis(metric.Time, values, 6) }, p99, metric.FormatTime,
		})
		names = "p99 and "
	}
	if m, apart := telling(s); apart > alike {
		panels = append(panels, growthPanel{m.ID + ", a share of " + m.Among + modelled(s), shareAxis, shareOf(m), metric.FormatShare})
		names = strings.TrimSuffix(names, " and ")
		if names != "" {
			names += ", "
		}
		names += m.ID + " and "
	}
	return append(panels, growthPanel{"US dollars per million transactions" + modelled(s), func(values []float64) kit.Axis {
		a := kit.LogAxis(metric.Count, values, 6)
		for i := range a.Ticks {
			a.Ticks[i].Label = inDollars(a.Ticks[i].Value)
		}
		return a
	}, cents, inDollars}), names + "cost"
}

// shareAxis spans shares from 0.
func shareAxis(values []float64) kit.Axis {
	top := kit.RoundUp(slices.Max(append(values, 0)))
	return kit.LinearAxis(top, []float64{top / 4}, 4, metric.FormatShare)
}

func (p growthPanel) draw(c draw.Canvas, s *result.Scenario, x kit.Axis, setting string) {
	head, c := kit.CutTop(c, 22)
	head.FillText(kit.Bold(kit.Lettering(kit.BodySize, kit.Ink)), vg.Point{X: head.Min.X, Y: head.Max.Y - 11}, p.title)
	foot := setting
	if _, log := x.Scale.(kit.Log); log {
		foot += ", log scale"
	}
	set := kit.LineSet{Link: "setting", Foot: foot, Dots: true, Lines: growthLines(s, p), X: x}
	var ys []float64
	for _, l := range set.Lines {
		ys = append(ys, l.Ys...)
	}
	if set.Lines == nil {
		return
	}
	set.Y = p.axis(ys)
	set.Draw(c)
}

// settingAxis spans the values of a setting, with a tick at each of them: on a log scale where
// they are of different sizes.
func settingAxis(values []runfile.Setting) kit.Axis {
	var xs []float64
	for i := range values {
		x, _, _ := values[i].Number()
		xs = append(xs, x)
	}
	a := kit.Axis{Min: slices.Min(xs), Max: slices.Max(xs), Scale: plot.LinearScale{}}
	if a.Min > 0 && a.Max >= 5*a.Min {
		a.Scale = kit.Log{}
	}
	var at []float64
	for i, x := range xs {
		if near := func(o float64) bool { return math.Abs(a.Norm(o)-a.Norm(x)) < 0.08 }; slices.ContainsFunc(at, near) {
			continue
		}
		at = append(at, x)
		a.Ticks = append(a.Ticks, plot.Tick{Value: x, Label: values[i].Words()})
	}
	return a
}

// perDollar is a hundredth of a cent, so that an axis of whole numbers holds it.
const perDollar = 1e4

// cents is what a million transactions cost, in these; none where the store has no price.
func cents(v *result.Variant) metric.Quantity {
	usd, ok := million(v).Value()
	if !ok {
		return metric.Quantity{}
	}
	return metric.Of(usd * perDollar)
}

func inDollars(v float64) string {
	if v < 1 {
		return "0"
	}
	return strings.TrimSuffix(metric.FormatMoney(v/perDollar), ".00")
}

// growthLines has a line for every variant that was measured, through its points by the size
// of the setting, but for those that it did not run to the end.
func growthLines(s *result.Scenario, p growthPanel) []kit.Labelled {
	var out []kit.Labelled
	for _, v := range completed(s) {
		y, ok := p.figure(v).Value()
		if !ok {
			continue
		}
		k := slices.IndexFunc(out, func(l kit.Labelled) bool { return l.Variant == v.Base })
		if k < 0 {
			k = len(out)
			out = append(out, kit.Labelled{Variant: v.Base, Position: v.Index})
		}
		l := &out[k]
		x, _, _ := v.Point[0].Number()
		at, _ := slices.BinarySearch(l.Xs, x)
		l.Xs, l.Ys = slices.Insert(l.Xs, at, x), slices.Insert(l.Ys, at, y)
		l.Texts = slices.Insert(l.Texts, at, fmt.Sprintf("%s %s: %s", v.Point[0].Short(), v.Point[0].Words(), p.format(y)))
	}
	for i := range out {
		l := &out[i]
		l.Figure = p.format(l.Ys[len(l.Ys)-1])
		if law := growthOf(l.Xs, l.Ys); law != "" {
			l.Figure += ", " + law
		}
	}
	return out
}
