package find

import (
	"math"
	"slices"

	"kvbench/internal/expect"
	"kvbench/internal/metric"
	"kvbench/internal/result"
	"kvbench/internal/runfile"
	"kvbench/internal/sparse"
)

// Verdict is whether a promise is kept as far as can be told.
type Verdict string

const (
	Keeps   Verdict = "keeps"
	Breaks  Verdict = "breaks"
	Unclear Verdict = "unclear" // the interval of what is promised holds the promise
)

// Judged is a promise held against what was measured at one rate.
type Judged struct {
	// Kept says that the figures keep it as they are.
	Kept bool
	// Verdict is what their intervals say.
	Verdict Verdict
	Clauses []Clause
}

// Clause is one clause of a promise.
type Clause struct {
	expect.Result
	// Low and High are the interval of 99 % of its figure; none where none can be had.
	Low, High metric.Quantity
	Verdict   Verdict
}

// Promise are the clauses of a search, and that no more transactions fail than the scenario
// allows.
func Promise(def *runfile.Definition) (out []expect.Expect, err error) {
	names := expect.NamesOf(def)
	for _, text := range def.Find.While {
		e, err := expect.ParseClause(text, names)
		if err != nil {
			return nil, err
		}
		out = append(out, e)
	}
	if !slices.ContainsFunc(out, func(e expect.Expect) bool { return e.Figure.ID == runfile.Errors }) {
		m, _ := metric.Find(names.Metrics, runfile.Errors)
		text := metric.FormatShare(def.MaxErrors)
		out = append(out, expect.Expect{
			Text: runfile.Errors + " <= " + text, Variant: "*", Figure: metric.Figure{Metric: m, Stat: metric.Part},
			Op: "<=", Value: def.MaxErrors, Want: "<= " + text,
		})
	}
	return out, nil
}

// Judge holds a promise against runs at one rate, taken together.
func Judge(promise []expect.Expect, runs []*runfile.Variant) (*Judged, error) {
	v, err := result.Alone(runs)
	if err != nil {
		return nil, err
	}
	j := &Judged{Kept: true, Verdict: Keeps}
	for _, e := range promise {
		c := Clause{}
		if c.Result, err = expect.Hold(e, v); err != nil {
			return nil, err
		}
		if err := c.interval(v); err != nil {
			return nil, err
		}
		j.Kept = j.Kept && c.OK
		switch {
		case c.Verdict == Breaks:
			j.Verdict = Breaks
		case c.Verdict == Unclear && j.Verdict == Keeps:
			j.Verdict = Unclear
		}
		j.Clauses = append(j.Clauses, c)
	}
	return j, nil
}

// Worst is the clause that is broken by most, as a share of what it allows; nil where none is.
func (j *Judged) Worst() *Clause {
	var worst *Clause
	excess := func(c *Clause) float64 {
		have, known := c.Value.Value()
		if !known || c.Expect.Value == 0 {
			return math.Inf(1)
		}
		return math.Abs(have-c.Expect.Value) / math.Abs(c.Expect.Value)
	}
	for i := range j.Clauses {
		if c := &j.Clauses[i]; !c.OK && (worst == nil || excess(c) > excess(worst)) {
			worst = c
		}
	}
	return worst
}

// of is what the figures say, as a verdict.
func of(ok bool) Verdict {
	if ok {
		return Keeps
	}
	return Breaks
}

