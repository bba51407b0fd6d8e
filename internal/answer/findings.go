package answer

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"kvbench/internal/expect"
	"kvbench/internal/metric"
	"kvbench/internal/result"
	"kvbench/internal/runfile"
)

// Finding is what a detector found in a variant.
type Finding struct {
	result.Finding
	Variant string
	Sources string // the folder of the files of its sites, from the repository's root
	// Broken is an expectation that forbids it and was not met; empty where there is none.
	Broken string
}

// Findings are what a detector found in the scenario's variants and people are to know:
// hazards, staleness that an expectation or a promise limits, and advice, in this order.
// Suppressed ones are left out, unless they are asked for.
func (s *Scenario) Findings(suppressed bool) (out []Finding) {
	for _, v := range s.Variants {
		found, _, _ := v.Findings()
		for _, f := range found {
			if f.Suppressed && !suppressed || f.Group == runfile.StalenessGroup && !s.limits(f.ID) {
				continue
			}
			one := Finding{Finding: f, Variant: v.Name, Sources: v.Sources}
			for _, e := range s.Expectations {
				if !e.OK && !f.Suppressed && e.Variant == v.Name && e.Figure.ID == f.ID {
					one.Broken = e.Text
				}
			}
			out = append(out, one)
		}
	}
	groups := []string{runfile.HazardGroup, runfile.StalenessGroup, runfile.AdviceGroup}
	slices.SortStableFunc(out, func(a, b Finding) int { return slices.Index(groups, a.Group) - slices.Index(groups, b.Group) })
	return out
}

// limits reports whether an expectation or a promise speaks of a metric.
func (s *Scenario) limits(id string) bool {
	if slices.ContainsFunc(s.Expectations, func(e expect.Result) bool { return e.Figure.ID == id }) {
		return true
	}
	if s.Def.Choose == nil {
		return false
	}
	names := expect.NamesOf(s.Def)
	return slices.ContainsFunc(s.Def.Choose.Promise, func(text string) bool {
		e, err := expect.ParseClause(text, names)
		return err == nil && e.Figure.ID == id
	})
}

// Watched reports whether a detector was told the calls of any variant that has measured a
// transaction, as finding nothing in none is no good news, and what limits what it found.
func (s *Scenario) Watched() (watched bool, notes []string) {
	for _, v := range s.Variants {
		_, more, w := v.Findings()
		watched = watched || w && v.Ran()
		for _, note := range more {
			if !slices.Contains(notes, note) {
				notes = append(notes, note)
			}
		}
	}
	return watched, notes
}

// Place is where it was found: a site, or the variant where there is none.
func (f *Finding) Place() string {
	if at := f.Site.String(); at != "" {
		return at
	}
	return f.Variant
}

// Often is how often it was: "3.1% of puts (412)".
func (f *Finding) Often() string {
	of := map[string]string{"put": "puts", "delete": "deletes", "invocation": "invocations"}[f.Of]
	return fmt.Sprintf("%s of %s (%s)", f.Share.Text(metric.FormatShare), of, metric.FormatCount(float64(f.Count)))
}

// Sizes are its sizes in words: "1 s to 3 s, half of them below 2 s".
func (f *Finding) Sizes() string {
	least, most := f.Unit.Format(float64(f.Least)), f.Unit.Format(float64(f.Most))
	if least == most {
		return least
	}
	return fmt.Sprintf("%s to %s, median %s", least, most, f.Unit.Format(float64(f.Median)))
}

// Line is the finding in a line without what to do about it.
func (f *Finding) Line() string {
	text := f.Place() + " " + f.ID + " " + f.Often()
	if other := f.Other.String(); other != "" {
		text += ", against " + other
	}
	return text
}

// Story is an example in lines: what each of its invocations did, and when.
func Story(e *runfile.Example) (lines []string) {
	if e == nil {
		return nil
	}
	from := Origin(e)
	for i := range e.Actors {
		a := &e.Actors[i]
		name := ActorName(a)
		for j := range a.Steps {
			s := &a.Steps[j]
			line := fmt.Sprintf("%s  %s  %s", offset(s.Start-from), name, StepWords(s))
			if at := s.Site.String(); at != "" {
				line += "  " + at
			}
			lines = append(lines, line)
		}
		if a.Left > 0 {
			lines = append(lines, fmt.Sprintf("%s did %d calls more", name, a.Left))
		}
		if a.End != nil {
			lines = append(lines, fmt.Sprintf("%s  %s  ended", offset(*a.End-from), name))
		}
	}
	return lines
}

// Origin is when an example begins.
func Origin(e *runfile.Example) time.Duration {
	from := time.Duration(1<<63 - 1)
	for i := range e.Actors {
		from = min(from, e.Actors[i].Start)
		for j := range e.Actors[i].Steps {
			from = min(from, e.Actors[i].Steps[j].Start)
		}
	}
	return from
}

// Several reports whether the steps of an example are of several keys.
func Several(e *runfile.Example) bool {
	for i := range e.Actors {
		for j := range e.Actors[i].Steps {
			if k := e.Actors[i].Steps[j].Key; k != "" && k != e.Key {
				return true
			}
		}
	}
	return false
}

// InvocationName is its number, and of those of a sequence which it is.
func InvocationName(a *runfile.Actor) string {
	if a.Request == 0 {
		return fmt.Sprintf("invocation %d", a.Invocation)
	}
	return fmt.Sprintf("invocation %d.%d", a.Invocation, a.Request+1)
}

// ActorName names an invocation of an example.
func ActorName(a *runfile.Actor) string {
	return fmt.Sprintf("%s at location %d", InvocationName(a), a.Location+1)
}

// StepWords is what a step did: "get user:7: finds v3, from the location's cache".
func StepWords(s *runfile.FindingStep) string {
	text := s.Op
	if s.Key != "" {
		text += " " + s.Key
	}
	switch {
	case s.Error != "":
		return text + ": " + s.Error
	case s.Op == "list":
		return fmt.Sprintf("%s: %d names", text, s.Names)
	case s.Op == "put":
		return fmt.Sprintf("%s: writes v%d", text, s.Version)
	case s.Op == "delete":
		return fmt.Sprintf("%s: v%d, nothing", text, s.Version)
	case s.Key == "":
		return text
	case s.Absent:
		text += ": finds nothing"
	case s.Unknown:
		text += ": finds an unknown version"
	case s.Version == 0:
		text += ": finds what was there at first"
	default:
		text += fmt.Sprintf(": finds v%d", s.Version)
	}
	if s.Cached {
		text += ", from the location's cache"
	}
	return text
}

func offset(d time.Duration) string {
	return strings.TrimSpace("+" + metric.FormatTime(float64(d)))
}
