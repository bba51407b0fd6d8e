package compare

import (
	"fmt"
	"slices"

	"kvbench/internal/metric"
	"kvbench/internal/record"
	"kvbench/internal/result"
	"kvbench/internal/runfile"
)

// enoughRepeats is how many repeats a side needs for repeats alone to be its
// values: with four on each side the rank-sum test never refuses at 2 %.
const enoughRepeats = 5

// stretchesPerSide is into how many stretches the repeats of a side are cut where
// there are too few of them: as many as a comparison of repeats should have.
const stretchesPerSide = 10

// pair is one variant that ran to its end in both runs.
type pair struct {
	scenario, variant string
	base, head        side
	// virtual says that both ran in virtual time, exact that nothing is left to
	// chance: the seed is the same as well.
	virtual, exact bool
	// paired says that repeats of one number are pairs: they took turns, which is
	// interleaved, or share the definition, the seed and the machine, and so all that
	// is random and known.
	paired, interleaved bool
	redefined           bool
	only                []string // figures that one side alone has
}

// side is a variant in one of the runs.
type side struct {
	*result.Variant
	repeats []result.Repeat  // that ran to their end
	missing int              // how many did not, or measured nothing
	whole   *result.Sample   // all repeats together; only where the pair is exact
	parts   []*result.Sample // stretches of the repeats; only where those are few
}

func (s *side) def() *runfile.Definition { return s.Scenario.Def }

func (s *side) samples() []*result.Sample {
	out := make([]*result.Sample, len(s.repeats))
	for i, r := range s.repeats {
		out[i] = r.Sample
	}
	return out
}

// deltas compares every figure that both sides have.
func (p *pair) deltas() ([]Delta, error) {
	if p.exact || p.paired { // the repeats that both have
		b, h := p.base.repeats, p.head.repeats
		p.base.keep(h)
		p.head.keep(b)
		if len(p.base.repeats) == 0 {
			return nil, nil
		}
	}
	n := min(len(p.base.repeats), len(p.head.repeats))
	for _, s := range []*side{&p.base, &p.head} {
		var err error
		switch {
		case p.exact:
			s.whole, err = s.join()
		case n < enoughRepeats:
			s.parts, err = s.stretches()
		}
		if err != nil {
			return nil, fmt.Errorf("%s/%s: %w", p.scenario, p.variant, err)
		}
	}
	var out []Delta
	for _, f := range figures(p.base.Scenario) {
		d, ok := p.delta(f)
		if !ok {
			continue
		}
		if f.Series == record.Service && !p.waited() {
			d.SameAs, d.tested = f.Of, false
		}
		out = append(out, d)
	}
	return out, nil
}

// keep leaves out the repeats that others don't have.
func (s *side) keep(others []result.Repeat) {
	s.repeats = slices.DeleteFunc(slices.Clone(s.repeats), func(r result.Repeat) bool {
		return !slices.ContainsFunc(others, func(o result.Repeat) bool { return o.Repeat == r.Repeat })
	})
}

// join takes the repeats together.
func (s *side) join() (*result.Sample, error) {
	if len(s.repeats) == len(s.Repeats) {
		return s.Whole, nil
	}
	return result.Join(s.samples()...)
}

// stretches cuts repeats, in their order, into stretches of successive intervals
// (batch means), all of about as many intervals. A repeat without intervals, as a
// baseline has them, gives none.
func (s *side) stretches() (out []*result.Sample, err error) {
	perRepeat := (stretchesPerSide + len(s.repeats) - 1) / len(s.repeats)
	for _, r := range s.repeats {
		n := min(perRepeat, len(r.Intervals))
		for i := range n {
			part, err := result.Stretch(s.def(), r.Intervals[i*len(r.Intervals)/n:(i+1)*len(r.Intervals)/n])
			if err != nil {
				return nil, err
			}
			out = append(out, part)
		}
	}
	return out, nil
}

// waited reports whether any transaction waited before it began. Where none did, as
// in a closed loop, the service is the response.
func (p *pair) waited() bool {
	return slices.ContainsFunc(slices.Concat(p.base.samples(), p.head.samples()), func(s *result.Sample) bool {
		return s.Series(record.Wait).Max > 0
	})
}

// inHead is a figure of base as head has it. Where head has none, or knows it as
// something else, match has said so.
func (p *pair) inHead(f metric.Figure) (metric.Figure, bool) {
	m, ok := p.head.Scenario.Metric(f.ID)
	return metric.Figure{Metric: m, Stat: f.Stat}, ok && m.Unit == f.Unit && m.Of == f.Of
}

