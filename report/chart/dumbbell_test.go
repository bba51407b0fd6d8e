package chart

import (
	"strings"
	"testing"

	"kvbench/internal/metric"
	"kvbench/report/reporttest"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func dumbbellRows() []Dumbbell {
	return []Dumbbell{
		{Label: "memory-tier/seed p99", Base: 400e6, Head: 520e6, Low: 1.2, High: 1.41, Unit: metric.Time, Verdict: "worse"},
		{Label: "memory-tier/seed stale-read share", Base: 0.28, Head: 0.14, Low: 0.48, High: 0.53, Unit: metric.Share, Verdict: "better"},
		{Label: "list-900/seed usd-per-million", Base: 5, Head: 5, Unit: metric.Money, Verdict: "same"},
		{Label: "list-900/paginate p99", Base: 900e6, Head: 930e6, Low: 0.9, High: 1.15, Unit: metric.Time, Verdict: "unsure"},
		{Label: "session/seed errors", Base: 0, Head: 0.01, Unit: metric.Share, Verdict: "worse"},
	}
}

// A dot stands at the ratio on a log scale, as far from no change as its reciprocal on the
// other side; what has no ratio stands at the end.
func TestDumbbells(t *testing.T) {
	c, ok := Dumbbells("compare", "Two figures are worse", "base to head", dumbbellRows())
	if !ok {
		t.Fatal("no chart")
	}
	svg, plot, err := c.Draw()
	if err != nil {
		t.Fatal(err)
	}
	if err := reporttest.File("x.svg", svg); err != nil {
		t.Error(err)
	}
	// The axis ends at 1/0.48, raised to 1.08: ln 2.208 on either side.
	in := plot.Panels[0]
	var at []float64 // from the middle
	for _, trace := range plot.Traces {
		at = append(at, (trace.Points[0].X-in.X)/in.Width-0.5)
	}
	if diff := cmp.Diff([]float64{0.166, -0.437, 0, 0.021, 0.5}, at, cmpopts.EquateApprox(0, 0.002)); diff != "" {
		t.Error(diff)
	}
	if text := plot.Traces[0].Points[0].Text; text != "memory-tier/seed p99: 400 ms to 520 ms (+30.0%), worse; ratio 1.2 to 1.41" {
		t.Errorf("it says %q", text)
	}
	if text := plot.Traces[4].Points[0].Text; !strings.Contains(text, "0% to 1% (new), worse") {
		t.Errorf("it says %q", text)
	}
	if len(c.Notes) != 1 {
		t.Errorf("the arrow is explained by %q", c.Notes)
	}
	if _, ok := Dumbbells("compare", "", "", nil); ok {
		t.Error("a chart of nothing")
	}
}
