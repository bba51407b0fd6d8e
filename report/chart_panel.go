package report

import (
	"image/color"
	"sort"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// panel is the part of a canvas that shows data, between two axes.
type panel struct {
	draw.Canvas
	x, y  axis
	index int // among the plot's panels
}

func (p *panel) atX(v float64) vg.Length { return p.X(p.x.norm(v)) }
func (p *panel) atY(v float64) vg.Length { return p.Y(p.y.norm(v)) }

// rules draws a line across at every tick of the y axis and labels it on the
// left, and a line at the foot.
func (p *panel) rules(labels bool) {
	for _, t := range p.y.ticks {
		y := p.atY(t.Value)
		p.StrokeLine2(stroke(gridGrey, 1), p.Min.X, y, p.Max.X, y)
		if labels {
			p.FillText(flushRight(lettering(noteSize, mutedInk)), vg.Point{X: p.Min.X - 6, Y: y}, t.Label)
		}
	}
	p.StrokeLine2(stroke(axisGrey, 1), p.Min.X, p.Min.Y, p.Max.X, p.Min.Y)
}

// marksX draws a tick at the foot for every tick of the x axis, and labels it
// below.
func (p *panel) marksX(labels bool) {
	for _, t := range p.x.ticks {
		x := p.atX(t.Value)
		p.StrokeLine2(stroke(axisGrey, 1), x, p.Min.Y, x, p.Min.Y-4)
		if labels {
			p.FillText(centred(lettering(noteSize, mutedInk)), vg.Point{X: x, Y: p.Min.Y - 13}, t.Label)
		}
	}
}

// line draws a line through points in data coordinates.
func (p *panel) line(sty draw.LineStyle, xs, ys []float64) {
	points := make([]vg.Point, len(xs))
	for i := range xs {
		points[i] = vg.Point{X: p.atX(xs[i]), Y: p.atY(ys[i])}
	}
	if len(points) == 1 {
		dot(p.Canvas, sty.Color, points[0], 3.5)
		return
	}
	p.StrokeLines(sty, points)
}

// dot draws a disc.
func dot(c draw.Canvas, clr color.Color, at vg.Point, radius vg.Length) {
	c.DrawGlyphNoClip(draw.GlyphStyle{Color: clr, Radius: radius, Shape: draw.CircleGlyph{}}, at)
}

// bar fills the rectangle between two corners.
func bar(c draw.Canvas, clr color.Color, from, to vg.Point) {
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
