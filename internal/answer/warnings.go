package answer

import (
	"fmt"
	"strings"

	"kvbench/internal/metric"
	"kvbench/internal/record"
	"kvbench/internal/result"
	"kvbench/internal/runfile"
)

const (
	// enoughForP99 is how many transactions leave ten beyond the 99th percentile, below
	// which it is mostly chance.
	enoughForP99 = 1000
	// lateShare is the generator's lateness at p99, as a share of the response at p99,
	// above which the generator and not the store is what is measured.
	lateShare = 0.1
	// errorShare is the share of failed transactions above which latencies are not those
	// of a working system.
	errorShare = 0.05
	// fewNamed is how many variants of a scenario are named at most where each measured too
	// few transactions for a p99.
	fewNamed = 8
)

// warnings are what a reader of a scenario's figures has to know. stopped says that the
// run was, or is not whole, which says why a variant did not run.
func warnings(s *result.Scenario, stopped bool) []string {
	var out, few, failing []string
	failed, _ := s.Metric(runfile.Errors)
	for _, v := range s.Variants {
		name := s.Def.Name + "/" + v.Name
		switch {
		case len(v.Repeats) == 0 && !stopped:
			out = append(out, name+" did not run: the run ended before.")
			continue
		case len(v.Repeats) == 0:
			continue
		case !v.Ran():
			out = append(out, name+" measured no transaction.")
			continue
		}
		if s.Def.Find != nil {
			continue // what overloads it is looked for
		}
		if v.Whole.Transactions() < enoughForP99 && s.Def.Latency() != runfile.NotModelled {
			few = append(few, v.Name)
		}
		response, late := v.Whole.Series(record.Response), v.Whole.Series(record.Lateness)
		if float64(late.P99) > lateShare*float64(response.P99) {
			out = append(out, fmt.Sprintf("%s: the load generator was late by %s at p99, of a response of %s: the machine is too small for this load.",
				name, metric.FormatTime(float64(late.P99)), metric.FormatTime(float64(response.P99))))
		}
		if text := behind(v); text != "" {
			out = append(out, text)
		}
		for i, series := range s.Def.Series {
			if st := v.Whole.Series(i); st.Outside > 0 {
				out = append(out, fmt.Sprintf("%s: %s of %s values of %s lie outside the range that is recorded, 0 to %s: min and max are true, "+
					"and what else is said of their size is no more than that.",
					name, metric.Grouped(st.Outside), metric.Grouped(st.Count), series.Name, metric.Unit(series.Unit).Format(record.MaxValue)))
			}
		}
		// Where it failed, that says why.
		if share := v.Whole.Share(failed); share.Or(0) > errorShare && !fell(v) {
			failing = append(failing, v.Name+" "+share.Text(metric.FormatShare))
		}
	}
	if text := unsteady(s); text != "" {
		out = append(out, text)
	}
	if failing != nil {
		out = append(out, fmt.Sprintf("%s: transactions ended in an error: %s.", s.Def.Name, strings.Join(failing, ", ")))
	}
	if few != nil {
		names := strings.Join(few, ", ")
		switch {
		case len(few) > fewNamed && len(few) == len(s.Variants):
			names = "every variant"
		case len(few) > fewNamed:
			names = fmt.Sprintf("%d of its %d variants", len(few), len(s.Variants))
		}
		out = append(out, fmt.Sprintf("%s: %s measured fewer than %s transactions: too few for a p99 that is more than chance.",
			s.Def.Name, names, metric.Grouped(enoughForP99)))
	}
	return out
}

// fell reports whether a repeat of the variant failed.
func fell(v *result.Variant) bool {
	for _, r := range v.Repeats {
		if r.Error != "" {
			return true
		}
	}
	return false
}
