package chart

import (
	"fmt"
	"math"
	"slices"
	"time"

	"kvbench/internal/metric"
	"kvbench/internal/result"
	"kvbench/internal/runfile"
	"kvbench/kv"
	"kvbench/report/chart/kit"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// A panel of the heatmap, from its top: the variant's name, a strip of the
// mark's share, the cells, the ticks of the time.
const (
	heatHeight vg.Length = 184 // of a panel with all around it
	heatHead   vg.Length = 18
	heatStrip  vg.Length = 16
	heatFoot   vg.Length = 30
	heatRow    vg.Length = 4 // of cells
	heatKey    vg.Length = 24
)

// heatFrom is the least share of a moment's transactions that each colour of
// heatColours stands for.
var heatFrom = [...]float64{0, 0.01, 0.03, 0.1, 0.3}

// heatRows is how many rows of cells the body of a panel has.
const heatRows = int((heatHeight - heatHead - heatStrip - heatFoot) / heatRow)

// heatEdges is where the rows of cells end, in ns, on a latency axis.
func heatEdges(y *kit.Axis) (edges [heatRows]float64) {
	for k := range edges {
		edges[k] = y.Min * math.Pow(y.Max/y.Min, float64(k+1)/float64(heatRows))
	}
	return edges
}

// heat are the shares of a moment's transactions by row, from the foot, of rows that
// end at the edges. What is beyond the last is in it.
func (m moment) heat(edges *[heatRows]float64) (rows [heatRows]float64) {
	row := 0
	for _, near := range m.responses {
		for row < heatRows-1 && near.middle >= edges[row] {
			row++
		}
		rows[row] += float64(near.count) / float64(m.Transactions)
	}
	return rows
}

// heatLevel is the index of a share's colour; -1 for none.
func heatLevel(share float64) int {
	if share <= 0 {
		return -1
	}
	level := 0
	for level+1 < len(heatFrom) && share >= heatFrom[level+1] {
		level++
	}
	return level
}

// timeline shows the response as the run went on.
func timeline(s *result.Scenario) (*Chart, error) {
	if s.Def.Latency() == runfile.NotModelled {
		return nil, nil
	}
	shown, _ := telling(s)
	all, err := tracks(s, shown)
	if all == nil || err != nil {
		return nil, err
	}
	var values []float64
	end, most := time.Duration(1), 0.0
	for _, t := range all {
		for _, m := range t.Moments {
			end, most = max(end, m.To), max(most, m.Share.Or(0))
			if m.Transactions > 0 {
				values = append(values, float64(m.P50), float64(m.P99), float64(m.Max))
			}
		}
	}
	title, tells := timelineTitle(s, all)
	chart := &Chart{Tells: tells, Chart: kit.Chart{
		Name: "timeline", Title: title, Alt: "Heatmap of " + responseTime(s) + " over time.",
		Subtitle: s.Def.Name + ": " + responseTime(s) + " on a log scale, as the run went on; the thick line is p99, the thin one p50",
		Height:   heatKey + kit.PanelsHeight(len(all), heatHeight),
		Notes:    notes(s, slices.Contains(values, 0)),
	}}
	for _, t := range all {
		best, worst := t.extremes()
		chart.Alt += fmt.Sprintf(" %s: p99 between %s and %s.", t.variant.Name, metric.FormatTime(float64(best.P99)), metric.FormatTime(float64(worst.P99)))
	}
	if most > 0 {
		chart.Notes = append(chart.Notes, fmt.Sprintf("Bars above a panel: the share of %s with %s, the highest %s.", shown.Among, shown.ID, metric.FormatShare(most)))
	}
	if len(s.Def.Capabilities.Faults) > 0 {
		chart.Notes = append(chart.Notes, "Red ground: the injected fault.")
	}
	h := heatmap{x: kit.TimeAxis(end), y: kit.LogAxis(metric.Time, values, 5), most: most, shown: shown.ID, faults: s.Def.Capabilities.Faults}
	chart.Body = func(c draw.Canvas) {
		key, c := kit.CutTop(c, heatKey)
		drawHeatKey(key)
		for i, at := range kit.Places(c, len(all), heatHeight) {
			kit.OfVariant(at, all[i].variant.Name, func() { h.draw(at, all[i]) })
		}
	}
	return chart, nil
}

// ground colours the stretches in which the store was made to fail.
func ground(p *kit.Panel, faults []kv.Window) {
	for _, w := range faults {
		until := p.XAxis.Max
		if w.Until > 0 {
			until = float64(w.Until)
		}
		p.Ground(kit.FaultGround, float64(w.From), until)
	}
}

// heatmap is what the panels of a heatmap have in common.
type heatmap struct {
	x, y   kit.Axis
	shown  string  // the anomaly
	most   float64 // the highest share of the anomaly in any moment
	faults []kv.Window
}

// drawHeatKey says which share of the transactions a colour stands for.
func drawHeatKey(c draw.Canvas) {
	small, y := kit.Lettering(kit.NoteSize, kit.MutedInk), c.Max.Y-heatKey/2+2
	x := c.Min.X + 56
	for i, from := range append([]float64{0}, heatFrom[1:]...) {
		text := "from " + metric.FormatShare(from)
		if i == 0 {
			text = "share of a moment's transactions: below " + metric.FormatShare(heatFrom[1])
		}
		kit.Bar(c, kit.HeatColours[i], vg.Point{X: x, Y: y - 5.5}, vg.Point{X: x + 11, Y: y + 5.5})
		c.FillText(small, vg.Point{X: x + 16, Y: y}, text)
		x += 16 + small.Width(text) + 14
	}
}

// draw draws one panel. A stretch without transactions is a gap.
func (h heatmap) draw(c draw.Canvas, t track) {
	colour := kit.VariantColour(t.variant.Index)
	name := kit.Bold(kit.Lettering(kit.BodySize, kit.Ink))
	name.Color = colour
	p := kit.Panel{Canvas: draw.Crop(c, 56, -22, heatFoot, -(heatHead + heatStrip)), XAxis: h.x, YAxis: h.y}
	c.FillText(name, vg.Point{X: p.Min.X, Y: c.Max.Y - 9}, t.variant.Name)
	p.Note("time")
	ground(&p, h.faults)
	p.Rules(true)
	h.cells(&p, t)
	h.strip(&p, t)
	p.TicksX(true)

	for _, line := range []struct {
		of    func(moment) int64
		width vg.Length
	}{
		{func(m moment) int64 { return m.P99 }, 2.25},
		{func(m moment) int64 { return m.P50 }, 1.25},
	} {
		var xs, ys []float64
		flush := func() {
			if len(xs) > 0 {
				p.Line(kit.Stroke(colour, line.width), xs, ys)
			}
			xs, ys = nil, nil
		}
		for _, m := range t.Moments {
			if m.Transactions == 0 {
				flush()
				continue
			}
			xs, ys = append(xs, float64(m.From+m.To)/2), append(ys, float64(line.of(m)))
		}
		flush()
	}
	seen := slices.DeleteFunc(slices.Clone(t.Moments), func(m moment) bool { return m.Transactions == 0 })
	p.Trace(t.variant.Name, "", len(seen), func(i int) (vg.Point, string) {
		m := seen[i]
		text := fmt.Sprintf("%s: p99 %s, p50 %s", clockTime(m.From), metric.FormatTime(float64(m.P99)), metric.FormatTime(float64(m.P50)))
		if m.Seen > 0 {
			text += fmt.Sprintf(", %s %s", h.shown, m.Share.Text(metric.FormatShare))
		}
		return vg.Point{X: p.AtX(float64(m.From+m.To) / 2), Y: p.AtY(float64(m.P99))}, text
	})
}

// cells draws the shares: one path a colour, in which neighbours in time of
// the same colour are one stroke.
func (h heatmap) cells(p *kit.Panel, t track) {
	var paths [len(heatFrom)]vg.Path
	var row [heatRows]struct {
		level int
		from  vg.Length
	}
	edges, end := heatEdges(&h.y), p.Min.X
	finish := func(k int) {
		if r := row[k]; r.level > 0 {
			y := p.Min.Y + heatRow*(vg.Length(k)+0.5)
			paths[r.level-1].Move(vg.Point{X: r.from, Y: y})
			paths[r.level-1].Line(vg.Point{X: end, Y: y})
		}
	}
	for _, m := range t.Moments {
		from, to := whole(p.AtX(float64(m.From))), whole(p.AtX(float64(m.To)))
		for k, share := range m.heat(&edges) {
			if level := heatLevel(share) + 1; level != row[k].level || from > end { // 0 is the zero value: none
				finish(k)
				row[k].level, row[k].from = level, from
			}
		}
		end = to
	}
	for k := range row {
		finish(k)
	}
	for level, path := range paths {
		if len(path) > 0 {
			p.SetLineStyle(draw.LineStyle{Color: kit.HeatColours[level], Width: heatRow})
			p.Stroke(path)
		}
	}
}

// strip draws the mark's share above the cells.
func (h heatmap) strip(p *kit.Panel, t track) {
	if h.most == 0 {
		return
	}
	var path vg.Path
	foot := p.Max.Y + 2
	for _, m := range t.Moments {
		if share := m.Share.Or(0); share > 0 {
			x := p.AtX(float64(m.From+m.To) / 2)
			path.Move(vg.Point{X: x, Y: foot})
			path.Line(vg.Point{X: x, Y: foot + max(1, (heatStrip-3)*vg.Length(share/h.most))})
		}
	}
	if len(path) > 0 {
		width := (p.Max.X - p.Min.X) / vg.Length(len(t.Moments))
		p.SetLineStyle(draw.LineStyle{Color: kit.AxisGrey, Width: max(width-1, 0.5)})
		p.Stroke(path)
	}
}

// whole rounds to a whole user unit, so that cells meet without a seam.
func whole(v vg.Length) vg.Length { return vg.Length(math.Round(v.Points())) }
