package kit

import (
	"image/color"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// StackRow is a row of parts that add up, of one variant.
type StackRow struct {
	Name     string
	Position int       // in the scenario, which gives its colour
	Parts    []float64 // by the names of the stack's parts
	Label    string    // behind the row
}

// Stack is rows of parts, one below the other.
type Stack struct {
	Names   []string     // of the parts
	Colours []color.RGBA // of the parts
	Rows    []StackRow
	Full    float64                // the value of the longest row that can be
	Format  func(v float64) string // of a part
}

const (
	barHeight vg.Length = 20
	barPitch  vg.Length = 29 // from a bar to the next
	keyHeight vg.Length = 26
)

// Height is what the key and the rows need.
func (s Stack) Height() vg.Length { return keyHeight + barPitch*vg.Length(len(s.Rows)) }

// Draw draws the key and the rows below it. A part is labelled where there is
// room in it.
func (s Stack) Draw(c draw.Canvas) {
	plain := Lettering(BodySize, Ink)
	var names, labels vg.Length
	for _, r := range s.Rows {
		names, labels = max(names, Bold(plain).Width(r.Name)), max(labels, plain.Width(r.Label))
	}
	left, right := c.Min.X+names+10, c.Max.X-labels-10
	s.drawKey(c, left)
	p := Panel{Canvas: draw.Crop(c, left-c.Min.X, right-c.Max.X, 0, -keyHeight)}
	p.Note("")
	for i, r := range s.Rows {
		OfVariant(c, r.Name, func() { s.drawRow(&p, i) })
	}
}

// drawRow draws a row to the right of left.
func (s Stack) drawRow(p *Panel, i int) {
	r, plain, small := s.Rows[i], Lettering(BodySize, Ink), Lettering(NoteSize, Ink)
	middle := p.Max.Y - barPitch*(vg.Length(i)+0.5)
	name := FlushRight(Bold(plain))
	name.Color = VariantColour(r.Position)
	p.FillText(name, vg.Point{X: p.Min.X - 10, Y: middle}, r.Name)
	x := p.Min.X
	var middles []vg.Point
	var texts []string
	for k, v := range r.Parts {
		if v <= 0 || s.Full <= 0 {
			continue
		}
		width := (p.Max.X - p.Min.X) * vg.Length(v/s.Full)
		end := x + max(width-0.75, 0.75) // a thin line of paper between two parts
		Bar(p.Canvas, s.Colours[k], vg.Point{X: x, Y: middle - barHeight/2}, vg.Point{X: end, Y: middle + barHeight/2})
		if label := s.Format(v); width > small.Width(label)+8 {
			text := Centred(small)
			if s.Colours[k] == WarningRed {
				text.Color = Paper
			}
			p.FillText(text, vg.Point{X: x + width/2, Y: middle}, label)
		}
		middles, texts = append(middles, vg.Point{X: x + width/2, Y: middle}), append(texts, s.Names[k]+": "+s.Format(v))
		x += width
	}
	p.FillText(plain, vg.Point{X: x + 8, Y: middle}, r.Label)
	p.Trace(r.Name, "", len(middles), func(i int) (vg.Point, string) { return middles[i], texts[i] })
}

// drawKey says which colour is which part, of those that a row has.
func (s Stack) drawKey(c draw.Canvas, x vg.Length) {
	small := Lettering(NoteSize, Ink)
	middle := c.Max.Y - keyHeight/2 + 2
	const side = 11
	for k, name := range s.Names {
		if !s.has(k) {
			continue
		}
		Bar(c, s.Colours[k], vg.Point{X: x, Y: middle - side/2.0}, vg.Point{X: x + side, Y: middle + side/2.0})
		c.FillText(small, vg.Point{X: x + side + 5, Y: middle}, name)
		x += side + 5 + small.Width(name) + 16
	}
}

// has reports whether a row has part k.
func (s Stack) has(k int) bool {
	for _, r := range s.Rows {
		if r.Parts[k] > 0 {
			return true
		}
	}
	return false
}
