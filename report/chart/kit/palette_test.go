package kit

import (
	"image"
	"image/color"
	"testing"
)

// A picture of few colours is kept as it is; of one with more each pixel is close to what
// it was.
func TestPaletted(t *testing.T) {
	for _, c := range []struct {
		name   string
		at     func(x, y int) color.RGBA
		within int
	}{
		{"few", func(x, y int) color.RGBA { return color.RGBA{uint8(x % 7 * 30), uint8(y % 5 * 50), 9, 255} }, 0},
		{"256", func(x, y int) color.RGBA { return color.RGBA{uint8(x), 1, 2, 255} }, 0},
		// Ten colours, and between each two of them soft edges of 40 rows of shades.
		{"many", func(x, y int) color.RGBA {
			if x%16 != 15 {
				return color.RGBA{uint8(x / 16 * 16), 200, uint8(255 - x/16*16), 255}
			}
			return color.RGBA{uint8(x/16*16 + y*16/40), 200, uint8(255 - x/16*16 - y*16/40), 255}
		}, 8},
	} {
		t.Run(c.name, func(t *testing.T) {
			img := image.NewRGBA(image.Rect(0, 0, 256, 40))
			for y := range 40 {
				for x := range 256 {
					img.SetRGBA(x, y, c.at(x, y))
				}
			}
			got := paletted(img)
			for y := range 40 {
				for x := range 256 {
					want, have := img.RGBAAt(x, y), color.RGBAModel.Convert(got.At(x, y)).(color.RGBA)
					if far(want.R, have.R) > c.within || far(want.G, have.G) > c.within || far(want.B, have.B) > c.within || have.A != 255 {
						t.Fatalf("at %d, %d: %v became %v", x, y, want, have)
					}
				}
			}
		})
	}
}

func far(a, b uint8) int { return max(int(a)-int(b), int(b)-int(a)) }
