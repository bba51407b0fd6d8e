package compare

import "math"

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

// What a delta's values are taken from.
const (
	fromTotals    = "exact"     // virtual time and the same seed: nothing is left to chance
	fromRepeats   = "repeats"   // one value a repeat
	fromStretches = "stretches" // one value a stretch of a repeat, of which there are too few
)

// Delta is one figure of one variant in both runs.
type Delta struct {
	Scenario  string `json:"scenario"`
	Variant   string `json:"variant"`
	Series    string `json:"series"`    // or ops, ops.get, outcome.kv, errors, usd-per-million
	Statistic string `json:"statistic"` // p50, p95, p99, share, per-transaction or mean
	Unit      string `json:"unit"`      // of base and head: ns, bytes, percent, count, share or usd
	// Base and Head are medians over the repeats; where Samples is "exact" the
	// figure of all repeats together.
	Base float64 `json:"base"`
	Head float64 `json:"head"`
	// Ratio is Head to Base, and Low to High its confidence interval of 95 %.
	// Nil where base is 0 and head is not, or where there are too few values.
	Ratio *float64 `json:"ratio" jsonschema:"oneof_type=number;null"`
	Low   *float64 `json:"low" jsonschema:"oneof_type=number;null"`
	High  *float64 `json:"high" jsonschema:"oneof_type=number;null"`
	// P is the p-value, corrected for the number of tests (Holm); RawP is not.
	// 0 where a difference is exact, 1 where all values are the same.
	P    float64 `json:"p"`
	RawP float64 `json:"p_raw"`
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
	Changed bool   `json:"changed"`
	Samples string `json:"samples"` // exact, repeats or stretches
	// BaseN and HeadN are how many values there are; Effective is the share of
	// them that counts as independent.
	BaseN     int     `json:"base_n"`
	HeadN     int     `json:"head_n"`
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

	figure   figure
	scale    float64 // what the difference is held against
	low      float64 // of the difference
	high     float64
	tested   bool // p-value of a test, to be corrected
	unproven bool // the values can't bear a verdict
}

// exact fills a delta from figures that nothing is left to chance in.
func (d *Delta) exact(base, head, scale float64) {
	d.Samples, d.Effective = fromTotals, 1
	d.Base, d.Head, d.scale = base, head, scale
	d.low, d.high = head-base, head-base
	d.RawP = 1
	if base != head {
		d.RawP = 0
	}
	d.P = d.RawP
	for _, p := range []struct {
		to    **float64
		value float64
	}{{&d.BaseLow, base}, {&d.BaseHigh, base}, {&d.HeadLow, head}, {&d.HeadHigh, head}} {
		*p.to = finite(p.value)
	}
	d.ratios()
}

// sampled fills a delta from values of each side, in the order in which they were
// measured. share is that of the values that count as independent.
func (d *Delta) sampled(base, head []float64, samples string, share float64) {
	d.Samples, d.Effective = samples, share
	d.BaseN, d.HeadN = len(base), len(head)
	var low, high float64
	d.Base, low, high = median(base)
	d.BaseLow, d.BaseHigh = finite(low), finite(high)
	d.Head, low, high = median(head)
	d.HeadLow, d.HeadHigh = finite(low), finite(high)
	d.P, d.RawP = 1, 1
	if !allSame(base, head) {
		d.low, d.high = shift(base, head, share)
		// The interval is about the median of all differences of pairs, the ratio
		// that of the medians.
		d.low, d.high = min(d.low, d.Head-d.Base), max(d.high, d.Head-d.Base)
		d.RawP, d.tested = deflate(rankSum(base, head), share), true
	}
	d.ratios()
}

// ratios turns the difference and its interval into ratios to Base.
func (d *Delta) ratios() {
	switch {
	case d.Base != 0:
		d.Ratio = finite(d.Head / d.Base)
		d.Low, d.High = finite(max(0, 1+d.low/d.Base)), finite(1+d.high/d.Base)
		if math.IsInf(d.low, 0) {
			d.Low = nil
		}
	case d.low == 0 && d.high == 0:
		one := 1.0
		d.Ratio, d.Low, d.High = &one, &one, &one
	}
}

// judge says better, worse, same or unsure.
//
// A difference is called one when it is significant after the correction and at
// least as large as the smallest that matters: a tiny one that is certain and a
// large one that may be chance are both not. Figures are the same when the whole
// interval is smaller than that.
func (d *Delta) judge(o Options, tests int) {
	matters := d.threshold(o)
	difference := d.Head - d.Base
	switch {
	case !d.unproven && d.P <= o.Alpha && difference != 0 && math.Abs(difference) >= matters:
		d.Changed = true
		d.Verdict = Unsure
		if d.Directed {
			d.Verdict = Better
			if difference > 0 {
				d.Verdict = Worse
			}
		}
	case d.low == 0 && d.high == 0, !d.unproven && -matters < d.low && d.high < matters:
		d.Verdict = Same
	default:
		d.Verdict = Unsure
		n := min(d.BaseN, d.HeadN)
		if d.Samples == fromStretches {
			n = 1
		}
		width := d.high - d.low
		if d.low > matters || d.high < -matters {
			width = 0 // it is wide, and yet beyond all that does not matter
		}
		d.MoreRepeats = moreRepeats(n, width, matters, o.Alpha, tests)
	}
}

// threshold is the size from which on a difference matters: a share of the figure
// in base, or of the response for a part of it. What is counted exactly has none.
func (d *Delta) threshold(o Options) float64 {
	if d.Samples == fromTotals && !d.figure.latency {
		return 0
	}
	return o.Smallest * d.scale
}
