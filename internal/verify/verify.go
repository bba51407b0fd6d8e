// Package verify holds a run of Workers in virtual time against one of the same requests on
// the real runtime: what does the model get wrong?
package verify

import (
	"fmt"
	"time"

	"kvbench/internal/agree"
	"kvbench/internal/metric"
	"kvbench/internal/result"
)

// Verdict says how a figure is on both sides.
type Verdict string

// The verdicts, what disagrees first.
const (
	Apart  Verdict = "apart"  // further off than chance makes it
	Known  Verdict = "known"  // that too, and known is why
	Within Verdict = "within" // no further off than chance makes it
	Equal  Verdict = "equal"  // the requests decide it, and it is the same to the unit
)

// Verdicts are all, in their order.
func Verdicts() []Verdict { return []Verdict{Apart, Known, Within, Equal} }

// Report is what holding a run in virtual time, the model, against a real one gave.
type Report struct {
	Model Side   `json:"model"`
	Real  Side   `json:"real"`
	Seed  uint64 `json:"seed"` // that the requests come from
	// Alpha is how likely chance alone makes any of the figures come out apart, at most.
	Alpha float64 `json:"alpha"`
	// Figures is how many were judged: those that a side at least has.
	Figures  int              `json:"figures"`
	Counts   map[Verdict]int  `json:"counts"` // of the figures, each verdict's
	Variants []*Variant       `json:"variants"`
	Missing  []string         `json:"missing"` // what could not be compared, one sentence each
	Cut      bool             `json:"cut"`     // the real run was ended before all of it had run
	pending  map[*Figure]rows // while figures are collected
}

// rows are the counts that a figure is judged by.
type rows []agree.Group

// Side is one of the two runs.
type Side struct {
	Runtime string `json:"runtime"` // "goja v1.2.3", with what runs there
	Clock   string `json:"clock"`
	Seeds   int    `json:"seeds"` // of requests
	Runs    int    `json:"runs"`  // of each of them
}

// Variant is one variant of a scenario on both sides.
type Variant struct {
	Scenario string `json:"scenario"`
	Name     string `json:"variant"`
	Question string `json:"question"`
	Load     string `json:"load"`
	Driver   string `json:"driver"`
	Seeds    int    `json:"seeds"` // that ran to their end on both sides
	// Judged is false where the real side did not keep up with its load.
	Judged bool `json:"judged"`
	// Transactions is how many those of the real side had.
	Transactions uint64             `json:"transactions"`
	Counts       map[Verdict]int    `json:"counts"`
	Figures      []*Figure          `json:"figures"`
	Response     []Response         `json:"response"`
	Lateness     metric.Quantity    `json:"lateness_p99_ns"` // of the load generator, on the real side
	of           [2]*result.Variant // model and real
}

// Title names a variant.
func (v *Variant) Title() string { return v.Scenario + "/" + v.Name }

// Figure is one figure of a variant. What it counts is in 100 transactions, but the
// transactions themselves, which are in a run.
type Figure struct {
	ID    string `json:"figure"` // that of its metric, or "transactions"
	Class string `json:"class"`  // "call", "outcome", "failure", "anomaly" or "load"
	Per   string `json:"per"`    // "100 transactions" or "run"
	Doc   string `json:"doc"`
	// Model is the mean of the runs in virtual time; Low and High are where chance leaves
	// the real one, which is Real.
	Model float64 `json:"model"`
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
	Real  float64 `json:"real"`
	// Fixed says that the requests decide it: it was the same in all runs of the model with
	// the same requests.
	Fixed   bool    `json:"fixed"`
	Verdict Verdict `json:"verdict"`
	Why     string  `json:"why,omitempty"` // of one that is known
}

// Response is a percentile of the response, which is shown and not judged.
type Response struct {
	Stat  metric.Stat     `json:"statistic"`
	Model metric.Quantity `json:"model_ns"`
	Real  metric.Quantity `json:"real_ns"`
}

// Of holds a real run against that of a model. The model has run each of the real run's
// repeats with the same requests m times: its repeats r*m to r*m+m-1 are those of the real
// repeat r. An error is of runs that do not belong together.
func Of(model, real *result.Set, known []Reason) (*Report, error) {
	r := &Report{
		Alpha: agree.Alpha, Seed: real.Run.Header.Seed, Counts: map[Verdict]int{}, Cut: real.Run.Interrupted || real.Run.CutOff,
		Missing: []string{}, Variants: []*Variant{}, pending: map[*Figure]rows{},
	}
	for _, s := range real.Scenarios {
		of := model.Scenario(s.Def.Name)
		if of == nil || s.Def.Repeats < 1 || of.Def.Repeats%s.Def.Repeats != 0 || of.Def.Repeats/s.Def.Repeats < 2 {
			return nil, fmt.Errorf("scenario %s: the run in virtual time is not of the same requests, several times each", s.Def.Name)
		}
		m := of.Def.Repeats / s.Def.Repeats
		r.Model.Seeds, r.Model.Runs, r.Real.Seeds, r.Real.Runs = s.Def.Repeats, m, s.Def.Repeats, 1
		r.Model.Clock, r.Real.Clock = of.Def.Clock, s.Def.Clock
		r.Model.Runtime, r.Real.Runtime = of.Def.Runtime.String(), s.Def.Runtime.String()
		for _, v := range s.Variants {
			other := of.Variant(v.Name)
			if other == nil {
				return nil, fmt.Errorf("scenario %s: the run in virtual time has no variant %s", s.Def.Name, v.Name)
			}
			r.add(other, v, m)
		}
	}
	return r, r.judge(known)
}

