package compare

import (
	"slices"
	"strings"
	"testing"

	"kvbench/internal/runfile"

	"github.com/google/go-cmp/cmp"
)

var fresh = &runfile.Choose{Promise: []string{"stale-read == 0"}, Prefer: []string{"response.p50"}}

// choosing is a run that chooses by these rules of two variants, each of a median response
// and so many stale reads.
func choosing(by *runfile.Choose, names [2]string, medians [2]float64, stale [2]int) *runfile.Run {
	run := madeRun("run", "virtual")
	def := &run.Header.Scenarios[0]
	def.Choose, def.Repeats, def.Variants = by, 1, nil
	for i, name := range names {
		def.Variants = append(def.Variants, runfile.VariantDef{Name: name})
		v := repeated(2000, medians[i], 0.5, stale[i])
		v.Def, v.Variant, v.Name = def, i, name
		run.Variants = append(run.Variants, v)
	}
	return run
}

// Another variant that is chosen now is said, as is that none keeps the promise any more,
// and what is redefined is said to be.
func TestChoices(t *testing.T) {
	names, fast := [2]string{"a", "b"}, [2]float64{1e6, 2e6}
	base := func() *runfile.Run { return choosing(fresh, names, fast, [2]int{}) }
	slow := func() *runfile.Run { return choosing(fresh, names, [2]float64{3e6, 2e6}, [2]int{}) }
	changed := func(run *runfile.Run, change func(*runfile.Definition)) *runfile.Run {
		change(&run.Header.Scenarios[0])
		return run
	}
	for _, tt := range []struct {
		name       string
		base, head *runfile.Run
		want       []string
	}{
		{"the same", base(), base(), nil},
		{"slower, and chosen still", base(), choosing(fresh, names, [2]float64{1.5e6, 2e6}, [2]int{}), nil},
		{"another", base(), slow(), []string{"tier: b, was a"}},
		{"a tie", base(), choosing(fresh, names, [2]float64{1e6, 1e6}, [2]int{}), []string{"tier: a or b, was a"}},
		{"it breaks the promise", base(), choosing(fresh, names, fast, [2]int{5, 0}), []string{"tier: b, was a"}},
		{"none keeps it", base(), choosing(fresh, names, fast, [2]int{5, 9}), []string{"tier: a, which breaks the promise, was a"}},
		{"one keeps it again", choosing(fresh, names, fast, [2]int{5, 9}), base(), []string{"tier: a, was a, which breaks the promise"}},
		{"redefined", base(), changed(slow(), func(d *runfile.Definition) { d.Workload = &runfile.Workload{Isolates: 3} }), []string{"tier: b, was a (redefined)"}},
		{"chosen by something else", base(), changed(slow(), func(d *runfile.Definition) {
			d.Choose = &runfile.Choose{Promise: fresh.Promise, Prefer: []string{"response.p99"}}
		}), []string{"tier: b, was a (redefined)"}},
		{"base says not by what", changed(base(), func(d *runfile.Definition) { d.Choose = nil }), slow(), []string{"tier: b, was a"}},
		{"head says not by what", base(), changed(slow(), func(d *runfile.Definition) { d.Choose = nil }), []string{"tier: b, was a"}},
		{"neither does", changed(base(), func(d *runfile.Definition) { d.Choose = nil }), changed(slow(), func(d *runfile.Definition) { d.Choose = nil }), nil},
		{"head alone has it", choosing(fresh, [2]string{"a", "c"}, [2]float64{1e6, 9e6}, [2]int{}), slow(), []string{"tier: b, was a"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := mustCompare(t, tt.base, tt.head, defaults)
			var got []string
			for _, change := range c.Choices {
				got = append(got, change.String())
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// What can't be chosen by is a warning and no choice.
func TestChoiceOfWhatIsNotThere(t *testing.T) {
	run := func(median float64) *runfile.Run {
		return choosing(&runfile.Choose{Promise: []string{"no-such-figure == 0"}}, [2]string{"a", "b"}, [2]float64{median, 2e6}, [2]int{})
	}
	c := mustCompare(t, run(1e6), run(3e6), defaults)
	if len(c.Choices) > 0 || !slices.ContainsFunc(c.Warnings, func(s string) bool { return strings.HasPrefix(s, "tier: what is chosen can't be compared: ") }) {
		t.Errorf("%v, %q", c.Choices, c.Warnings)
	}
}

// Choices of one definition come before those that another may explain.
func TestRedefinedChoicesComeLast(t *testing.T) {
	two := func(medians [2]float64, isolates int) *runfile.Run {
		run, other := choosing(fresh, [2]string{"a", "b"}, medians, [2]int{}), choosing(fresh, [2]string{"a", "b"}, medians, [2]int{})
		run.Header.Scenarios[0].Workload = &runfile.Workload{Isolates: isolates}
		other.Header.Scenarios[0].Name = "same"
		run.Header.Scenarios = append(run.Header.Scenarios, other.Header.Scenarios[0])
		for _, v := range other.Variants {
			v.Scenario = 1
			run.Variants = append(run.Variants, v)
		}
		for _, v := range run.Variants {
			v.Def = &run.Header.Scenarios[v.Scenario]
		}
		return run
	}
	c := mustCompare(t, two([2]float64{1e6, 2e6}, 1), two([2]float64{2e6, 1e6}, 2), defaults)
	if len(c.Choices) != 2 || c.Choices[0].Scenario != "same" || c.Choices[1].Scenario != "tier" {
		t.Errorf("%v", c.Choices)
	}
	// So do the figures that the gate fails on, and those by their weight.
	order := make([]bool, len(c.Failed))
	for i, f := range c.Failed {
		order[i] = strings.HasPrefix(f, "tier/")
	}
	if len(order) < 4 || !slices.IsSortedFunc(order, after) || order[0] || !order[len(order)-1] {
		t.Errorf("the gate fails in this order: %q", c.Failed)
	}
}
