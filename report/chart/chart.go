// Package chart draws the charts of a scenario: each is a pure function of its figures.
package chart

import (
	"cmp"
	"slices"
	"strings"

	"kvbench/internal/choose"
	"kvbench/internal/metric"
	"kvbench/internal/record"
	"kvbench/internal/result"
	"kvbench/internal/runfile"
	"kvbench/report/chart/kit"
)

// Chart is one picture of a scenario.
type Chart struct {
	kit.Chart
	// Tells says that variants differ in what it shows; where not, it decides nothing.
	Tells bool
}

// ran are the variants that measured a transaction.
func ran(s *result.Scenario) []*result.Variant {
	return slices.DeleteFunc(slices.Clone(s.Variants), func(v *result.Variant) bool { return !v.Ran() })
}

// completed are the variants that ran all their repeats to the end: what one that failed came to
// is no figure of its point.
func completed(s *result.Scenario) []*result.Variant {
	return slices.DeleteFunc(ran(s), func(v *result.Variant) bool { return v.Missing != "" })
}

// responseTime names what a latency is, and says so when it is not measured.
func responseTime(s *result.Scenario) string { return "response time" + modelled(s) }

func modelled(s *result.Scenario) string {
	if s.Def.Latency() == runfile.Measured {
		return ""
	}
	return " (" + string(s.Def.Latency()) + ")"
}

// notes says which variants a chart does not show or shows in part, and how zeros are
// drawn.
func notes(s *result.Scenario, zeros bool) []string {
	var out, none, part []string
	for _, v := range s.Variants {
		switch {
		case len(v.Repeats) == 0:
		case !v.Ran():
			none = append(none, v.Name)
		case slices.ContainsFunc(v.Repeats, func(r result.Repeat) bool { return !r.Complete }):
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

// extremes returns the variants with the least and the most of a figure, among those
// that have it; nil when none has.
func extremes(s *result.Scenario, figure func(*result.Variant) metric.Quantity) (least, most *result.Variant) {
	var have []*result.Variant
	for _, v := range ran(s) {
		if figure(v).Known() {
			have = append(have, v)
		}
	}
	if have == nil {
		return nil, nil
	}
	by := func(a, b *result.Variant) int { return cmp.Compare(figure(a).Or(0), figure(b).Or(0)) }
	return slices.MinFunc(have, by), slices.MaxFunc(have, by)
}

// shareOf is a metric's share, of a variant.
func shareOf(m metric.Metric) func(*result.Variant) metric.Quantity {
	return func(v *result.Variant) metric.Quantity { return v.Whole.Share(m) }
}

// telling is the anomaly in whose share the variants are furthest apart, and that
// distance; 0 where all have the same. One that the scenario chooses by comes before all
// others.
func telling(s *result.Scenario) (m metric.Metric, apart float64) {
	asked := map[string]bool{}
	if choice, err := choose.Of(s); err == nil && choice != nil { // an error is the answer's
		for _, st := range choice.Standings {
			for _, clause := range st.Clauses {
				asked[clause.Figure.ID] = true
			}
		}
	}
	if m, apart = furthest(s, func(id string) bool { return asked[id] }); apart > alike {
		return m, apart
	}
	return furthest(s, func(string) bool { return true })
}

// furthest is telling among some anomalies.
func furthest(s *result.Scenario, among func(id string) bool) (m metric.Metric, apart float64) {
	for _, a := range s.Seen(metric.Anomaly) {
		if !among(a.ID) {
			continue
		}
		least, most := extremes(s, shareOf(a))
		if most == nil {
			continue
		}
		d := shareOf(a)(most).Or(0)
		if len(ran(s)) > 1 {
			d -= shareOf(a)(least).Or(0)
		}
		if d > apart {
			m, apart = a, d
		}
	}
	return m, apart
}

// orNone is a share in a sentence.
func orNone(share metric.Quantity) string {
	if share.Or(0) == 0 {
		return "none"
	}
	return share.Text(metric.FormatShare)
}

// response is the statistics of a variant's response time.
func response(v *result.Variant) *result.Stats { return v.Whole.Series(record.Response) }
