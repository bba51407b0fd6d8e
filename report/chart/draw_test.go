package chart

import (
	"bytes"
	"context"
	"errors"
	"image/png"
	"strings"
	"testing"

	"kvbench/internal/result"
	"kvbench/internal/runfile"
	"kvbench/report/chart/kit"
	"kvbench/report/reporttest"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// about lets plotted values differ by what a histogram can't tell apart, and a little
// more for chance in what was made up.
var about = cmpopts.EquateApprox(0.02, 0.002)

func chartsOf(t testing.TB, s *result.Scenario) []Chart {
	t.Helper()
	charts, err := Of(s)
	if err != nil {
		t.Fatal(err)
	}
	return charts
}

// chartOf is the chart of a name.
func chartOf(t testing.TB, s *result.Scenario, name string) Chart {
	t.Helper()
	for _, c := range chartsOf(t, s) {
		if c.Name == name {
			return c
		}
	}
	t.Fatalf("no chart %s", name)
	return Chart{}
}

func svgOf(t testing.TB, c kit.Chart) []byte {
	t.Helper()
	svg, err := c.SVG()
	if err != nil {
		t.Fatal(err)
	}
	return svg
}

const mostWords = 10 // of a title

// odd are scenarios of all that charts show, and of what is at the edge of it.
func odd(t testing.TB) map[string]*result.Scenario {
	return map[string]*result.Scenario{
		"tiers": tiers(t), "eight": eight(t), "memory": memoryOnly(t), "once": once(t),
		"outage": outage(t, faultWindow),
	}
}

// Whatever was measured can be drawn, small and the same each time, with a title of few
// words; of nothing there is no chart.
func TestCharts(t *testing.T) {
	want := map[string][]string{
		"tiers":  {"latency", "anomalies", "staleness", "timeline", "cost", "outcomes"},
		"eight":  {"latency", "anomalies", "timeline", "cost", "outcomes"},
		"memory": {"latency", "timeline", "cost", "outcomes"},
		"once":   {"latency", "timeline", "cost", "outcomes"},
		"outage": {"latency", "anomalies", "timeline", "faults", "cost", "outcomes"},
	}
	for name, s := range odd(t) {
		var names []string
		for _, c := range chartsOf(t, s) {
			names = append(names, c.Name)
			if c.Scenario != s.Def.Name || c.Alt == "" {
				t.Errorf("%s: the chart %s is of %q and shows %q", name, c.Name, c.Scenario, c.Alt)
			}
			if n := len(strings.Fields(strings.NewReplacer("(modelled)", "", "·", "").Replace(c.Title))); n == 0 || n > mostWords {
				t.Errorf("%s: the title %q has %d words", name, c.Title, n)
			}
			first := svgOf(t, c.Chart)
			if !bytes.Equal(first, svgOf(t, c.Chart)) {
				t.Errorf("%s: %s is not the same twice", name, c.Name)
			}
			if err := reporttest.File("x.svg", first); err != nil {
				t.Errorf("%s: %s: %v", name, c.Name, err)
			}
			if len(first) > 64<<10 {
				t.Errorf("%s: %s has %d bytes", name, c.Name, len(first))
			}
			for _, part := range []string{`role="img"`, "<title>"} {
				if !bytes.Contains(first, []byte(part)) {
					t.Errorf("%s: %s has no %s", name, c.Name, part)
				}
			}
		}
		if diff := cmp.Diff(want[name], names); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	if charts := chartsOf(t, nothing(t)); len(charts) > 0 {
		t.Errorf("nothing was measured, and there are %d charts", len(charts))
	}
}

// A picture is twice its natural size.
func TestPicture(t *testing.T) {
	for _, name := range []string{"latency", "timeline"} {
		picture, err := chartOf(t, tiers(t), name).PNG()
		if err != nil {
			t.Fatal(err)
		}
		if err := reporttest.File("x.png", picture); err != nil {
			t.Error(err)
		}
		if config, err := png.DecodeConfig(bytes.NewReader(picture)); err != nil || config.Width != 1440 {
			t.Errorf("a PNG %d wide, %v", config.Width, err)
		}
	}
}

// A chart is pasted where nothing else says what it rests on.
func TestEveryChartSaysWhetherItIsModelled(t *testing.T) {
	for latency, define := range map[runfile.Latency]func(*runfile.Definition){
		runfile.Modelled: nil,
		runfile.Measured: func(d *runfile.Definition) { d.Capabilities.Modelled, d.Clock = false, "wall" },
	} {
		for _, c := range chartsOf(t, tiersOf(t, define)) {
			svg := strings.ToLower(string(svgOf(t, c.Chart)))
			if says := strings.Contains(svg, "modelled"); says != (latency == runfile.Modelled) {
				t.Errorf("%s, of a run whose latency is %s, says modelled: %v", c.Name, latency, says)
			}
		}
	}
}

// A pattern that draws a latency of its own, such as an origin's, is modelled also where
// the store is measured on the wall clock.
func TestAModelledOriginIsSaidOnTheWallClock(t *testing.T) {
	s := tiersOf(t, func(d *runfile.Definition) {
		d.Capabilities.Modelled, d.Clock, d.Models = false, "wall", []string{"the origin's latency is drawn"}
	})
	for _, c := range chartsOf(t, s) {
		if svg := svgOf(t, c.Chart); !bytes.Contains(bytes.ToLower(svg), []byte("modelled")) {
			t.Errorf("%s does not say modelled", c.Name)
		}
	}
}

// Where no latency is modelled none is drawn, and every chart says so.
func TestNoLatencyModelled(t *testing.T) {
	s := tiersOf(t, func(d *runfile.Definition) { d.Capabilities.Modelled = false })
	var names []string
	for _, c := range chartsOf(t, s) {
		names = append(names, c.Name)
		if svg := svgOf(t, c.Chart); !bytes.Contains(svg, []byte("no latency modelled")) {
			t.Errorf("%s does not say it", c.Name)
		}
	}
	if diff := cmp.Diff([]string{"anomalies", "staleness", "cost", "outcomes"}, names); diff != "" {
		t.Error(diff)
	}
}

// All scenarios are drawn in the forms that are wanted, in their order, and what a chart
// is drawn from is let go.
func TestDraw(t *testing.T) {
	set := setOf(t, family(t, listing{"list-900", 900, 512}, listing{"list-100", 100, 512}))
	var told []int
	drawn, err := Draw(context.Background(), set, true, true, func(done, scenarios int) {
		if scenarios != 2 {
			t.Errorf("of %d scenarios", scenarios)
		}
		told = append(told, done)
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]int{1, 2}, told); diff != "" {
		t.Error(diff)
	}
	var names []string
	for _, d := range drawn {
		names = append(names, set.Scenarios[d.Of].Def.Name+" "+d.Name)
		if d.Body != nil || d.Scenario != set.Scenarios[d.Of].Def.Name {
			t.Errorf("%s of %s: %v", d.Name, d.Scenario, d.Body != nil)
		}
		for file, data := range map[string][]byte{"x.svg": d.SVG, "x.png": d.PNG, "x.json": d.Values} {
			if err := reporttest.File(file, data); err != nil {
				t.Errorf("%s %s: %v", d.Name, file, err)
			}
		}
	}
	if diff := cmp.Diff([]string{
		"list-900 latency", "list-900 timeline", "list-900 cost", "list-900 outcomes",
		"list-100 latency", "list-100 timeline", "list-100 cost", "list-100 outcomes", "list-100 growth",
	}, names); diff != "" {
		t.Error(diff)
	}
	if drawn, err = Draw(context.Background(), set, false, true, nil); err != nil || drawn[0].SVG != nil || drawn[0].PNG == nil {
		t.Errorf("only pictures are wanted: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Draw(ctx, set, true, false, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("what is cancelled ends in %v", err)
	}
}
