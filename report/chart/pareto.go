package chart

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"kvbench/internal/choose"
	"kvbench/internal/metric"
	"kvbench/internal/result"
	"kvbench/internal/runfile"
	"kvbench/report/chart/kit"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// front is what a picture of the Pareto front is drawn from.
type front struct {
	all     []*result.Variant
	on      []*result.Variant // by their cost
	choice  *choose.Choice
	anomaly metric.Metric
	panels  []frontPanel
}

// frontPanel has the cost along its x axis.
type frontPanel struct {
	title  string
	axis   func(values []float64) kit.Axis
	figure func(*result.Variant) metric.Quantity
	format func(float64) string
}

const (
	frontHeight vg.Length = 280
	frontLine   vg.Length = 17
	// frontNamed is how many of the front are named below the picture.
	frontNamed = 12
)

// pareto shows the latency, the anomaly that tells most and the cost of all variants of a
// sweep at all points, and which of them no other beats.
func pareto(s *result.Scenario) (*Chart, error) {
	if !s.Swept() || len(completed(s)) < 2 {
		return nil, nil
	}
	choice, err := choose.Of(s)
	if err != nil {
		return nil, err
	}
	f := front{all: completed(s), on: choose.Front(s), choice: choice}
	beaten := "beaten"
	if fixed := choose.Fixed(s.Def); len(fixed) > 0 {
		beaten += " at the same " + strings.Join(fixed, " and ")
	}
	slices.SortStableFunc(f.on, func(a, b *result.Variant) int { return cmp.Compare(million(a).Or(0), million(b).Or(0)) })
	if s.Def.Latency() != runfile.NotModelled {
		f.panels = append(f.panels, frontPanel{
			"response p99", func(values []float64) kit.Axis { return kit.LogAxis(metric.Time, values, 6) }, p99, metric.FormatTime,
		})
	}
	if m, apart := telling(s); apart > alike {
		f.anomaly = m
		f.panels = append(f.panels, frontPanel{m.ID + ", share of " + m.Among, shareAxis, shareOf(m), metric.FormatShare})
	}
	unpriced := slices.ContainsFunc(f.all, func(v *result.Variant) bool { return !million(v).Known() })
	if len(f.panels) == 0 || unpriced { // there is nothing to trade for
		return nil, nil
	}
	chart := &Chart{Tells: len(f.on) < len(f.all), Chart: kit.Chart{
		Name: "pareto", Title: "Which points does no other beat?",
		Subtitle: fmt.Sprintf("%s%s: by cost; numbered: the Pareto front of p99, anomalies and cost, with what is within noise of it; "+
			"pale: %s; ringed: the choice", s.Def.Name, modelled(s), beaten),
		Alt:    fmt.Sprintf("%d of %d points are on the front.", len(f.on), len(f.all)),
		Notes:  notes(s, false),
		Height: frontHeight + frontLine*vg.Length(f.named()+1),
	}}
	for _, v := range f.on {
		chart.Alt += " " + v.Name + ": " + f.says(v) + "."
	}
	if rest := len(f.on) - f.named(); rest > 0 {
		chart.Notes = append(chart.Notes, fmt.Sprintf("And %d more on the front, which are the dearest of it.", rest))
	}
	chart.Body = func(c draw.Canvas) {
		plots, key := kit.CutTop(c, frontHeight)
		for i, at := range kit.Places(plots, len(f.panels), frontHeight) {
			f.draw(at, f.panels[i])
		}
		f.drawKey(key)
	}
	return chart, nil
}

func (f *front) named() int { return min(len(f.on), frontNamed) }

// says is a point's figures.
func (f *front) says(v *result.Variant) (text string) {
	for _, p := range f.panels {
		text += p.title + " " + p.figure(v).Text(p.format) + ", "
	}
	return text + million(v).Text(metric.FormatMoney) + " per million"
}

