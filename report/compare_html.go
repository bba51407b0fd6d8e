package report

import (
	"bytes"
	"context"
	_ "embed"
	"fmt"
	"html/template"
	"slices"

	"kvbench/internal/compare"
	"kvbench/internal/runfile"
)

//go:embed compare.tmpl.html
var compareText string

var compareTemplate = template.Must(template.New("compare").Parse(compareText))

// comparePage is what compare.html shows. It needs no network, no script and no
// other file.
type comparePage struct {
	*compare.Comparison
	Counts, Method string
	Most, Shared   string
	Modelled       string
	Differ         []string
	Facts          [2]string // of base and of head
	Groups         []compareGroup
	Figures        []htmlFigure
	Dark           template.CSS
}

type compareGroup struct {
	Name string
	Rows []compareRow
	Open bool
}

type compareRow struct {
	Variant, Figure, Base, Head string
	Change, Interval, Evidence  string
}

// maxDumbbells is the most figures that the picture before and after shows.
const maxDumbbells = 25

// CompareHTML writes a comparison as one page, with a picture of what changed, and
// for every variant in which anything did, the response of both runs in one
// picture. When ctx is done it stops before the next picture with the error of ctx.
func CompareHTML(ctx context.Context, c *compare.Comparison, base, head *runfile.Run) ([]byte, error) {
	p := comparePage{
		Comparison: c, Counts: verdictCounts(c), Method: method(c), Most: mostSentence(c), Shared: sharedSentence(c), Modelled: modelledIn(c), Differ: differences(c),
		Facts: [2]string{factsLine(&base.Header), factsLine(&head.Header)},
		Dark:  template.CSS(DarkCSS("figure")), // our own colours
	}
	shown, same := verdictGroups(c)
	for _, g := range append(shown, verdictGroup{Name: "the same", Deltas: same}) {
		if len(g.Deltas) == 0 {
			continue
		}
		out := compareGroup{Name: g.Name, Open: g.Name != "the same" && g.Name != "can't tell"}
		for _, d := range g.Deltas {
			out.Rows = append(out.Rows, compareRowOf(d))
		}
		p.Groups = append(p.Groups, out)
	}
	var charts []Chart
	if chart, ok := CompareChart(c); ok {
		charts = append(charts, chart)
	}
	for _, name := range changedVariants(c) {
		if overlay, ok := overlaid(name, base, head); ok {
			if chart, ok := latencyChart(overlay); ok {
				charts = append(charts, chart)
			}
		}
	}
	for _, chart := range charts {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		svg, err := chart.SVG()
		if err != nil {
			return nil, err
		}
		p.Figures = append(p.Figures, htmlFigure{chart, template.HTML(svg)}) // our own, and it escapes what it quotes
	}
	var out bytes.Buffer
	err := compareTemplate.Execute(&out, p)
	return printed("html", out.Bytes()), err
}

func compareRowOf(d *compare.Delta) compareRow {
	row := compareRow{
		Variant: d.Scenario + "/" + d.Variant, Figure: seriesOf(d),
		Base: figureOf(d.Base, string(d.Unit)), Head: figureOf(d.Head, string(d.Unit)), Evidence: evidence(d),
	}
	if d.Verdict == compare.Same {
		row.Evidence = ""
	}
	row.Change, row.Interval = changeOf(d)
	return row
}

// CompareChart draws what changed before and after, the largest change of each verdict
// first; there is none where nothing did.
func CompareChart(c *compare.Comparison) (Chart, bool) {
	shown, _ := verdictGroups(c)
	var rows []Dumbbell
	for _, g := range shown {
		for _, d := range g.Deltas {
			if !d.Changed {
				continue
			}
			row := Dumbbell{
				Label: d.Scenario + "/" + d.Variant + " " + seriesOf(d),
				Base:  d.Base, Head: d.Head, Unit: string(d.Unit), Verdict: verdictName(d),
			}
			if d.Samples != compare.Totals && d.Low != nil && d.High != nil {
				row.Low, row.High = *d.Low, *d.High
			}
			rows = append(rows, row)
		}
	}
	title := plural(len(rows), "figure") + " changed"
	if len(rows) > maxDumbbells {
		title += fmt.Sprintf("; the first %d", maxDumbbells)
	}
	subtitle := "head to base, on a log scale"
	if modelled := modelledIn(c); modelled != "" {
		subtitle += "; " + modelled
	}
	return DumbbellChart("compare", title, subtitle, rows[:min(len(rows), maxDumbbells)])
}

// changedVariants are the scenarios and variants with any change, in the order of
// the runs.
func changedVariants(c *compare.Comparison) (names [][2]string) {
	for _, d := range c.Deltas {
		if name := [2]string{d.Scenario, d.Variant}; d.Changed && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// overlaid puts a variant of both runs side by side as if they were two variants of
// one scenario.
func overlaid(name [2]string, base, head *runfile.Run) (*Scenario, bool) {
	var out *Scenario
	for _, side := range []struct {
		name string
		run  *runfile.Run
	}{{"base", base}, {"head", head}} {
		for i := range side.run.Header.Scenarios {
			def := &side.run.Header.Scenarios[i]
			j := slices.IndexFunc(def.Variants, func(v runfile.VariantDef) bool { return v.Name == name[1] })
			if def.Name != name[0] || j < 0 {
				continue
			}
			v, ok := summariseVariant(side.run, i, j, newRepeats(len(def.Series)))
			if !ok {
				return nil, false
			}
			if out == nil {
				out = &Scenario{
					Name: name[0] + "/" + name[1], Pattern: def.Pattern, Clock: def.Clock, Driver: def.Driver,
					Load: def.Load, Latency: def.Latency(), def: def,
				}
			}
			v.Name = side.name
			out.Variants = append(out.Variants, v)
		}
	}
	return out, out != nil && len(out.Variants) == 2
}
