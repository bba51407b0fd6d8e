package page

import (
	"fmt"
	"slices"
	"strings"

	"kvbench/internal/answer"
	"kvbench/internal/choose"
	"kvbench/internal/expect"
	"kvbench/internal/metric"
	"kvbench/internal/result"
)

// The kinds of verdict, which are also classes of the page's.
const (
	take = "take" // another variant than the published one
	keep = "keep"
	none = "none" // keeps the promise
	open = "open" // nothing to choose
)

// verdict is which variants to take, if any.
type verdict struct {
	Class, Before string
	Names         []name
}

// name is a variant as a reader meets it.
type name struct {
	Name, Doc string
	Published bool
}

// key is the same of two that choose the same.
func (v verdict) key() string { return fmt.Sprint(v.Class == none, v.Names) }

func nameOf(v *result.Variant) name { return name{v.Name, v.Doc, v.Published && !v.Def.Own()} }

func verdictOf(s *answer.Scenario) verdict {
	c := s.Choice
	if !slices.ContainsFunc(s.Variants, (*result.Variant).Ran) {
		return verdict{Class: open, Before: "No choice: nothing was measured"}
	}
	if c == nil && s.Def.Find != nil {
		return searched(s)
	}
	if c == nil {
		text := "Nothing to choose: no promise is made"
		if len(s.Variants) == 1 {
			text = "Nothing to choose: one variant"
		}
		return verdict{Class: open, Before: text}
	}
	v := verdict{Class: take, Before: "Take"}
	if len(c.Parts) > 0 {
		return apart(c)
	}
	for _, t := range c.Take {
		v.Names = append(v.Names, nameOf(t))
	}
	switch {
	case len(c.Take) == 0:
		return verdict{Class: open, Before: "No choice: no variant ran to its end"}
	case !c.Kept:
		v.Class, v.Before = none, "None keeps the promise; nearest:"
	case c.Take[0].Published && len(c.Take[0].Point) == 0:
		v.Class, v.Before = keep, "Keep"
	}
	return v
}

// searched is the verdict of a search by which nobody chooses: what it was for.
func searched(s *answer.Scenario) verdict {
	var text []string
	for _, f := range s.Found {
		rate := " keeps the promise at no rate"
		if f.At != nil {
			rate = " keeps the promise up to " + f.Rate.Text(metric.FormatRate)
		}
		text = append(text, f.Variant+rate)
	}
	return verdict{Class: open, Before: strings.Join(text, "; ")}
}

// apart is the verdict of a choice that is made at each value of what is given.
func apart(c *choose.Choice) verdict {
	v := verdict{Class: none, Before: "None keeps the promise; nearest:"}
	for i := range c.Parts {
		p := &c.Parts[i]
		if p.Kept {
			v.Class, v.Before = take, "Take"
		}
		for _, n := range p.Names() {
			if !slices.ContainsFunc(v.Names, func(o name) bool { return o.Name == n }) {
				v.Names = append(v.Names, name{Name: n})
			}
		}
	}
	if len(v.Names) == 0 {
		return verdict{Class: open, Before: "No choice: no variant ran to its end"}
	}
	return v
}

// sure is what a choice rests on.
func sure(s *answer.Scenario) (out []string) {
	var counts []uint64
	repeats, ran := s.Def.Repeats, 0
	for _, v := range s.Variants {
		if len(v.Repeats) > 0 {
			ran++
		}
		repeats = min(repeats, len(v.Repeats))
		counts = append(counts, v.Whole.Transactions())
	}
	if len(counts) == 0 || slices.Max(counts) == 0 {
		return []string{"nothing was measured"}
	}
	if ran < len(s.Variants) {
		out = append(out, fmt.Sprintf("only %d of %d ran", ran, len(s.Variants)))
	}
	if s.Choice != nil && len(s.Choice.Take) > 1 {
		out = append(out, fmt.Sprintf("a tie of %d", len(s.Choice.Take)))
	}
	switch {
	case repeats > 1:
		out = append(out, fmt.Sprintf("%d repeats", repeats))
	case s.Def.Clock == "virtual":
		out = append(out, "1 seed")
	default:
		out = append(out, "1 run, not repeated")
	}
	text := metric.FormatCount(float64(slices.Min(counts))) + " transactions"
	if slices.Min(counts) < slices.Max(counts) {
		text = "≥ " + text
	}
	return append(out, text, string(s.Def.Latency()))
}

// unmet is an expectation that was not met.
type unmet struct {
	expect.Result
	ID string // of its place in the page
}
