package report

import (
	"fmt"
	"image/color"
	"math"
	"slices"
	"time"

	"kvbench/internal/runfile"
	"kvbench/kv"

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
func heatEdges(y *axis) (edges [heatRows]float64) {
	for k := range edges {
		edges[k] = y.min * math.Pow(y.max/y.min, float64(k+1)/float64(heatRows))
	}
	return edges
}

// heat are the shares of a moment's transactions by row, from the foot, of rows that
// end at the edges. What is beyond the last is in it.
func (m moment) heat(edges *[heatRows]float64) (rows [heatRows]float64) {
	row := 0
	for _, b := range m.responses.Buckets() {
		middle := float64(b.From)/2 + float64(b.To)/2
		for row < heatRows-1 && middle >= edges[row] {
			row++
		}
		rows[row] += float64(b.Count) / float64(m.Transactions)
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

func timelineChart(s *Scenario) (Chart, bool) {
	if s.Latency == runfile.NotModelled {
		return Chart{}, false
	}
	mark, _ := tellingMark(s, markPanels(s))
	tracks, err := latencyTracks(s, mark)
	if err != nil {
		return Chart{Name: "timeline", err: err}, true
	}
	if len(tracks) == 0 {
		return Chart{}, false
	}
	var values []float64
	end, most := time.Duration(1), 0.0
	for _, t := range tracks {
		for _, m := range t.Moments {
			end, most = max(end, m.To), max(most, m.share())
			if m.Transactions > 0 {
				values = append(values, float64(m.P50), float64(m.P99), float64(m.Max))
			}
		}
	}
	chart := Chart{
		Name: "timeline", Title: timelineTitle(s, tracks), Alt: "Heatmap of " + s.responseTime() + " over time.",
		subtitle: s.Name + ": " + s.responseTime() + " on a log scale, as the run went on; the thick line is p99, the thin one p50",
		height:   heatKey + panelsHeight(len(tracks), heatHeight),
		notes:    s.chartNotes(slices.Contains(values, 0)),
	}
	for _, t := range tracks {
		best, worst := t.extremes()
		chart.Alt += fmt.Sprintf(" %s: p99 between %s and %s.", t.Variant, duration(best.P99), duration(worst.P99))
	}
	if most > 0 {
		chart.notes = append(chart.notes, fmt.Sprintf("Bars above a panel: the share of %s with %s, the highest %s.", s.whole(mark.Of), mark.Name, percent(most)))
	}
	if len(s.def.Traits.Faults) > 0 {
		chart.notes = append(chart.notes, "Red ground: the injected fault.")
	}
	h := heatmap{x: timeAxis(end), y: logAxis("ns", values, 5), most: most, mark: mark.Name, faults: s.def.Traits.Faults}
	chart.body = func(c draw.Canvas) {
		key, c := cutTop(c, heatKey)
		drawHeatKey(key)
		for i, at := range places(c, len(tracks), heatHeight) {
			ofVariant(at, tracks[i].Variant, func() { h.draw(at, tracks[i]) })
		}
	}
	return chart, true
}

// heatmap is what the panels of a heatmap have in common.
type heatmap struct {
	x, y   axis
	mark   string
	most   float64 // the highest share of the mark in any moment
	faults []kv.Window
}

// drawHeatKey says which share of the transactions a colour stands for.
func drawHeatKey(c draw.Canvas) {
	small, y := lettering(noteSize, mutedInk), c.Max.Y-heatKey/2+2
	x := c.Min.X + 56
	for i, from := range append([]float64{0}, heatFrom[1:]...) {
		text := "from " + percent(from)
		if i == 0 {
			text = "share of a moment's transactions: below " + percent(heatFrom[1])
		}
		bar(c, heatColours[i], vg.Point{X: x, Y: y - 5.5}, vg.Point{X: x + 11, Y: y + 5.5})
		c.FillText(small, vg.Point{X: x + 16, Y: y}, text)
		x += 16 + small.Width(text) + 14
	}
}

// draw draws one panel. A stretch without transactions is a gap.
func (h heatmap) draw(c draw.Canvas, t track) {
	colour := variantColour(t.Position)
	name := bold(lettering(bodySize, ink))
	name.Color = colour
	p := panel{Canvas: draw.Crop(c, 56, -22, heatFoot, -(heatHead + heatStrip)), x: h.x, y: h.y}
	c.FillText(name, vg.Point{X: p.Min.X, Y: c.Max.Y - 9}, t.Variant)
	p.note("time")
	for _, w := range h.faults {
		p.fault(w)
	}
	p.rules(true)
	h.cells(&p, t)
	h.strip(&p, t)
	p.marksX(true)

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
				p.line(stroke(colour, line.width), xs, ys)
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
	p.trace(t.Variant, "", len(seen), func(i int) (vg.Point, string) {
		m := seen[i]
		text := fmt.Sprintf("%s: p99 %s, p50 %s", clockTime(m.From), duration(m.P99), duration(m.P50))
		if h.mark != "" && m.Marked > 0 {
			text += fmt.Sprintf(", %s %s", h.mark, percent(m.share()))
		}
		return vg.Point{X: p.atX(float64(m.From+m.To) / 2), Y: p.atY(float64(m.P99))}, text
	})
}

// cells draws the shares: one path a colour, in which neighbours in time of
// the same colour are one stroke.
func (h heatmap) cells(p *panel, t track) {
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
		from, to := whole(p.atX(float64(m.From))), whole(p.atX(float64(m.To)))
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
			p.SetLineStyle(draw.LineStyle{Color: heatColours[level], Width: heatRow})
			p.Stroke(path)
		}
	}
}

// strip draws the mark's share above the cells.
func (h heatmap) strip(p *panel, t track) {
	if h.most == 0 {
		return
	}
	var path vg.Path
	foot := p.Max.Y + 2
	for _, m := range t.Moments {
		if share := m.share(); share > 0 {
			x := p.atX(float64(m.From+m.To) / 2)
			path.Move(vg.Point{X: x, Y: foot})
			path.Line(vg.Point{X: x, Y: foot + max(1, (heatStrip-3)*vg.Length(share/h.most))})
		}
	}
	if len(path) > 0 {
		width := (p.Max.X - p.Min.X) / vg.Length(len(t.Moments))
		p.SetLineStyle(draw.LineStyle{Color: axisGrey, Width: max(width-1, 0.5)})
		p.Stroke(path)
	}
}

// fault grounds a stretch in which the store was made to fail.
func (p *panel) fault(w kv.Window) {
	until := p.x.max
	if w.Until > 0 {
		until = math.Min(float64(w.Until), until)
	}
	if float64(w.From) < until {
		bar(p.Canvas, faultGround, vg.Point{X: p.atX(float64(w.From)), Y: p.Min.Y}, vg.Point{X: p.atX(until), Y: p.Max.Y})
	}
}

// whole rounds to a whole user unit, so that cells meet without a seam.
func whole(v vg.Length) vg.Length { return vg.Length(math.Round(v.Points())) }

// panelsHeight is what n panels of a height need.
func panelsHeight(n int, height vg.Length) vg.Length {
	columns := min(panelColumns, n)
	return height * vg.Length((n+columns-1)/columns)
}

// panelColumns is how many panels stand beside each other.
const panelColumns = 2

// places divides a canvas among n panels of a height, row by row.
func places(c draw.Canvas, n int, height vg.Length) []draw.Canvas {
	out := make([]draw.Canvas, n)
	columns := min(panelColumns, n)
	all := c.Max.X - c.Min.X
	width := all / vg.Length(columns)
	var row draw.Canvas
	for i := range out {
		if i%columns == 0 {
			row, c = cutTop(c, height)
		}
		left := vg.Length(i%columns) * width
		out[i] = draw.Crop(row, left, left+width-all, 0, 0)
	}
	return out
}

// heatColours are by heatLevel.
var heatColours = [len(heatFrom)]color.RGBA{
	{R: 0xe9, G: 0xec, B: 0xf1, A: 0xff},
	{R: 0xd0, G: 0xd6, B: 0xdf, A: 0xff},
	{R: 0xb0, G: 0xb9, B: 0xc6, A: 0xff},
	{R: 0x8b, G: 0x97, B: 0xa8, A: 0xff},
	{R: 0x66, G: 0x73, B: 0x86, A: 0xff},
}
