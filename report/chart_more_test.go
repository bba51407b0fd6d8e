package report

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"kvbench/internal/record"
	"kvbench/internal/runfile"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// The cells of a moment add up to all of its transactions, and lie where its
// latency does.
func TestHeat(t *testing.T) {
	s := fakeScenario(t, []string{"kv"}, nil, fakeVariant{
		name: "seed", n: 4000, shares: []float64{1}, latency: func(_ *rand.Rand, at float64) time.Duration {
			if at < 0.5 {
				return time.Millisecond
			}
			return 100 * time.Millisecond
		},
	})
	tracks, err := latencyTracks(s, record.Series{})
	if err != nil {
		t.Fatal(err)
	}
	edges := heatEdges(&axis{min: 1e5, max: 1e9, scale: floored{}}) // four powers of ten
	for i, m := range tracks[0].Moments {
		sum := 0.0
		rows := m.heat(&edges)
		for _, share := range rows {
			sum += share
		}
		want := heatRows / 4
		if i >= fakeIntervals/2 {
			want = 3 * heatRows / 4
		}
		if at := slices.Index(rows[:], slices.Max(rows[:])); math.Abs(sum-1) > 1e-9 || at < want-1 || at > want+1 {
			t.Errorf("moment %d: %v in all, most in row %d, want about %d", i, sum, at, want)
		}
	}
	for share, want := range map[float64]int{0: -1, 0.001: 0, 0.01: 1, 0.05: 2, 0.29: 3, 1: 4} {
		if got := heatLevel(share); got != want {
			t.Errorf("a share of %v has colour %d, want %d", share, got, want)
		}
	}
}

// What can't be decoded is an error of the chart, not a gap in it.
func TestChartError(t *testing.T) {
	c := Chart{Name: "timeline", err: cmpopts.AnyError}
	if _, err := c.SVG(); err == nil {
		t.Error("an SVG")
	}
	if _, err := c.PNG(); err == nil {
		t.Error("a PNG")
	}
}

func TestAgeCurves(t *testing.T) {
	// A fifth of all is stale, for 1 to 100 s, each age as likely.
	s := fakeScenario(t, []string{"kv"}, []record.Series{{Name: "stale-read", Unit: "ns", Of: "response", Mark: true}},
		fakeVariant{
			name: "seed", n: 40_000, latency: constant(time.Millisecond), shares: []float64{1},
			marks: map[string]fakeMark{"stale-read": {0.2, func(r *rand.Rand) int64 { return int64((1 + 99*r.Float64()) * 1e9) }}},
		},
		fakeVariant{name: "fresh", n: 100, latency: constant(time.Millisecond), shares: []float64{1}})
	curves, err := ageCurves(s, s.def.Series[record.FirstMark])
	if err != nil || len(curves) != 1 || curves[0].Variant != "seed" {
		t.Fatalf("%+v, %v", curves, err)
	}
	c := curves[0]
	var got []float64
	for _, age := range []float64{10e9, 25.75e9, 50.5e9, 75.25e9, 200e9} {
		got = append(got, c.at(age))
	}
	if diff := cmp.Diff([]float64{0.2 * 90 / 99, 0.15, 0.1, 0.05, 0}, got, cmpopts.EquateApprox(0, 0.006)); diff != "" {
		t.Error(diff)
	}
	if !slices.IsSorted(c.Ages) || !slices.IsSortedFunc(c.Share, func(a, b float64) int { return int(math.Copysign(1, b-a)) }) {
		t.Error("the share grows with the age")
	}
	chart, ok := stalenessChart(s)
	if !ok || !strings.HasPrefix(chart.Title, "stale-read beyond 60 s: 8") || !strings.Contains(chart.Alt, "fresh: none") {
		t.Errorf("%q %q", chart.Title, chart.Alt)
	}
	if text := chart.Plot().Traces[0].Points[0].Text; !strings.HasPrefix(text, "over ") || !strings.HasSuffix(text, " %") {
		t.Errorf("a point says %q", text)
	}
	if _, ok := stalenessChart(once(t)); ok {
		t.Error("a chart of staleness where there is none")
	}
}

// listing is a scenario's name, how many keys it has and how large their values are.
type listing struct {
	name        string
	count, size int
}

// family is a run of scenarios of which p99 is 1 ms a key. One of no size is of a file of
// format 1.
func family(t *testing.T, listings ...listing) *Summary {
	t.Helper()
	run := &runfile.Run{}
	for _, l := range listings {
		one := pageFixture{name: l.name, variants: []fixtureVariant{
			{name: "seed", p50: int64(l.count) * 1e6, p99: int64(l.count) * 1e6, reads: uint64(l.count)}, {name: "flat", p50: 1e6, p99: 1e6},
		}}.run(t)
		if def := &one.Header.Scenarios[0]; l.size > 0 {
			def.Workload = &runfile.Workload{Keys: runfile.Keys{Count: l.count, Size: runfile.Size{Min: l.size, Max: l.size}}}
		}
		for _, v := range one.Variants {
			v.Scenario = len(run.Header.Scenarios)
			run.Variants = append(run.Variants, v)
		}
		run.Header.Scenarios = append(run.Header.Scenarios, one.Header.Scenarios...)
	}
	s := Summarise(run, nil)
	return &s
}

func TestGrowth(t *testing.T) {
	s := family(t,
		listing{"list-900", 900, 512}, listing{"list-100", 100, 512}, listing{"list-2500", 2500, 512},
		listing{"other-size", 9000, 1024}, listing{"format-1", 9000, 0})
	got := families(s)
	if len(got) != 1 {
		t.Fatalf("%d families", len(got))
	}
	var keys []uint64
	for _, g := range got[0] {
		keys = append(keys, g.Keys)
	}
	if diff := cmp.Diff([]uint64{100, 900, 2500}, keys); diff != "" {
		t.Error(diff)
	}
	chart := growthChart(got[0])
	if want := "From 100 to 2,500 keys p99 of seed grows from 100 ms to 2.5 s (modelled)"; chart.Title != want {
		t.Errorf("the title is %q, want %q", chart.Title, want)
	}
	plot := chart.Plot()
	type point struct {
		X    float64 // share of the panel
		Text string
	}
	var first []point
	for _, p := range plot.Traces[0].Points {
		first = append(first, point{(p.X - plot.Panels[0].X) / plot.Panels[0].Width, p.Text})
	}
	want := []point{{0, "100 keys: 100 ms"}, {math.Log(9) / math.Log(25), "900 keys: 900 ms"}, {1, "2,500 keys: 2.5 s"}}
	if diff := cmp.Diff(want, first, cmpopts.EquateApprox(0, 0.001)); diff != "" {
		t.Error(diff)
	}
	if len(plot.Panels) != 2 || len(plot.Traces) != 4 {
		t.Errorf("%d panels, %d traces", len(plot.Panels), len(plot.Traces))
	}
	if svg, err := chart.SVG(); err != nil {
		t.Error(err)
	} else {
		checkSVG(t, chart, svg)
	}
	same := families(family(t, listing{"list-900", 900, 512}, listing{"other", 900, 512}))
	if len(same) != 0 {
		t.Error("scenarios of the same number of keys are a family")
	}
}
