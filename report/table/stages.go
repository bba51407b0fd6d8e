package table

import (
	"kvbench/internal/answer"
	"kvbench/internal/metric"
	"kvbench/internal/result"
	"kvbench/internal/runfile"
)

// Stages are the figures of the named stages of the load, a group of columns a stage; it
// has no columns where there are none.
func Stages(s *answer.Scenario) Table {
	response, _ := s.Metric("response")
	failed, _ := s.Metric(runfile.Errors)
	var columns []Column
	named := map[string]bool{}
	for _, v := range s.Variants {
		for _, stage := range v.Stages {
			if named[stage.Name] {
				continue
			}
			named[stage.Name] = true
			value := func(f metric.Figure) func(*result.Stage) metric.Quantity {
				return func(s *result.Stage) metric.Quantity { q, _ := s.Sample.Value(f); return q }
			}
			rate := staged(stage.Name, "/s", (*result.Stage).Rate)
			rate.Text, rate.Doc = func(r float64) string { return metric.Digits(r, 3) }, "Transactions that ended in the stage, a second."
			columns = append(columns, rate)
			for _, f := range []struct {
				name string
				of   metric.Figure
			}{
				{" p50", metric.Figure{Metric: response, Stat: metric.P50}},
				{" p99", metric.Figure{Metric: response, Stat: metric.P99}},
				{" errors", metric.Figure{Metric: failed, Stat: metric.Part}},
			} {
				c := staged(stage.Name, f.name, value(f.of))
				c.Text, c.Better = f.of.Kind().Format, f.of.Better
				c.Doc = "In the stage alone. " + sentence(f.of.Doc)
				columns = append(columns, c)
			}
		}
	}
	if columns == nil {
		return Table{}
	}
	return of(s, columns)
}

// staged is a column of a stage.
func staged(stage, name string, value func(*result.Stage) metric.Quantity) Column {
	return Column{
		Group: stage, Name: stage + name,
		Value: func(v *result.Variant) metric.Quantity {
			for i := range v.Stages {
				if v.Stages[i].Name == stage {
					return value(&v.Stages[i])
				}
			}
			return metric.Quantity{}
		},
	}
}
