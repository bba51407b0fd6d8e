package export

import (
	"kvbench/internal/answer"
	"kvbench/internal/find"
	"kvbench/internal/metric"
	"kvbench/internal/record"
)

// MaxRate is what a search found of one variant. Rates are in transactions a second, and null
// where there is none.
type MaxRate struct {
	Variant string          `json:"variant"`
	Rate    metric.Quantity `json:"rate"` // the highest that keeps the promise
	// Lower is the highest rate up to it at which the 99 % interval of what is promised lies
	// within the promise, Upper the lowest above it at which it lies beyond.
	Lower     metric.Quantity `json:"lower"`
	Upper     metric.Quantity `json:"upper"`
	Confirmed bool            `json:"confirmed"`        // on seeds that the search had not used
	Topped    bool            `json:"topped"`           // no higher rate was to be tried
	Breaks    string          `json:"breaks,omitempty"` // what of the promise, at the lowest rate that breaks it
	Steps     []RateStep      `json:"steps"`            // by their rates
}

// RateStep is one rate that a search tried. Latencies are in nanoseconds.
type RateStep struct {
	Rate         float64 `json:"rate"`
	Name         string  `json:"name"` // of the scenario's variants
	Runs         int     `json:"runs"`
	Transactions uint64  `json:"transactions"`
	P50          int64   `json:"response_p50"`
	P99          int64   `json:"response_p99"`
	Kept         bool    `json:"kept"` // as the figures are
	// Verdict says whether that is sure: the intervals are clear of the promise.
	Verdict find.Verdict `json:"verdict" jsonschema:"enum=keeps,enum=breaks,enum=unclear"`
	// Confirmed says whether it was kept on other seeds as well; null where that was not looked
	// at.
	Confirmed *bool        `json:"confirmed" jsonschema:"nullable"`
	Promise   []RateClause `json:"promise"`
}

// RateClause is a clause of the promise at one rate.
type RateClause struct {
	Expect  string          `json:"expect"`
	Value   metric.Quantity `json:"value"`
	Low     metric.Quantity `json:"low"` // of its interval of 99 %
	High    metric.Quantity `json:"high"`
	Verdict find.Verdict    `json:"verdict" jsonschema:"enum=keeps,enum=breaks,enum=unclear"`
}

// maxRates are what the search of a scenario found.
func maxRates(s *answer.Scenario) (out []MaxRate) {
	for _, f := range s.Found {
		r := MaxRate{
			Variant: f.Variant, Rate: f.Rate, Lower: f.Lower, Upper: f.Upper, Confirmed: f.Confirmed, Topped: f.Topped, Steps: []RateStep{},
		}
		if f.Beyond != nil {
			r.Breaks = f.Beyond.Breaks()
		}
		for _, step := range f.Steps {
			response := step.Whole.Series(record.Response)
			one := RateStep{
				Rate: step.Rate, Name: step.Name, Runs: len(step.Repeats), Transactions: step.Whole.Transactions(),
				P50: response.P50, P99: response.P99, Kept: step.Kept(), Verdict: step.All.Verdict, Promise: []RateClause{},
			}
			if step.Confirmed != nil {
				one.Confirmed = &step.Confirmed.Kept
			}
			for _, c := range step.All.Clauses {
				one.Promise = append(one.Promise, RateClause{Expect: c.Text, Value: c.Value, Low: c.Low, High: c.High, Verdict: c.Verdict})
			}
			r.Steps = append(r.Steps, one)
		}
		out = append(out, r)
	}
	return out
}
