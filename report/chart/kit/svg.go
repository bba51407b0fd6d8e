package kit

import (
	"bytes"
	"errors"
	"fmt"
	"html"
	"image/color"
	"math"
	"strconv"
	"strings"

	xfont "golang.org/x/image/font"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/recorder"

	"kvbench/internal/printable"
)

// SVG returns the chart as one svg element, to stand in a page or in a file of
// its own. What belongs to a variant is in groups with its name as their
// data-variant. Colours are attributes, which a style sheet overrides:
// DarkCSS does for a dark page.
func (c Chart) SVG() ([]byte, error) {
	svg, _, err := c.Draw()
	return svg, err
}

// Draw draws the chart once for both its SVG and its plot.
func (c Chart) Draw() ([]byte, Plot, error) {
	s := c.sketch()
	out := svgWriter{height: s.height}
	fmt.Fprintf(&out, `<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="%s" width="%s" height="%s" viewBox="0 0 %[2]s %[3]s" `+
		`font-family="'Liberation Sans', Arial, Helvetica, sans-serif" font-size="%s" fill="%s"><title>%s</title>`+"\n",
		svgText(c.Alt), number1(Width), number1(s.height), number1(NoteSize), Hex(MutedInk), svgText(c.Title))
	for _, a := range s.Actions {
		if err := out.action(a); err != nil {
			return nil, Plot{}, fmt.Errorf("drawing chart %s of %s: %w", c.Name, c.Scenario, err)
		}
	}
	out.WriteString("</svg>\n")
	return out.Bytes(), s.plot, nil
}

// svgWriter writes recorded actions as SVG elements. SVG has its origin at the
// top left, a recording has it at the bottom left.
type svgWriter struct {
	bytes.Buffer
	height vg.Length
	colour string
	width  vg.Length
	dashes []vg.Length
}

func (w *svgWriter) action(a recorder.Action) error {
	switch a := a.(type) {
	case *recorder.SetColor:
		w.colour = Hex(a.Color)
	case *recorder.SetLineWidth:
		w.width = a.Width
	case *recorder.SetLineDash:
		w.dashes = a.Dashes
	case *recorder.Comment:
		if name, begins := strings.CutPrefix(a.Text, groupBegins); begins {
			fmt.Fprintf(w, `<g data-variant="%s">`+"\n", svgText(name))
		} else {
			w.WriteString("</g>\n")
		}
	case *recorder.Fill:
		fmt.Fprintf(w, `<path fill="%s" d="`, w.colour)
		return w.path(a.Path)
	case *recorder.Stroke:
		if w.width <= 0 {
			return nil
		}
		fmt.Fprintf(w, `<path fill="none" stroke="%s"`, w.colour)
		if w.width != 1 {
			fmt.Fprintf(w, ` stroke-width="%s"`, strconv.FormatFloat(w.width.Points(), 'g', 3, 64))
		}
		if len(w.dashes) > 0 {
			w.WriteString(` stroke-dasharray="`)
			for i, d := range w.dashes {
				w.WriteString(strings.Repeat(" ", min(i, 1)) + number1(d))
			}
			w.WriteString(`"`)
		}
		w.WriteString(` d="`)
		return w.path(a.Path)
	case *recorder.FillString:
		fmt.Fprintf(w, `<text x="%s" y="%s"`, number1(a.Point.X), number1(w.height-a.Point.Y))
		if a.Size != NoteSize { // else as the whole drawing's
			fmt.Fprintf(w, ` font-size="%s"`, number1(a.Size))
		}
		if w.colour != Hex(MutedInk) {
			fmt.Fprintf(w, ` fill="%s"`, w.colour)
		}
		if a.Font.Weight == xfont.WeightBold {
			w.WriteString(` font-weight="bold"`)
		}
		fmt.Fprintf(w, ">%s</text>\n", svgText(a.String))
	case *recorder.Push, *recorder.Pop: // the charts do not transform the canvas
	default:
		return fmt.Errorf("%s has no SVG", a.Call())
	}
	return nil
}

// svgText is a text that may hold what came from outside as a part of an SVG.
func svgText(s string) string { return html.EscapeString(printable.Line(s)) }

// path writes the data of a path and ends its element. After the first its points
// are written as how far they are from the one before, which is shorter.
func (w *svgWriter) path(path vg.Path) error {
	var begin, last [2]int // in tenths, of the part of a path and of it all
	first := true
	point := func(letter byte, p vg.Point) {
		to := [2]int{int(math.Round(10 * p.X.Points())), int(math.Round(10 * (w.height - p.Y).Points()))}
		dx, dy := to[0]-last[0], to[1]-last[1]
		switch {
		case first:
			w.WriteString("M" + coordinates(to[0], to[1]))
		case letter == 'l' && dy == 0:
			w.WriteString("h" + inTenths(dx))
		case letter == 'l' && dx == 0:
			w.WriteString("v" + inTenths(dy))
		default:
			w.WriteByte(letter)
			w.WriteString(coordinates(dx, dy))
		}
		first, last = false, to
		if letter == 'm' {
			begin = to
		}
	}
	for _, comp := range path {
		switch comp.Type {
		case vg.MoveComp:
			point('m', comp.Pos)
		case vg.LineComp:
			point('l', comp.Pos)
		case vg.CloseComp:
			w.WriteByte('z')
			last = begin
		case vg.ArcComp:
			if math.Abs(comp.Angle) < 2*math.Pi {
				return errors.New("an arc that is no circle has no SVG")
			}
			r := number1(comp.Radius)
			for _, to := range []vg.Length{-comp.Radius, comp.Radius} { // two halves
				w.WriteString("a" + r + " " + r + " 0 0 0")
				point(' ', vg.Point{X: comp.Pos.X + to, Y: comp.Pos.Y})
			}
		default:
			return fmt.Errorf("a part of a path, of type %d, has no SVG", comp.Type)
		}
	}
	w.WriteString("\"/>\n")
	return nil
}

// inTenths formats a number of tenths of a user unit.
func inTenths(v int) string { return strconv.FormatFloat(float64(v)/10, 'f', -1, 64) }

// coordinates formats two numbers with no space where a minus parts them.
func coordinates(a, b int) string {
	if b < 0 {
		return inTenths(a) + inTenths(b)
	}
	return inTenths(a) + " " + inTenths(b)
}

// number1 formats a length in user units to a tenth.
func number1(v vg.Length) string { return strconv.FormatFloat(tenths(v), 'f', -1, 64) }

// Hex formats an opaque colour.
func Hex(c color.Color) string {
	rgba := color.RGBAModel.Convert(c).(color.RGBA)
	return fmt.Sprintf("#%02x%02x%02x", rgba.R, rgba.G, rgba.B)
}
