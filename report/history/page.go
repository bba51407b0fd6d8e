package history

import (
	"bytes"
	_ "embed"
	"html/template"
	"io"

	"kvbench/internal/history"
	"kvbench/internal/metric"
	"kvbench/internal/printable"
	"kvbench/report/chart/kit"
)

//go:embed page.tmpl.html
var pageText string

var pageTemplate = template.Must(template.New("history").Parse(pageText))

// page is what history.html shows. It needs no network, no script and no other file.
type page struct {
	Runs        []string
	Changed     []group
	All         []group
	N, NChanged int
	Redefined   string
	Warnings    []string
	Dark        template.CSS
}

type group struct {
	Name string
	Rows []row
}

// row is one line of the history.
type row struct {
	Variant, Figure, Last string
	Steps                 []string
	SVG                   template.HTML // of a line that changed
}

// mostCharts is how many of the lines that changed are drawn, the latest first.
const mostCharts = 60

// HTML writes the history as a page of its own.
func HTML(w io.Writer, h *history.History) error {
	changed := h.Changed()
	p := page{
		Runs: h.Runs, N: len(h.Lines), NChanged: len(changed), Redefined: redefined(h), Warnings: h.Warnings,
		Dark: template.CSS(kit.DarkCSS("td")), // our own colours
	}
	var err error
	if p.Changed, err = groups(h, changed, mostCharts); err != nil {
		return err
	}
	if p.All, err = groups(h, h.Lines, 0); err != nil {
		return err
	}
	var out bytes.Buffer
	if err := pageTemplate.Execute(&out, p); err != nil {
		return err
	}
	_, err = io.WriteString(w, printable.Text(out.String()))
	return err
}

// groups are lines by scenario, in the order of each scenario's first; the first of them
// are drawn.
func groups(h *history.History, lines []*history.Line, drawn int) ([]group, error) {
	var out []group
	at := map[string]int{}
	for n, l := range lines {
		i, ok := at[l.Scenario]
		if !ok {
			i = len(out)
			at[l.Scenario] = i
			out = append(out, group{Name: l.Scenario})
		}
		r := row{Variant: l.Variant, Figure: label(l), Last: metric.None}
		if v := l.Values[len(l.Values)-1]; v != nil {
			r.Last = l.Unit.Format(v.V)
		}
		for _, s := range l.Changes {
			r.Steps = append(r.Steps, step(l, s, h.Runs))
		}
		if n < drawn {
			svg, err := chart(h, l).SVG()
			if err != nil {
				return nil, err
			}
			r.SVG = template.HTML(svg) // our own, and it escapes what it quotes
		}
		out[i].Rows = append(out[i].Rows, r)
	}
	return out, nil
}
