package report

import (
	"bytes"
	"encoding/xml"
	"errors"
	"image/png"
	"io"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"kvbench/internal/record"
	"kvbench/kv"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// about lets plotted values differ by what a histogram cannot tell apart, and
// a little more for chance in what was made up.
var about = cmpopts.EquateApprox(0.02, 0.002)

func TestLatencyCurves(t *testing.T) {
	curves := latencyCurves(tiers(t))
	type key struct {
		Variant            string
		Position           int
		Transactions       uint64
		Headline           float64
		First, Last        float64 // percentiles
		Rises, BeginsAtNil bool
	}
	var got []key
	for _, c := range curves {
		last := c.Points[len(c.Points)-1]
		rises := slices.IsSortedFunc(c.Points, func(a, b curvePoint) int { return int(a.NS - b.NS) })
		got = append(got, key{c.Variant, c.Position, c.Transactions, c.Headline.Percentile, c.Points[0].Percentile, last.Percentile, rises, c.Points[0].NS == 0})
	}
	want := []key{ // of 12,000 transactions, ten lie beyond p99.92
		{"seed", 0, 12_000, 99, 0, 99.917, true, true},
		{"no-memory", 1, 12_000, 99, 0, 99.917, true, false},
		{"origin-only", 2, 12_000, 99, 0, 99.917, true, false},
		{"stale-while-revalidate", 3, 7_200, 99, 0, 99.861, true, true},
	}
	if diff := cmp.Diff(want, got, about); diff != "" {
		t.Error(diff)
	}
	if c := latencyCurves(once(t)); len(c) != 1 || c[0].Headline.Percentile != 50 || c[0].Points[len(c[0].Points)-1].Percentile != 50 {
		t.Errorf("of one transaction only the median is shown: %+v", c)
	}
}

func TestLatencyTracks(t *testing.T) {
	tracks, err := latencyTracks(tiers(t), record.Series{Name: "stale-read", Of: "response"})
	if err != nil {
		t.Fatal(err)
	}
	var lengths []int
	for _, track := range tracks {
		lengths = append(lengths, len(track.Moments))
	}
	if diff := cmp.Diff([]int{40, 40, 40, 24}, lengths); diff != "" { // one was cut off, one never ran
		t.Error(diff)
	}
	// The seed is ten times as slow between 50 and 62 % of its ten minutes.
	_, worst := tracks[0].extremes()
	if worst.From < 5*time.Minute || worst.To > 6*time.Minute+30*time.Second {
		t.Errorf("the worst moment is from %v to %v", worst.From, worst.To)
	}
	for _, m := range tracks[2].Moments {
		if m.Transactions != 300 || m.P50 <= 0 || m.P99 < m.P50 || m.To-m.From != 15*time.Second {
			t.Errorf("%+v", m)
		}
	}
}

func TestHiddenShares(t *testing.T) {
	s := fakeScenario(t, []string{"value", "fallback-error"},
		[]record.Series{{Name: "masked-error", Unit: "ns", Of: "response", Mark: true}, {Name: "time-to-detect", Unit: "ns", Mark: true}},
		fakeVariant{
			name: "seed", n: 4000, latency: constant(time.Millisecond), shares: []float64{0.75, 0.25},
			marks: map[string]fakeMark{"masked-error": {0.25, upTo(1e6)}},
		},
		fakeVariant{
			name: "typed", n: 4000, latency: constant(time.Millisecond), shares: []float64{0.75, 0.25},
			marks: map[string]fakeMark{"time-to-detect": {0.001, func(*rand.Rand) int64 { return int64(2 * time.Second) }}},
		},
		fakeVariant{name: "idle"})
	if _, ok := faultsChart(s); ok {
		t.Error("a chart of faults where there are none")
	}
	s.def.Traits.Faults = []kv.Window{{From: time.Minute, Until: 2 * time.Minute}}
	tracks, err := hiddenShares(s)
	if err != nil {
		t.Fatal(err)
	}
	if len(tracks) != 2 || tracks[0].Told != "nobody" || tracks[1].Told != "2 s" || tracks[0].End != 10*time.Minute {
		t.Fatalf("%+v", tracks)
	}
	mean := 0.0
	for i := range tracks[0].Share {
		mean += tracks[0].Share[i] / float64(len(tracks[0].Share))
		if tracks[1].Share[i] != 0 {
			t.Errorf("typed hides %v", tracks[1].Share[i])
		}
	}
	if math.Abs(mean-0.25) > 0.02 {
		t.Errorf("seed hides %v", mean)
	}
	c, ok := faultsChart(s)
	if !ok || !strings.HasPrefix(c.Title, "seed hides a failure in 2") {
		t.Errorf("the title is %q", c.Title)
	}
	if _, err := c.SVG(); err != nil {
		t.Error(err)
	}
}

func TestOutcomeBars(t *testing.T) {
	bars := outcomeBars(tiers(t))
	if diff := cmp.Diff([]string{"memory", "kv", "origin", "error"}, bars.names); diff != "" {
		t.Error(diff)
	}
	got := map[string][]float64{}
	for _, r := range bars.rows {
		got[r.name] = r.parts
	}
	want := map[string][]float64{
		"seed": {0.70, 0.25, 0.05, 0}, "no-memory": {0, 0.94, 0.048, 0.012}, "origin-only": {0, 0, 1, 0},
		"stale-while-revalidate": {0.75, 0.24, 0.01, 0}, "bounded-memory": {0, 0, 0, 0},
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateApprox(0, 0.015)); diff != "" {
		t.Error(diff)
	}
	if bars.colours[3] != warningRed || slices.Contains(bars.colours[:3], warningRed) {
		t.Error("errors alone are red")
	}
}

// The title is what tells the variants apart, and says so when nothing does.
func TestOutcomesTitle(t *testing.T) {
	variant := func(name string, shares ...float64) fakeVariant {
		return fakeVariant{name: name, n: 40_000, latency: constant(time.Millisecond), shares: shares}
	}
	title := func(variants ...fakeVariant) string {
		return outcomesTitle(fakeScenario(t, []string{"memory", "kv"}, nil, variants...))
	}
	if got := title(variant("seed", 1, 0), variant("other", 0, 1)); got != "100 % of the transactions of seed end in “memory”, none of those of other" {
		t.Errorf("apart: %q", got)
	}
	if got := title(variant("seed", 0, 1), variant("other", 0, 1)); got != "Transactions end alike with every variant: at most 100 % kv" {
		t.Errorf("alike: %q", got)
	}
	if got := title(variant("seed", 1, 0)); got != "How transactions end: 100 % memory" {
		t.Errorf("alone: %q", got)
	}
}

func TestMarkPanels(t *testing.T) {
	panels := markPanels(tiers(t))
	var names []string
	for _, p := range panels {
		names = append(names, p.Mark.Name)
		if len(p.Rows) != 5 || p.Rows[4].Measured || !p.Rows[2].Measured || p.Rows[2].Stats.Count != 0 {
			t.Errorf("%s: %+v", p.Mark.Name, p.Rows)
		}
	}
	if diff := cmp.Diff([]string{"stale-read", "stampede", "backfill-rejected", "memory-entries"}, names); diff != "" {
		t.Error(diff) // falsy-refetch never fired
	}
	if share := panels[0].Rows[0].Stats.Share.Or(0); math.Abs(share-0.042) > 0.006 {
		t.Errorf("seed's share of stale reads is %v", share)
	}
}

func TestCostBars(t *testing.T) {
	bars := costBars(tiers(t))
	got := map[string][]float64{}
	for _, r := range bars.rows {
		got[r.name] = r.parts
	}
	want := map[string][]float64{ // reads $0.50, the others $5 a million
		"seed": {0.155, 0.275, 0, 0}, "no-memory": {0.5, 0.24, 0.02, 0}, "origin-only": {0, 0, 0, 0},
		// Its transactions were cut off at 60 %, what it was billed was not.
		"stale-while-revalidate": {0.26 * 0.5 / 0.6, 0.03 * 5 / 0.6, 0, 0.001 * 5 / 0.6}, "bounded-memory": {0, 0, 0, 0},
	}
	if diff := cmp.Diff(want, got, about); diff != "" {
		t.Error(diff)
	}
	if bars.full < 0.759 || bars.full > 0.761 {
		t.Errorf("the longest bar is $%v", bars.full)
	}
}

// Charts of whatever was measured can be drawn, name what is modelled, and are
// the same each time.
func TestCharts(t *testing.T) {
	for name, test := range map[string]struct {
		scenario *Scenario
		charts   []string
	}{
		"tiers":  {tiers(t), []string{"latency", "timeline", "outcomes", "marks", "staleness", "cost"}},
		"eight":  {eight(t), []string{"latency", "timeline", "outcomes", "marks", "cost"}},
		"memory": {memoryOnly(t), []string{"latency", "timeline", "outcomes", "cost"}},
		"once":   {once(t), []string{"latency", "timeline", "outcomes", "cost"}},
	} {
		t.Run(name, func(t *testing.T) {
			var names []string
			for _, c := range Charts(test.scenario) {
				names = append(names, c.Name)
				first, err := c.SVG()
				if err != nil {
					t.Fatal(err)
				}
				second, err := c.SVG()
				if err != nil || !bytes.Equal(first, second) {
					t.Errorf("%s is not the same twice: %v", c.Name, err)
				}
				checkSVG(t, c, first)
				if name != "tiers" || c.Name != "latency" { // a PNG is the same drawing, and slow
					continue
				}
				picture, err := c.PNG()
				if err != nil {
					t.Fatal(err)
				}
				if config, err := png.DecodeConfig(bytes.NewReader(picture)); err != nil || config.Width != 1440 {
					t.Errorf("%s: a PNG %d wide, %v", c.Name, config.Width, err)
				}
			}
			if diff := cmp.Diff(test.charts, names); diff != "" {
				t.Error(diff)
			}
		})
	}
	if charts := Charts(nothing(t)); len(charts) > 0 {
		t.Errorf("nothing was measured, and there are %d charts", len(charts))
	}
}

func checkSVG(t *testing.T, c Chart, svg []byte) {
	t.Helper()
	if len(svg) > 64<<10 {
		t.Errorf("%s has %d bytes", c.Name, len(svg))
	}
	if !bytes.HasPrefix(svg, []byte("<svg ")) || !bytes.Contains(svg, []byte(`role="img"`)) || !bytes.Contains(svg, []byte("<title>")) {
		t.Errorf("%s begins %.200s", c.Name, svg)
	}
	if latency := c.Name == "latency" || c.Name == "timeline"; latency && !bytes.Contains(svg, []byte("modelled")) {
		t.Errorf("%s does not say that its latency is modelled", c.Name)
	}
	for d := xml.NewDecoder(bytes.NewReader(svg)); ; {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Errorf("%s: %v", c.Name, err)
			return
		}
	}
}

