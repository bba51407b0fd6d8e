package kit

import (
	"bytes"
	"image/color"
	"image/png"
	"math"
	"strings"
	"testing"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

func of(height vg.Length, body func(draw.Canvas)) Chart {
	return Chart{Name: "x", Scenario: "y", Title: "t", Height: height, Body: body}
}

// A picture is twice its natural size, and one that is very high is drawn smaller: it
// takes no more than 80 MB of memory.
func TestPictureIsBounded(t *testing.T) {
	for _, test := range []struct {
		height vg.Length
		width  int // of the picture; 0 where it is only bounded
	}{
		{300, 1440}, {6900, 1440}, {8000, 0}, {50_000, 0}, {150_000, 0},
	} {
		data, err := of(test.height, func(draw.Canvas) {}).PNG()
		if err != nil {
			t.Fatal(err)
		}
		head, err := png.DecodeConfig(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		if pixels := head.Width * head.Height; 4*pixels > 82<<20 || test.width > 0 && head.Width != test.width {
			t.Errorf("a chart of %v points is a picture of %d × %d", test.height, head.Width, head.Height)
		}
		if whole := float64(head.Height) / float64(head.Width) * Width.Points(); whole < 0.9*test.height.Points() {
			t.Errorf("of a chart of %v points only %v are in the picture", test.height, whole)
		}
	}
}

// What a recording holds that the writer does not know is an error, never left out.
func TestUnknownAction(t *testing.T) {
	for name, body := range map[string]func(draw.Canvas){
		"a rotation": func(c draw.Canvas) { c.Rotate(1) },
		"a part of a circle": func(c draw.Canvas) {
			var p vg.Path
			p.Arc(vg.Point{}, 1, 0, 1)
			c.Fill(p)
		},
	} {
		if _, err := of(100, body).SVG(); err == nil || !strings.HasPrefix(err.Error(), "drawing chart x of y: ") {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

// What comes from outside can't leave its text or its attribute.
func TestHostileText(t *testing.T) {
	const evil = `"><script>x()</script>` + "\x1b\u202e"
	c := of(100, func(c draw.Canvas) {
		OfVariant(c, evil, func() { c.FillText(Lettering(NoteSize, Ink), c.Center(), evil) })
		p := Panel{Canvas: c}
		p.Note("")
		p.Trace(evil, "", 1, func(int) (vg.Point, string) { return c.Center(), evil })
	})
	c.Title, c.Alt, c.Subtitle, c.Notes = evil, evil, evil, []string{evil}
	svg, plot, err := c.Draw()
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"<script", "\x1b", "\u202e"} {
		if strings.Contains(string(svg), bad) || strings.Contains(plot.Traces[0].Variant+plot.Traces[0].Points[0].Text, bad) && bad != "<script" {
			t.Errorf("%q is in %s, %+v", bad, svg, plot)
		}
	}
}

// No two colours on paper have the same rule on a dark page.
func TestDarkPairs(t *testing.T) {
	seen := map[color.RGBA]bool{}
	for _, pair := range DarkPairs() {
		if seen[pair[0]] {
			t.Errorf("%v is two colours on a dark page", pair[0])
		}
		seen[pair[0]] = true
	}
}

// luminance is that of WCAG 2.
func luminance(c color.RGBA) float64 {
	part := func(v uint8) float64 {
		s := float64(v) / 255
		if s <= 0.04045 {
			return s / 12.92
		}
		return math.Pow((s+0.055)/1.055, 2.4)
	}
	return 0.2126*part(c.R) + 0.7152*part(c.G) + 0.0722*part(c.B)
}

// Names in the colour of their variant can be read on paper and on a dark page.
func TestNamesCanBeRead(t *testing.T) {
	contrast := func(a, b color.RGBA) float64 {
		x, y := luminance(a), luminance(b)
		return (max(x, y) + 0.05) / (min(x, y) + 0.05)
	}
	dark := map[color.RGBA]color.RGBA{}
	for _, pair := range DarkPairs() {
		dark[pair[0]] = pair[1]
	}
	const least = 3 // of letters that are bold
	for i := range VariantColours {
		c := VariantColour(i)
		if on := contrast(c, Paper); on < least {
			t.Errorf("variant %d has a contrast of %.2f on paper", i, on)
		}
		if on := contrast(dark[c], darkPaper); on < least {
			t.Errorf("variant %d has a contrast of %.2f on a dark page", i, on)
		}
	}
}
