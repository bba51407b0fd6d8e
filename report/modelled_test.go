package report

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"kvbench/internal/compare"
	"kvbench/internal/metric"
	"kvbench/internal/record"
	"kvbench/internal/runfile"
)

// What is modelled is called so in everything that is written of it, and nothing
// that was measured is.
func TestModelledIsSaid(t *testing.T) {
	for _, measured := range []bool{false, true} {
		run := pageFixture{name: "x", measured: measured, variants: []fixtureVariant{{name: "seed", p50: 1e6, p99: 2e6}}}.run(t)
		for i := range run.Header.Scenarios[0].Variants {
			run.Header.Scenarios[0].Variants[i].Doc = ""
		}
		formats := []string{"html", "md", "csv", "benchfmt", "junit", "hlog", "json"}
		dir, files := write(t, run, formats...)
		if len(files) != len(formats) {
			t.Fatalf("%q", files)
		}
		texts := map[string]string{}
		for _, name := range []string{"report.html", "report.md", "report.csv", "report.bench.txt", "junit.xml", "report.hlog", "report.json"} {
			texts[name] = read(t, dir, name)
		}
		texts["report.html"] = texts["report.html"][strings.Index(texts["report.html"], "<body"):] // behind the style
		var out bytes.Buffer
		s := Summarise(run, nil)
		if err := Terminal(&out, &s, 100); err != nil {
			t.Fatal(err)
		}
		texts["terminal"] = out.String()

		h := historyOf(run, run)
		h.Lines[0].Changes = append(h.Lines[0].Changes, Step{At: 1, Before: 1e6, After: 2e6})
		out.Reset()
		if err := HistoryText(&out, h); err != nil {
			t.Fatal(err)
		}
		texts["history"] = out.String()
		out.Reset()
		if err := HistoryHTML(&out, h); err != nil {
			t.Fatal(err)
		}
		texts["history.html"] = out.String()

		c := comparison()
		for i := range c.Deltas {
			c.Deltas[i].Modelled = !measured && slices.Contains([]string{"get", "put", "response", "service"}, c.Deltas[i].Series)
		}
		out.Reset()
		if err := CompareTerminal(&out, c); err != nil {
			t.Fatal(err)
		}
		texts["compare"] = out.String()
		texts["compare.md"] = string(CompareMarkdown(c))
		page, err := CompareHTML(context.Background(), c, run, run)
		if err != nil {
			t.Fatal(err)
		}
		texts["compare.html"] = string(page)
		chart, _ := CompareChart(c)
		svg, err := chart.SVG()
		if err != nil {
			t.Fatal(err)
		}
		texts["compare.svg"] = string(svg)

		for name, text := range texts {
			if name == "report.json" {
				text = strings.ReplaceAll(text, `"modelled": false`, "")
			}
			if said := strings.Contains(text, "modelled"); said == measured {
				t.Errorf("%s, measured %v, says modelled: %v", name, measured, said)
			}
		}
	}
}

// A pattern that draws a latency of its own, such as an origin's, is modelled also where
// the store is measured on the wall clock.
func TestAModelledOriginIsSaidOnTheWallClock(t *testing.T) {
	for _, models := range [][]string{nil, {"the origin's latency is drawn"}} {
		run := pageFixture{name: "x", measured: true, variants: []fixtureVariant{{name: "seed", p50: 1e6, p99: 2e6}, {name: "other", p50: 2e6, p99: 9e6}}}.run(t)
		def := &run.Header.Scenarios[0]
		def.Models = models
		for i := range def.Variants {
			def.Variants[i].Doc = ""
		}
		for _, v := range run.Variants {
			v.Def = def
		}
		dir, _ := write(t, run, "html", "md", "csv", "benchfmt", "junit", "hlog", "json")
		texts := map[string]string{}
		for _, name := range []string{"report.html", "report.md", "report.csv", "report.bench.txt", "junit.xml", "report.hlog", "report.json"} {
			texts[name] = read(t, dir, name)
		}
		texts["report.html"] = texts["report.html"][strings.Index(texts["report.html"], "<body"):] // behind the style
		texts["report.json"] = strings.ReplaceAll(texts["report.json"], `"modelled": false`, "")
		var terminal, history bytes.Buffer
		s := Summarise(run, nil)
		h := historyOf(run, run)
		h.Lines[0].Changes = append(h.Lines[0].Changes, Step{At: 1, Before: 1e6, After: 2e6})
		if err := errors.Join(Terminal(&terminal, &s, 100), HistoryText(&history, h)); err != nil {
			t.Fatal(err)
		}
		texts["terminal"], texts["history"] = terminal.String(), history.String()
		for name, text := range texts {
			if said := strings.Contains(text, "modelled"); said != (models != nil) {
				t.Errorf("%s, of a pattern that draws %q, says modelled: %v", name, models, said)
			}
		}
		if models != nil && !strings.Contains(texts["report.html"], "the origin&#39;s latency is drawn") {
			t.Error("the page does not say what is drawn")
		}
		for _, c := range Charts(&s.Scenarios[0]) {
			svg, err := c.SVG()
			if err != nil {
				t.Fatal(err)
			}
			if said := strings.Contains(strings.ToLower(string(svg)), "modelled"); said != (models != nil) {
				t.Errorf("the chart %s, of a pattern that draws %q, says modelled: %v", c.Name, models, said)
			}
		}
	}
}

