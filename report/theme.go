package report

import (
	"image/color"

	xfont "golang.org/x/image/font"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// A chart is drawn in units of a CSS pixel at its natural width.
const (
	chartWidth  vg.Length = 720
	chartMargin vg.Length = 16
	partGap     vg.Length = 10 // between the parts of a chart

	titleSize, titleLine vg.Length = 16, 21 // of letters, and from a line to the next
	bodySize, bodyLine   vg.Length = 12.5, 17
	noteSize, noteLine   vg.Length = 11.5, 16
)

var (
	paper      = color.RGBA{R: 0xff, G: 0xff, B: 0xff, A: 0xff}
	ink        = color.RGBA{R: 0x1f, G: 0x23, B: 0x28, A: 0xff}
	mutedInk   = color.RGBA{R: 0x59, G: 0x63, B: 0x6e, A: 0xff}
	gridGrey   = color.RGBA{R: 0xe3, G: 0xe6, B: 0xea, A: 0xff}
	axisGrey   = color.RGBA{R: 0x9a, G: 0xa2, B: 0xab, A: 0xff}
	warningRed = color.RGBA{R: 0xb4, G: 0x23, B: 0x18, A: 0xff} // of what failed, and nothing else
)

// variantColours are by a variant's position in its scenario: the palette of
// Okabe and Ito (2008), which the colour-blind can tell apart, darkened where
// text of that colour could not be read on white.
var variantColours = [...]color.RGBA{
	{R: 0x00, G: 0x72, B: 0xb2, A: 0xff}, // blue
	{R: 0xd5, G: 0x5e, B: 0x00, A: 0xff}, // vermilion
	{R: 0x00, G: 0x8f, B: 0x68, A: 0xff}, // bluish green
	{R: 0xb0, G: 0x50, B: 0x8c, A: 0xff}, // reddish purple
	{R: 0xb0, G: 0x7a, B: 0x00, A: 0xff}, // orange
	{R: 0x2f, G: 0x96, B: 0xcf, A: 0xff}, // sky blue
	{R: 0x3d, G: 0x3d, B: 0x3d, A: 0xff}, // black
	{R: 0x7a, G: 0x78, B: 0x00, A: 0xff}, // yellow
}

// partColours are for the parts of a bar, which carry dark text: the light
// scheme of Tol (2021), without the two that are near warningRed.
var partColours = [...]color.RGBA{
	{R: 0x77, G: 0xaa, B: 0xdd, A: 0xff}, // light blue
	{R: 0xee, G: 0xdd, B: 0x88, A: 0xff}, // light yellow
	{R: 0x44, G: 0xbb, B: 0x99, A: 0xff}, // mint
	{R: 0xcc, G: 0xcc, B: 0xcc, A: 0xff}, // grey
	{R: 0xbb, G: 0xcc, B: 0x33, A: 0xff}, // pear
	{R: 0x99, G: 0xdd, B: 0xff, A: 0xff}, // light cyan
	{R: 0xaa, G: 0xaa, B: 0x00, A: 0xff}, // olive
}

// variantColour is the colour of the variant at a position.
func variantColour(i int) color.RGBA { return variantColours[i%len(variantColours)] }

// partColour is the colour of the part of a bar at a position.
func partColour(i int) color.RGBA { return partColours[i%len(partColours)] }

// pale is a colour mixed half and half with the paper.
func pale(c color.RGBA) color.RGBA {
	half := func(v uint8) uint8 { return v/2 + 128 }
	return color.RGBA{R: half(c.R), G: half(c.G), B: half(c.B), A: 0xff}
}

// lettering is plain text of a size and colour, placed by its left end and the
// middle of its height.
func lettering(size vg.Length, c color.Color) text.Style {
	return text.Style{
		Color:   c,
		Font:    font.Font{Typeface: "Liberation", Variant: "Sans", Size: size},
		XAlign:  draw.XLeft,
		YAlign:  draw.YCenter,
		Handler: plot.DefaultTextHandler,
	}
}

func bold(s text.Style) text.Style {
	s.Font.Weight = xfont.WeightBold
	return s
}

func centred(s text.Style) text.Style {
	s.XAlign = draw.XCenter
	return s
}

func flushRight(s text.Style) text.Style {
	s.XAlign = draw.XRight
	return s
}

func stroke(c color.Color, width vg.Length) draw.LineStyle {
	return draw.LineStyle{Color: c, Width: width}
}
