// Package export writes an answer for other programs: as JSON, CSV, JUnit's XML, Go's
// benchmark format and HdrHistogram's log.
package export

import (
	"encoding/json"

	"kvbench/internal/answer"
	"kvbench/internal/choose"
	"kvbench/internal/expect"
	"kvbench/internal/metric"
	"kvbench/internal/price"
	"kvbench/internal/record"
	"kvbench/internal/result"
	"kvbench/internal/runfile"
)

// Version is that of the JSON, which changes with the meaning of a key.
const Version = 2

// Summary is a run in figures: what `kvbench run --json` prints.
type Summary struct {
	Version     int    `json:"version" jsonschema:"enum=2"`
	Run         string `json:"run"` // the run's folder
	Clock       string `json:"clock"`
	Driver      string `json:"driver"`
	Seed        uint64 `json:"seed"`
	CutOff      bool   `json:"cut_off"`
	Interrupted bool   `json:"interrupted"`
	// Merged says of which shards the run was put together, and what is wrong with it where it is
	// not whole; absent where it was of none.
	Merged    *runfile.Merged `json:"merged,omitempty"`
	Warnings  []string        `json:"warnings"`
	Scenarios []Scenario      `json:"scenarios"`
}

// Scenario is one scenario with its variants side by side.
type Scenario struct {
	Name     string `json:"name"`
	Question string `json:"question"`
	Pattern  string `json:"pattern"`
	Clock    string `json:"clock"`
	// Runtime is what has run the scripts of a Worker where that is the real one; not there
	// where it was kvbench itself.
	Runtime *runfile.Runtime `json:"runtime,omitempty"`
	Driver  string           `json:"driver"`
	Load    string           `json:"load"`
	// Latency says what its latencies are: measured, modelled, or none is modelled.
	Latency      runfile.Latency `json:"latency" jsonschema:"enum=measured,enum=modelled,enum=no latency modelled"`
	Modelled     bool            `json:"modelled"` // Latency is modelled
	Expectations []Expectation   `json:"expectations"`
	// Choice is which variant to take; null where the scenario does not say what to
	// choose by.
	Choice   *choose.Chosen `json:"choice" jsonschema:"nullable"`
	Variants []Variant      `json:"variants"`
	// MaxRates are what a search for the highest rate found, by variant; of a search alone.
	MaxRates []MaxRate `json:"max_rates,omitempty"`
}

// Expectation is one expectation held against one variant.
type Expectation struct {
	Scenario string          `json:"scenario"`
	Expect   string          `json:"expect"`
	Variant  string          `json:"variant"`
	Value    metric.Quantity `json:"value"` // null when it can't be had
	Have     string          `json:"have"`
	Want     string          `json:"want"`
	OK       bool            `json:"ok"`
}

