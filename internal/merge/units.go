package merge

import (
	"cmp"
	"fmt"
	"slices"

	"kvbench/internal/runfile"
)

// unit is a variant of a shard, and where it stands in the plan.
type unit struct {
	*runfile.Variant
	shard int
	place place
}

// place is where a variant stands in the order in which one process runs the plan. A step of
// a search has the place of its scenario alone: its shard has the steps in their order.
type place struct{ scenario, point, repeat, variant int }

func placeOf(h *runfile.Header, v *runfile.Variant) place {
	d := &h.Scenarios[v.Scenario]
	if d.Find != nil {
		return place{scenario: v.Scenario}
	}
	at := slices.IndexFunc(d.Points, func(p runfile.Point) bool { return text(p.Settings) == text(v.Point) })
	return place{v.Scenario, max(at, 0), v.Repeat, v.Variant}
}

func (p place) compare(o place) int {
	return cmp.Or(cmp.Compare(p.scenario, o.scenario), cmp.Compare(p.point, o.point), cmp.Compare(p.repeat, o.repeat), cmp.Compare(p.variant, o.variant))
}

// units are those of all shards in the plan's order.
func (s *Set) units() (out []unit) {
	for _, r := range s.runs {
		for _, v := range r.Variants {
			out = append(out, unit{v, r.Header.Shard.Index, placeOf(&r.Header, v)})
		}
	}
	slices.SortStableFunc(out, func(a, b unit) int { return a.place.compare(b.place) })
	return out
}

// complete refuses shards of which no one is missing, and which do not hold every variant of
// the plan: in virtual time one of them, on the wall clock all.
func (s *Set) complete() error {
	wall := s.runs[0].Header.Clock == "wall"
	by := map[place][]unit{}
	for _, u := range s.units() {
		if of := by[u.place]; !wall && len(of) > 0 && (of[0].shard != u.shard || s.runs[0].Header.Scenarios[u.Scenario].Find == nil) {
			return fmt.Errorf("%s/%s, repeat %d, is in shard %d and in shard %d", u.Def.Name, u.Name, u.Repeat+1, of[0].shard, u.shard)
		}
		by[u.place] = append(by[u.place], u)
	}
	scenarios := s.runs[0].Header.Scenarios
	for i := range scenarios {
		for _, p := range places(&scenarios[i], i) {
			d := &scenarios[i]
			switch n := len(by[p]); {
			case n == 0:
				return fmt.Errorf("%s/%s, repeat %d, is in no shard", d.Name, d.Variants[p.variant].Name, p.repeat+1)
			case wall && n < s.of:
				return fmt.Errorf("%s/%s, repeat %d, is in %d of %d shards", d.Name, d.Variants[p.variant].Name, p.repeat+1, n, s.of)
			}
		}
	}
	return nil
}

// places are those that a scenario has.
func places(d *runfile.Definition, scenario int) (out []place) {
	if d.Find != nil {
		return []place{{scenario: scenario}}
	}
	for point := range max(len(d.Points), 1) {
		for repeat := range max(d.Repeats, 1) {
			for variant := range d.Variants {
				out = append(out, place{scenario, point, repeat, variant})
			}
		}
	}
	return out
}