// Where no latency is modelled, everything that is written says so, and nothing
// gives a verdict on latency.
func TestNoLatencyModelled(t *testing.T) {
	run := pageFixture{name: "x", measured: true, variants: []fixtureVariant{{name: "seed", p50: 0, p99: 0}, {name: "other", p50: 0, p99: 0}}}.run(t)
	for i := range run.Header.Scenarios[0].Variants {
		run.Header.Scenarios[0].Variants[i].Doc = ""
	}
	run.Header.Scenarios[0].Clock = "virtual"
	for _, v := range run.Variants {
		v.Def = &run.Header.Scenarios[0]
	}
	dir, _ := write(t, run, "html", "md", "csv", "benchfmt", "junit", "hlog", "json")
	texts := map[string]string{}
	for _, name := range []string{"report.html", "report.md", "report.csv", "report.bench.txt", "junit.xml", "report.hlog", "report.json"} {
		texts[name] = read(t, dir, name)
	}
	texts["report.html"] = texts["report.html"][strings.Index(texts["report.html"], "<body"):] // behind the style
	var out bytes.Buffer
	s := Summarise(run, nil)
	if err := Terminal(&out, &s, 100); err != nil {
		t.Fatal(err)
	}
	texts["terminal"] = out.String()
	c, err := compare.Compare(run, run, compare.Options{Smallest: compare.DefaultSmallest, Alpha: compare.DefaultAlpha})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range c.Deltas {
		if d.Unit == "ns" && d.Statistic != "share" && slices.ContainsFunc(record.Standard(), func(s record.Series) bool { return s.Name == d.Series }) {
			t.Errorf("a verdict on %s %s: %s", d.Series, d.Statistic, d.Verdict)
		}
	}
	out.Reset()
	if err := CompareTerminal(&out, c); err != nil {
		t.Fatal(err)
	}
	texts["compare"] = out.String()
	texts["compare.md"] = string(CompareMarkdown(c))
	for name, text := range texts {
		if !strings.Contains(strings.ToLower(text), "no latency modelled") {
			t.Errorf("%s does not say that no latency is modelled:\n%.2000s", name, text)
		}
		for _, verdict := range []string{"measured latency", "o difference at p99", "at p99", "p99 0 ns", "p99-ns", "faster", "latency\": \"measured"} {
			if strings.Contains(text, verdict) {
				t.Errorf("%s gives a verdict on latency: %q", name, verdict)
			}
		}
	}
	for _, l := range historyOf(run, run).Lines {
		if strings.HasPrefix(l.Figure, "response") {
			t.Errorf("the history has a line of %s", l.Figure)
		}
	}
	for _, chart := range Charts(&s.Scenarios[0]) {
		if chart.Name == "latency" || chart.Name == "timeline" {
			t.Errorf("there is a chart of %s", chart.Name)
		}
	}
	if s.Scenarios[0].Latency != runfile.NotModelled || s.Scenarios[0].Modelled {
		t.Errorf("the summary says %q, modelled %v", s.Scenarios[0].Latency, s.Scenarios[0].Modelled)
	}
}

