// Package report formats a run: as JSON, as tables, as charts and as a page.
// It is made of pure functions of what a run file holds.
package report

import (
	"fmt"
	"maps"
	"runtime"
	"slices"
	"time"

	"kvbench/internal/metric"
	"kvbench/internal/price"
	"kvbench/internal/record"
	"kvbench/internal/runfile"
	"kvbench/internal/sparse"

	"golang.org/x/sync/errgroup"
)

// Summary is a run in figures: what `kvbench run --json` prints.
type Summary struct {
	Run         string     `json:"run"` // the run's folder
	Clock       string     `json:"clock"`
	Driver      string     `json:"driver"`
	Seed        uint64     `json:"seed"`
	CutOff      bool       `json:"cut_off"`
	Interrupted bool       `json:"interrupted"`
	Warnings    []string   `json:"warnings"`
	Scenarios   []Scenario `json:"scenarios"`
}

// Scenario is one scenario with its variants side by side.
type Scenario struct {
	Name     string `json:"name"`
	Question string `json:"question"`
	Pattern  string `json:"pattern"`
	Clock    string `json:"clock"`
	Driver   string `json:"driver"`
	Load     string `json:"load"`
	// Latency says what its latencies are: measured, modelled, or none is modelled.
	Latency      runfile.Latency `json:"latency" jsonschema:"enum=measured,enum=modelled,enum=no latency modelled"`
	Modelled     bool            `json:"modelled"` // Latency is modelled
	Expectations []Expectation   `json:"expectations"`
	Variants     []Variant       `json:"variants"`

	def  *runfile.Definition
	idle []string // variants that did not run, of a run that was not stopped by the user
}

// Expectation is one expectation held against one variant.
type Expectation struct {
	Scenario string   `json:"scenario"`
	Expect   string   `json:"expect"`
	Variant  string   `json:"variant"`
	Value    *float64 `json:"value" jsonschema:"oneof_type=number;null"` // null when it can't be had
	Have     string   `json:"have"`
	Want     string   `json:"want"`
	OK       bool     `json:"ok"`
}

// Variant is one variant, its repeats taken together.
type Variant struct {
	Name         string             `json:"name"`
	Doc          string             `json:"doc"`
	Repeats      int                `json:"repeats"`
	Complete     bool               `json:"complete"`        // it ran to its end
	Errored      string             `json:"error,omitempty"` // why it failed
	Transactions uint64             `json:"transactions"`
	DurationS    float64            `json:"duration_s"`
	Ops          map[string]float64 `json:"ops_per_transaction"`
	USD          float64            `json:"usd_per_million"`
	Bill         price.Bill         `json:"usd_per_million_by_kind"`
	Billed       record.Billed      `json:"billed"`
	// Rate is that of the load; in a closed loop that of the transactions which ended
	// within the time that it asks for. The time until the last ones have ended is no
	// part of it.
	Rate float64 `json:"transactions_per_second"`
	// Stored is the bytes that the store held at the end; none where it does not tell.
	Stored *int64 `json:"stored_bytes,omitempty"`
	// USDPerMonth is of thirty days at that rate, past what is included; without storage
	// where that is not known.
	USDPerMonth float64    `json:"usd_per_month"`
	MonthBill   price.Bill `json:"usd_per_month_by_kind"`
	// FreeLimit is nil where no free plan is known of the store.
	FreeLimit *FreeLimit        `json:"free_plan,omitempty"`
	Outcomes  map[string]uint64 `json:"outcomes"`
	Errors    map[string]uint64 `json:"errors"`
	Series    map[string]Stats  `json:"series"`

	// What charts are drawn from: the response of all repeats that could be read,
	// their totals, and the intervals of the first repeat.
	curve     curve
	totals    []*runfile.Interval
	intervals []runfile.Interval
}

// FreeLimit is the daily limit of the free plan that is met first.
type FreeLimit struct {
	Kind   string  `json:"first_limit"` // "reads" or the like; empty when none is met
	AfterS float64 `json:"after_s"`     // seconds of a day
}

// Stats are the figures of one series. Where nothing was observed all are 0 but the
// share, which is then 0 or null.
type Stats struct {
	Unit  string `json:"unit"`
	Of    string `json:"of,omitempty"`
	Count uint64 `json:"count"`
	// Share is that of the series or outcome Of; null where there was none of it, or
	// it is a share of nothing.
	Share metric.Quantity `json:"share"`
	Mean  float64         `json:"mean"`
	Min   int64           `json:"min"`
	P50   int64           `json:"p50"`
	P90   int64           `json:"p90"`
	P95   int64           `json:"p95"`
	P99   int64           `json:"p99"`
	P999  int64           `json:"p999"`
	Max   int64           `json:"max"`
	// Beyond is how many of the values lie outside the range of a histogram: of those
	// no more is known than Min and Max.
	Beyond uint64 `json:"beyond,omitempty"`
}

// Summarise puts a run in figures. results are what its expectations came to.
func Summarise(run *runfile.Run, results []Expectation) Summary {
	h := &run.Header
	s := Summary{
		Run: run.Dir(), Clock: h.Clock, Driver: h.Driver, Seed: h.Seed,
		CutOff: run.CutOff, Interrupted: run.Interrupted, Warnings: []string{}, Scenarios: []Scenario{},
	}
	s.Warnings = append(s.Warnings, run.Warnings...)
	s.Scenarios = make([]Scenario, len(h.Scenarios))
	var g errgroup.Group
	g.SetLimit(runtime.GOMAXPROCS(0))
	for i := range h.Scenarios {
		g.Go(func() error { s.Scenarios[i] = summariseScenario(run, i, results); return nil })
	}
	_ = g.Wait() // there are no errors
	for i := range s.Scenarios {
		s.Warnings = append(s.Warnings, s.Scenarios[i].warnings()...)
	}
	return s
}