// Variant is one variant, its repeats taken together.
type Variant struct {
	// Name is its own within the scenario: in a sweep with the point, "seed at memory-ttl
	// 10 s".
	Name string `json:"name"`
	// Variant is the variant alone and Point what a sweep varies, as they are for it; of
	// a sweep alone.
	Variant      string             `json:"variant,omitempty"`
	Point        []Setting          `json:"point,omitempty"`
	Doc          string             `json:"doc"`
	Published    bool               `json:"published"` // it does what the pattern's published source does
	Repeats      int                `json:"repeats"`
	Complete     bool               `json:"complete"`        // it ran to its end
	Errored      string             `json:"error,omitempty"` // why it failed
	Transactions uint64             `json:"transactions"`
	DurationS    float64            `json:"duration_s"`
	Ops          map[string]float64 `json:"ops_per_transaction"`
	// USD and Bill, and those of a month, are null where the store has no price list.
	USD    metric.Quantity `json:"usd_per_million"`
	Bill   *price.Bill     `json:"usd_per_million_by_kind" jsonschema:"nullable"`
	Billed record.Billed   `json:"billed"`
	// Rate is that of the load; in a closed loop that of the transactions which ended
	// within the time that it asks for. The time until the last ones have ended is no
	// part of it.
	Rate float64 `json:"transactions_per_second"`
	// Stored is the bytes that the store held at the end; none where it does not tell.
	Stored *int64 `json:"stored_bytes,omitempty"`
	// USDPerMonth is of thirty days at that rate, past what is included; without storage
	// where that is not known.
	USDPerMonth metric.Quantity `json:"usd_per_month"`
	MonthBill   *price.Bill     `json:"usd_per_month_by_kind" jsonschema:"nullable"`
	// FreeLimit is nil where no free plan is known of the store.
	FreeLimit *FreeLimit `json:"free_plan,omitempty"`
	// RateMissed is how far it fell short of the rate of an open loop; nil where the rate
	// was met.
	RateMissed *RateMissed `json:"rate_missed,omitempty"`
	// Ended is when each repeat ended and whether because its response was stable; of a
	// load alone that ends then.
	Ended []Ended `json:"ended,omitempty"`
	// Stages are the named ones of the load.
	Stages   []Stage           `json:"stages,omitempty"`
	Outcomes map[string]uint64 `json:"outcomes"`
	Errors   map[string]uint64 `json:"errors"`
	// FirstError is the text of the first error that a transaction ended in: of a Worker
	// with its place. Left out where none did.
	FirstError string           `json:"first_error,omitempty"`
	Series     map[string]Stats `json:"series"`
	// Findings are what a detector found, the worst first: staleness only where an
	// expectation or a promise limits it. Left out where there was no detector.
	Findings *[]Finding `json:"findings,omitempty"`
}

// RateMissed is how far a variant fell short of the rate of its load.
type RateMissed struct {
	Due   uint64          `json:"due"`   // transactions, in the measured time
	Late  uint64          `json:"late"`  // of them, that began only after it
	Share metric.Quantity `json:"share"` // of the rate that was met
}

// Ended is when a repeat ended, and whether because its response was stable.
type Ended struct {
	AfterS float64 `json:"after_s"`
	Stable bool    `json:"stable"`
}

// Stage is what a variant gave in a stage of its load. Null is what was not measured.
type Stage struct {
	Name         string          `json:"name"`
	FromS        float64         `json:"from_s"` // by the plan, since measuring began
	ToS          float64         `json:"to_s"`
	Transactions uint64          `json:"transactions"` // that ended in it
	Rate         metric.Quantity `json:"transactions_per_second"`
	P50          metric.Quantity `json:"response_p50"` // nanoseconds
	P99          metric.Quantity `json:"response_p99"`
	Errors       metric.Quantity `json:"errors_share"`
}

// FreeLimit is the daily limit of the free plan that is met first.
type FreeLimit struct {
	Limit  string  `json:"first_limit"` // "reads" or the like; empty when none is met
	AfterS float64 `json:"after_s"`     // seconds of a day
}

// Setting is one that a sweep varies.
type Setting struct {
	Name  string `json:"name"`  // as in the scenario file: with.memory-ttl
	Value string `json:"value"` // as there: 10s
	// Number is the value in its unit, where it has a size: ns, share, count, bytes; of a
	// rate a second's transactions.
	Number *float64 `json:"number,omitempty"`
	Unit   string   `json:"unit,omitempty"`
}

// settings are those of a point.
func settings(point []runfile.Setting) (out []Setting) {
	for i := range point {
		s := Setting{Name: point[i].Name, Value: point[i].String()}
		if v, unit, ok := point[i].Number(); ok {
			s.Number, s.Unit = &v, string(unit)
		}
		out = append(out, s)
	}
	return out
}

