package compare

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"kvbench/internal/load"
	"kvbench/internal/metric"
	"kvbench/internal/record"
	"kvbench/internal/result"
	"kvbench/internal/runfile"

	"github.com/google/go-cmp/cmp"
)

var defaults = Options{MinEffect: DefaultMinEffect, Alpha: DefaultAlpha}

// definition is a scenario of two variants.
func definition() runfile.Definition {
	return runfile.Definition{
		Name: "tier", Outcomes: []string{"kv", "origin", "error"}, Workload: &runfile.Workload{},
		Series: append(record.Standard(), record.Series{Name: "stale-read", Unit: "ns", Of: "get", Mark: true}),
	}
}

// madeRun is a run of the scenario "tier" with these repeats of its variants.
func madeRun(dir, clock string, variants ...*runfile.Variant) *runfile.Run {
	def := definition()
	def.Clock, def.Driver, def.Load, def.Variants = clock, "embedded://", "closed", []runfile.VariantDef{{Name: "seed"}}
	def.Capabilities.Modelled = clock == "virtual"
	run := &runfile.Run{Path: dir + "/run.jsonl", Header: runfile.Header{Clock: clock, Seed: 1, Scenarios: []runfile.Definition{def}}}
	for i, v := range variants {
		v.Def, v.Repeat = &run.Header.Scenarios[0], i
		run.Variants = append(run.Variants, v)
	}
	run.Header.Scenarios[0].Repeats = len(variants)
	return run
}

// repeated is a repeat with n responses about a median, and so many stale reads.
func repeated(n int, median, spread float64, stale int) *runfile.Variant {
	v := &runfile.Variant{Complete: true}
	v.Total.Outcomes, v.Total.Histograms = []uint64{uint64(n), 0, 0}, make([]*record.Histogram, record.FirstMark+1)
	record1 := func(series int, value float64) {
		h := &v.Total.Histograms[series]
		if *h == nil {
			*h = record.NewTotal()
		}
		(*h).Record(int64(value), 1)
	}
	for i := range n {
		value := median * math.Exp(spread*(float64(i)/float64(n-1)-0.5))
		record1(record.Response, value)
		record1(record.Service, value)
		record1(record.Get, value)
	}
	for range stale {
		record1(record.FirstMark, 5e6)
	}
	return v
}

func find(t *testing.T, c *Comparison, series string, statistic metric.Stat) *Delta {
	t.Helper()
	for i := range c.Deltas {
		if d := &c.Deltas[i]; d.Series == series && d.Statistic == statistic {
			return d
		}
	}
	t.Fatalf("no delta of %s %s", series, statistic)
	return nil
}

func compared(base, head *runfile.Run, o Options) (*Comparison, error) {
	var sets [2]*result.Set
	for i, run := range []*runfile.Run{base, head} {
		var err error
		if sets[i], err = result.Of(run); err != nil {
			return nil, err
		}
	}
	return Compare(sets[0], sets[1], o)
}

