package report

import (
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// labelled is a line of a variant with a label at its right.
type labelled struct {
	variant  string
	position int    // in the scenario
	figure   string // below its name
	xs, ys   []float64
	mark     *[2]float64 // where on the line its figure is; nil where that is its end
	texts    []string    // of its points
}

// lineSet is a panel of lines, one a variant, with their names on the right.
type lineSet struct {
	x, y  axis
	link  string // of the panel
	foot  string // the title of the x axis
	dots  bool   // at every point
	steps bool   // the names stand by where the lines begin, not end
	lines []labelled
}

// draw draws the panel. The names stand as near to the heights of their figures as
// they can without touching.
func (s lineSet) draw(c draw.Canvas) {
	name, figure := bold(lettering(bodySize, ink)), lettering(bodySize, mutedInk)
	var width vg.Length
	for _, l := range s.lines {
		width = max(width, name.Width(l.variant), figure.Width(l.figure))
	}
	p := panel{Canvas: draw.Crop(c, 56, -(width + 22), 36, -8), x: s.x, y: s.y}
	p.note(s.link)
	p.rules(true)
	p.marksX(true)
	c.FillText(flushRight(lettering(noteSize, mutedInk)), vg.Point{X: p.Max.X, Y: p.Min.Y - 29}, s.foot)
	wanted := make([]float64, len(s.lines))
	for i, l := range s.lines {
		sty := stroke(variantColour(l.position), 2.25)
		sty.Dashes = s.dashes(&p, i)
		ofVariant(c, l.variant, func() {
			p.line(sty, l.xs, l.ys)
			for k := range l.xs {
				if s.dots {
					dot(c, variantColour(l.position), vg.Point{X: p.atX(l.xs[k]), Y: p.atY(l.ys[k])}, 3.5)
				}
			}
		})
		p.trace(l.variant, "", len(l.xs), func(k int) (vg.Point, string) {
			return vg.Point{X: p.atX(l.xs[k]), Y: p.atY(l.ys[k])}, l.texts[k]
		})
		switch {
		case l.mark != nil:
			at := vg.Point{X: p.atX(l.mark[0]), Y: p.atY(l.mark[1])}
			ofVariant(c, l.variant, func() { dot(c, variantColour(l.position), at, 4) })
			wanted[i] = float64(at.Y)
		case s.steps:
			wanted[i] = float64(p.atY(l.ys[0]))
		default:
			wanted[i] = float64(p.atY(l.ys[len(l.ys)-1]))
		}
	}
	const labelHeight = 30
	for i, y := range spread(wanted, labelHeight+2, float64(p.Min.Y)+labelHeight/2, float64(p.Max.Y)-labelHeight/4) {
		l := s.lines[i]
		at := vg.Point{X: p.Max.X + 18, Y: vg.Length(y)}
		ofVariant(c, l.variant, func() {
			if !s.steps && l.mark == nil {
				end := vg.Point{X: p.atX(l.xs[len(l.xs)-1]), Y: vg.Length(wanted[i])}
				c.StrokeLines(stroke(pale(variantColour(l.position)), 1),
					[]vg.Point{end, {X: p.Max.X + 2, Y: end.Y}, {X: at.X - 4, Y: at.Y}})
			}
			name.Color = variantColour(l.position)
			c.FillText(name, vg.Point{X: at.X, Y: at.Y + 7}, l.variant)
			c.FillText(figure, vg.Point{X: at.X, Y: at.Y - 7}, l.figure)
		})
	}
}

// dashes are those of a line that lies on others: of each as much is seen. They are
// nil for the first of those lines, which is below.
func (s lineSet) dashes(p *panel, line int) []vg.Length {
	const period = 24
	all, before := 0, 0
	for i := range s.lines {
		if s.lines[line].liesOn(&s.lines[i], p) {
			all++
			if i < line {
				before++
			}
		}
	}
	if before == 0 {
		return nil
	}
	seen := period * vg.Length(all-before) / vg.Length(all)
	return []vg.Length{seen, period - seen}
}

// liesOn reports whether two lines can't be told apart in the picture.
func (l *labelled) liesOn(other *labelled, p *panel) bool {
	if len(l.xs) != len(other.xs) {
		return false
	}
	near := func(a, b vg.Length) bool { return max(a, b)-min(a, b) < 1 }
	for i := range l.xs {
		if !near(p.atX(l.xs[i]), p.atX(other.xs[i])) || !near(p.atY(l.ys[i]), p.atY(other.ys[i])) {
			return false
		}
	}
	return true
}
