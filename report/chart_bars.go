package report

import (
	"image/color"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// stacked is a row of parts that add up, of one variant.
type stacked struct {
	name  string
	parts []float64 // by the names of the chart's parts
	label string    // behind the row
}

// stack is rows of parts, one below the other.
type stack struct {
	names   []string     // of the parts
	colours []color.RGBA // of the parts
	rows    []stacked
	full    float64                // the value of the longest row that can be
	format  func(v float64) string // of a part
}

const (
	barHeight vg.Length = 20
	barPitch  vg.Length = 29 // from a bar to the next
	keyHeight vg.Length = 26
)

func (s stack) height() vg.Length { return keyHeight + barPitch*vg.Length(len(s.rows)) }

// draw draws the key and the rows below it. A part is labelled where there is
// room in it.
func (s stack) draw(c draw.Canvas) {
	plain := lettering(bodySize, ink)
	var names, labels vg.Length
	for _, r := range s.rows {
		names, labels = max(names, bold(plain).Width(r.name)), max(labels, plain.Width(r.label))
	}
	left, right := c.Min.X+names+10, c.Max.X-labels-10
	s.drawKey(c, left)
	p := panel{Canvas: draw.Crop(c, left-c.Min.X, right-c.Max.X, 0, -keyHeight)}
	p.note("")
	for i, r := range s.rows {
		ofVariant(c, r.name, func() { s.drawRow(&p, i) })
	}
}

// drawRow draws a row to the right of left.
func (s stack) drawRow(p *panel, i int) {
	r, plain, small := s.rows[i], lettering(bodySize, ink), lettering(noteSize, ink)
	middle := p.Max.Y - barPitch*(vg.Length(i)+0.5)
	name := flushRight(bold(plain))
	name.Color = variantColour(i)
	p.FillText(name, vg.Point{X: p.Min.X - 10, Y: middle}, r.name)
	x := p.Min.X
	var middles []vg.Point
	var texts []string
	for k, v := range r.parts {
		if v <= 0 || s.full <= 0 {
			continue
		}
		width := (p.Max.X - p.Min.X) * vg.Length(v/s.full)
		end := x + max(width-0.75, 0.75) // a thin line of paper between two parts
		bar(p.Canvas, s.colours[k], vg.Point{X: x, Y: middle - barHeight/2}, vg.Point{X: end, Y: middle + barHeight/2})
		if label := s.format(v); width > small.Width(label)+8 {
			text := centred(small)
			if s.colours[k] == warningRed {
				text.Color = paper
			}
			p.FillText(text, vg.Point{X: x + width/2, Y: middle}, label)
		}
		middles, texts = append(middles, vg.Point{X: x + width/2, Y: middle}), append(texts, s.names[k]+": "+s.format(v))
		x += width
	}
	p.FillText(plain, vg.Point{X: x + 8, Y: middle}, r.label)
	p.trace(r.name, "", len(middles), func(i int) (vg.Point, string) { return middles[i], texts[i] })
}

// drawKey says which colour is which part, of those that a row has.
func (s stack) drawKey(c draw.Canvas, x vg.Length) {
	small := lettering(noteSize, ink)
	middle := c.Max.Y - keyHeight/2 + 2
	const side = 11
	for k, name := range s.names {
		if !s.has(k) {
			continue
		}
		bar(c, s.colours[k], vg.Point{X: x, Y: middle - side/2.0}, vg.Point{X: x + side, Y: middle + side/2.0})
		c.FillText(small, vg.Point{X: x + side + 5, Y: middle}, name)
		x += side + 5 + small.Width(name) + 16
	}
}

// has reports whether a row has part k.
func (s stack) has(k int) bool {
	for _, r := range s.rows {
		if r.parts[k] > 0 {
			return true
		}
	}
	return false
}
