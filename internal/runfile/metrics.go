package runfile

import (
	"slices"

	"kvbench/internal/metric"
	"kvbench/internal/record"
)

// The metrics that every variant has beside its series.
const (
	Errors       = "errors"          // transactions that ended in an error
	CallErrors   = "call-errors"     // calls of the store that failed; with a code after a dot those of one code
	Ops          = "ops"             // calls of the store per transaction; with a kind after a dot those of one kind
	USD          = "usd-per-million" // dollars per million transactions
	OutcomeID    = "outcome."        // and a name: transactions that ended so
	errorOutcome = "error"
)

// Metrics are what a scenario with these series and outcomes tells of every variant:
// its series, and then how transactions ended, what failed, how many calls they make
// and what they cost.
func Metrics(series []record.Series, outcomes []string) []metric.Metric {
	var out []metric.Metric
	for i, s := range series {
		out = append(out, ofSeries(i, s, among(series, s.Of)))
	}
	for _, name := range outcomes {
		m := metric.Metric{
			ID: OutcomeID + name, Class: metric.Outcome, Unit: metric.Count, Of: metric.Transactions, Among: metric.Transactions,
			Doc: "transactions that ended so", Series: -1,
		}
		out = append(out, m)
	}
	out = append(out,
		metric.Metric{
			ID: Errors, Class: metric.Failure, Unit: metric.Count, Of: metric.Transactions, Among: metric.Transactions, Better: metric.Lower,
			Doc: "transactions that ended in an error: in the outcome error", Says: "fails {share} of transactions", Series: -1,
		},
		metric.Metric{
			ID: CallErrors, Class: metric.Failure, Unit: metric.Count, Of: metric.Calls, Among: metric.Calls, Better: metric.Lower,
			Doc: "calls of the store that failed; a key that was not found is no failure", Says: "has {share} of its calls of the store fail", Series: -1,
		},
		metric.Metric{
			ID: Ops, Class: metric.Cost, Unit: metric.Count, Better: metric.Lower,
			Doc: "calls of the store per transaction", Series: -1,
		},
	)
	for i := record.Get; i < min(record.FirstMark, len(series)); i++ {
		out = append(out, metric.Metric{
			ID: Ops + "." + series[i].Name, Class: metric.Cost, Unit: metric.Count, Better: metric.Lower,
			Doc: "calls of " + series[i].Name + " per transaction", Series: -1,
		})
	}
	return append(out, metric.Metric{
		ID: USD, Class: metric.Cost, Unit: metric.Money, Better: metric.Lower,
		Doc: "US dollars per million transactions, by the prices of the store", Series: -1,
	})
}

// among names in words what shares are of, by the name of a series or an outcome.
func among(series []record.Series, of string) string {
	i := slices.IndexFunc(series, func(s record.Series) bool { return s.Name == of })
	switch {
	case of == "":
		return ""
	case i == record.Response: // every transaction has one
		return metric.Transactions
	case i < 0:
		return of + " " + metric.Transactions
	case series[i].Each != "":
		return series[i].Each
	case series[i].Mark:
		return of
	}
	return of + " " + metric.Calls
}

func ofSeries(i int, s record.Series, among string) metric.Metric {
	m := metric.Metric{
		ID: s.Name, Unit: metric.Unit(s.Unit), Of: s.Of, Among: among, Better: metric.Lower, Doc: s.Doc, Each: s.Each, Says: s.Says, Role: string(s.Role), Series: i,
	}
	switch {
	case s.Mark && s.Of != "":
		m.Class = metric.Anomaly
	case s.Mark:
		m.Class = metric.Gauge
	case i < record.Get:
		m.Class = metric.Latency
	default:
		m.Class = metric.Call
	}
	return m
}

// Metrics are those of the scenario.
func (d *Definition) Metrics() []metric.Metric {
	out := Metrics(d.Series, d.Outcomes)
	if d.Find != nil {
		out = append(out, StepMetrics()...)
	}
	return out
}

// ErrorOutcome is the index of the outcome of a transaction that failed; -1 where there
// is none.
func (d *Definition) ErrorOutcome() int { return slices.Index(d.Outcomes, errorOutcome) }