// Stats are the figures of one series. Where nothing was observed all are 0 but the
// share, which is then 0 or null.
type Stats struct {
	Class string `json:"class" jsonschema:"enum=latency,enum=call,enum=anomaly,enum=gauge"`
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

// Summarise puts an answer in the form of its JSON.
func Summarise(a *answer.Answer) *Summary {
	run := a.Set.Run
	h := &run.Header
	s := &Summary{
		Version: Version, Run: run.Dir(), Clock: h.Clock, Driver: h.Driver, Seed: h.Seed,
		CutOff: run.CutOff, Interrupted: run.Interrupted, Merged: h.Merged, Warnings: append([]string{}, a.Warnings...), Scenarios: []Scenario{},
	}
	for i := range a.Scenarios {
		of := &a.Scenarios[i]
		s.Warnings = append(s.Warnings, of.Warnings...)
		s.Scenarios = append(s.Scenarios, scenario(of))
	}
	return s
}

// JSON writes the summary; docs/schema/summary.json is its schema.
func JSON(a *answer.Answer) ([]byte, error) {
	text, err := json.MarshalIndent(Summarise(a), "", "  ")
	return append(text, '\n'), err
}

func scenario(s *answer.Scenario) Scenario {
	latency := s.Def.Latency()
	out := Scenario{
		Name: s.Def.Name, Question: s.Def.Question, Pattern: s.Def.Pattern, Clock: s.Def.Clock, Driver: s.Def.Driver,
		Load: s.Def.Load, Latency: latency, Modelled: latency == runfile.Modelled,
		Expectations: []Expectation{}, Choice: s.Choice.Chosen(), Variants: []Variant{},
	}
	for _, r := range s.Expectations {
		out.Expectations = append(out.Expectations, expectation(r))
	}
	if real := s.Def.Runtime; real != (runfile.Runtime{}) {
		out.Runtime = &real
	}
	out.MaxRates = maxRates(s)
	for _, v := range s.Variants {
		if len(v.Repeats) > 0 {
			one := variant(v)
			if _, _, watched := v.Findings(); watched {
				found := append([]Finding{}, findings(s, v.Name)...)
				one.Findings = &found
			}
			out.Variants = append(out.Variants, one)
		}
	}
	return out
}

func expectation(r expect.Result) Expectation {
	return Expectation{Scenario: r.Scenario, Expect: r.Text, Variant: r.Variant, Value: r.Value, Have: r.Have, Want: r.Want, OK: r.OK}
}

func variant(v *result.Variant) Variant {
	def, cost := v.Def, v.Cost()
	out := Variant{
		Name: v.Name, Doc: v.Doc, Published: v.Published, Repeats: len(v.Repeats), Complete: true,
		Transactions: v.Whole.Transactions(), DurationS: v.Measured().Seconds(), Ops: map[string]float64{},
		USD: cost.Million.Total(), Bill: cost.Million, Billed: v.Whole.Billed(), Rate: cost.Rate, Stored: cost.Stored,
		USDPerMonth: cost.Month.Total(), MonthBill: cost.Month, FreeLimit: (*FreeLimit)(cost.Free),
		Outcomes: map[string]uint64{}, Errors: map[string]uint64{}, Series: map[string]Stats{},
	}
	if len(v.Point) > 0 {
		out.Variant, out.Point = v.Base, settings(v.Point)
	}
	for _, r := range v.Repeats {
		out.Complete = out.Complete && r.Complete
		if out.Errored == "" {
			out.Errored = r.Error
		}
	}
	addLoad(&out, v)
	for i, name := range def.Outcomes {
		out.Outcomes[name] = v.Whole.Outcome(i)
	}
	out.FirstError = v.FirstError()
	for code, n := range v.Whole.ErrorCodes() {
		out.Errors[code] = n
	}
	for _, m := range v.Scenario.Metrics {
		if m.Series < 0 {
			continue
		}
		out.Series[m.ID] = stats(v.Whole, m)
		if n, ok := metric.Ratio(float64(v.Whole.N(m)), float64(out.Transactions)).Value(); ok && n > 0 && isStoreCall(m.Series) {
			out.Ops[m.ID] = n
		}
	}
	return out
}

func isStoreCall(series int) bool { return record.Get <= series && series < record.FirstMark }

func stats(s *result.Sample, m metric.Metric) Stats {
	st := s.Series(m.Series)
	return Stats{
		Class: m.Class.String(), Unit: string(m.Unit), Of: m.Of, Count: st.Count, Share: s.Share(m), Mean: st.Mean, Beyond: st.Outside,
		Min: st.Min, P50: st.P50, P90: st.P90, P95: st.P95, P99: st.P99, P999: st.P999, Max: st.Max,
	}
}
