package kit

import (
	"cmp"
	"encoding/binary"
	"image"
	"image/color"
	"slices"
)

// maxColors is how many colours a PNG's palette holds.
const maxColors = 256

// paletted is an opaque picture by a palette of its most frequent colours: a quarter of
// the bytes to compress, and none to filter. A chart has few colours beside the soft edges
// of its lines and letters; of those that are in no palette each becomes the nearest.
func paletted(img *image.RGBA) *image.Paletted {
	counts := map[uint32]int{}
	runs(img, func(c uint32, from, to int) { counts[c] += to - from })
	byCount := make([]uint32, 0, len(counts))
	for c := range counts {
		byCount = append(byCount, c)
	}
	slices.SortFunc(byCount, func(a, b uint32) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b))
	})
	chosen := byCount[:min(len(byCount), maxColors)]
	index := make(map[uint32]uint8, len(byCount))
	palette := make(color.Palette, len(chosen))
	for i, c := range chosen {
		index[c] = uint8(i)
		palette[i] = color.RGBA{uint8(c), uint8(c >> 8), uint8(c >> 16), uint8(c >> 24)}
	}
	for _, c := range byCount[len(chosen):] {
		index[c] = nearest(chosen, c)
	}
	out := image.NewPaletted(img.Rect, palette)
	runs(img, func(c uint32, from, to int) {
		if i := index[c]; i != 0 {
			for at := from; at < to; at++ {
				out.Pix[at] = i
			}
		}
	})
	return out
}

// runs calls do with each stretch of one colour, from a pixel up to another, by their
// place in the picture; red is the lowest byte of a colour.
func runs(img *image.RGBA, do func(c uint32, from, to int)) {
	n := len(img.Pix) / 4
	for from := 0; from < n; {
		c := binary.LittleEndian.Uint32(img.Pix[4*from:])
		to, two := from+1, uint64(c)<<32|uint64(c)
		for to+1 < n && binary.LittleEndian.Uint64(img.Pix[4*to:]) == two {
			to += 2
		}
		for to < n && binary.LittleEndian.Uint32(img.Pix[4*to:]) == c {
			to++
		}
		do(c, from, to)
		from = to
	}
}

// nearest is the colour of a palette that is closest to another.
func nearest(palette []uint32, c uint32) (best uint8) {
	least := int32(1 << 30)
	for i, p := range palette {
		var d int32
		for shift := 0; shift < 32; shift += 8 {
			off := int32(p>>shift&0xff) - int32(c>>shift&0xff)
			d += off * off
		}
		if d < least {
			best, least = uint8(i), d
		}
	}
	return best
}
