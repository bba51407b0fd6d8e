// Package choose says which variant an engineer would take: of those that keep a promise
// the one that is best by what is preferred.
package choose

import (
	"math"
	"slices"
	"strings"

	"kvbench/internal/expect"
	"kvbench/internal/metric"
	"kvbench/internal/result"
	"kvbench/internal/runfile"
)

// What counts as the same as the best of a figure: a share of it, and a difference that
// nobody decides by.
const (
	nearShare  = 0.05
	nearTime   = 1000 // 1 µs
	nearDollar = 0.01 // a million transactions
)

// Of decides by what the scenario says; nil where it says nothing.
func Of(s *result.Scenario) (*Choice, error) {
	if s.Def.Choose == nil {
		return nil, nil
	}
	return By(s, *s.Def.Choose)
}

// By decides by a promise and a preference.
func By(s *result.Scenario, by runfile.Choose) (*Choice, error) {
	promise, prefer, err := Parse(by, expect.NamesOf(s.Def))
	if err != nil {
		return nil, err
	}
	if given := given(s.Def, by); len(given) > 0 {
		return apart(s, by, given, promise, prefer)
	}
	return among(s, s.Variants, by, promise, prefer)
}

// among decides among some variants.
func among(s *result.Scenario, variants []*result.Variant, by runfile.Choose, promise []expect.Expect, prefer []metric.Figure) (*Choice, error) {
	c := &Choice{Promise: by.Promise, Prefer: by.Prefer, Figures: prefer}
	c.Unpriced = s.Def.Prices().None && slices.ContainsFunc(prefer, func(f metric.Figure) bool { return f.ID == runfile.USD })
	var keep, ended []*Standing
	c.Standings = make([]Standing, len(variants))
	for i, v := range variants {
		st := &c.Standings[i]
		st.Variant = v
		for _, e := range promise {
			r, err := expect.Hold(e, v)
			if err != nil {
				return nil, err
			}
			st.Clauses = append(st.Clauses, r)
		}
		if v.Missing != "" || passedOver(v) {
			continue
		}
		ended = append(ended, st)
		if len(st.Broken()) == 0 {
			keep = append(keep, st)
		}
	}
	if c.Kept = len(keep) > 0; !c.Kept {
		c.nearest(ended, prefer)
		return c, nil
	}
	for _, f := range prefer {
		keep = best(keep, f)
	}
	keep = cleanest(keep, outside(s, promise))
	c.take(keep)
	c.because()
	return c, nil
}

// passedOver says that a variant is a step of a search that is not what was found: of a search
// only what was found is chosen among.
func passedOver(v *result.Variant) bool { return v.Scenario.Def.Find != nil && !v.Found() }

// Parse reads a promise and a preference; its error is an *Error.
func Parse(by runfile.Choose, names expect.Names) (promise []expect.Expect, prefer []metric.Figure, err error) {
	for i, text := range by.Promise {
		e, err := expect.ParseClause(text, names)
		if err != nil {
			return nil, nil, &Error{"promise", i, text, err.(*expect.Error)}
		}
		promise = append(promise, e)
	}
	for i, text := range by.Prefer {
		f, err := expect.ParseFigure(text, names)
		if err != nil {
			bad := err.(*expect.Error)
			if first, rest, _ := strings.Cut(text, "."); slices.Contains(slices.Concat(names.Variants, names.Idle), first) {
				bad = &expect.Error{Message: "a preference holds for each variant", Hint: "leave the variant out: " + rest}
			}
			return nil, nil, &Error{"prefer", i, text, bad}
		}
		if f.Better == metric.Neither {
			return nil, nil, &Error{"prefer", i, text, &expect.Error{
				Message: "more of " + f.ID + " is neither better nor worse", Hint: "prefer a latency, a cost or an anomaly",
			}}
		}
		switch {
		case f.Stat != metric.N:
		case f.Of != "":
			f.Stat = metric.Part // how often, whatever the load
		case f.Series >= 0:
			return nil, nil, &Error{"prefer", i, text, &expect.Error{
				Message: "how often " + f.ID + " was taken is nothing to prefer by", Hint: "name a statistic, such as " + f.ID + ".p99",
			}}
		}
		prefer = append(prefer, f)
	}
	return promise, prefer, nil
}

// Error says what is wrong with a promise or a preference.
type Error struct {
	Field string // "promise" or "prefer"
	Index int
	Text  string
	Err   *expect.Error
}

