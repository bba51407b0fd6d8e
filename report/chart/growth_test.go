package chart

import (
	"math"
	"testing"

	"kvbench/internal/runfile"
	"kvbench/report/reporttest"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// listing is a scenario's name, how many keys it has and how large their values are.
type listing struct {
	name        string
	count, size int
}

// family is a run of scenarios of which p99 of the seed is 1 ms a key. One of no size is
// of a file of format 1.
func family(t testing.TB, listings ...listing) *runfile.Run {
	t.Helper()
	run := &runfile.Run{}
	for _, l := range listings {
		one := reporttest.MadeUp{Name: l.name, Variants: []reporttest.Variant{
			{Name: "seed", P50: int64(l.count) * 1e6, P99: int64(l.count) * 1e6, Reads: uint64(l.count)}, {Name: "flat", P50: 1e6, P99: 1e6},
		}}.Run(t)
		if def := &one.Header.Scenarios[0]; l.size > 0 {
			def.Workload = &runfile.Workload{Keys: runfile.Keys{Count: l.count, Size: runfile.Size{Min: l.size, Max: l.size}}}
		}
		for _, v := range one.Variants {
			v.Scenario = len(run.Header.Scenarios)
			run.Variants = append(run.Variants, v)
		}
		run.Header.Scenarios = append(run.Header.Scenarios, one.Header.Scenarios...)
	}
	return run
}

// Scenarios that differ in nothing but their number of keys have a chart together.
func TestGrowth(t *testing.T) {
	set := setOf(t, family(t,
		listing{"list-900", 900, 512}, listing{"list-100", 100, 512}, listing{"list-2500", 2500, 512},
		listing{"other-size", 9000, 1024}, listing{"format-1", 9000, 0}))
	charts := Growth(set)
	if len(charts) != 1 {
		t.Fatalf("%d charts", len(charts))
	}
	chart := charts[0]
	if want := "100 to 2,500 keys: seed p99 100 ms to 2.5 s (modelled)"; chart.Title != want || chart.Scenario != "list-100" || !chart.Tells {
		t.Errorf("the title of the chart of %s is %q, want %q", chart.Scenario, chart.Title, want)
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
	if err := reporttest.File("x.svg", svgOf(t, chart.Chart)); err != nil {
		t.Error(err)
	}
	if same := Growth(setOf(t, family(t, listing{"list-900", 900, 512}, listing{"other", 900, 512}))); len(same) != 0 {
		t.Error("scenarios of the same number of keys are a family")
	}
}

// Without a latency growth is that of the cost alone.
func TestGrowthWithoutLatency(t *testing.T) {
	run := family(t, listing{"list-900", 900, 512}, listing{"list-100", 100, 512})
	for i := range run.Header.Scenarios {
		run.Header.Scenarios[i].Capabilities.Modelled = false
	}
	charts := Growth(setOf(t, run))
	if len(charts) != 1 || len(charts[0].Plot().Panels) != 1 || charts[0].Title != "100 to 900 keys: cost (no latency modelled)" {
		t.Errorf("%+v", charts)
	}
}
