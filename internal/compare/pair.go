package compare

import (
	"fmt"
	"slices"

	"kvbench/internal/runfile"
)

// enoughRepeats is how many repeats a side needs for repeats alone to be its
// values: with four on each side the rank-sum test never refuses at 2 %.
const enoughRepeats = 5

// pair is one variant that ran to its end in both runs.
type pair struct {
	scenario, variant string
	base, head        side
	// virtual says that both ran in virtual time, exact that nothing is left to
	// chance: the seed is the same as well.
	virtual, exact bool
	interleaved    bool
	only           []string // figures that one side alone has
}

// side is a variant in one of the runs.
type side struct {
	def     *runfile.Definition
	repeats []*runfile.Variant
	totals  []*total // of each repeat
	missing int      // repeats that did not run to their end, or measured nothing
	whole   *total   // all repeats together; only where the pair is exact
	parts   []*total // stretches of the repeats; only where those are few
}

// match finds the variants that ran in both runs. It notes what is in one alone,
// what is defined otherwise, and what did not run to its end.
func (c *Comparison) match(base, head *runfile.Run) ([]pair, error) {
	var pairs []pair
	for i := range base.Header.Scenarios {
		def := &base.Header.Scenarios[i]
		j := slices.IndexFunc(head.Header.Scenarios, func(d runfile.Definition) bool { return d.Name == def.Name })
		if j < 0 {
			c.Only = append(c.Only, fmt.Sprintf("scenario %s is in base alone", def.Name))
			continue
		}
		other := &head.Header.Scenarios[j]
		c.Differences = append(c.Differences, differences(def, other)...)
		c.Only = append(c.Only, onlySeries(def, other)...)
		for v := range def.Variants {
			w := slices.IndexFunc(other.Variants, func(d runfile.VariantDef) bool { return d.Name == def.Variants[v].Name })
			name := def.Name + "/" + def.Variants[v].Name
			if w < 0 {
				c.Only = append(c.Only, name+" is in base alone")
				continue
			}
			p := pair{
				scenario: def.Name, variant: def.Variants[v].Name, interleaved: c.Interleaved,
				virtual: def.Clock == "virtual" && other.Clock == "virtual",
			}
			p.exact = p.virtual && base.Header.Seed == head.Header.Seed
			var err error
			if p.base, err = c.side(base, i, v, "base", name); err != nil {
				return nil, err
			}
			if p.head, err = c.side(head, j, w, "head", name); err != nil {
				return nil, err
			}
			if p.base.missing == 0 && p.head.missing > 0 {
				c.Failed = append(c.Failed, fmt.Sprintf("%s: %d of its %d repeats did not run to their end in head, "+
					"and all did in base", name, p.head.missing, other.Repeats))
			}
			if len(p.base.repeats) > 0 && len(p.head.repeats) > 0 {
				pairs = append(pairs, p)
			}
		}
		for _, w := range other.Variants {
			if !slices.ContainsFunc(def.Variants, func(d runfile.VariantDef) bool { return d.Name == w.Name }) {
				c.Only = append(c.Only, fmt.Sprintf("%s/%s is in head alone", def.Name, w.Name))
			}
		}
	}
	for _, other := range head.Header.Scenarios {
		if !slices.ContainsFunc(base.Header.Scenarios, func(d runfile.Definition) bool { return d.Name == other.Name }) {
			c.Only = append(c.Only, fmt.Sprintf("scenario %s is in head alone", other.Name))
		}
	}
	return pairs, nil
}

// side collects the repeats of a variant that ran to their end and says how many
// others there are.
func (c *Comparison) side(run *runfile.Run, scenario, variant int, where, name string) (side, error) {
	s := side{def: &run.Header.Scenarios[scenario]}
	s.missing = s.def.Repeats
	for _, v := range run.Variants {
		if v.Scenario != scenario || v.Variant != variant || !v.Complete || v.Error != "" {
			continue
		}
		t, err := sum(s.def, []*runfile.Variant{v})
		if err != nil {
			return s, err
		}
		if t.transactions() > 0 {
			s.repeats, s.totals = append(s.repeats, v), append(s.totals, t)
			s.missing--
		}
	}
	if s.missing > 0 {
		c.Only = append(c.Only, fmt.Sprintf("%s: %d of its %d repeats in %s did not run to their end or measured "+
			"nothing, and are left out", name, s.missing, s.def.Repeats, where))
	}
	return s, nil
}

// deltas compares every figure that both sides have.
func (p *pair) deltas() ([]Delta, error) {
	if p.exact { // the repeats that both have: their seeds are the same
		p.base.keep(&p.head)
		p.head.keep(&p.base)
		if len(p.base.repeats) == 0 {
			return nil, nil
		}
	}
	n := min(len(p.base.repeats), len(p.head.repeats))
	for _, s := range []*side{&p.base, &p.head} {
		var err error
		switch {
		case p.exact:
			s.whole, err = sum(s.def, s.repeats)
		case n < enoughRepeats:
			s.parts, err = stretches(s.def, s.repeats)
		}
		if err != nil {
			return nil, err
		}
	}
	var out []Delta
	for _, f := range figures(p.base.def) {
		d, ok := p.delta(f)
		if !ok {
			continue
		}
		if f.Kind == "series" && f.Name == "service" && !p.waited() {
			d.SameAs, d.tested = "response", false
		}
		out = append(out, d)
	}
	return out, nil
}

