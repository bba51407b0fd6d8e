package page

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"kvbench/internal/answer"
	"kvbench/internal/record"
	"kvbench/internal/runfile"
	"kvbench/report/reporttest"
)

func TestPageSays(t *testing.T) {
	for name, want := range map[string][]string{
		"pair": {
			"✗ 1 of 2 expectations met", "✗ Not as expected memory-tier: no-memory.ops < 1, but no-memory has 1", "✗ not met no-memory.ops < 1 no-memory: 1",
			"✓ met seed.ops <= 1 seed: 1", "1 takes another variant",
			"embedded://", "Random seed 7", "v1.2.3", "box, linux/amd64, 2 CPUs, go1.26", "Gets: a guess.", "modelled latency", "virtual time",
			"Take ✓ no-memory ✗ 1 of 2 not met seed loses 0.3% of updates 1 seed · 2000 transactions · modelled",
			"Promise: lost-update == 0, errors < 5%. Of those that keep it, the least response.p99, then usd-per-million.",
			"✓ no-memory (the choice) 4 ms – 38 ms", "0% 1% 0% $0.50",
			"✗ seed (published pattern) loses 0.3% of updates <1 µs – 12 ms ✗ 0.3% 0% 12% $0.29",
			"Not observed: torn-read", "One is an answer that was replaced before.",
			"p50 4.9 min", "1 get", "kvbench run --seed 7", "name: memory-tier", "429",
		},
		"none": {
			"1 where none keeps the promise", "None keeps the promise; nearest: ✗ seed (published pattern)", "✗ seed (published pattern) comes nearest has stale-read in 12% of transactions", "0% ✗ 12% ⚠ 0.3% $0.29",
		},
		"tie":         {"Take ✓ b or ✓ c", "a tie of 2 · 1 seed"},
		"alone":       {"1 with nothing to choose", "Nothing to choose: one variant"},
		"failed":      {"but no-memory: it failed: the store is gone", "✗ no-memory it failed: the store is gone 4 ms – 38 ms 0% 1% 0%"},
		"missing":     {"seed did not run"},
		"nothing":     {"No choice: nothing was measured", "nothing was measured", "memory-tier/seed measured no transaction."},
		"no variants": {"Who?", "It did not run.", "nothing was measured"},
		"cut off":     {"Cut off"},
		"interrupted": {"Interrupted"},
		"hostile":     {`Is <script>alert("x")</script> & "more" | safe?`, `../../<img src=x onerror=alert(1)>`},
	} {
		f := odd()[name]
		text := words(parsePage(t, f.Run(t)))
		for _, w := range want {
			if !strings.Contains(text, w) {
				t.Errorf("%s: the page does not say %q:\n%s", name, w, text)
			}
		}
	}
	measured := pair()
	measured.Measured = true
	if text := words(parsePage(t, measured.Run(t))); strings.Contains(text, "odelled") {
		t.Error("measured latency is called modelled")
	}
}

// several is a run of two scenarios of one pattern that choose differently, and of one of
// another pattern whose expectation is not met.
func several(t *testing.T) *runfile.Run {
	t.Helper()
	run := pair().Run(t)
	run.Header.Scenarios[0].Expect = nil
	add := func(f reporttest.MadeUp, pattern string) {
		other := f.Run(t)
		def := other.Header.Scenarios[0]
		def.Pattern = pattern
		run.Header.Scenarios = append(run.Header.Scenarios, def)
		for _, v := range other.Variants {
			v.Scenario = len(run.Header.Scenarios) - 1
			run.Variants = append(run.Variants, v)
		}
	}
	kept := pair()
	kept.Name, kept.Expect, kept.Variants[0].Lost, kept.Variants[1].Lost = "kept", nil, nil, reporttest.Sizes(500, second)
	add(kept, "multi-tier")
	unmet := pair()
	unmet.Name = "unmet"
	add(unmet, "fallback")
	for _, v := range run.Variants {
		v.Def = &run.Header.Scenarios[v.Scenario]
	}
	return run
}

// What is not met comes first, and a pattern whose scenarios choose differently says so.
func TestOrderAndDifference(t *testing.T) {
	text := words(parsePage(t, several(t)))
	_, text, _ = strings.Cut(text, "How sure")
	order := []string{
		"fallback Read through tiers.", "not met", "multi-tier Read through tiers.",
		"⚠ The choice depends on the scenario: ✓ no-memory in 1, though it breaks the promise in kept; ✓ seed (published pattern) in 1, though it breaks the promise in memory-tier",
		"✗ in kept no-memory loses 50% of updates", "✗ in memory-tier seed loses 0.3% of updates", "memory-tier Take ✓ no-memory", "kept Keep ✓ seed",
	}
	for _, want := range order {
		_, rest, ok := strings.Cut(text, want)
		if !ok {
			t.Fatalf("the page does not say, in its place, %q:\n%s", want, text)
		}
		text = rest
	}
}

// hostile is a text of all that a page might take for something else.
const hostile = "=1+1\x1b[31m\x1b]0;t\x07\x00\x7f\u009b2J\u202e\u2066\u061c\u200b\ufeff\u2028\u2029\x85\r\n\n\t|a|b|\n# h\n```\n" +
	"<script>alert(1)</script>`*_[x](javascript:1)\"'&,;]]>--%s{{.}}\xff\xc0\U000e0041\uffff \U0001F600"

// Whatever a run file holds, its page can be shown and runs nothing of it.
func TestHostileRun(t *testing.T) {
	f := pair()
	f.Expect, f.Choose = nil, nil
	run := f.Run(t)
	n := 0
	var fill func(v reflect.Value)
	fill = func(v reflect.Value) {
		switch v.Kind() {
		case reflect.String:
			n++
			v.SetString(fmt.Sprintf("%s%d", hostile, n))
		case reflect.Struct:
			for i := range v.NumField() {
				if v.Field(i).CanSet() {
					fill(v.Field(i))
				}
			}
		case reflect.Slice:
			for i := range v.Len() {
				fill(v.Index(i))
			}
		}
	}
	fill(reflect.ValueOf(&run.Header).Elem())
	def := &run.Header.Scenarios[0]
	copy(def.Series, record.Standard())
	for i, m := range reporttest.Series() {
		def.Series[record.FirstMark+i].Unit, def.Series[record.FirstMark+i].Of = m.Unit, m.Of
	}
	def.Series[record.FirstMark+1].Of, def.Outcomes[2] = def.Outcomes[1], "error"
	run.Warnings = []string{hostile}
	text, err := render(run)
	if err != nil {
		t.Fatal(err)
	}
	if err := reporttest.File("report.html", text); err != nil {
		t.Error(err)
	}
	if strings.Contains(string(text), "<script>alert") {
		t.Error("the page runs a script of the run file")
	}
}

// A fixture that can't be answered would test nothing.
func TestFixture(t *testing.T) {
	a, err := answer.Of(pair().Run(t))
	if err != nil {
		t.Fatal(err)
	}
	if got := a.Scenarios[0].Choice.Line(); got != "Take no-memory: seed loses 0.3% of updates" {
		t.Error(got)
	}
}
