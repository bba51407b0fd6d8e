package kit

import (
	"fmt"
	"image/color"
	"math"
	"strings"

	xfont "golang.org/x/image/font"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// A chart is drawn in units of a CSS pixel at its natural width.
const (
	Width       vg.Length = 720
	chartMargin vg.Length = 16
	partGap     vg.Length = 10 // between the parts of a chart

	titleSize, titleLine vg.Length = 16, 21 // of letters, and from a line to the next
	BodySize, bodyLine   vg.Length = 12.5, 17
	NoteSize, noteLine   vg.Length = 11.5, 16
)

var (
	Paper      = color.RGBA{R: 0xff, G: 0xff, B: 0xff, A: 0xff}
	Ink        = color.RGBA{R: 0x1f, G: 0x23, B: 0x28, A: 0xff}
	MutedInk   = color.RGBA{R: 0x59, G: 0x63, B: 0x6e, A: 0xff}
	GridGrey   = color.RGBA{R: 0xe3, G: 0xe6, B: 0xea, A: 0xff}
	AxisGrey   = color.RGBA{R: 0x9a, G: 0xa2, B: 0xab, A: 0xff}
	WarningRed = color.RGBA{R: 0xb4, G: 0x23, B: 0x18, A: 0xff} // of what failed, and nothing else

	FaultGround = color.RGBA{R: 0xfb, G: 0xe3, B: 0xdf, A: 0xff} // behind a stretch in which the store was made to fail

	darkPaper = color.RGBA{R: 0x17, G: 0x1b, B: 0x21, A: 0xff} // the colour of a card of the page
)

// VariantColours are by a variant's position in its scenario: the palette of
// Okabe and Ito (2008), which the colour-blind can tell apart, darkened where
// text of that colour could not be read on white.
var VariantColours = [...]color.RGBA{
	{R: 0x00, G: 0x72, B: 0xb2, A: 0xff}, // blue
	{R: 0xd5, G: 0x5e, B: 0x00, A: 0xff}, // vermilion
	{R: 0x00, G: 0x8f, B: 0x68, A: 0xff}, // bluish green
	{R: 0xb0, G: 0x50, B: 0x8c, A: 0xff}, // reddish purple
	{R: 0xb0, G: 0x7a, B: 0x00, A: 0xff}, // orange
	{R: 0x2f, G: 0x96, B: 0xcf, A: 0xff}, // sky blue
	{R: 0x3d, G: 0x3d, B: 0x3d, A: 0xff}, // black
	{R: 0x7a, G: 0x78, B: 0x00, A: 0xff}, // yellow
}

// PartColours are for the parts of a bar, which carry dark text: the light
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

// DarkPairs are the colours of a chart on a dark page, by those of the same
// chart on white paper. No two colours on paper are the same.
func DarkPairs() [][2]color.RGBA {
	grey := func(v uint8) color.RGBA { return color.RGBA{R: v, G: v, B: v, A: 0xff} }
	out := [][2]color.RGBA{
		{Paper, darkPaper},
		{Ink, {R: 0xe6, G: 0xe8, B: 0xeb, A: 0xff}},
		{MutedInk, {R: 0x9d, G: 0xa7, B: 0xb1, A: 0xff}},
		{GridGrey, {R: 0x2b, G: 0x31, B: 0x39, A: 0xff}},
		{AxisGrey, {R: 0x6b, G: 0x74, B: 0x7e, A: 0xff}},
		{WarningRed, {R: 0xff, G: 0x9b, B: 0x91, A: 0xff}},
	}
	out = append(out, [2]color.RGBA{FaultGround, {R: 0x3f, G: 0x20, B: 0x1e, A: 0xff}})
	for _, pair := range out[:6] {
		if c := pair[0]; c == MutedInk || c == WarningRed { // the intervals of a dumbbell
			out = append(out, [2]color.RGBA{Pale(c), between(darkPaper, pair[1], 0.5)})
		}
	}
	for i, light := range HeatColours {
		out = append(out, [2]color.RGBA{light, between(darkPaper, Paper, 0.1+0.12*float64(i))})
	}
	for i, dark := range [...]color.RGBA{
		{R: 0x56, G: 0xb4, B: 0xf0, A: 0xff},
		{R: 0xff, G: 0x8c, B: 0x42, A: 0xff},
		{R: 0x2f, G: 0xc9, B: 0x9b, A: 0xff},
		{R: 0xe0, G: 0x8f, B: 0xc4, A: 0xff},
		{R: 0xe6, G: 0xb0, B: 0x3a, A: 0xff},
		{R: 0x8f, G: 0xd3, B: 0xf7, A: 0xff},
		grey(0xd0),
		{R: 0xd9, G: 0xd6, B: 0x4f, A: 0xff},
	} {
		light := VariantColours[i]
		out = append(out, [2]color.RGBA{light, dark}, [2]color.RGBA{Pale(light), between(darkPaper, dark, 0.5)})
	}
	for _, light := range partColours { // they carry text, which is light there
		out = append(out, [2]color.RGBA{light, between(darkPaper, light, 0.45)})
	}
	return out
}

// DarkCSS are the rules of a style sheet that turn every chart within an
// element of this selector from white paper to a dark page.
func DarkCSS(within string) string {
	var out strings.Builder
	for _, pair := range DarkPairs() {
		for _, attribute := range []string{"fill", "stroke"} {
			fmt.Fprintf(&out, "%s [%s=\"%s\"]{%[2]s:%[4]s}\n", within, attribute, Hex(pair[0]), Hex(pair[1]))
		}
	}
	return out.String()
}

// between mixes two colours: 0 is a, 1 is b.
func between(a, b color.RGBA, share float64) color.RGBA {
	mix := func(a, b uint8) uint8 { return uint8(math.Round(float64(a) + share*(float64(b)-float64(a)))) }
	return color.RGBA{R: mix(a.R, b.R), G: mix(a.G, b.G), B: mix(a.B, b.B), A: 0xff}
}

// VariantColour is the colour of the variant at a position.
func VariantColour(i int) color.RGBA { return VariantColours[i%len(VariantColours)] }

// PartColour is the colour of the part of a bar at a position.
func PartColour(i int) color.RGBA { return partColours[i%len(partColours)] }

// Pale is a colour mixed half and half with the paper.
func Pale(c color.RGBA) color.RGBA { return between(Paper, c, 0.5) }

// Lettering is plain text of a size and colour, placed by its left end and the
// middle of its height.
func Lettering(size vg.Length, c color.Color) text.Style {
	return text.Style{
		Color:   c,
		Font:    font.Font{Typeface: "Liberation", Variant: "Sans", Size: size},
		XAlign:  draw.XLeft,
		YAlign:  draw.YCenter,
		Handler: plot.DefaultTextHandler,
	}
}

func Bold(s text.Style) text.Style {
	s.Font.Weight = xfont.WeightBold
	return s
}

func Centred(s text.Style) text.Style {
	s.XAlign = draw.XCenter
	return s
}

func FlushRight(s text.Style) text.Style {
	s.XAlign = draw.XRight
	return s
}

func Stroke(c color.Color, width vg.Length) draw.LineStyle {
	return draw.LineStyle{Color: c, Width: width}
}

// HeatColours are shades of grey, from the lightest.
var HeatColours = [...]color.RGBA{
	{R: 0xe9, G: 0xec, B: 0xf1, A: 0xff},
	{R: 0xd0, G: 0xd6, B: 0xdf, A: 0xff},
	{R: 0xb0, G: 0xb9, B: 0xc6, A: 0xff},
	{R: 0x8b, G: 0x97, B: 0xa8, A: 0xff},
	{R: 0x66, G: 0x73, B: 0x86, A: 0xff},
}
