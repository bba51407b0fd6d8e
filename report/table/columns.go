package table

import (
	"fmt"
	"slices"
	"strings"

	"kvbench/internal/answer"
	"kvbench/internal/metric"
	"kvbench/internal/price"
	"kvbench/internal/record"
	"kvbench/internal/result"
	"kvbench/internal/runfile"
	"kvbench/kv"
)

// The headings of the columns.
const (
	groupFast  = "Response"
	groupWrong = "Anomalies"
	groupCost  = "KV operations and price"
	groupGauge = "Gauges"
	groupEnd   = "Outcomes"
	groupCodes = "Errors by code"
	groupRun   = "Measured"
)

// Main is the figures that answer a scenario's question: how fast, how right, at what
// price. What no variant has has no column.
func Main(s *answer.Scenario) Table {
	response, _ := s.Metric("response")
	columns := []Column{
		figure(groupFast, "p50", metric.Figure{Metric: response, Stat: metric.P50}),
		figure(groupFast, "p99", metric.Figure{Metric: response, Stat: metric.P99}),
	}
	for _, m := range s.Seen(metric.Failure, metric.Anomaly) {
		if m.ID != runfile.CallErrors { // the details have them by their codes
			columns = append(columns, share(groupWrong, m))
		}
	}
	columns = append(columns, million(s.Scenario), ops(s.Scenario))
	for _, m := range s.Seen(metric.Gauge) {
		columns = append(columns, gauge(m))
	}
	for i := range columns {
		c := &columns[i]
		c.Decides = c.Group == groupFast || s.Choice.Asks(c.Figure.Metric)
	}
	return of(s, columns)
}

// Details are the figures behind those: how many, in which outcome, the other
// percentiles and the errors by code.
func Details(s *answer.Scenario) Table {
	response, _ := s.Metric("response")
	columns := []Column{
		{
			Group: groupRun, Name: "transactions",
			Value: func(v *result.Variant) metric.Quantity { return metric.Of(float64(v.Whole.Transactions())) },
			Text:  func(n float64) string { return metric.Grouped(uint64(n)) },
		},
		{Group: groupRun, Name: "time", Value: func(v *result.Variant) metric.Quantity { return metric.Of(float64(v.Measured())) }, Text: metric.FormatTime},
		figure(groupFast, "p90", metric.Figure{Metric: response, Stat: metric.P90}),
		figure(groupFast, "p95", metric.Figure{Metric: response, Stat: metric.P95}),
		figure(groupFast, "p99.9", metric.Figure{Metric: response, Stat: metric.P999}),
		figure(groupFast, "max", metric.Figure{Metric: response, Stat: metric.Max}),
		month(s.Scenario), free(s.Scenario),
	}
	for _, m := range s.Seen(metric.Outcome) {
		columns = append(columns, figure(groupEnd, m.Name(), metric.Figure{Metric: m, Stat: metric.Part}))
	}
	codes := map[string]bool{}
	for _, v := range s.Variants {
		for code := range v.Whole.ErrorCodes() {
			codes[code] = true
		}
	}
	for _, code := range sorted(codes) {
		columns = append(columns, Column{
			Group: groupCodes, Name: code,
			Value: measured(func(v *result.Variant) metric.Quantity { return metric.Of(float64(v.Whole.ErrorCodes()[code])) }),
			Text:  func(n float64) string { return metric.Grouped(uint64(n)) },
		})
	}
	return of(s, columns)
}

func figure(group, name string, f metric.Figure) Column {
	return Column{
		Group: group, Name: name, Doc: sentence(f.Doc), Better: f.Better, Text: f.Kind().Format, Figure: f,
		Value: func(v *result.Variant) metric.Quantity { q, _ := v.Whole.Value(f); return q },
	}
}

// share is how often something went wrong, with how large it was.
func share(group string, m metric.Metric) Column {
	c := figure(group, m.ID, metric.Figure{Metric: m, Stat: metric.Part})
	c.Doc = "A share of " + m.Among + ". One is " + m.Doc + "."
	if m.Series < 0 {
		c.Doc = "A share of " + m.Among + ": " + m.Doc + "."
		return c
	}
	c.Note = func(v *result.Variant) string { return sizes(m, v) }
	return c
}

