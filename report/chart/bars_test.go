package chart

import (
	"slices"
	"strings"
	"testing"
	"time"

	"kvbench/internal/metric"
	"kvbench/internal/record"
	"kvbench/internal/runfile"
	"kvbench/report/chart/kit"
	"kvbench/report/reporttest"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// bar is a part of a row: what it says, and how long it is as a share of the panel.
type bar struct {
	Text   string
	Length float64
}

// barsOf are the parts of the rows of a chart, by variant.
func barsOf(c Chart) map[string][]bar {
	out := map[string][]bar{}
	plot := c.Plot()
	for _, trace := range plot.Traces {
		in := plot.Panels[trace.Panel]
		x := in.X
		for _, p := range trace.Points { // at the middle of each part
			width := 2 * (p.X - x)
			x += width
			out[trace.Variant] = append(out[trace.Variant], bar{p.Text, width / in.Width})
		}
	}
	return out
}

// Bars are as long as the shares that they say, and errors alone are red.
func TestOutcomeBars(t *testing.T) {
	s := tiers(t)
	c := chartOf(t, s, "outcomes")
	for variant, parts := range barsOf(c) {
		for i, name := range slices.DeleteFunc(slices.Clone(s.Def.Outcomes), func(name string) bool {
			m, _ := s.Metric("outcome." + name)
			return s.Variant(variant).Whole.N(m) == 0
		}) {
			m, _ := s.Metric("outcome." + name)
			share := s.Variant(variant).Whole.Share(m).Or(0)
			if diff := cmp.Diff(bar{name + ": " + metric.FormatShare(share), share}, parts[i], cmpopts.EquateApprox(0, 0.002)); diff != "" {
				t.Errorf("%s: %s", variant, diff)
			}
		}
	}
	red := kit.Hex(kit.WarningRed)
	if n := strings.Count(string(svgOf(t, c.Chart)), red); n != 2 { // in the key, and of no-memory
		t.Errorf("%d bars are red", n)
	}
	if svg := svgOf(t, chartOf(t, memoryOnly(t), "outcomes").Chart); strings.Contains(string(svg), red) {
		t.Error("red where there is no error")
	}
}

// The title is what tells the variants apart, and says so when nothing does.
func TestOutcomesTitle(t *testing.T) {
	variant := func(name string, shares ...float64) fake {
		return fake{name: name, n: 4000, latency: constant(time.Millisecond), shares: shares}
	}
	for _, test := range []struct {
		variants []fake
		want     string
		tells    bool
	}{
		{[]fake{variant("seed", 1, 0), variant("other", 0, 1)}, "memory: seed 100%, other none", true},
		{[]fake{variant("seed", 0, 1), variant("other", 0, 1)}, "Transactions end alike with every variant", false},
		{[]fake{variant("seed", 1, 0)}, "How transactions ended", false},
	} {
		if c := chartOf(t, fakeScenario(t, []string{"memory", "kv"}, nil, test.variants...), "outcomes"); c.Title != test.want || c.Tells != test.tells {
			t.Errorf("%q, tells: %v, want %q", c.Title, c.Tells, test.want)
		}
	}
}

// Bars are as long as what each kind of operation costs.
func TestCostBars(t *testing.T) {
	c := chartOf(t, tiers(t), "cost")
	const most = 0.76 // reads are $0.50, the others $5 a million
	want := map[string][]bar{
		"seed":      {{"reads: $0.15", 0.155 / most}, {"writes: $0.28", 0.275 / most}},
		"no-memory": {{"reads: $0.50", 0.5 / most}, {"writes: $0.24", 0.24 / most}, {"deletes: $0.02", 0.02 / most}},
		// Its transactions were cut off at 60 %, what it was billed was not.
		"stale-while-revalidate": {{"reads: $0.22", 0.26 * 0.5 / 0.6 / most}, {"writes: $0.25", 0.03 * 5 / 0.6 / most}, {"lists: $0.0083", 0.001 * 5 / 0.6 / most}},
	}
	if diff := cmp.Diff(want, barsOf(c), cmpopts.EquateApprox(0, 0.002)); diff != "" {
		t.Error(diff)
	}
	if want := "A million transactions: origin-only $0, no-memory $0.76"; c.Title != want || !c.Tells {
		t.Errorf("%q, want %q", c.Title, want)
	}
	if c := chartOf(t, memoryOnly(t), "cost"); c.Title != "A million transactions cost $0" || c.Tells {
		t.Errorf("%q", c.Title)
	}
	if alt := c.Alt; !strings.Contains(alt, "bounded-memory: no transactions.") || !strings.Contains(alt, "no-memory: $0.76 · 1 operation each.") {
		t.Errorf("%q", alt)
	}
	if !slices.Contains(c.Notes, "No transaction was measured: bounded-memory.") || !slices.Contains(c.Notes, "Did not run to the end: stale-while-revalidate.") {
		t.Errorf("%q", c.Notes)
	}
}

// Anomalies that were seen have a panel with all variants, those that were not are named.
func TestAnomalies(t *testing.T) {
	s := tiers(t)
	c := chartOf(t, s, "anomalies")
	plot := c.Plot()
	got := make([][]string, len(plot.Panels))
	for _, trace := range plot.Traces {
		got[trace.Panel] = append(got[trace.Panel], trace.Variant)
		for i, p := range trace.Points { // p50, p99 and max
			if i > 0 && p.X < trace.Points[i-1].X || !strings.HasPrefix(p.Text, []string{"p50: ", "p99: ", "max: "}[i]) {
				t.Errorf("%s: %+v", trace.Variant, trace.Points)
			}
		}
	}
	if diff := cmp.Diff([][]string{
		{"seed", "no-memory", "stale-while-revalidate"}, {"seed", "no-memory"}, {"seed"}, {"seed", "stale-while-revalidate"},
	}, got); diff != "" {
		t.Error(diff)
	}
	if !slices.Contains(c.Notes, "Not observed: falsy-refetch.") {
		t.Errorf("the notes are %q", c.Notes)
	}
	stampede, _ := s.Metric("stampede") // of those that went to the origin
	if m, apart := telling(s); m.ID != stampede.ID || !c.Tells || !strings.HasPrefix(c.Title, "stampede: seed ") {
		t.Errorf("%s, %v: %q", m.ID, apart, c.Title)
	}
	svg := string(svgOf(t, c.Chart))
	for _, text := range []string{">no transactions<", ">0%<", ">stale-read<", ">memory-entries<", ">share of transactions<", ">share of origin transactions<", ">share of get calls<"} {
		if !strings.Contains(svg, text) {
			t.Errorf("it does not say %s", text)
		}
	}
	if strings.Contains(svg, "falsy-refetch<") {
		t.Error("what was never seen has a panel")
	}
}

// Where no variant differs in what went wrong, the title says that, and of one alone how
// often it did.
func TestAnomaliesTitle(t *testing.T) {
	entries := []record.Series{{Name: "entries", Unit: "count", Mark: true}, {Name: "lost", Unit: "ns", Of: "response", Mark: true}}
	variant := func(name, mark string) fake {
		return fake{name: name, n: 400, latency: constant(time.Millisecond), shares: []float64{1}, marks: map[string]fakeMark{mark: {1, upTo(1e6)}}}
	}
	for _, test := range []struct {
		variants []fake
		want     string
		tells    bool
	}{
		{[]fake{variant("a", "entries"), variant("b", "entries")}, "Anomalies and gauges: no variant differs", false},
		{[]fake{variant("a", "lost"), variant("b", "entries")}, "lost: a 100%, b none", true},
		{[]fake{variant("a", "lost")}, "lost: 100% with a", true},
	} {
		if c := chartOf(t, fakeScenario(t, []string{"kv"}, entries, test.variants...), "anomalies"); c.Title != test.want || c.Tells != test.tells {
			t.Errorf("%q, tells: %v, want %q", c.Title, c.Tells, test.want)
		}
	}
}

// The title tells of what the scenario chooses by, where the variants differ in that, and
// else of that in which they differ most.
func TestAnomaliesTitleAnswers(t *testing.T) {
	for promise, want := range map[string]string{
		"stale-read.p99 < 10m": "stale-read: stale-while-revalidate 7.8%", "falsy-refetch == 0": "stampede: seed ", "": "stampede: seed ",
	} {
		s := tiersOf(t, func(d *runfile.Definition) {
			if promise != "" {
				d.Choose = &runfile.Choose{Promise: []string{promise}, Prefer: []string{"response.p99"}}
			}
		})
		if c := chartOf(t, s, "anomalies"); !strings.HasPrefix(c.Title, want) {
			t.Errorf("by %q it is %q, want %q", promise, c.Title, want)
		}
	}
}

// What was seen where there was nothing that it is a share of has no share: its chart ends,
// and no number is made of it.
func TestShareOfNothing(t *testing.T) {
	run := reporttest.MadeUp{Name: "x", Variants: []reporttest.Variant{{Name: "seed", P50: 1e6, P99: 2e6, Lost: reporttest.Sizes(3, 5e9)}}}.Run(t)
	run.Header.Scenarios[0].Series[record.FirstMark+1].Role = record.Age
	total := &run.Variants[0].Total
	total.Outcomes[0], total.Outcomes[1] = total.Outcomes[0]+total.Outcomes[1], 0 // none updated
	run.Variants[0].Intervals = []runfile.Interval{*total}
	s := setOf(t, run).Scenarios[0]
	lost, _ := s.Metric("lost-update")
	v := s.Variants[0]
	if v.Whole.N(lost) != 3 || v.Whole.Share(lost).Known() {
		t.Errorf("%d, a share of %v", v.Whole.N(lost), v.Whole.Share(lost))
	}
	checkCharts(t, s)
	if got := inWords(lost, v); !strings.HasPrefix(got, "–, p50 5") {
		t.Error(got)
	}
	chartOf(t, s, "anomalies")
}
