package answer_test

import (
	"slices"
	"strings"
	"testing"

	"kvbench/internal/answer"
	"kvbench/internal/runfile"
	"kvbench/report/reporttest"

	"github.com/google/go-cmp/cmp"
)

const millisecond = int64(1e6)

// pair is a run in which one variant keeps the promise and one expectation is not met.
func pair() reporttest.MadeUp {
	return reporttest.MadeUp{
		Name: "memory-tier", Question: "What does a memory tier save?",
		Variants: []reporttest.Variant{
			{Name: "seed", P50: millisecond, P99: 12 * millisecond, Lost: reporttest.Sizes(3, 1e9)},
			{Name: "no-memory", P50: 4 * millisecond, P99: 38 * millisecond},
		},
		Choose: &runfile.Choose{Promise: []string{"lost-update == 0"}, Prefer: []string{"response.p99"}},
		Expect: []string{"seed.ops <= 1", "no-memory.ops < 1"},
	}
}

// answerOf is what a run says.
func answerOf(t *testing.T, run *runfile.Run) *answer.Answer {
	t.Helper()
	a, err := answer.Of(run)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// several is a run of the same scenario under these names.
func several(t *testing.T, f reporttest.MadeUp, names ...string) *runfile.Run {
	t.Helper()
	run := f.Run(t)
	def, variants := run.Header.Scenarios[0], run.Variants
	run.Header.Scenarios, run.Variants = nil, nil
	for i, name := range names {
		def.Name = name
		run.Header.Scenarios = append(run.Header.Scenarios, def)
		for _, v := range variants {
			again := *v
			again.Scenario = i
			run.Variants = append(run.Variants, &again)
		}
	}
	for _, v := range run.Variants {
		v.Def = &run.Header.Scenarios[v.Scenario]
	}
	return run
}

// Each scenario has its own expectations and its own choice.
func TestOf(t *testing.T) {
	run := several(t, pair(), "one", "two")
	run.Header.Scenarios[1].Choose = nil
	run.Header.Scenarios[1].Expect = []string{"*.ops < 1", "seed.lost-update.count == 3"}
	a := answerOf(t, run)
	if len(a.Scenarios) != 2 || a.Expected() != 5 {
		t.Fatalf("%d scenarios, %d expectations", len(a.Scenarios), a.Expected())
	}
	if c := a.Scenarios[0].Choice; c == nil || c.Line() != "Take no-memory: seed loses 0.3% of updates" {
		t.Errorf("%+v", c)
	}
	if a.Scenarios[1].Choice != nil {
		t.Error("a choice that nobody asked for")
	}
	var unmet []string
	for _, r := range a.Unmet() {
		unmet = append(unmet, r.Scenario+" "+r.Variant+" "+r.Text)
	}
	if diff := cmp.Diff([]string{"one no-memory no-memory.ops < 1", "two seed *.ops < 1", "two no-memory *.ops < 1"}, unmet); diff != "" {
		t.Error(diff)
	}
	if n := len(a.Scenarios[1].Unmet()); n != 2 {
		t.Errorf("%d are not met in the second", n)
	}
}

// A run that contradicts itself has no answer.
func TestOfAContradiction(t *testing.T) {
	for name, change := range map[string]func(*runfile.Definition){
		"an expectation of what is not there": func(d *runfile.Definition) { d.Expect = []string{"seed.nothing < 1"} },
		"no expectation":                      func(d *runfile.Definition) { d.Expect = []string{reporttest.Hostile} },
		"a promise of what is not there":      func(d *runfile.Definition) { d.Choose = &runfile.Choose{Promise: []string{"nothing == 0"}} },
		"a preference of what is not there":   func(d *runfile.Definition) { d.Choose = &runfile.Choose{Prefer: []string{"nothing"}} },
		"fewer series than it has":            func(d *runfile.Definition) { d.Series = d.Series[:3] },
		"fewer outcomes than it has":          func(d *runfile.Definition) { d.Outcomes = d.Outcomes[:1] },
	} {
		run := pair().Run(t)
		change(&run.Header.Scenarios[0])
		if _, err := answer.Of(run); err == nil {
			t.Errorf("%s: it was answered", name)
		}
	}
}

// IDs name a file and a link of each scenario, and no two are the same.
func TestIDs(t *testing.T) {
	for _, test := range []struct{ names, want []string }{
		{[]string{"a-1", "b"}, []string{"a-1", "b"}},
		{[]string{"a", "a", "A"}, []string{"a", "a-2", "a-3"}},
		{[]string{"a", "a-2", "a"}, []string{"a", "a-2", "a-3"}},
		{[]string{"a", "a-3", "a"}, []string{"a", "a-3", "a-3-3"}},
		{[]string{"../../etc", "C:\\x"}, []string{"------etc", "c--x"}},
		{[]string{"", "--", "///"}, []string{"-1", "---2", "----3"}},
		{[]string{"über <b>"}, []string{"-ber--b-"}},
	} {
		if diff := cmp.Diff(test.want, answerOf(t, several(t, reporttest.MadeUp{}, test.names...)).IDs()); diff != "" {
			t.Errorf("%q: %s", test.names, diff)
		}
	}
}

// The run's latencies are modelled when those of any scenario are.
func TestModelled(t *testing.T) {
	f := pair()
	f.Measured = true
	run := several(t, f, "one", "two")
	if answerOf(t, run).Modelled() {
		t.Error("what was measured is modelled")
	}
	run.Header.Scenarios[1].Models = []string{"the origin's latency"}
	if !answerOf(t, run).Modelled() {
		t.Error("one of two is modelled")
	}
}

// The facts are what was run, and on what; of a file that does not say a thing it is left
// out.
func TestFacts(t *testing.T) {
	run := pair().Run(t)
	run.Header.Started = "2026-05-01T00:00:00Z"
	const all = "Driver embedded:// · Clock virtual · Random seed 7 · kvbench v1.2.3 · Machine box, linux/amd64, 2 CPUs, go1.26 · Started 2026-05-01T00:00:00Z"
	if got := answer.Line(answerOf(t, run).Facts()); got != all {
		t.Errorf("got  %s\nwant %s", got, all)
	}
	run.Header = runfile.Header{CPUs: 1, Scenarios: run.Header.Scenarios}
	if got := answer.Line(answerOf(t, run).Facts()); got != "Random seed 0 · Machine 1 CPU" {
		t.Error(got)
	}
}

// The facts of a scenario are what its load works on, as its definition has it; settings
// that are no plain value are shown as they were written alone.
func TestFactsOfAScenario(t *testing.T) {
	count, share, flag, text := uint64(3), 0.25, true, "lru"
	run := pair().Run(t)
	const without = "Pattern multi-tier · Latency modelled · Clock virtual time · Load 100/s"
	def := &run.Header.Scenarios[0]
	for _, test := range []struct {
		workload *runfile.Workload
		want     string
	}{
		{nil, ""}, // a file of format 1
		{
			&runfile.Workload{
				Keys:     runfile.Keys{Count: 1000, Popularity: runfile.Popularity{Kind: "uniform"}, Size: runfile.Size{Min: 1024, Max: 1024}},
				Settings: []runfile.Setting{{Name: "writers", Count: &count}, {Name: "update", Share: &share}, {Name: "wait", Flag: &flag}, {Name: "evict", Text: &text}, {Name: "origin"}},
			},
			" · Keys 1,000 keys, uniform, 1 KiB · Settings writers 3, update 25%, wait true, evict lru",
		},
		{
			&runfile.Workload{Keys: runfile.Keys{Count: 5, Popularity: runfile.Popularity{Kind: "zipfian", Exponent: 0.99}, Size: runfile.Size{Min: 1, Max: 2048}}},
			" · Keys 5 keys, zipfian(0.99), 1 B to 2 KiB",
		},
	} {
		def.Workload = test.workload
		a := answerOf(t, run)
		if got := answer.Line(a.Scenarios[0].Facts()); got != without+test.want {
			t.Errorf("got  %s\nwant %s", got, without+test.want)
		}
	}
}

// warningsOf are those of a made-up run's scenario, which begin with its name.
func warningsOf(t *testing.T, run *runfile.Run) []string {
	t.Helper()
	all := answerOf(t, run).Scenarios[0].Warnings
	if slices.ContainsFunc(all, func(w string) bool { return !strings.HasPrefix(w, "memory-tier") || !strings.HasSuffix(w, ".") }) {
		t.Errorf("no sentence about a scenario in %q", all)
	}
	return all
}