// gauge is a size: its median, with the greatest beside it.
func gauge(m metric.Metric) Column {
	c := figure(groupGauge, m.ID, metric.Figure{Metric: m, Stat: metric.P50})
	c.Doc, c.Better = "One value: "+m.Doc+".", metric.Neither
	c.Note = func(v *result.Variant) string {
		st := v.Whole.Series(m.Series)
		if st.P50 == st.Max {
			return ""
		}
		return "max " + m.Unit.Format(float64(st.Max))
	}
	return c
}

// sizes says how large what went wrong was: the median, p99 and the greatest.
func sizes(m metric.Metric, v *result.Variant) string {
	st := v.Whole.Series(m.Series)
	if st.Count == 0 {
		return ""
	}
	p50, p99, most := m.Unit.Format(float64(st.P50)), m.Unit.Format(float64(st.P99)), m.Unit.Format(float64(st.Max))
	if p50 == most {
		return "all " + most
	}
	return fmt.Sprintf("p50 %s, p99 %s, max %s", p50, p99, most)
}

// ops is all calls of the store, and of which kind they are.
func ops(s *result.Scenario) Column {
	m, _ := s.Metric(runfile.Ops)
	c := figure(groupCost, "ops/txn", metric.Figure{Metric: m, Stat: metric.Mean})
	c.Doc = "Calls of the store per transaction, by kind."
	c.Note = func(v *result.Variant) string {
		var kinds []string
		for i := record.Get; i < record.FirstMark; i++ {
			if n, ok := metric.Ratio(float64(v.Whole.Series(i).Count), float64(v.Whole.Transactions())).Value(); ok && n > 0 {
				kinds = append(kinds, metric.Digits(n, 2)+" "+s.Def.Series[i].Name)
			}
		}
		return strings.Join(kinds, ", ")
	}
	return c
}

func million(s *result.Scenario) Column {
	m, _ := s.Metric(runfile.USD)
	c := figure(groupCost, "$/million", metric.Figure{Metric: m, Stat: metric.Mean})
	c.Doc = "US dollars per million transactions. " + s.Def.Prices().Source + "."
	return c
}

func month(s *result.Scenario) Column {
	return Column{
		Group: groupCost, Name: "$/month", Better: metric.Lower, Text: metric.FormatMoney,
		Doc: "US dollars for thirty days at the load's rate, or in a closed loop at that of what ended within the " +
			"measured time, and of what the store held at the end. " + s.Def.Prices().Source + ".",
		Value: measured(func(v *result.Variant) metric.Quantity { return v.Cost().Month.Total() }),
		Note: func(v *result.Variant) string {
			cost := v.Cost()
			storage := "without storage: the store does not tell what it holds"
			if cost.Month.Storage != nil {
				storage = metric.FormatMoney(*cost.Month.Storage) + " of it for " + metric.FormatSize(float64(*cost.Stored))
			}
			return "at " + metric.Digits(cost.Rate, 3) + "/s, " + storage
		},
	}
}

func free(s *result.Scenario) Column {
	c := Column{
		Group: groupCost, Name: "free plan", Text: metric.FormatTime,
		Doc: "How long a day's allowance of the free plan lasts at that rate, and what is used up first.",
		Value: measured(func(v *result.Variant) metric.Quantity {
			free := v.Cost().Free
			if free == nil {
				return metric.Quantity{}
			}
			return metric.Of(free.AfterS * 1e9)
		}),
		Note: func(v *result.Variant) string {
			if free := v.Cost().Free; free.Limit != "" {
				return "until " + free.Limit + " are used up"
			}
			return "all day"
		},
	}
	switch {
	case price.HasFreePlan(&s.Def.Capabilities):
	case s.Def.Capabilities.Mode == kv.InstantMode:
		c.None, c.Doc = "none", "Of Workers KV Instant no free plan is known."
	default:
		c.None, c.Doc = "none", "The free plan of Workers KV does not include this store."
	}
	return c
}

// measured leaves the cell of a variant empty that measured no transaction.
func measured(of func(*result.Variant) metric.Quantity) func(*result.Variant) metric.Quantity {
	return func(v *result.Variant) metric.Quantity {
		if !v.Ran() {
			return metric.Quantity{}
		}
		return of(v)
	}
}

func sorted(set map[string]bool) []string {
	var out []string
	for k := range set {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// sentence is a phrase with a capital and a full stop.
func sentence(phrase string) string {
	if phrase == "" {
		return ""
	}
	return strings.ToUpper(phrase[:1]) + phrase[1:] + "."
}
