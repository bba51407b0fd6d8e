package export

import (
	"kvbench/internal/metric"
	"kvbench/internal/result"
	"kvbench/internal/runfile"
)

// addLoad adds what a variant says of its load: whether its rate was met, how it ended, and
// its stages.
func addLoad(out *Variant, v *result.Variant) {
	if b, ok := v.Behind(); ok {
		out.RateMissed = (*RateMissed)(&b)
	}
	for _, r := range v.Repeats {
		if r.Stable != nil {
			out.Ended = append(out.Ended, Ended{AfterS: r.Total.To.Seconds(), Stable: *r.Stable})
		}
	}
	response, _ := v.Scenario.Metric("response")
	failed, _ := v.Scenario.Metric(runfile.Errors)
	for i := range v.Stages {
		s := &v.Stages[i]
		value := func(m metric.Metric, stat metric.Stat) metric.Quantity {
			q, _ := s.Sample.Value(metric.Figure{Metric: m, Stat: stat})
			return q
		}
		out.Stages = append(out.Stages, Stage{
			Name: s.Name, FromS: s.From.Seconds(), ToS: s.To.Seconds(), Transactions: s.Sample.Transactions(),
			Rate: s.Rate(), P50: value(response, metric.P50), P99: value(response, metric.P99), Errors: value(failed, metric.Part),
		})
	}
}
