package report

import (
	"fmt"
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
	Hidden, Of     []uint64      // transactions
	End            time.Duration // of the last interval
	Told, Restored string        // when it was told of, and when a value was read again
}

// maskedMark is the mark of a failure that the caller could not see.
const maskedMark = "masked-error"

// hiddenShares has a track for every variant of a scenario whose store was made
// to fail and whose pattern tells what its callers could not see.
func hiddenShares(s *Scenario) ([]hidden, error) {
	if !slices.ContainsFunc(s.def.Series, func(m record.Series) bool { return m.Name == maskedMark }) || len(s.def.Traits.Faults) == 0 {
		return nil, nil
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
			of, err := s.observed(&iv, "response")
			if err != nil {
				return nil, fmt.Errorf("%s/%s: %w", s.Name, v.Name, err)
			}
			if of == 0 {
				continue
			}
			masked, err := s.observed(&iv, maskedMark)
			if err != nil {
				return nil, fmt.Errorf("%s/%s: %w", s.Name, v.Name, err)
			}
			h.End = iv.To
			h.At, h.Hidden, h.Of = append(h.At, (iv.From+iv.To)/2), append(h.Hidden, masked), append(h.Of, of)
			h.Share = append(h.Share, float64(masked)/float64(of))
		}
		out = append(out, h)
	}
	return out, nil
}

// faultsHeight is that of a panel with all around it.
const faultsHeight vg.Length = 150

// roundUp is the least of a few round shares that is no less than v.
func roundUp(v float64) float64 {
	for _, top := range []float64{0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.75} {
		if v <= top {
			return top
		}
	}
	return 1
}

func faultsChart(s *Scenario) (Chart, bool) {
	tracks, err := hiddenShares(s)
	if err != nil {
		return Chart{Name: "faults", err: err}, true
	}
	if len(tracks) == 0 {
		return Chart{}, false
	}
	top, end := 0.0, time.Duration(1)
	for _, h := range tracks {
		top, end = max(top, slices.Max(append(h.Share, 0))), max(end, h.End)
	}
	window := s.def.Traits.Faults[0]
	share := func(v *Variant) float64 { return v.Series[maskedMark].Share.Or(0) }
	least, most := s.extremes(share)
	chart := Chart{
		Name: "faults", Alt: "Lines of the share of masked errors over time.",
		Title: fmt.Sprintf("%s hides a failure in %s of the transactions, %s in %s", most.Name, percent(share(most)), least.Name, orNone(share(least))),
		subtitle: s.Name + ": share of the transactions whose failure the caller could not see, as the run went on; " +
			"red ground: the injected fault. Told: the median isolate told a caller, or opened its breaker. Restored: it read a value again.",
		height: panelsHeight(len(tracks), faultsHeight), notes: s.chartNotes(false),
	}
	if top == 0 {
		chart.Title = "No variant hides a failure"
	}
	for _, h := range tracks {
		chart.Alt += fmt.Sprintf(" %s: at most %s, told after %s, restored after %s.", h.Variant, percent(slices.Max(append(h.Share, 0))), h.Told, h.Restored)
	}
	x := timeAxis(end)
	y := linearAxis(roundUp(max(top, 0.01)), []float64{0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1}, 4, percent)
	chart.body = func(c draw.Canvas) {
		for i, at := range places(c, len(tracks), faultsHeight) {
			ofVariant(at, tracks[i].Variant, func() { tracks[i].draw(at, x, y, window) })
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
	p.note("time")
	p.fault(window)
	p.rules(true)
	p.marksX(true)
	xs := make([]float64, len(h.At))
	for i, t := range h.At {
		xs[i] = float64(t)
	}
	if len(xs) > 0 {
		p.line(stroke(colour, 2.25), xs, h.Share)
	}
	p.trace(h.Variant, "", len(xs), func(i int) (vg.Point, string) {
		return vg.Point{X: p.atX(xs[i]), Y: p.atY(h.Share[i])},
			fmt.Sprintf("%s: %d of %d transactions, %s", clockTime(h.At[i]), h.Hidden[i], h.Of[i], percent(h.Share[i]))
	})
}
