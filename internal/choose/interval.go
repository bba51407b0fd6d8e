package choose

import (
	"kvbench/internal/metric"
	"kvbench/internal/result"

	"golang.org/x/perf/benchmath"
)

// interval is the confidence interval of 95 % of a figure's median over the repeats of
// a variant, by order statistics; with too few repeats for one, from the least to the
// greatest. ok is false with fewer than two repeats that have the figure.
func interval(v *result.Variant, f metric.Figure) (low, high float64, ok bool) {
	var values []float64
	for _, r := range v.Repeats {
		q, _ := r.Sample.Value(f)
		if x, known := q.Value(); known {
			values = append(values, x)
		}
	}
	if len(values) < 2 {
		return 0, 0, false
	}
	s := benchmath.NewSample(values, &benchmath.DefaultThresholds)
	m := benchmath.AssumeNothing.Summary(s, 0.95)
	if known := metric.Of(m.Lo).Known() && metric.Of(m.Hi).Known(); known {
		return m.Lo, m.Hi, true
	}
	return s.Values[0], s.Values[len(s.Values)-1], true // it is sorted
}
