// Package answer is what a run says: its figures, whether they are as expected, which
// variant to take, and what to know before trusting them. All that shows a run to
// somebody shows this.
package answer

import (
	"fmt"
	"slices"
	"strings"

	"kvbench/internal/choose"
	"kvbench/internal/expect"
	"kvbench/internal/find"
	"kvbench/internal/result"
	"kvbench/internal/runfile"
)

// Answer is what a run says.
type Answer struct {
	Set       *result.Set
	Warnings  []string   // of the run as a whole, in full sentences
	Scenarios []Scenario // as those of the set
}

// Scenario is what one scenario says.
type Scenario struct {
	*result.Scenario
	Expectations []expect.Result
	Found        []*find.Found  // of its search, by variant; none where there is no search
	Choice       *choose.Choice // nil where the scenario does not say what to choose by
	Warnings     []string       // in full sentences
	Notes        []string       // what else there is to know, in full sentences
}

// Of answers from a run. An error means that the run contradicts itself or can't be read.
func Of(run *runfile.Run) (*Answer, error) {
	set, err := result.Of(run)
	if err != nil {
		return nil, err
	}
	found := make([][]*find.Found, len(set.Scenarios))
	for i, s := range set.Scenarios {
		if found[i], err = find.Of(s); err != nil {
			return nil, err
		}
	}
	results, err := expect.Evaluate(set)
	if err != nil {
		return nil, err
	}
	out := &Answer{Set: set, Warnings: append(slices.Clone(run.Warnings), coloured(run.Header.Merged)...)}
	for i, s := range set.Scenarios {
		one := Scenario{Scenario: s, Found: found[i]}
		for _, r := range results {
			if r.Scenario == s.Def.Name {
				one.Expectations = append(one.Expectations, r)
			}
		}
		if one.Choice, err = choose.Of(s); err != nil {
			return nil, err
		}
		one.Warnings = append(warnings(s, run.CutOff || run.Interrupted || !run.Header.Whole()), unsure(s, found[i])...)
		one.Notes = ended(s)
		out.Scenarios = append(out.Scenarios, one)
	}
	return out, nil
}

// Unmet are the expectations that were not met.
func (a *Answer) Unmet() (out []expect.Result) {
	for _, s := range a.Scenarios {
		out = append(out, s.Unmet()...)
	}
	return out
}

// Expected is how many expectations there are.
func (a *Answer) Expected() (n int) {
	for _, s := range a.Scenarios {
		n += len(s.Expectations)
	}
	return n
}

// Unmet are the expectations of the scenario that were not met.
func (s *Scenario) Unmet() (out []expect.Result) {
	for _, r := range s.Expectations {
		if !r.OK {
			out = append(out, r)
		}
	}
	return out
}

// IDs name the scenarios for a file or a link: by their names, which hold only small
// letters, digits and hyphens unless the run file was made by hand.
func (a *Answer) IDs() []string {
	seen := map[string]bool{}
	out := make([]string, len(a.Scenarios))
	for i := range a.Scenarios {
		id := strings.Map(func(r rune) rune {
			if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-' {
				return r
			}
			return '-'
		}, strings.ToLower(a.Scenarios[i].Def.Name))
		for seen[id] || strings.Trim(id, "-") == "" {
			id = fmt.Sprintf("%s-%d", id, i+1)
		}
		seen[id], out[i] = true, id
	}
	return out
}

// Modelled reports whether the latency of any scenario is.
func (a *Answer) Modelled() bool {
	for i := range a.Scenarios {
		if a.Scenarios[i].Def.Latency() == runfile.Modelled {
			return true
		}
	}
	return false
}