func (e *Error) Error() string { return e.Field + " " + e.Text + ": " + e.Err.Error() }
func (e *Error) Unwrap() error { return e.Err }

// best keeps those that are as good as the best by a figure, and notes of the others
// what they were beaten by. One that has no such figure is beaten by any that has.
func best(all []*Standing, f metric.Figure) []*Standing {
	var top *Standing
	for _, s := range all {
		if v := value(s, f); v.Known() && (top == nil || ahead(v, value(top, f), f)) {
			top = s
		}
	}
	if top == nil {
		return all
	}
	var keep []*Standing
	for _, s := range all {
		if alike(s, top, f) {
			keep = append(keep, s)
			continue
		}
		s.Out = &Because{Loser: s.Variant, Figure: f, Winner: value(top, f), Lost: value(s, f)}
	}
	return keep
}

func value(s *Standing, f metric.Figure) metric.Quantity {
	v, _ := s.Variant.Whole.Value(f)
	return v
}

// ahead reports whether a figure is better than another.
func ahead(a, b metric.Quantity, f metric.Figure) bool {
	if f.Better == metric.Higher {
		return a.Or(0) > b.Or(0)
	}
	return a.Or(0) < b.Or(0)
}

// alike reports whether two are the same in a figure as far as it matters, or as far as
// their repeats can tell.
func alike(a, b *Standing, f metric.Figure) bool {
	x, known := value(a, f).Value()
	y, too := value(b, f).Value()
	if !known || !too {
		return known == too
	}
	difference := math.Abs(x - y)
	switch {
	case difference <= nearShare*math.Min(math.Abs(x), math.Abs(y)),
		f.Kind() == metric.Time && difference <= nearTime,
		f.Kind() == metric.Money && difference <= nearDollar+1e-9:
		return true
	}
	low, high, ok := interval(a.Variant, f)
	from, to, okay := interval(b.Variant, f)
	return ok && okay && low <= to && from <= high
}

// cleanest keeps those that no other one beats: that has none of the figures worse and
// one better.
func cleanest(all []*Standing, figures []metric.Figure) []*Standing {
	var keep []*Standing
	for _, s := range all {
		if out := beaten(s, all, figures); out != nil {
			s.Out = out
			continue
		}
		keep = append(keep, s)
	}
	return keep
}

func beaten(s *Standing, all []*Standing, figures []metric.Figure) *Because {
	for _, other := range all {
		var better *Because
		worse := false
		for _, f := range figures {
			a, b := value(other, f), value(s, f)
			switch {
			case alike(other, s, f):
			case a.Or(0) < b.Or(0):
				if better == nil || b.Or(0) > better.Lost.Or(0) {
					better = &Because{Loser: s.Variant, Figure: f, Winner: a, Lost: b}
				}
			default:
				worse = true
			}
		}
		if better != nil && !worse {
			return better
		}
	}
	return nil
}

// outside are how often each anomaly happened that the promise does not speak of.
func outside(s *result.Scenario, promise []expect.Expect) (out []metric.Figure) {
	for _, m := range s.Metrics {
		if m.Class != metric.Anomaly && m.ID != runfile.Errors {
			continue
		}
		if !slices.ContainsFunc(promise, func(e expect.Expect) bool { return e.Figure.ID == m.ID }) {
			out = append(out, metric.Figure{Metric: m, Stat: metric.Part})
		}
	}
	return out
}

// nearest takes those that break the fewest clauses, of these the one that breaks them by
// least, and of those that do so alike the one that is preferred.
func (c *Choice) nearest(ended []*Standing, prefer []metric.Figure) {
	if len(ended) == 0 {
		return
	}
	var first []*Standing
	for _, s := range ended {
		switch n := len(s.Broken()); {
		case first == nil || n < len(first[0].Broken()):
			first = []*Standing{s}
		case n == len(first[0].Broken()):
			first = append(first, s)
		}
	}
	least := math.Inf(1)
	for _, s := range first {
		least = min(least, s.excess())
	}
	first = slices.DeleteFunc(first, func(s *Standing) bool { return s.excess() > least*(1+nearShare) })
	for _, f := range prefer {
		first = best(first, f)
	}
	c.take(first)
	if len(c.Take) > 0 {
		s := c.standing(c.Take[0])
		broken := s.Broken()
		worst := slices.MaxFunc(broken, func(a, b expect.Result) int { return compareExcess(s, a, b) })
		c.Because = s.breaks(worst)
	}
}
