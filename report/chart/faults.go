package chart

import (
	"fmt"
	"slices"
	"time"

	"kvbench/internal/metric"
	"kvbench/internal/record"
	"kvbench/internal/result"
	"kvbench/kv"
	"kvbench/report/chart/kit"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// hidden is the share of a variant's transactions that failed unseen by their caller, as
// its first repeat went on, and when somebody knew.
type hidden struct {
	variant        *result.Variant
	At             []time.Duration
	Share          []float64
	Hidden, Of     []uint64      // transactions
	End            time.Duration // of the last interval
	Told, Restored string        // when it was told of, and when a value was read again
}

// byRole is the metric of a role; ok is false where the pattern has none.
func byRole(s *result.Scenario, role record.Role) (m metric.Metric, ok bool) {
	for _, m := range s.Metrics {
		if m.Role == string(role) {
			return m, true
		}
	}
	return m, false
}

// hiddenShares has a track for every variant.
func hiddenShares(s *result.Scenario, masked metric.Metric) ([]hidden, error) {
	when := func(v *result.Variant, role record.Role, never string) string {
		m, ok := byRole(s, role)
		if !ok {
			return never
		}
		if st := v.Whole.Series(m.Series); st.Count > 0 {
			return metric.FormatTime(float64(st.P50))
		}
		return never
	}
	var out []hidden
	counter := result.Counter{Def: s.Def}
	for _, v := range ran(s) {
		h := hidden{variant: v, Told: when(v, record.Detect, "nobody"), Restored: when(v, record.Recover, metric.None)}
		for i := range v.Repeats[0].Intervals {
			iv := &v.Repeats[0].Intervals[i]
			n, of, err := counter.Count(iv, masked)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", v.Name, err)
			}
			share, ok := metric.Ratio(float64(n), float64(of)).Value()
			if !ok {
				continue
			}
			h.End = iv.To
			h.At, h.Hidden, h.Of = append(h.At, (iv.From+iv.To)/2), append(h.Hidden, n), append(h.Of, of)
			h.Share = append(h.Share, share)
		}
		out = append(out, h)
	}
	return out, nil
}

// faultsHeight is that of a panel with all around it.
const faultsHeight vg.Length = 150

// faults shows what callers could not see of the failures of a store that was made to
// fail.
func faults(s *result.Scenario) (*Chart, error) {
	masked, ok := byRole(s, record.Hidden)
	if !ok || len(s.Def.Capabilities.Faults) == 0 {
		return nil, nil
	}
	all, err := hiddenShares(s, masked)
	if all == nil || err != nil {
		return nil, err
	}
	top, end := 0.0, time.Duration(1)
	for _, h := range all {
		top, end = max(top, slices.Max(append(h.Share, 0))), max(end, h.End)
	}
	share := shareOf(masked)
	least, most := extremes(s, share)
	chart := &Chart{Tells: top > 0, Chart: kit.Chart{
		Name: "faults", Title: "No variant hides a failure", Alt: "Lines of the share of hidden failures over time.",
		Subtitle: s.Def.Name + ": share of the transactions whose failure the caller could not see, as the run went on; " +
			"red ground: the injected fault. Told: the median isolate told a caller, or opened its breaker. Restored: it read a value again.",
		Height: kit.PanelsHeight(len(all), faultsHeight), Notes: notes(s, false),
	}}
	if top > 0 && most != nil {
		chart.Title = fmt.Sprintf("Hidden failures: %s %s, %s %s", most.Name, share(most).Text(metric.FormatShare), least.Name, orNone(share(least)))
	}
	for _, h := range all {
		chart.Alt += fmt.Sprintf(" %s: at most %s, told after %s, restored after %s.", h.variant.Name, metric.FormatShare(slices.Max(append(h.Share, 0))), h.Told, h.Restored)
	}
	x := kit.TimeAxis(end)
	y := kit.LinearAxis(kit.RoundUp(max(top, 0.01)), []float64{0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1}, 4, metric.FormatShare)
	chart.Body = func(c draw.Canvas) {
		for i, at := range kit.Places(c, len(all), faultsHeight) {
			kit.OfVariant(at, all[i].variant.Name, func() { all[i].draw(at, x, y, s.Def.Capabilities.Faults) })
		}
	}
	return chart, nil
}

// draw draws one panel.
func (h hidden) draw(c draw.Canvas, x, y kit.Axis, windows []kv.Window) {
	colour := kit.VariantColour(h.variant.Index)
	name := kit.Bold(kit.Lettering(kit.BodySize, kit.Ink))
	name.Color = colour
	p := kit.Panel{Canvas: draw.Crop(c, 56, -18, 34, -24), XAxis: x, YAxis: y}
	at := vg.Point{X: p.Min.X, Y: c.Max.Y - 9}
	c.FillText(name, at, h.variant.Name)
	at.X += name.Width(h.variant.Name) + 10
	c.FillText(kit.Lettering(kit.NoteSize, kit.MutedInk), at, "told: "+h.Told+" · restored: "+h.Restored)
	p.Note("time")
	ground(&p, windows)
	p.Rules(true)
	p.TicksX(true)
	xs := make([]float64, len(h.At))
	for i, t := range h.At {
		xs[i] = float64(t)
	}
	if len(xs) > 0 {
		p.Line(kit.Stroke(colour, 2.25), xs, h.Share)
	}
	p.Trace(h.variant.Name, "", len(xs), func(i int) (vg.Point, string) {
		return vg.Point{X: p.AtX(xs[i]), Y: p.AtY(h.Share[i])},
			fmt.Sprintf("%s: %d of %d transactions, %s", clockTime(h.At[i]), h.Hidden[i], h.Of[i], metric.FormatShare(h.Share[i]))
	})
}
