// Package page writes a run as one page: a row a question, each of which opens to a card
// with the evidence. It needs no network and no other file, and can be read and printed
// without its script.
package page

import (
	"bytes"
	_ "embed"
	"html/template"
	"io"
	"slices"

	"kvbench/internal/answer"
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

// tally is how many of the questions have a kind of choice.
type tally struct {
	Class, Text string
	One         string // the text of one, where that is another
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
	if len(cards) == 1 {
		cards[0].Open = true
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
		{Class: take, Text: "take another variant", One: "takes another variant"},
		{Class: keep, Text: "keep the published pattern", One: "keeps the published pattern"},
		{Class: none, Text: "where none keeps the promise"},
		{Class: open, Text: "with nothing to choose"},
	} {
		for _, c := range cards {
			if c.Verdict.Class == t.Class {
				t.N++
			}
		}
		if t.N == 1 && t.One != "" {
			t.Text = t.One
		}
		if t.N > 0 {
			out = append(out, t)
		}
	}
	return out
}
