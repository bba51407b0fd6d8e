package report

import (
	"fmt"
	"strings"

	"kvbench/internal/record"
)

const (
	// enoughForP99 is how many transactions leave ten beyond the 99th
	// percentile, below which it is mostly chance.
	enoughForP99 = 1000
	// lateShare is the generator's lateness at p99, as a share of the response
	// at p99, above which the generator and not the store is what is measured.
	lateShare = 0.1
	// errorShare is the share of failed transactions above which latencies are
	// not those of a working system.
	errorShare = 0.05
)

// warnings are what a reader of a scenario's figures has to know.
func (s *Scenario) warnings() []string {
	var out, few []string
	var ran, failing []*Variant
	for i := range s.Variants {
		v := &s.Variants[i]
		name := s.Name + "/" + v.Name
		response, late := v.Series["response"], v.Series["lateness"]
		if v.Transactions == 0 {
			out = append(out, name+" measured no transaction.")
			continue
		}
		ran = append(ran, v)
		if v.Transactions < enoughForP99 {
			few = append(few, v.Name)
		}
		if float64(late.P99) > lateShare*float64(response.P99) {
			out = append(out, fmt.Sprintf("%s: the load generator was late by %s at p99, of a response of %s: the machine is too small for this load.",
				name, duration(late.P99), duration(response.P99)))
		}
		for _, series := range s.def.Series {
			if st := v.Series[series.Name]; st.Beyond > 0 {
				out = append(out, fmt.Sprintf("%s: %s of %s values of %s lie outside the range that is recorded, 0 to %s: min and max are true, "+
					"and what else is said of their size is no more than that.",
					name, grouped(st.Beyond), grouped(st.Count), series.Name, value(record.MaxValue, series.Unit)))
			}
		}
		if v.Errored == "" && v.outcomeShare("error") > errorShare { // else that says why
			failing = append(failing, v)
		}
	}
	for _, name := range s.idle {
		out = append(out, s.Name+"/"+name+" did not run: the run ended before.")
	}
	if failing != nil {
		out = append(out, fmt.Sprintf("%s: %s of the transactions ended in an error with %s.",
			s.Name, shareRange(record.Series{Name: "error"}, failing), names(failing, ran)))
	}
	if few != nil {
		out = append(out, fmt.Sprintf("%s: %s measured fewer than %s transactions: too few for a p99 that is more than chance.",
			s.Name, strings.Join(few, ", "), grouped(enoughForP99)))
	}
	return out
}

// marks are the series of a scenario that are correctness marks.
func (s *Scenario) marks() []record.Series {
	var out []record.Series
	for _, series := range s.def.Series {
		if series.Mark {
			out = append(out, series)
		}
	}
	return out
}