// keep leaves out the repeats that the other side does not have.
func (s *side) keep(other *side) {
	var repeats []*runfile.Variant
	var totals []*total
	for i, v := range s.repeats {
		if slices.ContainsFunc(other.repeats, func(o *runfile.Variant) bool { return o.Repeat == v.Repeat }) {
			repeats, totals = append(repeats, v), append(totals, s.totals[i])
		}
	}
	s.repeats, s.totals = repeats, totals
}

// waited reports whether any transaction waited before it began. Where none did, as
// in a closed loop, the service is the response.
func (p *pair) waited() bool {
	return slices.ContainsFunc(slices.Concat(p.base.totals, p.head.totals), func(t *total) bool {
		i := findSeries(t.def.Series, "wait")
		return i >= 0 && t.histograms[i].Max() > 0
	})
}

// shared reports whether head knows a figure of base as the same. Where it does
// not, match has said so.
func (p *pair) shared(f figure) bool {
	switch f.Kind {
	case "series":
		i := findSeries(p.head.def.Series, f.Name)
		j := findSeries(p.base.def.Series, f.Name)
		return i >= 0 && p.head.def.Series[i].Unit == p.base.def.Series[j].Unit && p.head.def.Series[i].Of == p.base.def.Series[j].Of
	case "outcome":
		return slices.Contains(p.head.def.Outcomes, f.Name)
	}
	return true
}

// delta compares a figure; ok is false where it can't be had of both sides.
func (p *pair) delta(f figure) (d Delta, ok bool) {
	if !p.shared(f) {
		return d, false
	}
	d = Delta{
		Scenario: p.scenario, Variant: p.variant, Series: f.series(), Statistic: f.Stat, Unit: f.Unit,
		Directed: f.directed, Modelled: f.latency && (p.base.def.Traits.Modelled || p.head.def.Traits.Modelled), figure: f,
	}
	if f.Kind == "series" {
		b, h := observations(f, p.base.totals), observations(f, p.head.totals)
		_, percentile := percentiles[f.Stat]
		if percentile && (!enough(f.Stat, b) || !enough(f.Stat, h)) {
			if f.Stat == "p50" && f.latency && (b == 0) != (h == 0) {
				p.only = append(p.only,
					fmt.Sprintf("%s/%s: %s was observed in %s alone", p.scenario, p.variant, f.Name, where(b > 0)))
			}
			return d, false
		}
		if f.Stat == perTransaction && b > 0 && h > 0 {
			d.Directed = false // how often a size was taken is neither good nor bad; whether ever is
		}
	}
	if f.Kind == "ops" && f.Name != "" && called(f.Name, p.base.totals)+called(f.Name, p.head.totals) == 0 {
		return d, false
	}
	if p.exact {
		b, missing := f.value(p.base.whole)
		h, missingToo := f.value(p.head.whole)
		if missing != "" || missingToo != "" {
			p.alone(f, missing == "", missingToo == "")
			return d, false
		}
		d.BaseN, d.HeadN = len(p.base.repeats), len(p.head.repeats)
		d.exact(b, h, scale(f, b, []*total{p.base.whole}))
		return d, true
	}
	base, head := values(f, p.base.totals), values(f, p.head.totals)
	if len(base) == 0 || len(head) == 0 {
		p.alone(f, len(base) > 0, len(head) > 0)
		return d, false
	}
	share, samples := 1.0, fromRepeats
	if !p.interleaved {
		share = independent(base, head)
	}
	if min(len(base), len(head)) < enoughRepeats && f.latency {
		b, h := values(f, p.base.parts), values(f, p.head.parts)
		if min(len(b), len(h)) >= enoughRepeats {
			base, head, samples, share = b, h, fromStretches, independent(b, h)
			d.unproven = !p.virtual
		}
	}
	d.sampled(base, head, samples, share)
	d.scale = scale(f, d.Base, p.base.totals)
	d.unproven = d.unproven || min(d.BaseN, d.HeadN) < enoughRepeats
	return d, true
}

// alone notes that one side alone has a figure.
func (p *pair) alone(f figure, inBase, inHead bool) {
	if inBase != inHead {
		p.only = append(p.only, fmt.Sprintf("%s/%s: %s can be had in %s alone", p.scenario, p.variant, f.series(), where(inBase)))
	}
}

// called counts the calls of a kind.
func called(kind string, totals []*total) (n uint64) {
	for _, t := range totals {
		n += t.calls(kind)
	}
	return n
}

func where(inBase bool) string {
	if inBase {
		return "base"
	}
	return "head"
}

// scale is what a difference is held against: the figure in base, or for a part of
// the response the response.
func scale(f figure, base float64, totals []*total) float64 {
	if !f.part {
		return base
	}
	f.Name = "response"
	if v := values(f, totals); len(v) > 0 {
		m, _, _ := median(v)
		return m
	}
	return base
}

// Whole refuses a run in which a variant did not run all its repeats to their end.
func Whole(run *runfile.Run) error {
	for i := range run.Header.Scenarios {
		def := &run.Header.Scenarios[i]
		for j, v := range def.Variants {
			m, err := collect(run, i, j)
			switch {
			case err != nil:
				return err
			case m.missing != "":
				return fmt.Errorf("%s/%s: %s", def.Name, v.Name, m.missing)
			}
		}
	}
	return nil
}