func TestSpread(t *testing.T) {
	for _, test := range []struct{ wanted, want []float64 }{
		{nil, []float64{}},
		{[]float64{5}, []float64{5}},
		{[]float64{10, 50}, []float64{10, 50}},     // far enough apart
		{[]float64{50, 50}, []float64{45, 55}},     // apart by as little as possible
		{[]float64{55, 50}, []float64{57.5, 47.5}}, // in their order
		{[]float64{-20, 0}, []float64{0, 10}},      // no lower than the low end
		{[]float64{100, 120}, []float64{90, 100}},  // no higher than the high end
	} {
		if diff := cmp.Diff(test.want, spread(test.wanted, 10, 0, 100), cmpopts.EquateApprox(0, 1e-9)); diff != "" {
			t.Errorf("%v: %s", test.wanted, diff)
		}
	}
}

func TestFormat(t *testing.T) {
	for want, got := range map[string]string{
		"0 ns": duration(0), "340 ns": duration(340), "1.5 µs": duration(1500), "12.3 ms": duration(12_345_678), "1 s": duration(999_999_999),
		"61 s": duration(int64(61 * time.Second)), "5.5 min": duration(int64(330 * time.Second)), "3.25 h": duration(int64(195 * time.Minute)),
		"0": percent(0), "<0.01 %": percent(0.00001), "0.12 %": percent(0.0012), "42.5 %": percent(0.4251), "100 %": percent(1), ">99.9 %": percent(0.99999),
		"$0": dollars(0), "$0.0012": dollars(0.0012), "$12.50": dollars(12.5), "1234": number(1234), "12.3k": number(12_345), "1.5M": number(1.5e6),
		"512 B": size(512), "1.5 KiB": size(1536), "25 MiB": size(25 << 20), "1,234,567": grouped(1_234_567), "12": grouped(12),
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestPercentileOf(t *testing.T) {
	for nines, want := range map[float64]float64{
		0: 0, 1: 90, 2: 99, 3: 99.9, 5: 99.999, ninesOf(50): 50, ninesOf(75.9089): 75, ninesOf(96.8377): 96.8, ninesOf(99.98765): 99.987,
	} {
		if got := percentileOf(nines); got != want {
			t.Errorf("%g nines: %v, want %v", nines, got, want)
		}
	}
}

// The title is the moment that stands out, or that none does.
func TestTimelineTitle(t *testing.T) {
	title := func(s *Scenario) string {
		c, ok := timelineChart(s)
		if !ok {
			t.Fatal("no chart")
		}
		return c.Title
	}
	if got := title(fakeScenario(t, []string{"kv"}, nil, fakeVariant{name: "seed", n: 8000, shares: []float64{1}, latency: constant(5 * time.Millisecond)})); got !=
		"Steady: p99 is the same at every moment (modelled)" {
		t.Errorf("steady: %q", got)
	}
	// The last twentieth of ten minutes is ten times as slow.
	slow := func(_ *rand.Rand, at float64) time.Duration {
		if at > 0.95 {
			return 50 * time.Millisecond
		}
		return 5 * time.Millisecond
	}
	if got := title(fakeScenario(t, []string{"kv"}, nil,
		fakeVariant{name: "steady", n: 8000, shares: []float64{1}, latency: constant(90 * time.Millisecond)},
		fakeVariant{name: "seed", n: 8000, shares: []float64{1}, latency: slow})); !strings.HasPrefix(got, "p99 of seed is 50") ||
		!strings.HasSuffix(got, " (modelled) from 9.5 min to 9.75 min, and 5 ms usually") {
		t.Errorf("slow at the end: %q", got)
	}
	if got := title(fakeScenario(t, []string{"kv"}, nil, fakeVariant{name: "seed", n: 8000, shares: []float64{1}, latency: constant(0)})); got !=
		"Steady: p99 is the same at every moment (modelled)" {
		t.Errorf("in no time: %q", got)
	}
}
