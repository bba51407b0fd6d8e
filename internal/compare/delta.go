package compare

import (
	"fmt"
	"math"
	"slices"

	"kvbench/internal/metric"
)

// Verdict says how head stands to base in one figure.
type Verdict string

const (
	Better Verdict = "better"
	Worse  Verdict = "worse"
	// Same: a difference that matters is ruled out, or there is none.
	Same Verdict = "same"
	// Unsure: it can't be told whether there is a difference that matters; or
	// there is one (Delta.Changed) that is neither better nor worse.
	Unsure Verdict = "unsure"
)

// Samples says what a delta's values are taken from.
type Samples string

const (
	Totals    Samples = "exact"     // virtual time and the same seed: nothing is left to chance
	Repeats   Samples = "repeats"   // one value a repeat
	Stretches Samples = "stretches" // one value a stretch of a repeat, of which there are too few
)

// Test is what tells a difference from chance.
type Test string

const (
	Exact   Test = "exact"    // none: nothing is left to chance
	Signs   Test = "signs"    // of pairs: the permutation of the signs of their differences
	RankSum Test = "rank-sum" // of independent values: Mann and Whitney's
)

// Delta is one figure of one variant in both runs.
type Delta struct {
	Scenario  string      `json:"scenario"`
	Variant   string      `json:"variant"`
	Series    string      `json:"series"`    // or ops, ops.get, outcome.kv, errors, usd-per-million
	Statistic metric.Stat `json:"statistic"` // p50, p95, p99, share, per-transaction or mean
	Unit      metric.Unit `json:"unit"`      // of base and head: ns, bytes, percent, count, share or usd
	// Redefined says that the scenario's definition differs.
	Redefined bool `json:"redefined"`
	// Base and Head are medians over the repeats; where Samples is "exact" the
	// figure of all repeats together.
	Base float64 `json:"base"`
	Head float64 `json:"head"`
	// Ratio is Head to Base, and Low to High its confidence interval of 95 %. Of pairs
	// it is the Hodges–Lehmann estimate of the ratios of the pairs.
	// Nil where base is 0 and head is not, or where there are too few values.
	Ratio *float64 `json:"ratio" jsonschema:"oneof_type=number;null"`
	Low   *float64 `json:"low" jsonschema:"oneof_type=number;null"`
	High  *float64 `json:"high" jsonschema:"oneof_type=number;null"`
	// P is the p-value, corrected for the number of tests; RawP is not. 0 where a
	// difference is exact, 1 where all values are the same or pairs differ by less than
	// what matters, whichever way.
	P    float64 `json:"p"`
	RawP float64 `json:"p_raw"`
	Test Test    `json:"test"` // signs, rank-sum or exact
	// Verdict is Better, Worse, Same or Unsure.
	Verdict Verdict `json:"verdict"`
	// Directed says that more is worse. Where it is not so, a difference is
	// never called better or worse.
	Directed bool `json:"more_is_worse"`
	// Modelled says that the figure is a latency that was drawn from a model and not
	// measured, in one of the runs at least.
	Modelled bool `json:"modelled"`
	// Changed says that there is a difference that matters, whatever its
	// direction.
	Changed bool    `json:"changed"`
	Samples Samples `json:"samples"` // exact, repeats or stretches
	// BaseN and HeadN are how many values there are, Pairs how many of them are pairs:
	// repeats of one number that took turns or share all that is random; Effective is
	// the share of them that counts as independent.
	BaseN     int     `json:"base_n"`
	HeadN     int     `json:"head_n"`
	Pairs     int     `json:"pairs"`
	Effective float64 `json:"effective_share"`
	// The confidence intervals of Base and Head; nil with fewer than six values.
	BaseLow  *float64 `json:"base_low" jsonschema:"oneof_type=number;null"`
	BaseHigh *float64 `json:"base_high" jsonschema:"oneof_type=number;null"`
	HeadLow  *float64 `json:"head_low" jsonschema:"oneof_type=number;null"`
	HeadHigh *float64 `json:"head_high" jsonschema:"oneof_type=number;null"`
	// MoreRepeats is about how many more repeats of each side would tell, where
	// Verdict is Unsure and nothing has Changed.
	MoreRepeats int `json:"more_repeats,omitempty"`
	// SameAs names the series that this one can't differ from, where no
	// transaction waited: the service is the response. It shares its verdict and
	// counts as no test and no failure of its own.
	SameAs string `json:"same_as,omitempty"`
	// Figure is what is compared.
	Figure metric.Figure `json:"-"`

	difference float64 // of head from base: of their logarithms where it is one of logs
	low, high  float64 // its interval
	logs       bool
	scale      float64 // what the difference is held against, where it is none of logs
	scores     scores  // of pairs
	largest    float64 // the difference, were all pairs to point the same way
	tested     bool    // p-value of a test, to be corrected
	unproven   bool    // the values can't bear a verdict
}

