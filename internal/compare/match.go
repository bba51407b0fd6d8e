package compare

import (
	"fmt"
	"slices"

	"kvbench/internal/record"
	"kvbench/internal/result"
	"kvbench/internal/runfile"
)

// match finds the variants that ran in both runs. It notes what is in one alone,
// what is defined otherwise, and what did not run to its end.
func (c *Comparison) match(base, head *result.Set) (pairs []pair) {
	for _, b := range base.Scenarios {
		h := head.Scenario(b.Def.Name)
		if h == nil {
			c.Only = append(c.Only, fmt.Sprintf("scenario %s is in base alone", b.Def.Name))
			continue
		}
		pairs = append(pairs, c.variants(b, h, &base.Run.Header, &head.Run.Header)...)
	}
	for _, h := range head.Scenarios {
		if base.Scenario(h.Def.Name) == nil {
			c.Only = append(c.Only, fmt.Sprintf("scenario %s is in head alone", h.Def.Name))
		}
	}
	return pairs
}

// variants finds those of one scenario that ran in both runs.
func (c *Comparison) variants(b, h *result.Scenario, base, head *runfile.Header) (pairs []pair) {
	differ, redefined := differences(b.Def, h.Def)
	c.Differences = append(c.Differences, differ...)
	c.Only = append(c.Only, onlySeries(b.Def, h.Def)...)
	name := b.Def.Name
	if redefined {
		c.Redefined = append(c.Redefined, name)
	}
	if b.Def.Latency() == runfile.NotModelled || h.Def.Latency() == runfile.NotModelled {
		c.Only = append(c.Only, fmt.Sprintf("scenario %s: latencies: base %s, head %s", name, b.Def.Latency(), h.Def.Latency()))
	}
	virtual := b.Def.Clock == "virtual" && h.Def.Clock == "virtual"
	if b.Def.Find != nil && h.Def.Find != nil {
		defer func(n int) { c.steps(n, name) }(len(c.Only))
	}
	known := b.Def.Workload != nil && h.Def.Workload != nil
	for _, v := range b.Variants {
		w := h.Variant(v.Name)
		if w == nil {
			c.Only = append(c.Only, fmt.Sprintf("%s/%s is in base alone", name, v.Name))
			continue
		}
		p := pair{
			scenario: name, variant: v.Name, interleaved: c.Interleaved, redefined: redefined,
			virtual: virtual, exact: virtual && base.Seed == head.Seed,
			paired: c.Interleaved || known && !redefined && base.Seed == head.Seed && sameMachine(base, head),
			base:   c.side(v, "base"), head: c.side(w, "head"),
		}
		if p.base.missing == 0 && p.head.missing > 0 {
			c.Failed = append(c.Failed, fmt.Sprintf("%s/%s: %d of its %d repeats did not run to their end in head, "+
				"and all did in base", name, v.Name, p.head.missing, h.Def.Repeats))
		}
		if len(p.base.repeats) > 0 && len(p.head.repeats) > 0 {
			pairs = append(pairs, p)
		}
	}
	for _, w := range h.Variants {
		if b.Variant(w.Name) == nil {
			c.Only = append(c.Only, fmt.Sprintf("%s/%s is in head alone", name, w.Name))
		}
	}
	return pairs
}

// side collects the repeats of a variant that ran to their end and says how many
// others there are.
func (c *Comparison) side(v *result.Variant, where string) side {
	s := side{Variant: v, missing: v.Scenario.Def.Repeats}
	for _, r := range v.Repeats {
		if r.Complete && r.Error == "" && r.Sample.Transactions() > 0 {
			s.repeats = append(s.repeats, r)
			s.missing--
		}
	}
	if s.missing > 0 {
		c.Only = append(c.Only, fmt.Sprintf("%s/%s: %d of its %d repeats in %s did not run to their end or measured "+
			"nothing, and are left out", v.Scenario.Def.Name, v.Name, s.missing, v.Scenario.Def.Repeats, where))
	}
	return s
}

// onlySeries says which series and outcomes one definition alone has.
func onlySeries(base, head *runfile.Definition) (out []string) {
	names := func(d *runfile.Definition) (list []string) {
		for _, s := range d.Series {
			list = append(list, "series "+s.Name)
		}
		for _, o := range d.Outcomes {
			list = append(list, "outcome "+o)
		}
		return list
	}
	b, h := names(base), names(head)
	for _, side := range []struct {
		where      string
		has, other []string
	}{{"base", b, h}, {"head", h, b}} {
		for _, name := range side.has {
			if !slices.Contains(side.other, name) {
				out = append(out, fmt.Sprintf("%s: %s is in %s alone", base.Name, name, side.where))
			}
		}
	}
	return append(out, unitChanges(base.Series, head.Series, base.Name)...)
}

// unitChanges says which series have another unit, or are a share of something
// else, and so are not what they were.
func unitChanges(base, head []record.Series, scenario string) (out []string) {
	for _, b := range base {
		for _, h := range head {
			if h.Name == b.Name && (h.Unit != b.Unit || h.Of != b.Of) {
				out = append(out, fmt.Sprintf("%s: series %s has unit %s of %q in base, %s of %q in head",
					scenario, b.Name, b.Unit, b.Of, h.Unit, h.Of))
			}
		}
	}
	return out
}
