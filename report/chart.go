package report

import (
	"bytes"
	"fmt"
	"strings"

	"kvbench/internal/runfile"

	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
)

// Chart is one picture of a scenario.
type Chart struct {
	Scenario string // the scenario's name
	Name     string // also the end of its file name: "latency", "timeline", "faults", "outcomes", "marks", "staleness", "cost" or "growth"
	Title    string // the finding or question, a sentence
	Alt      string // what it shows in words, with its main figures

	subtitle string            // what is drawn
	notes    []string          // what a reader has to know, below the picture
	height   vg.Length         // of the body
	err      error             // why it can't be drawn
	body     func(draw.Canvas) // draws what is between the subtitle and the notes
}

// modelledNote stands below each chart of a modelled scenario that does not say so
// above: how transactions end and what goes wrong rests on the model too.
const modelledNote = "Modelled: from an emulator, not measured on Workers KV."

// notModelledNote stands below each chart of a scenario without any latency.
const notModelledNote = "From an emulator, not measured on Workers KV; no latency modelled."

// Charts returns the charts of a scenario that have anything to show.
func Charts(s *Scenario) []Chart {
	var out []Chart
	for _, chart := range []func(*Scenario) (Chart, bool){
		latencyChart, timelineChart, faultsChart, outcomesChart, marksChart, stalenessChart, costChart,
	} {
		if c, ok := chart(s); ok {
			c.Scenario = s.Name
			switch {
			case s.Latency == runfile.NotModelled:
				c.notes = append(c.notes, notModelledNote)
			case s.Latency == runfile.Modelled && !strings.Contains(c.Title+c.subtitle, "modelled"):
				c.notes = append(c.notes, modelledNote)
			}
			out = append(out, c)
		}
	}
	return out
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
	if c.err != nil {
		return nil, fmt.Errorf("drawing chart %s: %w", c.Name, c.err)
	}
	l := c.layout()
	size := dpi
	if l.height > highest {
		size = max(int(dpi*highest/l.height), lowestDPI)
	}
	canvas := vgimg.NewWith(vgimg.UseWH(chartWidth, l.height), vgimg.UseDPI(size), vgimg.UseBackgroundColor(paper))
	c.draw(draw.New(canvas), l)
	var out bytes.Buffer
	if _, err := (vgimg.PngCanvas{Canvas: canvas}).WriteTo(&out); err != nil {
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
	const width = chartWidth - 2*chartMargin
	l := layout{
		title:    wrap(bold(lettering(titleSize, ink)), c.Title, width),
		subtitle: wrap(lettering(bodySize, mutedInk), c.subtitle, width),
	}
	for _, n := range c.notes {
		l.notes = append(l.notes, wrap(lettering(noteSize, mutedInk), n, width)...)
	}
	l.height = 2*chartMargin + titleLine*vg.Length(len(l.title)) + bodyLine*vg.Length(len(l.subtitle)) + partGap + c.height
	if l.notes != nil {
		l.height += partGap + noteLine*vg.Length(len(l.notes))
	}
	return l
}

func (c Chart) draw(canvas draw.Canvas, l layout) {
	canvas.SetColor(paper)
	canvas.Fill(canvas.Rectangle.Path())
	rest := draw.Crop(canvas, chartMargin, -chartMargin, chartMargin, -chartMargin)
	rest = lines(rest, bold(lettering(titleSize, ink)), titleLine, l.title)
	rest = lines(rest, lettering(bodySize, mutedInk), bodyLine, l.subtitle)
	_, rest = cutTop(rest, partGap)
	body, rest := cutTop(rest, c.height)
	c.body(body)
	_, rest = cutTop(rest, partGap)
	lines(rest, lettering(noteSize, mutedInk), noteLine, l.notes)
}

// cutTop cuts the top of a height off a canvas.
func cutTop(c draw.Canvas, height vg.Length) (top, rest draw.Canvas) {
	at := c.Max.Y - height
	return draw.Crop(c, 0, 0, at-c.Min.Y, 0), draw.Crop(c, 0, 0, 0, at-c.Max.Y)
}

// lines writes lines of text from the top of a canvas down and returns what is
// left of it.
func lines(c draw.Canvas, sty text.Style, height vg.Length, lines []string) (rest draw.Canvas) {
	for i, line := range lines {
		c.FillText(sty, vg.Point{X: c.Min.X, Y: c.Max.Y - (vg.Length(i)+0.5)*height}, line)
	}
	_, rest = cutTop(c, height*vg.Length(len(lines)))
	return rest
}

// wrap breaks text at spaces into lines that are no wider than width; a word
// that is wider stands alone.
func wrap(sty text.Style, s string, width vg.Length) []string {
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
