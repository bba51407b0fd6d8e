package report

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"slices"
	"strings"

	"kvbench/internal/runfile"

	"gonum.org/v1/plot/vg"
)

//go:embed page.tmpl.html
var pageText string

var pageTemplate = template.Must(template.New("page").Parse(pageText))

// page is what report.html shows. It needs no network and no other file, and
// can be read and printed without its script.
type page struct {
	pageStyle
	Title     string
	Facts     []fact
	Command   string
	Ended     string // how the run ended when it did not end well
	Warnings  []string
	N, Met    int // expectations
	Failed    []failed
	Warned    []*section // those with warnings of their own
	NWarned   int        // how many warnings these are
	Sources   []string
	Latency   string // what the scenarios' latencies are, in words
	Modelled  bool
	Virtual   bool
	Scenarios []*section
}

// failed is an expectation that was not met.
type failed struct {
	Expectation
	ID string // of its place in the page
}

// fact is a name and a value.
type fact struct{ Name, Value string }

// section is one scenario.
type section struct {
	*Scenario
	ID, Facts, Doc string
	First          bool     // of its pattern
	Answer, Also   [][]span // sentences, what matters most first
	Met            []Expectation
	Unmet          []failed
	Warnings       []string
	Table, Details htmlTable
	Silent         string // marks that no variant has
	Figures        [2]figureColumn
	YAML, Command  string
}

type htmlTable struct {
	ID      string
	Caption string
	Groups  []columnGroup
	Columns []fact // name and doc
	Rows    []htmlRow
	AnyBest bool
}

type columnGroup struct {
	Name string
	Span int
}

type htmlRow struct {
	Name, Doc string
	Class     string // its colour's
	Cells     []htmlCell
}

type htmlCell struct {
	Text, Note  string
	Best, First bool // the best of its column; the first of its group
}

type htmlFigure struct {
	Chart
	SVG template.HTML
}

// figureColumn is one of the two that charts stand in on a wide screen.
type figureColumn struct {
	Figures []pageFigure
	height  vg.Length
}

// captionHeight is about that of what stands below a chart.
const captionHeight vg.Length = 45

// addFigure adds a chart to the column that is less high.
func (s *section) addFigure(f pageFigure) {
	to := &s.Figures[0]
	if s.Figures[1].height < to.height {
		to = &s.Figures[1]
	}
	to.Figures, to.height = append(to.Figures, f), to.height+f.height+captionHeight
}

// pageFigure is a chart that tells its values.
type pageFigure struct {
	htmlFigure
	ID     string
	Values template.JS
}

// asHTML writes a run as one page, with its charts in it.
func asHTML(s *Summary, run *runfile.Run, figures []figure) ([]byte, error) {
	h := &run.Header
	p := page{
		pageStyle: style(), Title: "kvbench: " + h.File, Facts: headerFacts(h), Command: h.Command,
		Warnings: run.Warnings, Latency: s.latencies(), Modelled: s.modelled(), Virtual: s.Clock == "virtual",
	}
	switch {
	case s.CutOff:
		p.Ended = "Cut off"
	case s.Interrupted:
		p.Ended = "Interrupted"
	}
	p.N, p.Met = s.expectations()
	ids, pattern := s.ids(), ""
	for i := range s.Scenarios {
		scenario := &s.Scenarios[i]
		for _, source := range slices.Concat(scenario.def.Traits.Sources, scenario.def.Models) {
			if !slices.Contains(p.Sources, source) {
				p.Sources = append(p.Sources, source)
			}
		}
		out := scenario.section(h, ids[i])
		out.First, pattern = scenario.Pattern != pattern, scenario.Pattern
		p.Scenarios = append(p.Scenarios, out)
		p.Failed = append(p.Failed, out.Unmet...)
		if out.Warnings != nil {
			p.Warned = append(p.Warned, out)
			p.NWarned += len(out.Warnings)
		}
	}
	for _, f := range figures {
		to := p.Scenarios[f.scenario]
		// The chart is our own and escapes what it quotes, and its values are JSON in
		// which every < is escaped.
		svg := htmlFigure{f.Chart, template.HTML(f.svg)}
		to.addFigure(pageFigure{svg, "figure-" + ids[f.scenario] + "-" + f.Name, template.JS(f.values)})
	}
	var out bytes.Buffer
	err := pageTemplate.Execute(&out, p)
	return out.Bytes(), err
}