func summariseScenario(run *runfile.Run, i int, results []Expectation) Scenario {
	def := &run.Header.Scenarios[i]
	out := Scenario{
		Name: def.Name, Question: def.Question, Pattern: def.Pattern, Clock: def.Clock, Driver: def.Driver,
		Load: def.Load, Latency: def.Latency(), Modelled: def.Latency() == runfile.Modelled, Expectations: []Expectation{}, Variants: []Variant{}, def: def,
	}
	for _, r := range results {
		if r.Scenario == def.Name {
			out.Expectations = append(out.Expectations, r)
		}
	}
	work := newRepeats(len(def.Series))
	for j := range def.Variants {
		if v, ok := summariseVariant(run, i, j, work); ok {
			out.Variants = append(out.Variants, v)
		} else if !run.CutOff && !run.Interrupted { // which says why
			out.idle = append(out.idle, v.Name)
		}
	}
	return out
}

// summariseVariant takes the repeats of a variant together, in work; ok is false when
// it did not run.
func summariseVariant(run *runfile.Run, scenario, variant int, work repeats) (v Variant, ok bool) {
	def := &run.Header.Scenarios[scenario]
	v = Variant{
		Name: def.Variants[variant].Name, Doc: def.Variants[variant].Doc, Complete: true,
		Ops: map[string]float64{}, Outcomes: map[string]uint64{}, Errors: map[string]uint64{}, Series: map[string]Stats{},
	}
	work.reset()
	var ended uint64
	var within time.Duration
	total := record.Snapshot{Outcomes: make([]uint64, len(def.Outcomes))}
	for _, r := range run.Variants {
		if r.Scenario != scenario || r.Variant != variant {
			continue
		}
		if v.Repeats++; v.Repeats == 1 {
			v.intervals = r.Intervals
		}
		v.DurationS += r.Total.To.Seconds()
		ended, within = ended+r.Ended, within+r.Within
		v.Complete = v.Complete && r.Complete
		why := r.Error
		if err := work.add(&r.Total); err != nil {
			v.Complete, why = false, "its total: "+err.Error()
		} else {
			v.totals = append(v.totals, &r.Total)
		}
		if v.Errored == "" {
			v.Errored = why
		}
		counts := r.Total.Snapshot
		counts.Histograms = nil // those are observed
		total.Merge(&counts)
	}
	for i, name := range def.Outcomes {
		v.Outcomes[name] = total.Outcomes[i]
		v.Transactions += total.Outcomes[i]
	}
	for code, n := range total.Errors {
		v.Errors[code] = n
	}
	v.curve = curveOf(&work.sums[record.Response])
	for i, s := range def.Series {
		v.Series[s.Name] = statistics(s, &work.sums[i])
	}
	for i, s := range def.Series {
		st := v.Series[s.Name]
		if s.Of != "" {
			st.Share = metric.Ratio(float64(st.Count), float64(v.count(s.Of)))
			v.Series[s.Name] = st
		}
		if record.Get <= i && i < record.FirstMark && v.Transactions > 0 && st.Count > 0 {
			v.Ops[s.Name] = float64(st.Count) / float64(v.Transactions)
		}
	}
	v.Billed = total.Billed
	prices := def.Prices()
	v.Bill = price.PerMillion(prices, v.Billed, v.Transactions)
	v.USD = v.Bill.Total()
	switch {
	case def.Rate > 0:
		v.Rate = def.Rate
	case within > 0:
		v.Rate = float64(ended) / within.Seconds()
	case v.DurationS > 0: // as files of before kept it
		v.Rate = float64(v.Transactions) / v.DurationS
	}
	v.Stored = stored(run, scenario, variant)
	v.MonthBill = price.PerMonth(prices, v.Billed, v.Transactions, v.Rate, v.Stored)
	v.USDPerMonth = v.MonthBill.Total()
	if price.HasFreePlan(def.Traits.Mode) {
		v.FreeLimit = &FreeLimit{}
		v.FreeLimit.Kind, v.FreeLimit.AfterS = price.FreeLimit(v.Billed, v.Transactions, v.Rate)
	}
	return v, v.Repeats > 0
}

// count is how many observations a series has, or transactions an outcome.
func (v *Variant) count(name string) uint64 {
	if s, ok := v.Series[name]; ok {
		return s.Count
	}
	return v.Outcomes[name]
}

// ops is how many calls of the store a transaction makes, of all kinds.
func (v *Variant) ops() (sum float64) {
	for _, kind := range slices.Sorted(maps.Keys(v.Ops)) { // in one order, so that the sum is one to the last bit
		sum += v.Ops[kind]
	}
	return sum
}

// histogram is that of all repeats, by the index of its series. It is read anew:
// those of all series at once would be the most that a report keeps.
func (v *Variant) histogram(series int) (*sparse.Histogram, error) {
	var sum *sparse.Histogram
	for _, total := range v.totals {
		one, err := total.Sparse(series)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", v.Name, err)
		}
		if sum == nil {
			sum = one
		} else {
			sum.Merge(one)
		}
	}
	return sum, nil
}

func statistics(s record.Series, h *sparse.Histogram) Stats {
	out := Stats{Unit: s.Unit, Of: s.Of}
	out.Count, out.Mean, out.Min, out.Max, out.Beyond = uint64(h.Count()), h.Mean(), h.Min(), h.Max(), uint64(h.Outside())
	out.P50, out.P90, out.P95, out.P99, out.P999 = h.Percentile(50), h.Percentile(90), h.Percentile(95), h.Percentile(99), h.Percentile(99.9)
	return out
}
