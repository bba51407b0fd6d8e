// Package kit is what charts are drawn with: the frame of a picture, axes, panels, lines,
// bars and colours, as PNG and as SVG.
package kit

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"strings"

	"git.sr.ht/~sbinet/gg"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
)

// Chart is one picture.
type Chart struct {
	Scenario string // the scenario's name
	Name     string // also the end of its file name: "latency", "timeline", "faults", "outcomes", "anomalies", "staleness", "cost" or "growth"
	Title    string // the finding or question, a sentence
	Alt      string // what it shows in words, with its main figures

	Subtitle string            // what is drawn
	Notes    []string          // what a reader has to know, below the picture
	Height   vg.Length         // of the body
	Body     func(draw.Canvas) // draws what is between the subtitle and the notes
}

// dpi is of a picture: twice its natural size. One that is higher than highest, in
// points, is drawn smaller, so that it takes no more than 80 MB of memory.
const (
	dpi                 = 144
	highest   vg.Length = 7000
	lowestDPI           = 4
)

// PNG returns the chart as a picture of twice its natural size, or less where it is very
// high.
func (c Chart) PNG() ([]byte, error) {
	l := c.layout()
	size := dpi
	if l.height > highest {
		size = max(int(dpi*highest/l.height), lowestDPI)
	}
	pixels := func(length vg.Length) int { return int(length.Dots(float64(size)) + 0.5) }
	img := image.NewRGBA(image.Rect(0, 0, pixels(Width), pixels(l.height)))
	context := gg.NewContextForRGBA(img) // the canvas's own would copy the image
	context.SetLineCapButt()
	context.InvertY()
	c.draw(draw.New(vgimg.NewWith(vgimg.UseImageWithContext(img, context), vgimg.UseDPI(size))), l)
	var out bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestSpeed}
	if err := encoder.Encode(&out, paletted(img)); err != nil {
		return nil, fmt.Errorf("drawing chart %s of %s: %w", c.Name, c.Scenario, err)
	}
	return out.Bytes(), nil
}

// layout is a chart's text broken into lines, and the height that all needs.
type layout struct {
	title, subtitle, notes []string
	height                 vg.Length
}

func (c Chart) layout() layout {
	l := layout{
		title:    Wrap(Bold(Lettering(titleSize, Ink)), c.Title),
		subtitle: Wrap(Lettering(BodySize, MutedInk), c.Subtitle),
	}
	for _, n := range c.Notes {
		l.notes = append(l.notes, Wrap(Lettering(NoteSize, MutedInk), n)...)
	}
	l.height = 2*chartMargin + titleLine*vg.Length(len(l.title)) + bodyLine*vg.Length(len(l.subtitle)) + partGap + c.Height
	if l.notes != nil {
		l.height += partGap + noteLine*vg.Length(len(l.notes))
	}
	return l
}

func (c Chart) draw(canvas draw.Canvas, l layout) {
	canvas.SetColor(Paper)
	canvas.Fill(canvas.Rectangle.Path())
	rest := draw.Crop(canvas, chartMargin, -chartMargin, chartMargin, -chartMargin)
	rest = lines(rest, Bold(Lettering(titleSize, Ink)), titleLine, l.title)
	rest = lines(rest, Lettering(BodySize, MutedInk), bodyLine, l.subtitle)
	_, rest = CutTop(rest, partGap)
	body, rest := CutTop(rest, c.Height)
	c.Body(body)
	_, rest = CutTop(rest, partGap)
	lines(rest, Lettering(NoteSize, MutedInk), noteLine, l.notes)
}

// CutTop cuts the top of a height off a canvas.
func CutTop(c draw.Canvas, height vg.Length) (top, rest draw.Canvas) {
	at := c.Max.Y - height
	return draw.Crop(c, 0, 0, at-c.Min.Y, 0), draw.Crop(c, 0, 0, 0, at-c.Max.Y)
}

// lines writes lines of text from the top of a canvas down and returns what is
// left of it.
func lines(c draw.Canvas, sty text.Style, height vg.Length, lines []string) (rest draw.Canvas) {
	for i, line := range lines {
		c.FillText(sty, vg.Point{X: c.Min.X, Y: c.Max.Y - (vg.Length(i)+0.5)*height}, line)
	}
	_, rest = CutTop(c, height*vg.Length(len(lines)))
	return rest
}

// Wrap breaks text at spaces into lines that are no wider than a chart; a word that is
// wider stands alone.
func Wrap(sty text.Style, s string) []string {
	const width = Width - 2*chartMargin
	var out []string
	for _, word := range strings.Fields(s) {
		if last := len(out) - 1; last >= 0 && sty.Width(out[last]+" "+word) <= width {
			out[last] += " " + word
		} else {
			out = append(out, word)
		}
	}
	return out
}
