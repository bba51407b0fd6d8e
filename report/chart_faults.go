package report

import (
	"fmt"
	"math"
	"slices"
	"time"

	"kvbench/internal/record"
	"kvbench/kv"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// hidden is the share of a variant's transactions that failed unseen by their
// caller, as its first repeat went on, and when somebody knew.
type hidden struct {
	Variant        string
	Position       int // in the scenario
	At             []time.Duration
	Share          []float64
	End            time.Duration // of the last interval
	Told, Restored string        // when it was told of, and when a value was read again
}

// maskedMark is the mark of a failure that the caller could not see.
const maskedMark = "masked-error"

// hiddenShares has a track for every variant of a scenario whose store was made
// to fail and whose pattern tells what its callers could not see.
func hiddenShares(s *Scenario) []hidden {
	mark := slices.IndexFunc(s.def.Series, func(m record.Series) bool { return m.Name == maskedMark })
	if mark < 0 || len(s.def.Traits.Faults) == 0 {
		return nil
	}
	when := func(v *Variant, series, never string) string {
		if st := v.Series[series]; st.Count > 0 {
			return duration(st.P50)
		}
		return never
	}
	var out []hidden
	for i := range s.Variants {
		v := &s.Variants[i]
		if v.Transactions == 0 {
			continue
		}
		h := hidden{
			Variant: v.Name, Position: i,
			Told: when(v, "time-to-detect", "nobody"), Restored: when(v, "time-to-recover", "–"),
		}
		for _, iv := range v.intervals {
			n := iv.Histograms[record.Response]
			if n == nil || n.TotalCount() == 0 {
				continue
			}
			share := 0.0
			if masked := iv.Histograms[mark]; masked != nil {
				share = float64(masked.TotalCount()) / float64(n.TotalCount())
			}
			h.End = iv.To
			h.At, h.Share = append(h.At, (iv.From+iv.To)/2), append(h.Share, share)
		}
		out = append(out, h)
	}
	return out
}

func faultsChart(s *Scenario) (Chart, bool) {
	tracks := hiddenShares(s)
	if len(tracks) == 0 {
		return Chart{}, false
	}
	top, end := 0.0, time.Duration(1)
	for _, h := range tracks {
		top, end = max(top, slices.Max(append(h.Share, 0))), max(end, h.End)
	}
	window := s.def.Traits.Faults[0]
	if window.Until == 0 {
		window.Until = end
	}
	share := func(v *Variant) float64 { return v.Series[maskedMark].Share }
	least, most := s.extremes(share)
	chart := Chart{
		Name: "faults", Alt: "Lines of the share of masked errors over time.",
		Title: fmt.Sprintf("%s hides a failure in %s of the transactions, %s in %s", most.Name, percent(share(most)), least.Name, percent(share(least))),
		subtitle: s.Name + ": share of the transactions whose failure the caller could not see, as the run went on; " +
			"grey: the injected fault. Told: the median isolate told a caller, or opened its breaker. Restored: it read a value again.",
		height: tracksHeight(len(tracks)), notes: s.chartNotes(false),
	}
	if top == 0 {
		chart.Title = "No variant hides a failure"
	}
	for _, h := range tracks {
		chart.Alt += fmt.Sprintf(" %s: at most %s, told after %s, restored after %s.", h.Variant, percent(slices.Max(append(h.Share, 0))), h.Told, h.Restored)
	}
	x := timeAxis(end)
	y := linearAxis(math.Max(top, 0.01), []float64{0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5, 1}, 4, percent)
	chart.body = func(c draw.Canvas) {
		for i, at := range places(c, len(tracks)) {
			tracks[i].draw(at, x, y, window)
		}
	}
	return chart, true
}

// draw draws one panel.
func (h hidden) draw(c draw.Canvas, x, y axis, window kv.Window) {
	colour := variantColour(h.Position)
	name := bold(lettering(bodySize, ink))
	name.Color = colour
	p := panel{Canvas: draw.Crop(c, 56, -18, 34, -24), x: x, y: y}
	at := vg.Point{X: p.Min.X, Y: c.Max.Y - 9}
	c.FillText(name, at, h.Variant)
	at.X += name.Width(h.Variant) + 10
	c.FillText(lettering(noteSize, mutedInk), at, "told: "+h.Told+" · restored: "+h.Restored)
	bar(c, gridGrey, vg.Point{X: p.atX(float64(window.From)), Y: p.Min.Y}, vg.Point{X: p.atX(float64(window.Until)), Y: p.Max.Y})
	p.rules(true)
	p.marksX(true)
	xs := make([]float64, len(h.At))
	for i, t := range h.At {
		xs[i] = float64(t)
	}
	if len(xs) > 0 {
		p.line(stroke(colour, 2.25), xs, h.Share)
	}
}
