package kit

import (
	"image/color"
	"sort"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Panel is the part of a canvas that shows data, between two axes.
type Panel struct {
	draw.Canvas
	XAxis, YAxis Axis
	index        int // among the plot's panels
}

// AtX is where a value of the x axis lies, and AtY one of the y axis.
func (p *Panel) AtX(v float64) vg.Length { return p.X(p.XAxis.Norm(v)) }

// AtY is as AtX.
func (p *Panel) AtY(v float64) vg.Length { return p.Y(p.YAxis.Norm(v)) }

// Rules draws a line across at every tick of the y axis and labels it on the
// left, and a line at the foot.
func (p *Panel) Rules(labels bool) {
	for _, t := range p.YAxis.Ticks {
		y := p.AtY(t.Value)
		p.StrokeLine2(Stroke(GridGrey, 1), p.Min.X, y, p.Max.X, y)
		if labels {
			p.FillText(FlushRight(Lettering(NoteSize, MutedInk)), vg.Point{X: p.Min.X - 9, Y: y}, t.Label)
		}
	}
	p.StrokeLine2(Stroke(AxisGrey, 1), p.Min.X, p.Min.Y, p.Max.X, p.Min.Y)
}

// TicksX draws a tick at the foot for every tick of the x axis, and labels it
// below.
func (p *Panel) TicksX(labels bool) {
	for _, t := range p.XAxis.Ticks {
		x := p.AtX(t.Value)
		p.StrokeLine2(Stroke(AxisGrey, 1), x, p.Min.Y, x, p.Min.Y-4)
		if labels {
			p.FillText(Centred(Lettering(NoteSize, MutedInk)), vg.Point{X: x, Y: p.Min.Y - 13}, t.Label)
		}
	}
}

// Line draws a line through points in data coordinates.
func (p *Panel) Line(sty draw.LineStyle, xs, ys []float64) {
	points := make([]vg.Point, len(xs))
	for i := range xs {
		points[i] = vg.Point{X: p.AtX(xs[i]), Y: p.AtY(ys[i])}
	}
	if len(points) == 1 {
		Dot(p.Canvas, sty.Color, points[0], 3.5)
		return
	}
	p.StrokeLines(sty, points)
}

// Dot draws a disc.
func Dot(c draw.Canvas, clr color.Color, at vg.Point, radius vg.Length) {
	c.DrawGlyphNoClip(draw.GlyphStyle{Color: clr, Radius: radius, Shape: draw.CircleGlyph{}}, at)
}

// Bar fills the rectangle between two corners.
func Bar(c draw.Canvas, clr color.Color, from, to vg.Point) {
	c.FillPolygon(clr, []vg.Point{from, {X: to.X, Y: from.Y}, to, {X: from.X, Y: to.Y}})
}

// spread moves wanted positions apart until no two are closer than gap, by as
// little as possible (least squares), and keeps them between lo and hi as long
// as there is room. It keeps their order.
func spread(wanted []float64, gap, lo, hi float64) []float64 {
	order := make([]int, len(wanted))
	for i := range order {
		order[i] = i
	}
	sort.SliceStable(order, func(i, j int) bool { return wanted[order[i]] < wanted[order[j]] })

	// Less its place in a column without room to spare, a position may not
	// decrease: neighbours that do share their mean (pool adjacent violators).
	type block struct{ sum, n float64 }
	var blocks []block
	for i, k := range order {
		b := block{wanted[k] - float64(i)*gap, 1}
		for len(blocks) > 0 && blocks[len(blocks)-1].sum/blocks[len(blocks)-1].n > b.sum/b.n {
			last := blocks[len(blocks)-1]
			b.sum, b.n = b.sum+last.sum, b.n+last.n
			blocks = blocks[:len(blocks)-1]
		}
		blocks = append(blocks, b)
	}
	out := make([]float64, len(wanted))
	top := max(lo, hi-float64(len(wanted)-1)*gap)
	i := 0
	for _, b := range blocks {
		for range int(b.n) {
			out[order[i]] = min(max(b.sum/b.n, lo), top) + float64(i)*gap
			i++
		}
	}
	return out
}

// Ground colours a stretch of the x axis behind what is drawn next.
func (p *Panel) Ground(clr color.Color, from, to float64) {
	if to = min(to, p.XAxis.Max); from < to {
		Bar(p.Canvas, clr, vg.Point{X: p.AtX(from), Y: p.Min.Y}, vg.Point{X: p.AtX(to), Y: p.Max.Y})
	}
}

// panelColumns is how many panels stand beside each other.
const panelColumns = 2

// PanelsHeight is what n panels of a height need.
func PanelsHeight(n int, height vg.Length) vg.Length {
	columns := min(panelColumns, n)
	return height * vg.Length((n+columns-1)/columns)
}

// Places divides a canvas among n panels of a height, row by row.
func Places(c draw.Canvas, n int, height vg.Length) []draw.Canvas {
	out := make([]draw.Canvas, n)
	columns := min(panelColumns, n)
	all := c.Max.X - c.Min.X
	width := all / vg.Length(columns)
	var row draw.Canvas
	for i := range out {
		if i%columns == 0 {
			row, c = CutTop(c, height)
		}
		left := vg.Length(i%columns) * width
		out[i] = draw.Crop(row, left, left+width-all, 0, 0)
	}
	return out
}
