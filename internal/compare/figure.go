package compare

import (
	"slices"

	"kvbench/internal/metric"
	"kvbench/internal/result"
)

// beyond is how many observations have to lie beyond a percentile for it to be
// more than chance.
const beyond = 10

// enough reports whether a percentile of so many observations is compared.
func enough(stat metric.Stat, observations uint64) bool {
	p, ok := stat.Rank()
	return !ok || float64(observations)*(1-p/100) >= beyond-1e-6
}

// figures lists what is compared of a variant: of every series its percentiles, of an
// anomaly how often and how large, of a gauge how often in a transaction and how large,
// of outcomes and errors their shares, calls and dollars per transaction. What was never
// observed has no percentiles, and no calls.
func figures(s *result.Scenario) (out []metric.Figure) {
	for _, m := range s.Metrics {
		var stats []metric.Stat
		switch m.Class {
		case metric.Anomaly:
			stats = []metric.Stat{metric.Part, metric.P50, metric.P95, metric.P99}
		case metric.Gauge:
			stats = []metric.Stat{metric.Per, metric.P50, metric.P95, metric.P99}
		case metric.Latency, metric.Call:
			stats = []metric.Stat{metric.P50, metric.P95, metric.P99}
		case metric.Cost, metric.Capacity:
			stats = []metric.Stat{metric.Mean}
		case metric.Failure:
			stats = []metric.Stat{metric.Part}
		case metric.Outcome:
			if i := s.Def.ErrorOutcome(); i < 0 || m.Name() != s.Def.Outcomes[i] { // which the metric of errors is
				stats = []metric.Stat{metric.Part}
			}
		}
		for _, stat := range stats {
			out = append(out, metric.Figure{Metric: m, Stat: stat})
		}
	}
	return out
}

// timed says that a figure is a time that is measured or modelled: a difference matters
// only from a size on, also when it is real, and the intervals of a run hold all of it.
func timed(f metric.Figure) bool { return f.Class == metric.Latency || f.Class == metric.Call }

// part says that a figure is a part of the response, so that a difference is held
// against the response.
func part(f metric.Figure) bool { return f.Class == metric.Latency && f.Of != "" }

// leading are the figures that tell best whether a store or a pattern has become slower:
// the medians of the response and of each kind of call.
func leading(f metric.Figure) bool { return timed(f) && !part(f) && f.Stat == metric.P50 }

// values are a figure in each of several samples, in their order; those that do not have
// it are left out.
func values(f metric.Figure, samples []*result.Sample) (out []float64) {
	for _, s := range samples {
		q, _ := s.Value(f)
		if v, ok := q.Value(); ok {
			out = append(out, v)
		}
	}
	return out
}

// observations is how often a metric was observed in all samples.
func observations(m metric.Metric, samples []*result.Sample) (n uint64) {
	for _, s := range samples {
		n += s.N(m)
	}
	return n
}

// allSame reports whether all values of both sides are one and the same.
func allSame(base, head []float64) bool {
	differs := func(v float64) bool { return v != base[0] }
	return !slices.ContainsFunc(base, differs) && !slices.ContainsFunc(head, differs)
}
