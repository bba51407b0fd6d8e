package report

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"regexp"
	"slices"
	"strings"

	"kvbench/internal/runfile"
)

//go:embed page.tmpl.html
var pageText string

var pageTemplate = template.Must(template.New("page").Parse(pageText))

// page is what report.html shows. It needs no network, no script and no other
// file.
type page struct {
	Title     string
	Facts     []fact
	Command   string
	Ended     string // how the run ended when it did not end well
	Warnings  []string
	N, Met    int // expectations
	Sources   []string
	Modelled  bool
	Virtual   bool
	Scenarios []section
}

// fact is a name and a value.
type fact struct{ Name, Value string }

// section is one scenario.
type section struct {
	*Scenario
	ID, Facts, Doc string
	Answer         []string // sentences, what matters most first
	Met, Unmet     []Expectation
	Warnings       []string
	Table, Details htmlTable
	Silent         string // marks that no variant has
	Figures        []htmlFigure
	YAML, Command  string
}

type htmlTable struct {
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

// asHTML writes a run as one page, with its charts in it.
func asHTML(s *Summary, run *runfile.Run, figures []figure) ([]byte, error) {
	h := &run.Header
	p := page{
		Title: "kvbench: " + h.File, Facts: headerFacts(h), Command: h.Command,
		Warnings: s.Warnings, Modelled: s.modelled(), Virtual: s.Clock == "virtual",
	}
	switch {
	case s.CutOff:
		p.Ended = "Cut off"
	case s.Interrupted:
		p.Ended = "Interrupted"
	}
	p.N, p.Met = s.expectations()
	ids := s.ids()
	for i := range s.Scenarios {
		scenario := &s.Scenarios[i]
		for _, source := range scenario.def.Traits.Sources {
			if !slices.Contains(p.Sources, source) {
				p.Sources = append(p.Sources, source)
			}
		}
		out := scenario.section(h)
		out.ID = "scenario-" + ids[i]
		for _, f := range figures {
			if f.scenario == i {
				// The chart is our own and escapes what it quotes.
				out.Figures = append(out.Figures, htmlFigure{f.Chart, template.HTML(f.svg)})
			}
		}
		p.Scenarios = append(p.Scenarios, out)
	}
	var out bytes.Buffer
	err := pageTemplate.Execute(&out, p)
	return out.Bytes(), err
}

// unitSpace is the space between a number and its unit, where no line may end.
var unitSpace = regexp.MustCompile(`(\d) (%|(?:ns|µs|ms|s|min|h)\b)`)

func (s *Scenario) section(h *runfile.Header) section {
	_, silent := s.watched()
	out := section{
		Scenario: s, Facts: s.facts(), Doc: s.def.PatternDoc,
		Warnings: s.warnings(), Silent: seriesNames(silent), YAML: strings.TrimSpace(s.def.YAML), Command: s.command(h),
	}
	for _, sentence := range s.sentences() {
		out.Answer = append(out.Answer, unitSpace.ReplaceAllString(sentence, "$1\u00a0$2"))
	}
	for _, e := range s.Expectations {
		if e.OK {
			out.Met = append(out.Met, e)
		} else {
			out.Unmet = append(out.Unmet, e)
		}
	}
	if len(s.Variants) > 0 {
		out.Table = s.table("The variants of "+s.Name+" side by side", s.columns())
		out.Details = s.table("More figures of "+s.Name, s.details())
	}
	return out
}

// table puts the variants side by side.
func (s *Scenario) table(caption string, columns []column) htmlTable {
	t := htmlTable{Caption: caption, Rows: make([]htmlRow, len(s.Variants))}
	for i, v := range s.Variants {
		t.Rows[i] = htmlRow{Name: v.Name, Doc: v.Doc}
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
	return slices.ContainsFunc(s.Scenarios, func(s Scenario) bool { return s.Modelled })
}