// short is says for the key.
func (f *front) short(v *result.Variant) (text string) {
	for i, p := range f.panels {
		name := "p99 "
		if i > 0 || len(f.panels) == 1 && f.anomaly.ID != "" {
			name = f.anomaly.ID + " "
		}
		text += name + p.figure(v).Text(p.format) + ", "
	}
	return text + million(v).Text(metric.FormatMoney) + " per million"
}

func (f *front) draw(c draw.Canvas, of frontPanel) {
	head, c := kit.CutTop(c, 22)
	head.FillText(kit.Bold(kit.Lettering(kit.BodySize, kit.Ink)), vg.Point{X: head.Min.X, Y: head.Max.Y - 11}, of.title)
	var xs, ys []float64
	for _, v := range f.all {
		xs, ys = append(xs, million(v).Or(0)*perDollar), append(ys, of.figure(v).Or(0))
	}
	p := kit.Panel{Canvas: draw.Crop(c, 56, -22, 40, -8), XAxis: kit.LogAxis(metric.Count, xs, 4), YAxis: of.axis(ys)}
	p.XAxis.Min /= 1.8 // a dot at its beginning has room
	for i := range p.XAxis.Ticks {
		p.XAxis.Ticks[i].Label = inDollars(p.XAxis.Ticks[i].Value)
	}
	p.Note("")
	p.Rules(true)
	p.TicksX(true)
	c.FillText(kit.FlushRight(kit.Lettering(kit.NoteSize, kit.MutedInk)), vg.Point{X: p.Max.X, Y: p.Min.Y - 30}, "US dollars per million transactions, log scale")
	where := func(v *result.Variant) vg.Point {
		return vg.Point{X: p.AtX(million(v).Or(0) * perDollar), Y: p.AtY(of.figure(v).Or(0))}
	}
	for _, v := range f.all { // what is on the front lies above the rest
		if number := slices.Index(f.on, v); number < 0 {
			f.dot(&p, v, where(v), "")
		}
	}
	for i := len(f.on) - 1; i >= 0; i-- {
		f.dot(&p, f.on[i], where(f.on[i]), fmt.Sprint(i+1))
	}
}

// dot draws a point: with a number where it is on the front.
func (f *front) dot(p *kit.Panel, v *result.Variant, at vg.Point, number string) {
	kit.OfVariant(p.Canvas, v.Base, func() {
		switch {
		case number == "":
			kit.Dot(p.Canvas, kit.Pale(kit.VariantColour(v.Index)), at, 4)
		default:
			kit.Dot(p.Canvas, kit.VariantColour(v.Index), at, 8)
			p.FillText(kit.Centred(kit.Bold(kit.Lettering(9.5, kit.Paper))), at, number)
		}
		if f.choice.Takes(v) {
			p.DrawGlyphNoClip(draw.GlyphStyle{Color: kit.Ink, Radius: 11, Shape: draw.RingGlyph{}}, at)
		}
	})
	said := v.Name + ": " + f.says(v)
	if f.choice.Takes(v) {
		said += ", the choice"
	}
	p.Trace(v.Base, "", 1, func(int) (vg.Point, string) { return at, said })
}

// drawKey says what the numbers are.
func (f *front) drawKey(c draw.Canvas) {
	for i, v := range f.on[:f.named()] {
		y := c.Max.Y - frontLine*(vg.Length(i)+1)
		kit.OfVariant(c, v.Base, func() {
			at := vg.Point{X: c.Min.X + 10, Y: y}
			kit.Dot(c, kit.VariantColour(v.Index), at, 7)
			c.FillText(kit.Centred(kit.Bold(kit.Lettering(9.5, kit.Paper))), at, fmt.Sprint(i+1))
			name := kit.Bold(kit.Lettering(kit.NoteSize, kit.VariantColour(v.Index)))
			c.FillText(name, vg.Point{X: c.Min.X + 24, Y: y}, v.Name)
			c.FillText(kit.Lettering(kit.NoteSize, kit.MutedInk), vg.Point{X: c.Min.X + 34 + name.Width(v.Name), Y: y}, f.short(v))
		})
	}
}
