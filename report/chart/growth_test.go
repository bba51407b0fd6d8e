package chart

import (
	"math"
	"strings"
	"testing"

	"kvbench/internal/result"
	"kvbench/internal/runfile"
	"kvbench/report/reporttest"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// grown is a run of a sweep over the number of keys, and over a TTL where there are any, in
// which p99 of the seed is 1 ms a key and its reads are as many as keys.
func grown(t testing.TB, name string, counts []uint64, modes ...string) *runfile.Run {
	t.Helper()
	if modes == nil {
		modes = []string{""}
	}
	var run *runfile.Run
	for _, n := range counts {
		for i, mode := range modes {
			one := reporttest.MadeUp{Name: name, Variants: []reporttest.Variant{
				{Name: "seed", P50: int64(n) * 1e6, P99: int64(n) * 1e6, Reads: n * uint64(i+1), Stale: reporttest.Sizes(400/(i+1), 1e9)},
				{Name: "flat", P50: 1e6, P99: 1e6},
			}}.Run(t)
			point := []runfile.Setting{{Name: "keys.count", Count: &n}}
			if mode != "" {
				point = append(point, runfile.Setting{Name: "driver.mode", Text: &mode})
			}
			def := &one.Header.Scenarios[0]
			p := runfile.Point{
				Settings: point, Driver: def.Driver, Capabilities: def.Capabilities, Load: def.Load,
				Workload: &runfile.Workload{Keys: runfile.Keys{Count: int(n)}},
			}
			if run == nil {
				run = one
			} else {
				run.Variants = append(run.Variants, one.Variants...)
			}
			for _, v := range one.Variants {
				v.Point = point
			}
			first := &run.Header.Scenarios[0]
			first.Points = append(first.Points, p)
		}
	}
	return run
}

func sweepOf(t testing.TB, counts []uint64, modes ...string) *result.Scenario {
	t.Helper()
	return setOf(t, grown(t, "list", counts, modes...)).Scenarios[0]
}

// A sweep over one setting has lines by its size, and says how they grow.
func TestGrowth(t *testing.T) {
	chart := chartOf(t, sweepOf(t, []uint64{900, 100, 2500}), "growth")
	plot := chart.Plot()
	type point struct {
		X    float64 // share of the panel
		Text string
	}
	var first []point
	for _, p := range plot.Traces[0].Points {
		first = append(first, point{(p.X - plot.Panels[0].X) / plot.Panels[0].Width, p.Text})
	}
	want := []point{
		{0, "keys.count 100: 100 ms"}, {math.Log(9) / math.Log(25), "keys.count 900: 900 ms"}, {1, "keys.count 2,500: 2.5 s"},
	}
	if diff := cmp.Diff(want, first, cmpopts.EquateApprox(0, 0.001)); diff != "" {
		t.Error(diff)
	}
	if len(plot.Panels) != 3 || len(plot.Traces) != 6 {
		t.Errorf("%d panels, %d traces", len(plot.Panels), len(plot.Traces))
	}
	texts := groups(t, svgOf(t, chart.Chart))
	if joined := strings.Join(texts["seed"], "|"); !strings.Contains(joined, "2.5 s, grows as n|") {
		t.Errorf("of the seed it says %s", joined)
	}
	if joined := strings.Join(texts["flat"], "|"); !strings.Contains(joined, "1 ms, constant") {
		t.Errorf("of flat it says %s", joined)
	}
}

// A point that a variant failed at has no figure in the picture.
func TestGrowthFailed(t *testing.T) {
	run := grown(t, "list", []uint64{100, 900, 2500})
	for _, v := range run.Variants {
		if v.Name == "seed" && *v.Point[0].Count == 2500 {
			v.Error, v.Complete = "too many errors", false
		}
	}
	for _, trace := range chartOf(t, setOf(t, run).Scenarios[0], "growth").Plot().Traces {
		want := 3
		if trace.Variant == "seed" {
			want = 2
		}
		if len(trace.Points) != want {
			t.Errorf("%s has %d points, want %d", trace.Variant, len(trace.Points), want)
		}
	}
}

// The law of least residuals is named, also of values with a foot and a little noise, and
// none where none fits.
func TestGrowthOf(t *testing.T) {
	ns := []float64{100, 1000, 10_000, 30_000, 100_000}
	noise := []float64{1.02, 0.98, 1.01, 0.99, 1.02}
	for want, f := range map[string]func(n float64) float64{
		"constant":         func(float64) float64 { return 7 },
		"grows as log n":   func(n float64) float64 { return 1 + 2*math.Log(n) },
		"grows as n":       func(n float64) float64 { return 50 + n },
		"grows as n log n": func(n float64) float64 { return 50 + n*math.Log(n) },
		"falls":            func(n float64) float64 { return 40 - 3*math.Log(n) },
		"":                 func(n float64) float64 { return n * n * n },
	} {
		for _, noisy := range []bool{false, true} {
			var ys []float64
			for i, n := range ns {
				y := f(n)
				if noisy && want != "grows as n log n" && want != "grows as n" { // those two are told apart by a few percent
					y *= noise[i]
				}
				ys = append(ys, y)
			}
			if got := growthOf(ns, ys); got != want {
				t.Errorf("%v: %q, want %q", ys, got, want)
			}
		}
	}
	if got := growthOf(ns[:2], []float64{1, 2}); got != "" {
		t.Errorf("two values: %q", got)
	}
}

// A sweep over two settings has a panel for each variant and figure with all points in it.
func TestGrid(t *testing.T) {
	s := sweepOf(t, []uint64{100, 900, 2500}, "classic", "instant")
	plot := chartOf(t, s, "heatmap").Plot()
	if len(plot.Panels) != 4 || len(plot.Traces) != 24 {
		t.Errorf("%d panels, %d traces", len(plot.Panels), len(plot.Traces))
	}
	if text := plot.Traces[0].Points[0].Text; text != "seed at keys.count 100, mode classic: 100 ms" {
		t.Error(text)
	}
	for _, c := range chartsOf(t, s) {
		if c.Name == "growth" {
			t.Error("there is a chart by one setting")
		}
		checkPlot(t, c.Name, svgOf(t, c.Chart), c.Plot())
	}
}
