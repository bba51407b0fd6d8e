package kit

import (
	"encoding/json"
	"math"
	"strconv"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/recorder"

	"kvbench/internal/printable"
)

// Plot is what a chart plots, at the places where it is drawn: in the user
// units of its SVG, from the top left. It is noted while the chart is drawn.
type Plot struct {
	Panels []PlotPanel `json:"panels"`
	Traces []Trace     `json:"traces"`
}

// PlotPanel is a rectangle between two axes.
type PlotPanel struct {
	X      float64 `json:"x"`
	Y      float64 `json:"y"`
	Width  float64 `json:"width"`
	Height float64 `json:"height"`
	// Link names the panel's x axis: "time", "percentile" or one of its own.
	// Within a scenario, panels of the same link have the same axis: a place in
	// one is at the same share of the width of the others. Where it is empty x
	// is no axis along which one reads, and the nearest point is meant.
	Link string `json:"link,omitempty"`
}

// Trace is what is drawn of one variant in one panel. With a link its points
// are in the order of x.
type Trace struct {
	Variant string  `json:"variant"`
	Name    string  `json:"name,omitempty"` // which one, where the variant has several in a panel: "p99"
	Panel   int     `json:"panel"`          // index
	Points  []Point `json:"points"`
}

// Point is one value.
type Point struct {
	X, Y float64
	Text string // the value in words: "p99.9: 412 ms"
}

// MarshalJSON makes it [x, y, text], to keep pages small.
func (p Point) MarshalJSON() ([]byte, error) {
	text, err := json.Marshal(p.Text)
	out := strconv.AppendFloat([]byte{'['}, p.X, 'f', -1, 64)
	out = strconv.AppendFloat(append(out, ','), p.Y, 'f', -1, 64)
	return append(append(append(out, ','), text...), ']'), err
}

// sketch records a drawing, from which an SVG is made, and what it plots.
type sketch struct {
	recorder.Canvas
	height vg.Length
	plot   Plot
}

// Size implements vg.CanvasSizer.
func (s *sketch) Size() (width, height vg.Length) { return Width, s.height }

// Plot returns what the chart plots.
func (c Chart) Plot() Plot { return c.sketch().plot }

func (c Chart) sketch() *sketch {
	l := c.layout()
	s := &sketch{height: l.height}
	c.draw(draw.New(s), l)
	return s
}

// OfVariant draws what belongs to a variant: it stands in a group of its own
// in the SVG.
func OfVariant(c draw.Canvas, variant string, draw func()) {
	s := sketchOf(c)
	if s == nil {
		draw()
		return
	}
	s.Comment(groupBegins + variant)
	draw()
	s.Comment(groupEnds)
}

// sketchOf is the sketch that a canvas was cropped from; nil where it draws
// something else.
func sketchOf(c vg.Canvas) *sketch {
	for {
		switch inner := c.(type) {
		case *sketch:
			return inner
		case draw.Canvas: // what was cropped holds the whole
			c = inner.Canvas
		default:
			return nil
		}
	}
}

// The comments in a recording that begin and end a variant's group.
const (
	groupBegins = "("
	groupEnds   = ")"
)

// Note notes the panel; what trace notes is in it.
func (p *Panel) Note(link string) {
	if s := sketchOf(p.Canvas); s != nil {
		p.index = len(s.plot.Panels)
		s.plot.Panels = append(s.plot.Panels, PlotPanel{
			X: tenths(p.Min.X), Y: tenths(s.height - p.Max.Y), Width: tenths(p.Max.X - p.Min.X), Height: tenths(p.Max.Y - p.Min.Y),
			Link: link,
		})
	}
}

// Trace notes n points of a variant in the panel.
func (p *Panel) Trace(variant, name string, n int, at func(i int) (vg.Point, string)) {
	s := sketchOf(p.Canvas)
	if s == nil || n == 0 {
		return
	}
	t := Trace{Variant: printable.Line(variant), Name: name, Panel: p.index, Points: make([]Point, n)}
	for i := range t.Points {
		point, text := at(i)
		t.Points[i] = Point{tenths(point.X), tenths(s.height - point.Y), printable.Line(text)}
	}
	s.plot.Traces = append(s.plot.Traces, t)
}

// tenths rounds to a tenth of a user unit.
func tenths(v vg.Length) float64 { return math.Round(10*v.Points()) / 10 }