// delta compares a figure; ok is false where it can't be had of both sides.
func (p *pair) delta(f metric.Figure) (d Delta, ok bool) {
	g, ok := p.inHead(f)
	if !ok {
		return d, false
	}
	d = Delta{
		Scenario: p.scenario, Variant: p.variant, Series: f.ID, Statistic: f.Stat, Unit: f.Kind(), Figure: f,
		Directed: f.Better != metric.Neither, Redefined: p.redefined,
		Modelled: timed(f) && (p.base.def().Latency() == runfile.Modelled || p.head.def().Latency() == runfile.Modelled),
	}
	b, h := observations(f.Metric, p.base.samples()), observations(g.Metric, p.head.samples())
	switch {
	case !enough(f.Stat, b), !enough(f.Stat, h):
		if f.Stat == metric.P50 && timed(f) && (b == 0) != (h == 0) {
			p.note("%s was observed in %s alone", f.ID, where(b > 0))
		}
		return d, false
	case f.Class == metric.Cost && f.Metric.Name() != f.ID && b+h == 0:
		return d, false // a kind of call that neither makes
	case f.Stat == metric.Per && b > 0 && h > 0:
		d.Directed = false // how often a size was taken is neither good nor bad; whether ever is
	}
	if p.exact {
		ok = p.totals(&d, f, g)
	} else {
		ok = p.repeats(&d, f, g)
	}
	return d, ok
}

// totals fills a delta from all repeats together.
func (p *pair) totals(d *Delta, f, g metric.Figure) bool {
	base, head := values(f, []*result.Sample{p.base.whole}), values(g, []*result.Sample{p.head.whole})
	if len(base) == 0 || len(head) == 0 {
		p.alone(f, len(base) > 0, len(head) > 0)
		return false
	}
	d.exact(base[0], head[0], p.scale(f, base[0], []*result.Sample{p.base.whole}))
	d.BaseN, d.HeadN = len(p.base.repeats), len(p.head.repeats)
	return true
}

// repeats fills a delta from values of each side: of pairs of repeats, or independent
// ones of repeats, or where those are too few of stretches of them.
func (p *pair) repeats(d *Delta, f, g metric.Figure) bool {
	base, head := values(f, p.base.samples()), values(g, p.head.samples())
	if len(base) == 0 || len(head) == 0 {
		p.alone(f, len(base) > 0, len(head) > 0)
		return false
	}
	d.Samples = Repeats
	if min(len(base), len(head)) < enoughRepeats {
		d.unproven = true
		if b, h := values(f, p.base.parts), values(g, p.head.parts); timed(f) && min(len(b), len(h)) >= enoughRepeats {
			base, head, d.Samples, d.unproven = b, h, Stretches, !p.virtual
		}
	}
	if p.paired && d.Samples == Repeats {
		base, head, numbers := p.both(f, g)
		if len(numbers) == 0 {
			return false // no repeat has it on both sides
		}
		d.paired(base, head, numbers, p.interleaved, p.scaleOf(f, base))
		return true
	}
	share := 1.0
	if !p.interleaved || d.Samples == Stretches {
		share = independent(base, head)
	}
	d.sampled(base, head, share, p.scaleOf(f, base))
	return true
}

// both are the values of a figure in the repeats in which both sides have it, and the
// numbers of these.
func (p *pair) both(f, g metric.Figure) (base, head []float64, numbers []int) {
	for _, r := range p.base.repeats {
		i := slices.IndexFunc(p.head.repeats, func(o result.Repeat) bool { return o.Repeat == r.Repeat }) // keep left none alone
		b, _ := r.Sample.Value(f)
		h, _ := p.head.repeats[i].Sample.Value(g)
		if b.Known() && h.Known() {
			base, head, numbers = append(base, b.Or(0)), append(head, h.Or(0)), append(numbers, r.Repeat)
		}
	}
	return base, head, numbers
}

func (p *pair) note(format string, args ...any) {
	p.only = append(p.only, p.scenario+"/"+p.variant+": "+fmt.Sprintf(format, args...))
}

// alone notes that one side alone has a figure.
func (p *pair) alone(f metric.Figure, inBase, inHead bool) {
	if inBase != inHead {
		p.note("%s can be had in %s alone", f.ID, where(inBase))
	}
}

func where(inBase bool) string {
	if inBase {
		return "base"
	}
	return "head"
}

// scale is what a difference is held against: the figure in base, or for a part of
// the response the response.
func (p *pair) scale(f metric.Figure, base float64, samples []*result.Sample) float64 {
	if !part(f) {
		return base
	}
	if whole, ok := p.base.Scenario.Metric(f.Of); ok {
		if v := values(metric.Figure{Metric: whole, Stat: f.Stat}, samples); len(v) > 0 {
			m, _, _ := median(v)
			return m
		}
	}
	return base
}

// scaleOf is the scale of a figure of these values of base.
func (p *pair) scaleOf(f metric.Figure, base []float64) float64 {
	middle, _, _ := median(base)
	return p.scale(f, middle, p.base.samples())
}
