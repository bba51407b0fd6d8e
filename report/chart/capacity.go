package chart

import (
	"fmt"
	"slices"
	"strings"

	"kvbench/internal/find"
	"kvbench/internal/metric"
	"kvbench/internal/record"
	"kvbench/internal/result"
	"kvbench/internal/runfile"
	"kvbench/report/chart/kit"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// capacity shows how the response grows with the throughput, where the highest rate is that
// keeps a promise, and the promise.
func capacity(s *result.Scenario) (*Chart, error) {
	if s.Def.Latency() == runfile.NotModelled || len(ran(s)) == 0 {
		return nil, nil
	}
	promise, err := find.Promise(s.Def)
	if err != nil {
		return nil, err
	}
	var panels []capacityPanel
	for _, stat := range []metric.Stat{metric.P99, metric.P50} {
		p := capacityPanel{stat: stat, lines: capacityLines(s, stat)}
		for _, e := range promise {
			if e.Figure.Series == record.Response && e.Figure.Stat == stat {
				p.limit = &kit.Limit{Y: e.Value, Text: "promise: " + e.Text}
			}
		}
		panels = append(panels, p)
	}
	chart := &Chart{Tells: true, Chart: kit.Chart{
		Name: "capacity", Title: "How does the response grow with the throughput?",
		Subtitle: s.Def.Name + ": " + responseTime(s) + " by transactions a second; ringed: the highest arrival rate that keeps " + strings.Join(s.Def.Find.While, ", "),
		Alt:      "Lines of the response by the transactions that ended a second.",
		Notes:    notes(s, false),
		Height:   growthHeight * vg.Length(len(panels)),
	}}
	for _, p := range panels {
		for _, l := range p.lines {
			chart.Alt += fmt.Sprintf(" %s of %s: %s.", p.stat, l.Variant, strings.Join(l.Texts, ", "))
		}
	}
	for _, v := range s.Variants {
		if v.Found() {
			chart.Alt += fmt.Sprintf(" The highest rate of %s is %s.", v.Base, maxRate(v).Text(metric.FormatRate))
		}
	}
	chart.Body = func(c draw.Canvas) {
		for _, p := range panels {
			var top draw.Canvas
			top, c = kit.CutTop(c, growthHeight)
			p.draw(top, s)
		}
	}
	return chart, nil
}

// capacityPanel is one percentile.
type capacityPanel struct {
	stat  metric.Stat
	lines []kit.Labelled
	limit *kit.Limit
}

func (p capacityPanel) draw(c draw.Canvas, s *result.Scenario) {
	head, c := kit.CutTop(c, 22)
	head.FillText(kit.Bold(kit.Lettering(kit.BodySize, kit.Ink)), vg.Point{X: head.Min.X, Y: head.Max.Y - 11}, string(p.stat)+" of the "+responseTime(s))
	var xs, ys []float64
	for _, l := range p.lines {
		xs, ys = append(xs, l.Xs...), append(ys, l.Ys...)
	}
	if p.limit != nil {
		ys = append(ys, p.limit.Y)
	}
	kit.LineSet{
		Link: "throughput", Foot: "transactions a second, log scale", Dots: true, Lines: p.lines, Knees: true, Limit: p.limit,
		X: kit.LogAxis(metric.PerSecond, xs, 8), Y: kit.LogAxis(metric.Time, ys, 6),
	}.Draw(c)
}

// capacityLines has a line for every variant, through its steps by their rates.
func capacityLines(s *result.Scenario, stat metric.Stat) (out []kit.Labelled) {
	for _, v := range ran(s) {
		through, ok := metric.Ratio(float64(v.Whole.Transactions()), v.Measured().Seconds()).Value()
		y, known := response(v).Value(stat)
		if !ok || !known {
			continue
		}
		k := slices.IndexFunc(out, func(l kit.Labelled) bool { return l.Variant == v.Base })
		if k < 0 {
			k = len(out)
			out = append(out, kit.Labelled{Variant: v.Base, Position: v.Index, Figure: "no rate keeps it"})
		}
		l := &out[k]
		l.Xs, l.Ys = append(l.Xs, through), append(l.Ys, y)
		l.Texts = append(l.Texts, fmt.Sprintf("%s at %s, of which %s ended", metric.FormatTime(y), metric.FormatRate(v.Def.Rate), metric.FormatRate(through)))
		if v.Found() && maxRate(v).Known() {
			l.Mark, l.Figure = &[2]float64{through, y}, maxRate(v).Text(metric.FormatRate)+", "+metric.FormatTime(y)
		}
	}
	return out
}

// maxRate is what a search found of a variant.
func maxRate(v *result.Variant) metric.Quantity {
	m, _ := v.Scenario.Metric(runfile.MaxRate)
	q, _ := v.Whole.Value(metric.Figure{Metric: m, Stat: metric.Mean})
	return q
}
