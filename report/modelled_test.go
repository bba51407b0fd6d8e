package report

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

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
		page, err := CompareHTML(c, run, run)
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
		s.Modelled = modelled
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