// interval sets the interval of the clause and its verdict. Of a percentile or a share it is
// Wilson's of a share, that of the values which are beyond the bound or that of what is counted,
// with as many values as there would be of independent ones: see inflation. What has no
// interval, as a mean or a maximum, is what it is.
func (c *Clause) interval(v *result.Variant) error {
	c.Verdict = of(c.OK)
	if !c.Value.Known() || c.Op == "==" || c.Op == "!=" {
		return nil
	}
	s, f := v.Whole, c.Figure
	p, percentile := f.Stat.Rank()
	switch {
	case percentile && f.Series >= 0:
		h, err := s.Distribution(f.Series)
		if err != nil {
			return err
		}
		n, beyond := c.count(h)
		one := &sparse.Histogram{}
		by, err := inflation(v, func(part []runfile.Interval) (n, x float64, err error) {
			for i := range part {
				if err := part[i].Read(f.Series, one); err != nil {
					return 0, 0, err
				}
				all, out := c.count(one)
				n, x = n+all, x+out
			}
			return n, x, nil
		})
		if err != nil {
			return err
		}
		low, high := wilson(beyond, n, by)
		c.decide(low, high, 1-p/100)
		half := z * math.Sqrt(p/100*(1-p/100)*by/n)
		at := func(share float64) metric.Quantity {
			return metric.Of(float64(h.Percentile(min(max(100*share, 1e-9), 100))))
		}
		c.Low, c.High = at(p/100-half), at(p/100+half)
	case f.Stat == metric.Part:
		n, x := s.Among(f.Metric), float64(s.N(f.Metric))
		by := 1.0
		if x > 0 {
			var err error
			if by, err = inflation(v, func(part []runfile.Interval) (float64, float64, error) {
				s, err := result.Stretch(v.Def, part)
				if err != nil {
					return 0, 0, err
				}
				return s.Among(f.Metric), float64(s.N(f.Metric)), nil
			}); err != nil {
				return err
			}
		}
		low, high := wilson(x, n, by)
		c.decide(low, high, c.Expect.Value)
		c.Low, c.High = metric.Of(low), metric.Of(high)
	}
	return nil
}

// decide sets the verdict from the interval of a share that may be so large at most, or that
// has to be as large at least: a lower bound of a percentile is kept by enough beyond it.
func (c *Clause) decide(low, high, bound float64) {
	switch {
	case low <= bound && bound <= high:
		c.Verdict = Unclear
	case c.Op == "<" || c.Op == "<=":
		c.Verdict = of(high < bound)
	default:
		c.Verdict = of(low > bound)
	}
}

// beyond reports whether a value that lies between two is beyond the clause's bound.
func (c *Clause) beyond(from, to int64) bool {
	bound := c.Expect.Value
	if c.Op == "<" || c.Op == ">=" {
		return float64(to) >= bound
	}
	return float64(from) > bound
}

// count is how many values there are, and how many of them lie beyond the clause's bound.
func (c *Clause) count(h *sparse.Histogram) (all, beyond float64) {
	for _, b := range h.Buckets() {
		all += float64(b.Count)
		if c.beyond(b.From, b.To) {
			beyond += float64(b.Count)
		}
	}
	return all, beyond
}

// z is the quantile of the normal distribution that 99 % of it lie within: of the steps of a
// search one in ten or so would be wrong with 95 %.
const z = 2.575829

// wilson is Wilson's interval of 99 % of a share: of x of n, which tell as much as n/by that
// are independent of each other (Wilson 1927).
func wilson(x, n, by float64) (low, high float64) {
	if n == 0 {
		return 0, 1
	}
	p := x / n
	m := max(n/by, 1)
	middle, half := p+z*z/(2*m), z*math.Sqrt(p*(1-p)/m+z*z/(4*m*m))
	return max((middle-half)/(1+z*z/m), 0), min((middle+half)/(1+z*z/m), 1)
}

// batches is about how many a run is cut into, and fewest how few tell nothing.
const (
	batches = 20
	fewest  = 5
)

// inflation is by how much more a share varies than one of independent values: transactions
// that queue behind the same ones are late together. It is the variance of the ratio over
// successive stretches of the runs (batch means; Law, Simulation Modeling and Analysis, 9.5.3)
// over that of a binomial, and at least 1.
func inflation(v *result.Variant, of func([]runfile.Interval) (n, x float64, err error)) (float64, error) {
	var ns, xs []float64
	var all, hits float64
	for _, r := range v.Repeats {
		each := (len(r.Intervals) + batches - 1) / batches
		for part := range slices.Chunk(r.Intervals, max(each, 1)) {
			n, x, err := of(part)
			if err != nil {
				return 0, err
			}
			if n > 0 {
				ns, xs = append(ns, n), append(xs, x)
				all, hits = all+n, hits+x
			}
		}
	}
	k, share := float64(len(ns)), 0.0
	if all > 0 {
		share = hits / all
	}
	plain := share * (1 - share) / all
	if k < fewest || plain == 0 {
		return 1, nil
	}
	var squares float64
	for i := range ns {
		d := xs[i] - share*ns[i]
		squares += d * d
	}
	return max(1, k/(k-1)*squares/(all*all)/plain), nil
}
