package comparison

import (
	"bytes"
	"context"
	_ "embed"
	"html/template"
	"slices"

	"kvbench/internal/answer"
	"kvbench/internal/compare"
	"kvbench/internal/printable"
	"kvbench/internal/result"
	"kvbench/report/chart/kit"
)

//go:embed page.tmpl.html
var pageText string

var pageTemplate = template.Must(template.New("compare").Parse(pageText))

// page is what compare.html shows. It needs no network, no script and no other file.
type page struct {
	view
	Headline  string
	Opening   []string
	Facts     [2]string // of base and of head
	Changed   []figure  // what changed; one or none
	Scenarios []card    // the one whose change matters most first
	Dark      template.CSS
}

// card is a scenario: its changes, the first of them open, and the responses of both runs.
type card struct {
	scenario
	First, Rest []row
	Figures     []figure
}

// cardRows is how many of a scenario's rows stand open.
const cardRows = 10

type figure struct {
	Title string
	SVG   template.HTML
}

// HTML writes a comparison as one page, with a picture of what changed, and for the
// variants that changed most the response of both runs in one picture. When ctx is done it
// stops before the next picture with the error of ctx.
func HTML(ctx context.Context, c *compare.Comparison, base, head *result.Set) ([]byte, error) {
	p := page{view: viewOf(c), Dark: template.CSS(kit.DarkCSS("figure"))} // our own colours
	p.Headline, p.Opening = p.headline(), p.opening()
	for i, set := range []*result.Set{base, head} {
		a := answer.Answer{Set: set}
		p.Facts[i] = answer.Line(a.Facts())
	}
	var err error
	if c, ok := dumbbells(c, pageDumbbells); ok {
		if p.Changed, err = draw(ctx, p.Changed, c); err != nil {
			return nil, err
		}
	}
	for _, s := range p.ByName {
		n := min(cardRows, len(s.Rows))
		p.Scenarios = append(p.Scenarios, card{scenario: s, First: s.Rows[:n], Rest: s.Rows[n:]})
	}
	responses, err := overlays(c, base, head)
	if err != nil {
		return nil, err
	}
	for _, o := range responses {
		i := slices.IndexFunc(p.Scenarios, func(s card) bool { return s.Name == o.scenario })
		if p.Scenarios[i].Figures, err = draw(ctx, p.Scenarios[i].Figures, o.chart.Chart); err != nil {
			return nil, err
		}
	}
	var out bytes.Buffer
	err = pageTemplate.Execute(&out, p)
	return []byte(printable.Text(out.String())), err
}

// draw appends the picture of a chart.
func draw(ctx context.Context, to []figure, c kit.Chart) ([]figure, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	svg, err := c.SVG()
	return append(to, figure{c.Title, template.HTML(svg)}), err // our own, and it escapes what it quotes
}
