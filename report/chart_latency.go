package report

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"kvbench/internal/runfile"
	"kvbench/internal/sparse"

	"gonum.org/v1/plot/vg/draw"
)

// curve is the response of a variant by percentile.
type curve struct {
	Variant      string
	Position     int // in the scenario
	Transactions uint64
	Points       []curvePoint
	// Headline is the highest of p50, p90 and p99 that there are transactions
	// enough for.
	Headline curvePoint
}

type curvePoint struct {
	Percentile float64
	NS         int64
}

const (
	// beyond is how many transactions have to lie beyond a percentile for it to
	// be shown; the median always is.
	beyond = 10
	// mostNines is how many nines a curve has at most: a float64 still tells them apart.
	mostNines = 12
	// curveSteps is how many points a curve has for each nine.
	curveSteps = 12
)

// latencyCurves are the curves of the variants that have any transaction.
func latencyCurves(s *Scenario) []curve {
	var out []curve
	for i, v := range s.Variants {
		if v.curve.Transactions > 0 {
			v.curve.Variant, v.curve.Position = v.Name, i
			out = append(out, v.curve)
		}
	}
	return out
}

// curveOf is the curve of a distribution of response times.
func curveOf(h *sparse.Histogram) (c curve) {
	n := h.Count()
	if n == 0 {
		return c
	}
	c.Transactions = uint64(n)
	top := min(max(math.Log10(float64(n)/beyond), math.Log10(2)), mostNines)
	steps := int(math.Ceil(top * curveSteps))
	percentiles := []float64{headline(uint64(n))}
	for k := range steps + 1 {
		percentiles = append(percentiles, percentileOf(top*float64(k)/float64(steps)))
	}
	c.Headline = curvePoint{percentiles[0], h.Percentile(percentiles[0])}
	slices.Sort(percentiles)
	for _, p := range slices.Compact(percentiles) {
		c.Points = append(c.Points, curvePoint{p, h.Percentile(p)})
	}
	c.Points = withoutFlats(c.Points)
	return c
}

// headline is the highest percentile of 50, 90 and 99 that so many transactions
// are enough for.
func headline(transactions uint64) float64 {
	for _, p := range []float64{99, 90} {
		if float64(transactions)*(1-p/100) >= beyond-1e-6 {
			return p
		}
	}
	return 50
}

// withoutFlats leaves out the points within a stretch of equal values.
func withoutFlats(points []curvePoint) []curvePoint {
	var out []curvePoint
	for i, p := range points {
		if i > 0 && i < len(points)-1 && points[i-1].NS == p.NS && points[i+1].NS == p.NS {
			continue
		}
		out = append(out, p)
	}
	return out
}

func latencyChart(s *Scenario) (Chart, bool) {
	curves := latencyCurves(s)
	if len(curves) == 0 || s.Latency == runfile.NotModelled {
		return Chart{}, false
	}
	var values []float64
	top := 0.0
	for _, c := range curves {
		for _, p := range c.Points {
			values = append(values, float64(p.NS))
		}
		top = max(top, c.Points[len(c.Points)-1].Percentile)
	}
	chart := Chart{
		Name: "latency", Title: latencyTitle(s, curves), Alt: latencyAlt(s, curves),
		subtitle: s.Name + ": " + s.responseTime() + " on a log scale, by percentile; lower is better, the dots are the figures on the right",
		height:   330,
		notes:    s.chartNotes(slices.Contains(values, 0)),
	}
	x, y := ninesAxis(top), logAxis("ns", values, 9)
	chart.body = func(c draw.Canvas) { drawLatency(c, x, y, curves) }
	return chart, true
}

func drawLatency(c draw.Canvas, x, y axis, curves []curve) {
	set := lineSet{x: x, y: y, link: "percentile", foot: "percentile (%)"}
	for _, k := range curves {
		l := labelled{
			variant: k.Variant, position: k.Position,
			figure: fmt.Sprintf("p%g %s", k.Headline.Percentile, duration(k.Headline.NS)),
			mark:   &[2]float64{k.Headline.Percentile, float64(k.Headline.NS)},
		}
		for _, p := range k.Points {
			l.xs, l.ys = append(l.xs, p.Percentile), append(l.ys, float64(p.NS))
			l.texts = append(l.texts, fmt.Sprintf("p%g: ", p.Percentile)+duration(p.NS))
		}
		set.lines = append(set.lines, l)
	}
	set.draw(c)
}

// latencyTitle says which variant is fastest and which slowest at the highest
// percentile that any of them has transactions enough for.
func latencyTitle(s *Scenario, curves []curve) string {
	p := 0.0
	for _, c := range curves {
		p = max(p, c.Headline.Percentile)
	}
	curves = slices.DeleteFunc(slices.Clone(curves), func(c curve) bool { return c.Headline.Percentile < p })
	slices.SortStableFunc(curves, func(a, b curve) int { return int(min(max(a.Headline.NS-b.Headline.NS, -1), 1)) })
	best, worst := curves[0], curves[len(curves)-1]
	switch fast, slow := duration(best.Headline.NS), duration(worst.Headline.NS); {
	case len(curves) == 1:
		return fmt.Sprintf("%s answers %g %% of its transactions within %s%s", best.Variant, p, fast, s.modelled())
	case fast == slow:
		return fmt.Sprintf("At p%g all variants take %s%s", p, fast, s.modelled())
	default:
		return fmt.Sprintf("At p%g %s takes %s and %s %s%s", p, best.Variant, fast, worst.Variant, slow, s.modelled())
	}
}

func latencyAlt(s *Scenario, curves []curve) string {
	var figures []string
	for _, c := range curves {
		figures = append(figures, fmt.Sprintf("%s p%g %s", c.Variant, c.Headline.Percentile, duration(c.Headline.NS)))
	}
	return fmt.Sprintf("Lines of %s by percentile, one a variant: %s.", s.responseTime(), strings.Join(figures, "; "))
}

// responseTime names what a latency is, and says so when it is not measured.
func (s *Scenario) responseTime() string { return "response time" + s.modelled() }

func (s *Scenario) modelled() string {
	if s.Latency == runfile.Measured {
		return ""
	}
	return " (" + string(s.Latency) + ")"
}

// chartNotes says which variants a chart does not show or shows in part, and
// how zeros are drawn.
func (s *Scenario) chartNotes(zeros bool) []string {
	var out, none, part []string
	for _, v := range s.Variants {
		switch {
		case v.Transactions == 0:
			none = append(none, v.Name)
		case !v.Complete:
			part = append(part, v.Name)
		}
	}
	if none != nil {
		out = append(out, "No transaction was measured: "+strings.Join(none, ", ")+".")
	}
	if part != nil {
		out = append(out, "Did not run to the end: "+strings.Join(part, ", ")+".")
	}
	if zeros {
		out = append(out, "A log scale has no zero: 0 is drawn at its foot.")
	}
	return out
}
