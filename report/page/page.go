// Package page writes a run as one page: a row a question, each of which opens to a card
// with the evidence. It needs no network and no other file, and can be read and printed
// without its script.
package page

import (
	"bytes"
	"cmp"
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"

	"kvbench/internal/answer"
	"kvbench/internal/expect"
	"kvbench/internal/printable"
	"kvbench/internal/runfile"
	"kvbench/report/chart"
)

var (
	//go:embed page.tmpl.html
	pageText string
	//go:embed card.tmpl.html
	cardText string

	pageTemplate = template.Must(template.Must(template.New("page").Parse(pageText)).Parse(cardText))
)

// page is what is shown.
type page struct {
	style
	Title     string
	Facts     []answer.Fact
	Ended     string // how the run ended where it did not end well
	Warnings  []string
	N, Met    int      // expectations
	Unmet     []unmet  // those that are seen at once
	More      []unmet  // the rest of those that were not met
	Warned    []*card  // with warnings of their own
	NWarned   int      // all warnings
	Latencies []string // what those of the scenarios are, each kind once
	Modelled  bool
	Virtual   bool
	Sources   []string
	Groups    []*group
	Tally     []tally
}

// unmet is an expectation that was not met.
type unmet struct {
	expect.Result
	ID string // of its place in the page
}

// tally is how many of the questions have a kind of choice.
type tally struct {
	Class, Text string
	N           int
}

// mostUnmet is how many of the expectations that were not met stand unfolded at the head.
const mostUnmet = 6

// Write writes the page of a run with its charts.
func Write(w io.Writer, a *answer.Answer, drawn []chart.Drawn) error {
	h := &a.Set.Run.Header
	p := page{
		style: styled(), Title: "kvbench: " + h.File, Facts: a.Facts(), Warnings: a.Warnings, NWarned: len(a.Warnings),
		N: a.Expected(), Modelled: a.Modelled(), Virtual: h.Clock == "virtual",
	}
	switch {
	case a.Set.Run.CutOff:
		p.Ended = "Cut off"
	case a.Set.Run.Interrupted:
		p.Ended = "Interrupted"
	}
	p.Met = p.N - len(a.Unmet())
	ids := a.IDs()
	var cards []*card
	for i := range a.Scenarios {
		c := cardOf(&a.Scenarios[i], h, ids[i])
		for _, d := range drawn {
			if d.Of == i {
				c.addChart(d)
			}
		}
		cards = append(cards, c)
		for _, source := range slices.Concat(c.Def.Capabilities.Sources, c.Def.Models) {
			if !slices.Contains(p.Sources, source) {
				p.Sources = append(p.Sources, source)
			}
		}
	}
	p.Groups = grouped(cards)
	for _, g := range p.Groups {
		for _, c := range g.Cards {
			p.Unmet = append(p.Unmet, c.Unmet...)
			if len(c.Warnings) > 0 {
				p.Warned = append(p.Warned, c)
				p.NWarned += len(c.Warnings)
			}
		}
	}
	if len(p.Unmet) > mostUnmet {
		p.Unmet, p.More = p.Unmet[:mostUnmet], p.Unmet[mostUnmet:]
	}
	p.Latencies, p.Tally = latencies(cards), tallied(cards)
	var out bytes.Buffer
	if err := pageTemplate.Execute(&out, p); err != nil {
		return err
	}
	_, err := io.WriteString(w, printable.Text(out.String()))
	return err
}

// latencies are what those of the scenarios are, in words.
func latencies(cards []*card) (out []string) {
	for _, kind := range []runfile.Latency{runfile.Modelled, runfile.Measured, runfile.NotModelled} {
		if slices.ContainsFunc(cards, func(c *card) bool { return c.Def.Latency() == kind }) {
			out = append(out, kind.Words())
		}
	}
	return out
}

// tallied counts the choices by their kind.
func tallied(cards []*card) (out []tally) {
	for _, t := range []tally{
		{Class: take, Text: "take another variant"},
		{Class: keep, Text: "keep the published pattern"},
		{Class: none, Text: "none keeps the promise"},
		{Class: open, Text: "nothing to choose"},
	} {
		for _, c := range cards {
			if c.Verdict.Class == t.Class {
				t.N++
			}
		}
		if t.N > 0 {
			out = append(out, t)
		}
	}
	return out
}

// group is the scenarios of one pattern.
type group struct {
	ID, Pattern, Doc string
	Differ           []differ
	Cards            []*card
}

// differ says of a variant that it is the choice of some scenarios of a pattern, and by
// what it breaks the promise of others.
type differ struct {
	Verdict verdict
	In      []*card
	Breaks  []breach
}

type breach struct {
	Variant, Says string
	Card          *card
}

// BrokenIn are the scenarios in which the choice breaks the promise.
func (d differ) BrokenIn() (out []string) {
	for _, b := range d.Breaks {
		if !slices.Contains(out, b.Card.Def.Name) {
			out = append(out, b.Card.Def.Name)
		}
	}
	return out
}

// grouped groups cards by pattern. What is not met comes first, then what warns, then all
// in the order of the file: the groups by the worst of their cards, and the cards of each.
func grouped(cards []*card) []*group {
	var out []*group
	for _, c := range cards {
		i := slices.IndexFunc(out, func(g *group) bool { return g.Pattern == c.Def.Pattern })
		if i < 0 {
			i = len(out)
			out = append(out, &group{ID: fmt.Sprintf("pattern-%d", i+1), Pattern: c.Def.Pattern, Doc: c.Def.PatternDoc})
		}
		out[i].Cards = append(out[i].Cards, c)
	}
	byWorst := func(a, b *card) int { return cmp.Compare(b.severity(), a.severity()) }
	for _, g := range out {
		g.Differ = differing(g.Cards)
		slices.SortStableFunc(g.Cards, byWorst)
	}
	slices.SortStableFunc(out, func(a, b *group) int { return byWorst(a.Cards[0], b.Cards[0]) })
	return out
}

// differing are the choices of the scenarios of a pattern; none where all choose alike.
func differing(cards []*card) []differ {
	var out []differ
	for _, c := range cards {
		if len(c.Verdict.Names) == 0 {
			continue
		}
		i := slices.IndexFunc(out, func(d differ) bool { return d.Verdict.key() == c.Verdict.key() })
		if i < 0 {
			i = len(out)
			out = append(out, differ{Verdict: c.Verdict})
		}
		out[i].In = append(out[i].In, c)
	}
	if len(out) < 2 {
		return nil
	}
	for i := range out {
		if out[i].Verdict.Class == none {
			continue
		}
		for _, n := range out[i].Verdict.Names {
			for _, c := range cards {
				if v := c.Variant(n.Name); v != nil && !c.Choice.Keeps(v) {
					out[i].Breaks = append(out[i].Breaks, breach{n.Name, strings.Join(c.Choice.Faults(v), ", "), c})
				}
			}
		}
	}
	return out
}