func mustCompare(t *testing.T, base, head *runfile.Run, o Options) *Comparison {
	t.Helper()
	c, err := compared(base, head, o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// In virtual time with the same seed the same figures are the same, and a mark that
// differs by one is worse or better, however many there are: 1 % always is found.
func TestVirtualTimeIsExact(t *testing.T) {
	base := madeRun("base", "virtual", repeated(2000, 1e6, 0.5, 100))
	c := mustCompare(t, base, madeRun("head", "virtual", repeated(2000, 1e6, 0.5, 100)), defaults)
	for _, d := range c.Deltas {
		if d.Verdict != Same || d.P != 1 || d.Samples != Totals {
			t.Errorf("a run and its copy: %+v", d)
		}
	}
	if c.Gate != "pass" || c.Tests != 0 || len(c.Warnings)+len(c.Differences)+len(c.Only) != 0 {
		t.Errorf("a run and its copy: %+v", c)
	}
	for stale, want := range map[int]Verdict{101: Worse, 99: Better, 0: Better} {
		c := mustCompare(t, base, madeRun("head", "virtual", repeated(2000, 1e6, 0.5, stale)), defaults)
		d := find(t, c, "stale-read", "share")
		if d.Verdict != want || d.P != 0 || math.Abs(*d.Ratio-float64(stale)/100) > 1e-9 {
			t.Errorf("%d stale reads after 100: %+v", stale, d)
		}
		if failed := strings.Join(c.Failed, "\n"); (c.Gate == "fail") != (want == Worse) ||
			want == Worse && failed != "tier/seed: stale-read share 5.1%, was 5% (+1%, exact)" {
			t.Errorf("%d stale reads after 100: gate %s: %s", stale, c.Gate, failed)
		}
	}
	// From none there is no ratio.
	c = mustCompare(t, madeRun("base", "virtual", repeated(2000, 1e6, 0.5, 0)), base, defaults)
	if d := find(t, c, "stale-read", "share"); d.Verdict != Worse || d.Ratio != nil || d.Low != nil {
		t.Errorf("stale reads after none: %+v", d)
	}
	// A latency has to change by what matters.
	for median, want := range map[float64]Verdict{1.02e6: Same, 1.04e6: Worse, 0.98e6: Same, 0.95e6: Better} {
		c := mustCompare(t, base, madeRun("head", "virtual", repeated(2000, median, 0.5, 100)), defaults)
		if d := find(t, c, "response", "p50"); d.Verdict != want {
			t.Errorf("a median of %v after 1e6: %+v", median, d)
		}
		if d := find(t, c, "service", "p50"); d.Verdict != want || d.SameAs != "response" {
			t.Errorf("the service of a closed loop: %+v", d)
		}
		if slices.ContainsFunc(c.Failed, func(s string) bool { return strings.Contains(s, "service") }) {
			t.Errorf("the service fails beside the response: %q", c.Failed)
		}
	}
}

// An outcome is neither good nor bad: it changed, and the gate does not fail.
func TestOutcomesHaveNoDirection(t *testing.T) {
	head := repeated(2000, 1e6, 0.5, 0)
	head.Total.Outcomes = []uint64{1900, 100, 0}
	base := madeRun("base", "virtual", repeated(2000, 1e6, 0.5, 0))
	c := mustCompare(t, base, madeRun("head", "virtual", head), defaults)
	for _, series := range []string{"outcome.kv", "outcome.origin"} {
		if d := find(t, c, series, "share"); d.Verdict != Unsure || !d.Changed || d.Directed || d.MoreRepeats != 0 {
			t.Errorf("%+v", d)
		}
	}
	if c.Gate != "pass" {
		t.Error(c.Failed)
	}
	head.Total.Outcomes = []uint64{1990, 0, 10}
	c = mustCompare(t, base, madeRun("head", "virtual", head), defaults)
	if d := find(t, c, "errors", "share"); d.Verdict != Worse || c.Gate != "fail" {
		t.Errorf("errors: %+v", d)
	}
}

// repeats draws the repeats of both sides: their medians spread by noise, about a
// level that drifts from turn to turn as an autoregression, and so that head's is
// larger by the ratio.
func repeats(r *rand.Rand, n int, noise, drift, ratio float64) (base, head []*runfile.Variant) {
	var level float64
	draw := func(ratio float64) *runfile.Variant {
		level = 0.7*level + drift*r.NormFloat64()
		return repeated(200, 1e6*ratio*math.Exp(level+noise*r.NormFloat64()), 0.5+0.1*r.Float64(), 3+r.IntN(3))
	}
	for range n {
		if r.IntN(2) == 0 {
			base = append(base, draw(1))
			head = append(head, draw(ratio))
		} else {
			head = append(head, draw(ratio))
			base = append(base, draw(1))
		}
	}
	return base, head
}

// Of 200 comparisons of a build with itself, whose repeats differ by 10 % and drift,
// at most 2 % call anything worse.
func TestFalseAlarms(t *testing.T) {
	o := defaults
	o.Interleaved = true
	const tries = 200
	alarms := 0
	for n := range tries {
		base, head := repeats(rand.New(rand.NewPCG(uint64(n), 1)), 10, 0.1, 0.05, 1)
		c := mustCompare(t, madeRun("base", "wall", base...), madeRun("head", "wall", head...), o)
		if c.Tests < 5 {
			t.Fatalf("only %d tests", c.Tests)
		}
		if len(c.Failed) > 0 {
			alarms++
		}
	}
	if alarms > tries*2/100 {
		t.Errorf("%d of %d comparisons of a build with itself call something worse", alarms, tries)
	}
}

// A slowdown of 5 % is found in 90 of 100 tries with ten repeats that differ by
// 1.5 %; one that does not matter is called the same, or nothing.
func TestPower(t *testing.T) {
	o := defaults
	o.Interleaved = true
	for ratio, want := range map[float64]struct {
		verdict Verdict
		least   int
	}{1.05: {Worse, 90}, 1.0: {Same, 90}} {
		verdicts := map[Verdict]int{}
		for n := range 100 {
			base, head := repeats(rand.New(rand.NewPCG(uint64(n), 2)), 10, 0.015, 0, ratio)
			c := mustCompare(t, madeRun("base", "wall", base...), madeRun("head", "wall", head...), o)
			verdicts[find(t, c, "response", "p50").Verdict]++
		}
		if verdicts[want.verdict] < want.least {
			t.Errorf("a ratio of %v: %v, want %d %s", ratio, verdicts, want.least, want.verdict)
		}
	}
}

// Too few repeats on the wall clock bring no verdict, whatever the difference, and
// it is said how many would.
func TestFewRepeats(t *testing.T) {
	base, head := repeats(rand.New(rand.NewPCG(1, 3)), 4, 0.01, 0, 2)
	c := mustCompare(t, madeRun("base", "wall", base...), madeRun("head", "wall", head...), defaults)
	d := find(t, c, "response", "p50")
	if d.Verdict != Unsure || d.Changed || d.MoreRepeats < 1 || d.MoreRepeats > 10 || c.Gate != "pass" {
		t.Errorf("%+v", d)
	}
	if !strings.Contains(strings.Join(c.Warnings, " "), "did not take turns") {
		t.Errorf("no warning of runs one after the other: %q", c.Warnings)
	}
	// As many again bring one.
	base, head = repeats(rand.New(rand.NewPCG(1, 3)), 4+d.MoreRepeats, 0.01, 0, 2)
	c = mustCompare(t, madeRun("base", "wall", base...), madeRun("head", "wall", head...), defaults)
	if d := find(t, c, "response", "p50"); d.Verdict != Worse {
		t.Errorf("%+v", d)
	}
}

// Where the repeats are enough for a test and too few for so many of them, that is
// said, with how many would do; a difference that is far beyond what matters takes no
// more than that.
func TestRepeatsForSoManyTests(t *testing.T) {
	base, head := repeats(rand.New(rand.NewPCG(1, 3)), 5, 0.01, 0, 2)
	c := mustCompare(t, madeRun("base", "wall", base...), madeRun("head", "wall", head...), defaults)
	least := leastRepeats(defaults.Alpha, c.Tests)
	if d := find(t, c, "response", "p50"); d.Verdict != Unsure || d.MoreRepeats != least-5 {
		t.Errorf("want %d more: %+v", least-5, d)
	}
	if want := fmt.Sprintf("With 5 repeats no difference can be told from chance among %d tests, however large it is: that takes %d.",
		c.Tests, least); !slices.Contains(c.Warnings, want) {
		t.Errorf("%q, want %q", c.Warnings, want)
	}
	base, head = repeats(rand.New(rand.NewPCG(1, 3)), least, 0.01, 0, 2)
	c = mustCompare(t, madeRun("base", "wall", base...), madeRun("head", "wall", head...), defaults)
	if d := find(t, c, "response", "p50"); d.Verdict != Worse || strings.Contains(strings.Join(c.Warnings, " "), "that takes") {
		t.Errorf("%q, %+v", c.Warnings, d)
	}
}

// cut gives a repeat so many intervals, whose medians follow a function.
func cut(v *runfile.Variant, median func(i int) float64) *runfile.Variant {
	const n = 40
	for i := range n {
		v.Intervals = append(v.Intervals, repeated(200, median(i), 0.5, 0).Total)
	}
	return v
}

// Stretches of a run stand in for repeats where those are few: in virtual time with
// another seed they bring a verdict, on the wall clock an interval alone.
func TestStretches(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	about := func(median float64) func(int) float64 {
		return func(int) float64 { return median * math.Exp(0.01*r.NormFloat64()) }
	}
	for clock, want := range map[string]Verdict{"virtual": Worse, "wall": Unsure} {
		base := madeRun("base", clock, cut(repeated(2000, 1e6, 0.5, 0), about(1e6)))
		head := madeRun("head", clock, cut(repeated(2000, 1.3e6, 0.5, 0), about(1.3e6)))
		head.Header.Seed = 2
		c := mustCompare(t, base, head, defaults)
		d := find(t, c, "response", "p50")
		if d.Verdict != want || d.Samples != Stretches || d.BaseN != stretchesPerSide || d.Low == nil || *d.Low < 1.2 || *d.High > 1.4 {
			t.Errorf("%s: %+v", clock, d)
		}
		if !slices.Contains(c.Differences, Difference{"", "seed", "1", "2"}) {
			t.Errorf("the seeds are not said: %q", c.Differences)
		}
	}
	// What drifts counts for less.
	slope := func(i int) float64 { return 1e6 * (1 + float64(i)/40) }
	base := madeRun("base", "virtual", cut(repeated(2000, 1e6, 0.5, 0), slope))
	head := madeRun("head", "virtual", cut(repeated(2000, 1e6, 0.5, 0), slope))
	head.Header.Seed = 2
	if d := find(t, mustCompare(t, base, head, defaults), "response", "p50"); d.Effective > 0.5 {
		t.Errorf("of values that rise all the time %v count as independent", d.Effective)
	}
}

// What is not the same in both runs is said, and what is missing fails the gate when
// head did not get to its end.
func TestDefinitionsAndWhatIsMissing(t *testing.T) {
	base := madeRun("base", "virtual", repeated(2000, 1e6, 0.5, 0))
	head := madeRun("head", "virtual", repeated(2000, 1e6, 0.5, 0))
	b, h := &base.Header.Scenarios[0], &head.Header.Scenarios[0]
	two := load.PerSecond(2)
	b.Workload, h.Workload = &runfile.Workload{}, &runfile.Workload{Load: runfile.Load{Rate: &two}, Isolates: 2}
	b.Workload.Keys.Count, h.Workload.Keys.Count = 10, 20
	h.Driver = "embedded://?locations=2"
	minute := time.Minute
	b.Workload.Settings = []runfile.Setting{{Name: "ttl", Time: &minute}}
	h.Variants = append(h.Variants, runfile.VariantDef{Name: "new"})
	b.Series = slices.Clone(b.Series)
	b.Series[record.FirstMark].Unit = "count"
	b.Outcomes = []string{"kv", "memory", "error"}
	base.Header.Scenarios = append(base.Header.Scenarios, runfile.Definition{Name: "gone", Workload: &runfile.Workload{}})
	head.Header.Scenarios = append(head.Header.Scenarios, runfile.Definition{Name: "added", Workload: &runfile.Workload{}})
	c := mustCompare(t, base, head, defaults)
	if diff := cmp.Diff([]Difference{
		{"tier", "driver", "embedded://", "embedded://?locations=2"},
		{"tier", "load.rate", "", "2/s"},
		{"tier", "keys.count", "10", "20"},
		{"tier", "isolates", "0", "2"},
		{"tier", "with.ttl", "1m", ""},
	}, c.Differences); diff != "" {
		t.Error(diff)
	}
	if !slices.Equal(c.Redefined, []string{"tier"}) || !c.Deltas[0].Redefined {
		t.Errorf("what was defined otherwise is not marked: %q", c.Redefined)
	}
	if diff := cmp.Diff([]string{
		"tier: outcome memory is in base alone",
		"tier: outcome origin is in head alone",
		`tier: series stale-read has unit count of "get" in base, ns of "get" in head`,
		"tier/new is in head alone",
		"scenario gone is in base alone",
		"scenario added is in head alone",
	}, c.Only); diff != "" {
		t.Error(diff)
	}
	for _, d := range c.Deltas {
		if d.Series == "stale-read" || d.Series == "outcome.memory" {
			t.Errorf("%s is compared with something else", d.Series)
		}
	}

	// A repeat that failed is left out, of base as well where the seed is the same;
	// it fails the gate, and when all did there is nothing to compare.
	failed := repeated(2000, 1e6, 0.5, 0)
	failed.Error = "boom"
	third := func() *runfile.Variant { return repeated(2000, 3e6, 0.5, 7) }
	head = madeRun("head", "virtual", repeated(2000, 1e6, 0.5, 0), failed, third())
	c = mustCompare(t, madeRun("base", "virtual", repeated(2000, 1e6, 0.5, 0), repeated(2000, 2e6, 0.5, 3), third()), head, defaults)
	if diff := cmp.Diff([]string{"tier/seed: 1 of its 3 repeats in head did not run to their end or measured nothing, and are left out"}, c.Only); diff != "" {
		t.Error(diff)
	}
	if slices.ContainsFunc(c.Deltas, func(d Delta) bool { return d.Verdict != Same || d.BaseN != 2 }) || c.Gate != "fail" || len(c.Failed) != 1 {
		t.Errorf("the repeats that both have are the same: gate %s, %q, %+v", c.Gate, c.Failed, c.Deltas)
	}
	base, head = madeRun("base", "virtual", repeated(2000, 1e6, 0.5, 0)), madeRun("head", "virtual", failed)
	_, err := compared(base, head, defaults)
	if !errors.Is(err, ErrNothing) || !strings.Contains(err.Error(), "tier/seed: 1 of its 1 repeats did not run to their end in head, and all did in base") {
		t.Errorf("got %v", err)
	}
	other := definition()
	other.Name, other.Repeats, other.Variants = "other", 1, []runfile.VariantDef{{Name: "seed"}}
	for _, run := range []*runfile.Run{base, head} {
		run.Header.Scenarios = append(run.Header.Scenarios, other)
		v := repeated(2000, 1e6, 0.5, 0)
		v.Scenario = 1
		run.Variants = append(run.Variants, v)
	}
	if c = mustCompare(t, base, head, defaults); c.Gate != "fail" || len(c.Failed) != 1 {
		t.Errorf("a variant that failed in head: %s, %q", c.Gate, c.Failed)
	}
}
