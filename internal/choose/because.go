package choose

import (
	"cmp"
	"slices"

	"kvbench/internal/expect"
	"kvbench/internal/result"
)

// because notes what the choice beats: the published variant, else one that would have
// been preferred if it did not break the promise, else the one that came nearest to being
// chosen.
func (c *Choice) because() {
	var loser *Standing
	for i := range c.Standings {
		st := &c.Standings[i]
		if slices.Contains(c.Take, st.Variant) || passedOver(st.Variant) || c.lost(st) == nil {
			continue
		}
		if st.Variant.Published {
			loser = st
			break
		}
		if loser == nil || c.tempts(st) && !c.tempts(loser) || c.tempts(st) == c.tempts(loser) && c.closer(st, loser) {
			loser = st
		}
	}
	if loser != nil {
		c.Because = c.lost(loser)
	}
}

// tempts reports whether a variant breaks the promise and has less than what was taken of
// what is preferred first.
func (c *Choice) tempts(s *Standing) bool {
	if len(s.Broken()) == 0 || len(c.Figures) == 0 {
		return false
	}
	has := func(v *result.Variant) (float64, bool) {
		q, _ := v.Whole.Value(c.Figures[0])
		return q.Value()
	}
	loser, ok := has(s.Variant)
	winner, known := has(c.Take[0])
	return ok && known && loser < winner
}

// lost is what a variant that was not taken lost by; nil where it is but in a tie with
// what was.
func (c *Choice) lost(s *Standing) *Because {
	if s.Variant.Missing != "" {
		return &Because{Loser: s.Variant}
	}
	if broken := s.Broken(); len(broken) > 0 {
		worst := slices.MaxFunc(broken, func(a, b expect.Result) int { return compareExcess(s, a, b) })
		return s.breaks(worst)
	}
	return s.Out
}

// closer reports whether a came nearer to being chosen than b: it broke fewer clauses,
// or lost by a later preference.
func (c *Choice) closer(a, b *Standing) bool {
	if n := cmp.Compare(len(a.Broken()), len(b.Broken())); n != 0 {
		return n < 0
	}
	if a.Out == nil || b.Out == nil {
		return a.excess() < b.excess()
	}
	return c.rank(a.Out) > c.rank(b.Out)
}

// rank is the place of a preference; that of what comes after all of them is last.
func (c *Choice) rank(b *Because) int {
	for i, text := range c.Prefer {
		if text == b.Figure.Name() || text == b.Figure.ID {
			return i
		}
	}
	return len(c.Prefer)
}
