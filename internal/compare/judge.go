package compare

import (
	"math"

	"kvbench/internal/metric"
)

// The corrections for the number of tests. A gate has to be right as a whole: both bound
// the chance of a single false alarm however figures depend on each other. Benjamini and
// Hochberg's would let a share of what is called worse be chance.
const (
	westfallYoung = "westfall-young"
	holmsMethod   = "holm"
)

// judge corrects the p-values for their number and gives every delta its verdict.
//
// Alpha is shared evenly by the families that there are: the medians of responses and of
// calls, of pairs; all other figures of pairs; and the figures of independent values. The
// medians stand alone since they are what a slower store shows in, and are few and
// steady: beside them are hundreds of others, such as the 99th percentiles of repeats of
// half a second, that by chance alone point one way in some of the 2^n ways to flip the
// signs of n pairs, so that together with them no median could be told from chance.
func (c *Comparison) judge(o Options) {
	var families []*family
	for _, f := range []*family{
		{of: Family{Test: Signs, Correction: westfallYoung, Leading: true}},
		{of: Family{Test: Signs, Correction: westfallYoung}},
		{of: Family{Test: RankSum, Correction: holmsMethod}},
	} {
		for i := range c.Deltas {
			f.admit(&c.Deltas[i], o)
		}
		if len(f.deltas) > 0 {
			families = append(families, f)
		}
	}
	for _, f := range families {
		f.correct(o, len(families))
		c.Tests += len(f.deltas)
		c.Families = append(c.Families, f.of)
	}
	type key struct {
		scenario, variant, series string
		statistic                 metric.Stat
	}
	judged := map[key]*Delta{}
	for i := range c.Deltas {
		d := &c.Deltas[i]
		d.judge(o, c.least(d, o, len(families)))
		judged[key{d.Scenario, d.Variant, d.Series, d.Statistic}] = d
		if as := judged[key{d.Scenario, d.Variant, d.SameAs, d.Statistic}]; as != nil {
			d.P, d.RawP, d.Verdict, d.Changed, d.MoreRepeats = as.P, as.RawP, as.Verdict, as.Changed, as.MoreRepeats
		}
	}
}

// family is the deltas of a Family.
type family struct {
	of     Family
	deltas []*Delta
}

// admit takes in a delta that belongs to a family. Pairs that differ by less than what
// matters, even were all to point the same way, could never be called different, and so
// are not tested; which way they point decides nothing there, so that the test of the
// others is none the worse for it.
func (f *family) admit(d *Delta, o Options) {
	switch {
	case !d.tested || d.Test != f.of.Test:
		return
	case d.Test == Signs && leading(d.Figure) != f.of.Leading:
		return
	case d.Test == Signs && (d.largest == 0 || d.largest < d.threshold(o)):
		d.tested = false
		return
	}
	if n := min(d.BaseN, d.HeadN); d.Samples == Repeats && (f.of.Fewest == 0 || n < f.of.Fewest) {
		f.of.Fewest = n
	}
	f.deltas = append(f.deltas, d)
	f.of.Tests++
}

// correct sets the p-values of a family, one of so many.
func (f *family) correct(o Options, families int) {
	var corrected []float64
	if f.of.Test == Signs {
		var raw []float64
		all := make([]scores, len(f.deltas))
		for i, d := range f.deltas {
			all[i] = d.scores
		}
		raw, corrected = flipped(all)
		for i, d := range f.deltas {
			d.RawP = deflate(raw[i], d.Effective)
			corrected[i] = deflate(corrected[i], d.Effective)
		}
		f.of.Least = leastPairs(o.Alpha, families)
	} else {
		ps := make([]float64, len(f.deltas))
		for i, d := range f.deltas {
			ps[i] = d.RawP
		}
		corrected = holm(ps)
		f.of.Least = leastRepeats(o.Alpha, families*f.of.Tests)
	}
	for i, d := range f.deltas {
		d.P = min(1, float64(families)*corrected[i])
	}
}

// least is how many repeats it takes to tell any difference of a figure from chance.
func (c *Comparison) least(d *Delta, o Options, families int) int {
	if d.Test == Signs {
		return leastPairs(o.Alpha, families)
	}
	for _, f := range c.Families {
		if f.Test == d.Test {
			return f.Least
		}
	}
	return leastRepeats(o.Alpha, families)
}

// judge says better, worse, same or unsure.
//
// A difference is called one when it is significant after the correction and at
// least as large as the smallest that matters: a tiny one that is certain and a
// large one that may be chance are both not. Figures are the same when the whole
// interval is smaller than that. least is how many repeats it takes to tell anything.
func (d *Delta) judge(o Options, least int) {
	matters := d.threshold(o)
	switch {
	case !d.unproven && d.P <= o.Alpha && d.difference != 0 && math.Abs(d.difference) >= matters:
		d.Changed = true
		d.Verdict = Unsure
		if d.Directed {
			d.Verdict = Better
			if d.difference > 0 {
				d.Verdict = Worse
			}
		}
	case d.low == 0 && d.high == 0, !d.unproven && -matters < d.low && d.high < matters:
		d.Verdict = Same
	default:
		d.Verdict = Unsure
		n := min(d.BaseN, d.HeadN)
		if d.Samples == Stretches {
			n = 1
		}
		width := d.high - d.low
		if d.low > matters || d.high < -matters {
			width = 0 // it is wide, and yet beyond all that does not matter
		}
		d.MoreRepeats = moreRepeats(n, width, matters, least)
	}
}

// threshold is the size from which on a difference matters: a share of the figure
// in base, or of the response for a part of it. What is counted exactly has none.
func (d *Delta) threshold(o Options) float64 {
	switch {
	case d.Samples == Totals && !timed(d.Figure):
		return 0
	case d.logs:
		return math.Log1p(o.MinEffect)
	}
	return o.MinEffect * d.scale
}
