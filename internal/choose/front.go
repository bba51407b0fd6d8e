package choose

import (
	"math"

	"kvbench/internal/metric"
	"kvbench/internal/result"
	"kvbench/internal/runfile"
)

// Front are the variants, at whatever points, that none other beats in latency, anomalies
// and cost together (the Pareto front): one is beaten by another that is better in one of
// the figures and worse in none. What is within noise counts as the same, so that what is
// within noise of the front stays on it: see alike and chance. What a sweep varies and nobody
// chooses beats nothing: only points at which it is the same are held against each other.
func Front(s *result.Scenario) []*result.Variant {
	fixed := Fixed(s.Def)
	var ended []*Standing
	for _, v := range s.Variants {
		if v.Missing == "" && v.Ran() {
			ended = append(ended, &Standing{Variant: v})
		}
	}
	var out []*result.Variant
	figures := weighed(s)
	for _, st := range ended {
		if !dominated(st, ended, figures, fixed) {
			out = append(out, st.Variant)
		}
	}
	return out
}

// weighed are the figures of the front: the response's p99 where latency says anything, how
// often each anomaly happens and transactions fail, and the price.
func weighed(s *result.Scenario) (out []metric.Figure) {
	if m, ok := s.Metric("response"); ok && s.Def.Latency() != runfile.NotModelled {
		out = append(out, metric.Figure{Metric: m, Stat: metric.P99})
	}
	out = append(out, outside(s, nil)...)
	if m, ok := s.Metric(runfile.USD); ok {
		out = append(out, metric.Figure{Metric: m, Stat: metric.Mean})
	}
	return out
}

func dominated(s *Standing, all []*Standing, figures []metric.Figure, fixed []string) bool {
	at := runfile.Pairs(pointOf(s.Variant, fixed), ";")
	for _, other := range all {
		if runfile.Pairs(pointOf(other.Variant, fixed), ";") != at {
			continue
		}
		better, worse := false, false
		for _, f := range figures {
			a, b := value(other, f), value(s, f)
			switch {
			case !a.Known() || !b.Known(), alike(other, s, f), chance(other.Variant, s.Variant, f):
			case ahead(a, b, f):
				better = true
			default:
				worse = true
			}
		}
		if better && !worse {
			return true
		}
	}
	return false
}

// chance reports whether two shares may differ by chance alone: by less than 1.96 standard
// errors of their difference, as of two proportions.
func chance(v, w *result.Variant, f metric.Figure) bool {
	if f.Stat != metric.Part {
		return false
	}
	x, y := float64(v.Whole.N(f.Metric)), float64(w.Whole.N(f.Metric))
	n, m := v.Whole.Among(f.Metric), w.Whole.Among(f.Metric)
	if n == 0 || m == 0 {
		return false
	}
	pooled := (x + y) / (n + m)
	return math.Abs(x/n-y/m) <= 1.96*math.Sqrt(pooled*(1-min(pooled, 1))*(1/n+1/m))
}