// add takes in a variant of both sides.
func (r *Report) add(model, real *result.Variant, m int) {
	v := &Variant{
		Scenario: real.Scenario.Def.Name, Name: real.Name, Question: real.Def.Question, Load: real.Def.Load, Driver: real.Def.Driver,
		Counts: map[Verdict]int{}, Figures: []*Figure{}, Response: []Response{}, of: [2]*result.Variant{model, real},
	}
	for _, side := range v.of {
		if side.Missing != "" {
			r.Missing = append(r.Missing, fmt.Sprintf("%s: %s in %s time", v.Title(), side.Missing, side.Def.Clock))
		}
	}
	var pairs []pair
	for _, one := range real.Repeats {
		p := pair{real: one.Sample}
		for _, of := range model.Repeats {
			if of.Repeat/m == one.Repeat && of.Complete && of.Error == "" {
				p.model = append(p.model, of.Sample)
			}
		}
		if one.Complete && one.Error == "" && len(p.model) == m {
			pairs = append(pairs, p)
			v.Transactions += one.Sample.Transactions()
		}
	}
	if v.Seeds = len(pairs); v.Seeds == 0 {
		return
	}
	r.Variants = append(r.Variants, v)
	v.respond()
	if late := v.late(); late != "" {
		r.Missing = append(r.Missing, v.Title()+": "+late)
		return
	}
	v.Judged = true
	r.collect(v, pairs)
}

// An invocation of the real side may take longer than the model's by the time of its script,
// its runtime and its way to the store, which is a few milliseconds. One that takes longer by this
// much says that the machine was busy with other things, so that the script's calls were made
// at other times than they would have been.
const (
	mostMedian = 50 * time.Millisecond
	mostP99    = time.Second
)

// late says why the real side has not kept up with its load; empty where it has.
func (v *Variant) late() string {
	for _, c := range []struct {
		stat metric.Stat
		most time.Duration
	}{{metric.P50, mostMedian}, {metric.P99, mostP99}} {
		model, ok := v.time(0, "invocation", c.stat).Value()
		real, both := v.time(1, "invocation", c.stat).Value()
		if ok && both && real-model > float64(c.most) {
			return fmt.Sprintf("the machine did not keep up, so that nothing can be told: %s of an invocation is %s, and %s in the model; run fewer at once (--parallel), or with nothing else on the machine",
				c.stat, metric.FormatTime(real), metric.FormatTime(model))
		}
	}
	return ""
}

// time is a statistic of a series of times, of the model or the real side; none where there
// is none.
func (v *Variant) time(side int, id string, stat metric.Stat) metric.Quantity {
	m, ok := v.of[side].Scenario.Metric(id)
	if !ok {
		return metric.Quantity{}
	}
	q, _ := v.of[side].Whole.Value(metric.Figure{Metric: m, Stat: stat})
	return q
}

// respond puts the percentiles of the response side by side.
func (v *Variant) respond() {
	for _, stat := range []metric.Stat{metric.P50, metric.P90, metric.P99} {
		v.Response = append(v.Response, Response{stat, v.time(0, "response", stat), v.time(1, "response", stat)})
	}
	v.Lateness = v.time(1, "lateness", metric.P99)
}

// judge says of every figure how it is, once it is known how many there are.
func (r *Report) judge(known []Reason) error {
	for _, v := range r.Variants {
		r.Figures += len(v.Figures)
	}
	for _, v := range r.Variants {
		for _, f := range v.Figures {
			p, err := agree.Predict(r.pending[f], r.Figures)
			if err != nil {
				return fmt.Errorf("%s: %s: %w", v.Title(), f.ID, err)
			}
			f.tell(p, v)
			if f.Verdict == Apart {
				f.Why = why(known, v, f)
			}
			if f.Why != "" {
				f.Verdict = Known
			}
			v.Counts[f.Verdict]++
			r.Counts[f.Verdict]++
		}
	}
	r.pending = nil
	return nil
}

// tell puts a prediction into what is shown.
func (f *Figure) tell(p agree.Prediction, v *Variant) {
	per := float64(v.Seeds)
	if f.Per == perTransactions {
		per = float64(v.Transactions) / 100
	}
	f.Model, f.Real = p.Model/per, p.Real/per
	f.Low, f.High = max(0, (p.Model-p.May)/per), (p.Model+p.May)/per
	f.Fixed = p.Fixed
	switch {
	case p.Equal():
		f.Verdict = Equal
	case p.Agrees():
		f.Verdict = Within
	default:
		f.Verdict = Apart
	}
}

// Agrees reports whether nothing is apart but what is known to be.
func (r *Report) Agrees() bool { return r.Counts[Apart] == 0 }