// exact fills a delta from figures that nothing is left to chance in.
func (d *Delta) exact(base, head, scale float64) {
	d.Samples, d.Test, d.Effective = Totals, Exact, 1
	d.Base, d.Head, d.scale = base, head, scale
	d.difference, d.low, d.high = head-base, head-base, head-base
	d.RawP = 1
	if base != head {
		d.RawP = 0
	}
	d.P = d.RawP
	d.BaseLow, d.BaseHigh, d.HeadLow, d.HeadHigh = finite(base), finite(base), finite(head), finite(head)
	d.ratios()
}

// sampled fills a delta from independent values of each side, in the order in which they
// were measured. share is that of the values that count as independent.
func (d *Delta) sampled(base, head []float64, share, scale float64) {
	d.Test, d.Effective, d.scale = RankSum, share, scale
	d.medians(base, head)
	d.difference = d.Head - d.Base
	if !allSame(base, head) {
		d.low, d.high = shift(base, head, share)
		// The interval is about the median of all differences of values, the ratio
		// that of the medians.
		d.low, d.high = min(d.low, d.difference), max(d.high, d.difference)
		d.RawP, d.tested = deflate(rankSum(base, head), share), true
	}
	d.ratios()
}

// paired fills a delta from values whose repeats are pairs, by the numbers of these. It
// is the logarithms of values that are compared, where each has one and the figure is no
// part of another. Where the pairs did not take turns, they count for less by how much
// the difference of one resembles that of the next.
func (d *Delta) paired(base, head []float64, repeats []int, turns bool, scale float64) {
	d.Test, d.Effective, d.scale = Signs, 1, scale
	d.medians(base, head)
	d.Pairs = len(repeats)
	positive := func(v float64) bool { return v > 0 }
	d.logs = !part(d.Figure) && all(base, positive) && all(head, positive)
	differences, sizes := make([]float64, len(repeats)), make([]float64, len(repeats))
	for i := range differences {
		differences[i] = head[i] - base[i]
		if d.logs {
			differences[i] = math.Log(head[i] / base[i])
		}
	}
	if slices.ContainsFunc(differences, func(v float64) bool { return v != 0 }) {
		if !turns {
			d.Effective = independent(differences)
		}
		d.difference, d.low, d.high = walsh(differences, d.Effective)
		for i, v := range differences {
			sizes[i] = math.Abs(v)
		}
		d.largest, _, _ = walsh(sizes, d.Effective)
		d.scores, d.tested = score(differences, repeats), true
	}
	d.ratios()
}

func all(values []float64, is func(float64) bool) bool {
	return !slices.ContainsFunc(values, func(v float64) bool { return !is(v) })
}

// medians sets what a delta of several values has in any case.
func (d *Delta) medians(base, head []float64) {
	d.BaseN, d.HeadN = len(base), len(head)
	var low, high float64
	d.Base, low, high = median(base)
	d.BaseLow, d.BaseHigh = finite(low), finite(high)
	d.Head, low, high = median(head)
	d.HeadLow, d.HeadHigh = finite(low), finite(high)
	d.P, d.RawP = 1, 1
}

// ratios turns the difference and its interval into ratios to Base.
func (d *Delta) ratios() {
	switch {
	case d.logs:
		d.Ratio, d.Low, d.High = finite(math.Exp(d.difference)), finite(math.Exp(d.low)), finite(math.Exp(d.high))
	case d.Base != 0:
		d.Ratio = finite(max(0, 1+d.difference/d.Base))
		d.Low, d.High = finite(max(0, 1+d.low/d.Base)), finite(1+d.high/d.Base)
	case d.low == 0 && d.high == 0:
		d.Ratio, d.Low, d.High = finite(1), finite(1), finite(1)
	}
	if math.IsInf(d.low, 0) { // whose ratio is 0
		d.Low = nil
	}
}

// finite returns a pointer to v, nil where it is not a number that JSON has.
func finite(v float64) *float64 {
	if !metric.Of(v).Known() {
		return nil
	}
	return &v
}

// String names a delta with its numbers.
func (d *Delta) String() string {
	text := fmt.Sprintf("%s/%s: %s", d.Scenario, d.Variant, d.Series)
	if d.Statistic != metric.Mean {
		text += " " + string(d.Statistic)
	}
	base, head := d.Unit.Apart(d.Base, d.Head)
	text += fmt.Sprintf(" %s, was %s", head, base)
	if d.Ratio == nil {
		return text
	}
	text += " (" + metric.FormatChange(*d.Ratio)
	switch {
	case d.Samples == Totals:
		text += ", exact"
	case d.Low != nil && d.High != nil:
		text += fmt.Sprintf("; %s to %s, p=%.2g", metric.FormatChange(*d.Low), metric.FormatChange(*d.High), d.P)
	}
	return text + ")"
}
