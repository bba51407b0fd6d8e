package chart

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"kvbench/internal/metric"
	"kvbench/internal/record"
	"kvbench/internal/result"
	"kvbench/internal/runfile"
	"kvbench/internal/sparse"
	"kvbench/report/chart/kit"

	"gonum.org/v1/plot/vg/draw"
)

// curve is the response of a variant by percentile.
type curve struct {
	variant      *result.Variant
	Transactions uint64
	Points       []curvePoint
	// Headline is the highest of p50, p90 and p99 that there are transactions enough for.
	Headline curvePoint
}

type curvePoint struct {
	Percentile float64
	NS         int64
}

const (
	// beyond is how many transactions have to lie beyond a percentile for it to be shown;
	// the median always is.
	beyond = 10
	// mostNines is how many nines a curve has at most: a float64 still tells them apart.
	mostNines = 12
	// curveSteps is how many points a curve has for each nine.
	curveSteps = 12
)

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
		percentiles = append(percentiles, kit.PercentileOf(top*float64(k)/float64(steps)))
	}
	c.Headline = curvePoint{percentiles[0], h.Percentile(percentiles[0])}
	slices.Sort(percentiles)
	for _, p := range slices.Compact(percentiles) {
		c.Points = append(c.Points, curvePoint{p, h.Percentile(p)})
	}
	c.Points = withoutFlats(c.Points)
	return c
}

// headline is the highest percentile of 50, 90 and 99 that so many transactions are
// enough for.
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

// latency shows the response by percentile.
func latency(s *result.Scenario) (*Chart, error) {
	if s.Def.Latency() == runfile.NotModelled {
		return nil, nil
	}
	var curves []curve
	for _, v := range ran(s) {
		h, err := v.Whole.Distribution(record.Response)
		if err != nil {
			return nil, err
		}
		c := curveOf(h)
		c.variant = v
		curves = append(curves, c)
	}
	if curves == nil {
		return nil, nil
	}
	var values []float64
	top := 0.0
	for _, c := range curves {
		for _, p := range c.Points {
			values = append(values, float64(p.NS))
		}
		top = max(top, c.Points[len(c.Points)-1].Percentile)
	}
	title, tells := latencyTitle(s, curves)
	chart := &Chart{Tells: tells, Chart: kit.Chart{
		Name: "latency", Title: title, Alt: latencyAlt(s, curves),
		Subtitle: s.Def.Name + ": " + responseTime(s) + " on a log scale, by percentile; lower is better; the dots: as on the right",
		Height:   330, Notes: notes(s, slices.Contains(values, 0)),
	}}
	x, y := kit.NinesAxis(top), kit.LogAxis(metric.Time, values, 9)
	chart.Body = func(c draw.Canvas) { drawLatency(c, x, y, curves) }
	return chart, nil
}

func drawLatency(c draw.Canvas, x, y kit.Axis, curves []curve) {
	set := kit.LineSet{X: x, Y: y, Link: "percentile", Foot: "percentile (%)"}
	for _, k := range curves {
		l := kit.Labelled{
			Variant: k.variant.Name, Position: k.variant.Index,
			Figure: k.Headline.String(), Mark: &[2]float64{k.Headline.Percentile, float64(k.Headline.NS)},
		}
		for _, p := range k.Points {
			l.Xs, l.Ys = append(l.Xs, p.Percentile), append(l.Ys, float64(p.NS))
			l.Texts = append(l.Texts, fmt.Sprintf("p%g: ", p.Percentile)+metric.FormatTime(float64(p.NS)))
		}
		set.Lines = append(set.Lines, l)
	}
	set.Draw(c)
}

// String is the point in words: "p99 412 ms".
func (p curvePoint) String() string {
	return fmt.Sprintf("p%g %s", p.Percentile, metric.FormatTime(float64(p.NS)))
}

// latencyTitle says which variant is fastest and which slowest at the highest percentile
// that any of them has transactions enough for, and whether they differ.
func latencyTitle(s *result.Scenario, curves []curve) (title string, tells bool) {
	p := 0.0
	for _, c := range curves {
		p = max(p, c.Headline.Percentile)
	}
	curves = slices.DeleteFunc(slices.Clone(curves), func(c curve) bool { return c.Headline.Percentile < p })
	slices.SortStableFunc(curves, func(a, b curve) int { return int(min(max(a.Headline.NS-b.Headline.NS, -1), 1)) })
	best, worst := curves[0], curves[len(curves)-1]
	fast, slow := metric.FormatTime(float64(best.Headline.NS)), metric.FormatTime(float64(worst.Headline.NS))
	if fast == slow {
		return fmt.Sprintf("p%g is %s%s", p, fast, modelled(s)), false
	}
	return fmt.Sprintf("p%g: %s %s, %s %s%s", p, best.variant.Name, fast, worst.variant.Name, slow, modelled(s)), true
}

func latencyAlt(s *result.Scenario, curves []curve) string {
	var figures []string
	for _, c := range curves {
		figures = append(figures, c.variant.Name+" "+c.Headline.String())
	}
	return fmt.Sprintf("Lines of %s by percentile, one a variant: %s.", responseTime(s), strings.Join(figures, "; "))
}

// Overlay shows the response of a variant in two runs; nil where one of them has none.
func Overlay(base, head *result.Variant) (*Chart, error) {
	if base == nil || head == nil || !base.Ran() || !head.Ran() {
		return nil, nil
	}
	s := *base.Scenario
	def := *s.Def
	def.Name += "/" + base.Name
	s.Def, s.Variants = &def, nil
	for i, v := range []*result.Variant{base, head} {
		side := *v
		side.Name, side.Index, side.Scenario = []string{"base", "head"}[i], i, &s
		s.Variants = append(s.Variants, &side)
	}
	c, err := latency(&s)
	if c != nil {
		c.Scenario = def.Name
	}
	return c, err
}
