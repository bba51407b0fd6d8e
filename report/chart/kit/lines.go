package kit

import (
	"image/color"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Labelled is a line of a variant with a label at its right.
type Labelled struct {
	Variant  string
	Position int    // in the scenario
	Figure   string // below its name
	Xs, Ys   []float64
	Mark     *[2]float64 // where on the line its figure is; nil where that is its end
	Texts    []string    // of its points
}

// LineSet is a panel of lines, one a variant, with their names on the right.
type LineSet struct {
	X, Y  Axis
	Link  string // of the panel
	Foot  string // the title of the x axis
	Dots  bool   // at every point
	Steps bool   // the names stand by where the lines begin, not end
	Lines []Labelled
	// Knees says that the marks of lines are what the panel is about: each is ringed, and a line
	// leads from it to the foot.
	Knees bool
	Limit *Limit // a bound of the y axis; nil where there is none
}

// Limit is a bound, drawn as a line across.
type Limit struct {
	Y    float64
	Text string // above it, at its left
}

// Draw draws the panel. The names stand as near to the heights of their figures as
// they can without touching.
func (s LineSet) Draw(c draw.Canvas) {
	name, figure := Bold(Lettering(BodySize, Ink)), Lettering(BodySize, MutedInk)
	var width vg.Length
	for _, l := range s.Lines {
		width = max(width, name.Width(l.Variant), figure.Width(l.Figure))
	}
	p := Panel{Canvas: draw.Crop(c, 56, -(width + 22), 36, -8), XAxis: s.X, YAxis: s.Y}
	p.Note(s.Link)
	p.Rules(true)
	p.TicksX(true)
	c.FillText(FlushRight(Lettering(NoteSize, MutedInk)), vg.Point{X: p.Max.X, Y: p.Min.Y - 29}, s.Foot)
	if l := s.Limit; l != nil {
		y, sty := p.AtY(l.Y), Stroke(Ink, 1.25)
		sty.Dashes = []vg.Length{5, 4}
		p.StrokeLine2(sty, p.Min.X, y, p.Max.X, y)
		c.FillText(Lettering(NoteSize, Ink), vg.Point{X: p.Min.X + 6, Y: y + 8}, l.Text)
	}
	wanted := make([]float64, len(s.Lines))
	for i, l := range s.Lines {
		sty := Stroke(VariantColour(l.Position), 2.25)
		sty.Dashes = s.dashes(&p, i)
		OfVariant(c, l.Variant, func() {
			p.Line(sty, l.Xs, l.Ys)
			for k := range l.Xs {
				if s.Dots {
					Dot(c, VariantColour(l.Position), vg.Point{X: p.AtX(l.Xs[k]), Y: p.AtY(l.Ys[k])}, 3.5)
				}
			}
		})
		p.Trace(l.Variant, "", len(l.Xs), func(k int) (vg.Point, string) {
			return vg.Point{X: p.AtX(l.Xs[k]), Y: p.AtY(l.Ys[k])}, l.Texts[k]
		})
		switch {
		case l.Mark != nil:
			at := vg.Point{X: p.AtX(l.Mark[0]), Y: p.AtY(l.Mark[1])}
			OfVariant(c, l.Variant, func() {
				if s.Knees {
					sty := Stroke(VariantColour(l.Position), 1)
					sty.Dashes = []vg.Length{2, 3}
					c.StrokeLine2(sty, at.X, at.Y, at.X, p.Min.Y)
					Dot(c, VariantColour(l.Position), at, 8)
					Dot(c, color.White, at, 6)
				}
				Dot(c, VariantColour(l.Position), at, 4)
			})
			wanted[i] = float64(at.Y)
		case s.Steps:
			wanted[i] = float64(p.AtY(l.Ys[0]))
		default:
			wanted[i] = float64(p.AtY(l.Ys[len(l.Ys)-1]))
		}
	}
	const labelHeight = 30
	for i, y := range spread(wanted, labelHeight+2, float64(p.Min.Y)+labelHeight/2, float64(p.Max.Y)-labelHeight/4) {
		l := s.Lines[i]
		at := vg.Point{X: p.Max.X + 18, Y: vg.Length(y)}
		OfVariant(c, l.Variant, func() {
			if !s.Steps && l.Mark == nil {
				end := vg.Point{X: p.AtX(l.Xs[len(l.Xs)-1]), Y: vg.Length(wanted[i])}
				c.StrokeLines(Stroke(Pale(VariantColour(l.Position)), 1),
					[]vg.Point{end, {X: p.Max.X + 2, Y: end.Y}, {X: at.X - 4, Y: at.Y}})
			}
			name.Color = VariantColour(l.Position)
			c.FillText(name, vg.Point{X: at.X, Y: at.Y + 7}, l.Variant)
			c.FillText(figure, vg.Point{X: at.X, Y: at.Y - 7}, l.Figure)
		})
	}
}

// dashes are those of a line that lies on others: of each as much is seen. They are
// nil for the first of those lines, which is below.
func (s LineSet) dashes(p *Panel, line int) []vg.Length {
	const period = 24
	all, before := 0, 0
	for i := range s.Lines {
		if s.Lines[line].liesOn(&s.Lines[i], p) {
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
func (l *Labelled) liesOn(other *Labelled, p *Panel) bool {
	if len(l.Xs) != len(other.Xs) {
		return false
	}
	near := func(a, b vg.Length) bool { return max(a, b)-min(a, b) < 1 }
	for i := range l.Xs {
		if !near(p.AtX(l.Xs[i]), p.AtX(other.Xs[i])) || !near(p.AtY(l.Ys[i]), p.AtY(other.Ys[i])) {
			return false
		}
	}
	return true
}