// An expectation of a latency is not met where none is modelled: 0 ns is no answer.
func TestNoLatencyIsNotExpected(t *testing.T) {
	run := pageFixture{name: "x", measured: true, asks: []string{"seed.response.p99 < 1s", "seed.ops < 100"}, variants: []fixtureVariant{{name: "seed", p50: 0, p99: 0}}}.run(t)
	for clock, want := range map[string]string{"wall": "0s", "virtual": "no latency modelled"} {
		run.Header.Scenarios[0].Clock = clock
		for _, v := range run.Variants {
			v.Def = &run.Header.Scenarios[0]
		}
		results, err := compare.Evaluate(run)
		if err != nil || len(results) != 2 {
			t.Fatal(results, err)
		}
		if results[0].OK != (clock == "wall") || !results[1].OK || results[0].Have != want {
			t.Errorf("%s: got %+v", clock, results)
		}
	}
}

// A choice between a variant that is wrong and one that is dearer is told by the
// price where no latency is modelled.
func TestTradeOffWithoutLatency(t *testing.T) {
	s := Scenario{Name: "x", Latency: runfile.NotModelled, def: &runfile.Definition{
		Series: append(record.Standard(), record.Series{Name: "stale", Unit: "ns", Of: "response", Doc: "a stale read", Mark: true}),
	}}
	for _, v := range []struct {
		name  string
		usd   float64
		stale float64
	}{{"seed", 0.5, 0.2}, {"fresh", 1, 0}} {
		s.Variants = append(s.Variants, Variant{
			Name: v.name, Complete: true, Transactions: 2000, USD: v.usd, Outcomes: map[string]uint64{},
			Series: map[string]Stats{"stale": {Unit: "ns", Of: "response", Count: uint64(2000 * v.stale), Share: metric.Of(v.stale), Max: 1e9}},
		})
	}
	const want = "Beside fresh seed costs 50 % less (no latency modelled), but has stale in 20 % of transactions (up to 1 s); fresh has none."
	if got := s.answer(); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// Where one of two scenarios is modelled, it is named.
func TestModelledIn(t *testing.T) {
	c := comparison()
	if got := modelledIn(c); got != "" {
		t.Errorf("measured: %q", got)
	}
	c.Deltas[2].Modelled = true
	if got := modelledIn(c); got != "latencies are modelled" {
		t.Errorf("all: %q", got)
	}
	other := c.Deltas[2]
	other.Scenario, other.Modelled = "measured", false
	c.Deltas = append(c.Deltas, other)
	if got := modelledIn(c); got != "latencies are modelled in s" {
		t.Errorf("one: %q", got)
	}
	for _, name := range []string{"a", "b", "c", "d"} {
		other.Scenario, other.Modelled = name, true
		c.Deltas = append(c.Deltas, other)
	}
	if got := modelledIn(c); got != "latencies are modelled in 5 scenarios" {
		t.Errorf("five: %q", got)
	}
}

// A history's line is modelled when a run's was; a mark's is not.
func TestHistoryModelled(t *testing.T) {
	was, is := night("a", "virtual", "", time.Millisecond, 1), night("b", "virtual", "", time.Millisecond, 1)
	was.Header.Scenarios[0].Traits.Modelled = true
	for _, v := range was.Variants {
		v.Def = &was.Header.Scenarios[0]
	}
	for _, l := range historyOf([]*runfile.Run{was, is}...).Lines {
		if want := strings.HasPrefix(l.Figure, "response "); l.Modelled != want || strings.HasSuffix(l.label(), " (modelled)") != want {
			t.Errorf("%s: modelled %v", l.label(), l.Modelled)
		}
	}
}

// A chart is pasted where nothing else says what it rests on.
func TestEveryChartSaysModelled(t *testing.T) {
	for _, modelled := range []bool{true, false} {
		s := tiers(t)
		s.Latency = map[bool]runfile.Latency{true: runfile.Modelled, false: runfile.Measured}[modelled]
		for _, c := range Charts(s) {
			svg, err := c.SVG()
			if err != nil {
				t.Fatal(err)
			}
			if says := strings.Contains(strings.ToLower(string(svg)), "modelled"); says != modelled {
				t.Errorf("%s says modelled: %v, want %v", c.Name, says, modelled)
			}
		}
	}
}