func (s *Scenario) section(h *runfile.Header, id string) *section {
	_, silent := s.watched()
	out := &section{
		Scenario: s, ID: "scenario-" + id, Facts: s.facts(), Doc: s.def.PatternDoc,
		Warnings: s.warnings(), Silent: seriesNames(silent), YAML: strings.TrimSpace(s.def.YAML), Command: s.command(h),
	}
	answer, also := s.answers()
	out.Answer, out.Also = s.spans(answer), s.spans(also)
	for i, e := range s.Expectations {
		if e.OK {
			out.Met = append(out.Met, e)
		} else {
			out.Unmet = append(out.Unmet, failed{e, fmt.Sprintf("expectation-%s-%d", id, i+1)})
		}
	}
	if len(s.Variants) > 0 {
		out.Table = s.table("table-"+id, "The variants of "+s.Name+" side by side", s.columns())
		out.Details = s.table("details-"+id, "More figures of "+s.Name, s.details())
	}
	return out
}

// table puts the variants side by side.
func (s *Scenario) table(id, caption string, columns []column) htmlTable {
	t := htmlTable{ID: id, Caption: caption, Rows: make([]htmlRow, len(s.Variants))}
	for i, v := range s.Variants {
		t.Rows[i] = htmlRow{Name: v.Name, Doc: v.Doc, Class: variantClass(i)}
	}
	for i, c := range columns {
		first := i == 0 || c.group != columns[i-1].group
		if first {
			t.Groups = append(t.Groups, columnGroup{Name: c.group})
		}
		t.Groups[len(t.Groups)-1].Span++
		t.Columns = append(t.Columns, fact{c.name, c.doc})
		for j, best := range c.best(s.Variants) {
			cell := c.cell(&s.Variants[j])
			t.Rows[j].Cells = append(t.Rows[j].Cells, htmlCell{Text: cell.text, Note: cell.note, Best: best, First: first})
			t.AnyBest = t.AnyBest || best
		}
	}
	return t
}

// command repeats the scenario alone, or where the run was already a part of
// its file, the run.
func (s *Scenario) command(h *runfile.Header) string {
	if h.Command == "" || len(h.Scenarios) == 1 || strings.Contains(h.Command, " --only ") {
		return h.Command
	}
	return h.Command + " --only " + s.Name
}

// headerFacts are what was run, where and when.
func headerFacts(h *runfile.Header) []fact {
	var out []fact
	for _, f := range []fact{
		{"Driver", h.Driver},
		{"Clock", h.Clock},
		{"Seed", fmt.Sprint(h.Seed)},
		{"kvbench", h.Version},
		{"Machine", strings.Join(slices.DeleteFunc([]string{
			h.Host, strings.Trim(h.OS+"/"+h.Arch, "/"), cpus(h.CPUs), h.Go,
		}, func(s string) bool { return s == "" }), ", ")},
		{"Started", h.Started},
	} {
		if f.Value != "" {
			out = append(out, f)
		}
	}
	return out
}

func cpus(n int) string {
	switch n {
	case 0:
		return ""
	case 1:
		return "1 CPU"
	}
	return fmt.Sprintf("%d CPUs", n)
}

// modelled reports whether the latency of any scenario is.
func (s *Summary) modelled() bool {
	return slices.ContainsFunc(s.Scenarios, func(s Scenario) bool { return s.Latency == runfile.Modelled })
}

// latencies say in words what those of the scenarios are, where they are not all
// alike each kind once.
func (s *Summary) latencies() string {
	var kinds []string
	for _, kind := range []runfile.Latency{runfile.Modelled, runfile.Measured, runfile.NotModelled} {
		if slices.ContainsFunc(s.Scenarios, func(s Scenario) bool { return s.Latency == kind }) {
			kinds = append(kinds, kind.Words())
		}
	}
	return strings.Join(kinds, ", ")
}
