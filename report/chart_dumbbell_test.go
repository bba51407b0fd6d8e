package report

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func dumbbellRows() []Dumbbell {
	return []Dumbbell{
		{Label: "memory-tier/seed p99", Base: 400e6, Head: 520e6, Low: 1.2, High: 1.41, Unit: "ns", Verdict: "worse"},
		{Label: "memory-tier/seed stale-read share", Base: 0.28, Head: 0.14, Low: 0.48, High: 0.53, Unit: "share", Verdict: "better"},
		{Label: "list-900/seed usd-per-million", Base: 5, Head: 5, Unit: "usd", Verdict: "same"},
		{Label: "list-900/paginate p99", Base: 900e6, Head: 930e6, Low: 0.9, High: 1.15, Unit: "ns", Verdict: "unsure"},
		{Label: "session/seed errors", Base: 0, Head: 0.01, Unit: "share", Verdict: "worse"},
	}
}

// A dot stands at the ratio on a log scale, as far from no change as its
// reciprocal on the other side.
func TestDumbbellPlot(t *testing.T) {
	c, ok := DumbbellChart("compare", "Two figures are worse", "base to head", dumbbellRows())
	if !ok {
		t.Fatal("no chart")
	}
	svg, plot, err := c.drawn()
	if err != nil {
		t.Fatal(err)
	}
	checkSVG(t, c, svg)
	// The axis ends at 1/0.48, raised to 1.08: ln 2.208 on either side.
	in := plot.Panels[0]
	var at []float64 // from the middle
	for _, trace := range plot.Traces {
		at = append(at, (trace.Points[0].X-in.X)/in.Width-0.5)
	}
	if diff := cmp.Diff([]float64{0.166, -0.437, 0, 0.021, 0.5}, at, cmpopts.EquateApprox(0, 0.002)); diff != "" {
		t.Error(diff)
	}
	if text := plot.Traces[0].Points[0].Text; text != "memory-tier/seed p99: 400 ms to 520 ms (+30.0 %), worse; ratio 1.2 to 1.41" {
		t.Errorf("it says %q", text)
	}
	if text := plot.Traces[4].Points[0].Text; !strings.Contains(text, "0 to 1 % (new), worse") {
		t.Errorf("it says %q", text)
	}
	if _, ok := DumbbellChart("compare", "", "", nil); ok {
		t.Error("a chart of nothing")
	}
}
