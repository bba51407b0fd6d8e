package choose

import (
	"slices"

	"kvbench/internal/expect"
	"kvbench/internal/metric"
	"kvbench/internal/result"
)

// Takes reports whether a variant is to be taken.
func (c *Choice) Takes(v *result.Variant) bool {
	if c == nil {
		return false
	}
	for _, t := range c.Take {
		if t == v {
			return true
		}
	}
	return false
}

// Keeps reports whether a variant keeps the promise; any does where there is none.
func (c *Choice) Keeps(v *result.Variant) bool {
	return c == nil || v.Missing == "" && len(c.standing(v).Broken()) == 0
}

// Breaks reports whether a variant breaks the promise by what a figure shows. One that did
// not run to its end breaks it by that and by no figure.
func (c *Choice) Breaks(v *result.Variant, f metric.Figure) bool {
	if c == nil || v.Missing != "" {
		return false
	}
	for _, r := range c.standing(v).Broken() {
		same := r.Figure.Stat == f.Stat || r.Figure.Stat == metric.N && f.Stat == metric.Part
		if r.Figure.ID == f.ID && same {
			return true
		}
	}
	return false
}

// Asks reports whether the promise or the preference is about a metric.
func (c *Choice) Asks(m metric.Metric) bool {
	if c == nil || m.ID == "" {
		return false
	}
	for _, f := range c.Figures {
		if f.ID == m.ID {
			return true
		}
	}
	return len(c.Standings) > 0 && slices.ContainsFunc(c.Standings[0].Clauses, func(r expect.Result) bool { return r.Figure.ID == m.ID })
}
