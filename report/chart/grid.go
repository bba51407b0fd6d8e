package chart

import (
	"fmt"
	"image/color"
	"math"
	"slices"

	"kvbench/internal/choose"
	"kvbench/internal/metric"
	"kvbench/internal/result"
	"kvbench/internal/runfile"
	"kvbench/report/chart/kit"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// gridPanel is one figure of one variant at every point.
type gridPanel struct {
	figure metric.Figure
	base   string
	index  int                 // of the variant
	cells  [][]*result.Variant // by row and column
}

const (
	gridCell vg.Length = 30 // the height of a row
	gridHead vg.Length = 24
	gridFoot vg.Length = 42
)

// grid shows a figure at every point of a sweep over two settings, a panel a variant; of
// one over a setting that has no size, a row a variant.
func grid(s *result.Scenario) (*Chart, error) {
	sweeps := s.Def.Sweeps()
	if len(sweeps) == 0 || len(ran(s)) == 0 {
		return nil, nil
	}
	if _, _, sized := sweeps[0][0].Number(); len(sweeps) == 1 && sized {
		return nil, nil
	}
	choice, err := choose.Of(s)
	if err != nil {
		return nil, err
	}
	figures := gridFigures(s, choice)
	if len(figures) == 0 {
		return nil, nil
	}
	h := points{s: s, choice: choice, columns: sweeps[0], x: sweeps[0][0].Short()}
	if len(sweeps) == 2 {
		h.rows, h.y = words(sweeps[1]), sweeps[1][0].Short()
	} else {
		for _, v := range s.Def.Variants {
			h.rows = append(h.rows, v.Name)
		}
		h.y = "variant"
	}
	for _, f := range figures {
		h.panels = append(h.panels, h.of(f, len(sweeps) == 2)...)
	}
	height := gridHead + gridFoot + gridCell*vg.Length(len(h.rows))
	title := "Which " + h.x + " is best?"
	if len(sweeps) == 2 {
		title = fmt.Sprintf("Which %s and %s are best together?", h.x, h.y)
	}
	chart := &Chart{Tells: true, Chart: kit.Chart{
		Name: "heatmap", Title: title,
		Subtitle: s.Def.Name + modelled(s) + ": darker is more, which is worse; × breaks the promise; the frame is the choice",
		Alt:      "Figures at each point.", Notes: notes(s, false), Height: kit.PanelsHeight(len(h.panels), height),
	}}
	for _, p := range h.panels {
		for i, row := range p.cells {
			for k, v := range row {
				if v != nil {
					chart.Alt += fmt.Sprintf(" %s of %s at %s %s, %s %s: %s.", p.figure.Name(), p.base, h.x, h.columns[k].Words(), h.y, h.rows[i], text(p.figure, v))
				}
			}
		}
	}
	chart.Body = func(c draw.Canvas) {
		for i, at := range kit.Places(c, len(h.panels), height) {
			h.draw(draw.Crop(at, 0, -8, 0, 0), h.panels[i])
		}
	}
	return chart, nil
}

// points is what the panels of a grid share.
type points struct {
	s       *result.Scenario
	choice  *choose.Choice // nil where there is none
	columns []runfile.Setting
	rows    []string
	x, y    string // what they are
	panels  []gridPanel
}

func words(values []runfile.Setting) (out []string) {
	for i := range values {
		out = append(out, values[i].Words())
	}
	return out
}

func text(f metric.Figure, v *result.Variant) string {
	q, _ := v.Whole.Value(f)
	return f.Text(q)
}

// gridFigures are at most two: what is preferred first, and the anomaly that tells most.
func gridFigures(s *result.Scenario, choice *choose.Choice) (out []metric.Figure) {
	response, _ := s.Metric("response")
	usd, _ := s.Metric(runfile.USD)
	switch {
	case choice != nil && len(choice.Figures) > 0:
		out = append(out, choice.Figures[0])
	case s.Def.Latency() != runfile.NotModelled:
		out = append(out, metric.Figure{Metric: response, Stat: metric.P99})
	default:
		out = append(out, metric.Figure{Metric: usd, Stat: metric.Mean})
	}
	if m, apart := telling(s); apart > alike {
		out = append(out, metric.Figure{Metric: m, Stat: metric.Part})
	}
	return out
}

// of are the panels of a figure: one a variant, or of one setting one for all.
func (h *points) of(f metric.Figure, two bool) (out []gridPanel) {
	for _, v := range h.s.Variants {
		name, index := v.Base, v.Index
		if !two {
			name, index = "all variants", 0
		}
		k := slices.IndexFunc(out, func(p gridPanel) bool { return p.base == name })
		if k < 0 {
			k = len(out)
			p := gridPanel{figure: f, base: name, index: index, cells: make([][]*result.Variant, len(h.rows))}
			for i := range p.cells {
				p.cells[i] = make([]*result.Variant, len(h.columns))
			}
			out = append(out, p)
		}
		row := v.Index
		if two {
			row = slices.Index(h.rows, v.Point[1].Words())
		}
		column := slices.IndexFunc(h.columns, func(s runfile.Setting) bool { return s.String() == v.Point[0].String() })
		if v.Ran() && row >= 0 && column >= 0 {
			out[k].cells[row][column] = v
		}
	}
	return out
}

// shade is the place of a value between the least and the most of its figure, 0 to 1, by its
// logarithm where all are above 0.
func (h *points) shade(f metric.Figure, v float64) float64 {
	low, high := math.Inf(1), math.Inf(-1)
	for _, o := range ran(h.s) {
		if q, _ := o.Whole.Value(f); q.Known() {
			low, high = min(low, q.Or(0)), max(high, q.Or(0))
		}
	}
	if low > 0 {
		low, high, v = math.Log(low), math.Log(high), math.Log(v)
	}
	return metric.Ratio(v-low, high-low).Or(0)
}

func (h *points) draw(c draw.Canvas, p gridPanel) {
	head := kit.Bold(kit.Lettering(kit.BodySize, kit.Ink))
	small := kit.Lettering(kit.NoteSize, kit.MutedInk)
	if p.base != "all variants" {
		head.Color = kit.VariantColour(p.index)
	}
	c.FillText(head, vg.Point{X: c.Min.X, Y: c.Max.Y - gridHead/2}, p.base+": "+figureName(p.figure))
	left := small.Width(h.y)
	for _, r := range h.rows {
		left = max(left, small.Width(r))
	}
	data := kit.Panel{Canvas: draw.Crop(c, left+10, 0, gridFoot, -gridHead)}
	data.Note("")
	width, height := (data.Max.X-data.Min.X)/vg.Length(len(h.columns)), (data.Max.Y-data.Min.Y)/vg.Length(len(h.rows))
	for k := range h.columns {
		c.FillText(kit.Centred(small), vg.Point{X: data.Min.X + width*(vg.Length(k)+0.5), Y: data.Min.Y - 11}, h.columns[k].Words())
	}
	c.FillText(kit.Centred(small), vg.Point{X: (data.Min.X + data.Max.X) / 2, Y: data.Min.Y - 28}, h.x)
	c.FillText(kit.FlushRight(small), vg.Point{X: data.Min.X - 8, Y: data.Min.Y - 11}, h.y)
	for i := range p.cells {
		y := data.Max.Y - height*vg.Length(i)
		c.FillText(kit.FlushRight(small), vg.Point{X: data.Min.X - 8, Y: y - height/2}, h.rows[i])
		for k, v := range p.cells[i] {
			x := data.Min.X + width*vg.Length(k)
			h.cell(&data, p.figure, v, vg.Point{X: x + 1, Y: y - height + 1}, vg.Point{X: x + width - 1, Y: y - 1})
		}
	}
}

func (h *points) cell(p *kit.Panel, f metric.Figure, v *result.Variant, from, to vg.Point) {
	if v == nil {
		return
	}
	q, _ := v.Whole.Value(f)
	shade := 0
	if q.Known() {
		shade = min(int(h.shade(f, q.Or(0))*float64(len(kit.HeatColours))), len(kit.HeatColours)-1)
	}
	kit.Bar(p.Canvas, kit.HeatColours[shade], from, to)
	ink := color.RGBA(kit.Ink)
	if shade >= len(kit.HeatColours)-1 {
		ink = kit.Paper
	}
	label, said := text(f, v), v.Name+": "+text(f, v)
	if h.choice != nil && !h.choice.Keeps(v) {
		label, said = "× "+label, said+", breaks the promise"
	}
	at := vg.Point{X: (from.X + to.X) / 2, Y: (from.Y + to.Y) / 2}
	p.FillText(kit.Centred(kit.Lettering(kit.NoteSize, ink)), at, label)
	if h.choice.Takes(v) {
		p.StrokeLines(kit.Stroke(kit.VariantColour(v.Index), 3), []vg.Point{from, {X: to.X, Y: from.Y}, to, {X: from.X, Y: to.Y}, from})
		said += ", the choice"
	}
	p.Trace(v.Base, "", 1, func(int) (vg.Point, string) { return at, said })
}

// figureName is a figure for people: "response p99", "stale-read".
func figureName(f metric.Figure) string {
	switch {
	case f.ID == runfile.USD:
		return "$ per million"
	case f.Stat == metric.Part:
		return f.ID + ", share of " + f.Among
	}
	return f.ID + " " + string(f.Stat)
}
