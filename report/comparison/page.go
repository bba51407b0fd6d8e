package comparison

import (
	"bytes"
	"context"
	_ "embed"
	"html/template"

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
	Facts   [2]string // of base and of head
	Figures []figure
	Dark    template.CSS
	Unsure  string // the name of the group that stands folded
}

type figure struct {
	Title string
	SVG   template.HTML
}

// HTML writes a comparison as one page, with a picture of what changed, and for the
// variants that changed most the response of both runs in one picture. When ctx is done it
// stops before the next picture with the error of ctx.
func HTML(ctx context.Context, c *compare.Comparison, base, head *result.Set) ([]byte, error) {
	p := page{view: viewOf(c), Dark: template.CSS(kit.DarkCSS("figure")), Unsure: unsure} // our own colours
	for i, set := range []*result.Set{base, head} {
		a := answer.Answer{Set: set}
		p.Facts[i] = answer.Line(a.Facts())
	}
	var charts []kit.Chart
	if c, ok := Chart(c); ok {
		charts = append(charts, c)
	}
	more, err := overlays(c, base, head)
	if err != nil {
		return nil, err
	}
	for _, c := range more {
		charts = append(charts, c.Chart)
	}
	for _, c := range charts {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		svg, err := c.SVG()
		if err != nil {
			return nil, err
		}
		p.Figures = append(p.Figures, figure{c.Title, template.HTML(svg)}) // our own, and it escapes what it quotes
	}
	var out bytes.Buffer
	err = pageTemplate.Execute(&out, p)
	return []byte(printable.Text(out.String())), err
}
