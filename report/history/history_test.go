package history

import (
	"bytes"
	"html"
	"strings"
	"testing"

	"kvbench/internal/history"
	"kvbench/internal/metric"
	"kvbench/internal/result"
	"kvbench/internal/runfile"
	"kvbench/report/reporttest"
	"kvbench/report/reporttest/browser"

	"github.com/google/go-cmp/cmp"
)

// night is a run of one scenario of which every transaction took so long.
func night(t *testing.T, name, driver string, response int64, stale int) *runfile.Run {
	t.Helper()
	run := reporttest.MadeUp{
		Name: "s", Variants: []reporttest.Variant{{Name: "seed", P50: response, P99: response, Stale: reporttest.Sizes(stale, 1e9)}},
	}.Run(t)
	run.Path = "results/" + name + "/run.jsonl"
	run.Header.Scenarios[0].Driver = driver
	return run
}

func historyOf(t *testing.T, runs ...*runfile.Run) *history.History {
	t.Helper()
	var h history.History
	for _, r := range runs {
		set, err := result.Of(r)
		if err != nil {
			t.Fatal(err)
		}
		h.Add(set)
	}
	h.FindChanges()
	return &h
}

func textOf(t *testing.T, h *history.History) string {
	t.Helper()
	var out bytes.Buffer
	if err := Text(&out, h); err != nil {
		t.Fatal(err)
	}
	if err := reporttest.Text(out.Bytes()); err != nil {
		t.Errorf("on a terminal: %v", err)
	}
	return out.String()
}

func pageOf(t *testing.T, h *history.History) string {
	t.Helper()
	var out bytes.Buffer
	if err := HTML(&out, h); err != nil {
		t.Fatal(err)
	}
	if err := reporttest.File("history.html", out.Bytes()); err != nil {
		t.Error(err)
	}
	return out.String()
}

const ms = int64(1e6)

func TestText(t *testing.T) {
	const want = `2 runs, a to b
  s/seed  response.p50 (modelled)  1 ms → 2 ms (+100%) at b
  s/seed  response.p99 (modelled)  1 ms → 2 ms (+100%) at b
  s/seed  stale-read.share  0% → 3% at b
3 of 9 figures changed
`
	if diff := cmp.Diff(want, textOf(t, historyOf(t, night(t, "a", "x://", ms, 0), night(t, "b", "x://", 2*ms, 60)))); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff("no runs\n", textOf(t, historyOf(t))); diff != "" {
		t.Error(diff)
	}
}

// The page draws what changed, and escapes what it quotes.
func TestHTML(t *testing.T) {
	got := pageOf(t, historyOf(t, night(t, "<a>", "1://", ms, 0), night(t, "b", "2://", ms, 0), night(t, "c", "2://", 2*ms, 0)))
	for _, want := range []string{
		"2 of 9 figures changed over 3 runs; s was redefined, last in b", "1 ms → 2 ms (&#43;100%) at c", "From &lt;a&gt; to c",
		"response.p50 of s/seed over 3 runs; 1 ms → 2 ms (+100%) at c", "All 9 figures",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if n := strings.Count(got, "<svg "); n != 2 {
		t.Errorf("%d lines are drawn, want the two that changed", n)
	}
	for _, bad := range []string{"<a>", "<script", "src=", "https://"} {
		if strings.Contains(got, bad) {
			t.Errorf("the page holds %q", bad)
		}
	}
	// Where nothing changed, it shows all figures and draws none.
	got = pageOf(t, historyOf(t, night(t, "a", "", ms, 0), night(t, "b", "", ms, 0)))
	if !strings.Contains(got, "No figure changed over 2 runs<") || !strings.Contains(got, "<details open>") || strings.Contains(got, "<svg ") {
		t.Error("of what did not change the page shows something else")
	}
}

// A page of very many changes draws the latest, and lists all.
func TestManyChanges(t *testing.T) {
	var h history.History
	h.Runs = []string{"a", "b"}
	for range mostCharts + 5 {
		h.Lines = append(h.Lines, &history.Line{
			Scenario: "s", Variant: "v", Figure: "ops", Unit: metric.Count, Values: []*history.Value{{V: 1}, {V: 2}},
			Changes: []history.Step{{At: 1, Before: 1, After: 2}},
		})
	}
	got := pageOf(t, &h)
	if n := strings.Count(got, "<svg "); n != mostCharts {
		t.Errorf("%d charts", n)
	}
	if n := strings.Count(got, "<td>1 → 2"); n != 2*(mostCharts+5) {
		t.Errorf("%d changes are told", n)
	}
}

// A line of one run, with gaps, from nothing and of nothing can be drawn.
func TestChartsOfAnyLine(t *testing.T) {
	some := func(v float64) *history.Value { return &history.Value{V: v} }
	for name, values := range map[string][]*history.Value{
		"one": {some(1)}, "zeros": {some(0), some(0)}, "from none": {some(0), some(3)}, "gaps": {nil, some(2), nil, some(2), nil},
		"redefined": {some(1), {V: 9, Redefined: true}, some(9)}, "large": {some(1e-9), some(1e18)},
	} {
		h := &history.History{Runs: make([]string, len(values))}
		for i := range h.Runs {
			h.Runs[i] = "run"
		}
		l := &history.Line{Scenario: "s", Variant: "v", Figure: "ops", Unit: metric.Time, Values: values}
		if len(values) > 1 {
			l.Changes = []history.Step{{At: 1, Before: 0, After: 3}}
		}
		svg, err := chart(h, l).SVG()
		if err != nil {
			t.Fatal(err)
		}
		if err := reporttest.File("history.svg", svg); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What has to be known of the runs is said in both.
func TestWarns(t *testing.T) {
	old := night(t, "a", "", ms, 0)
	old.Warnings = []string{"It was <interrupted>."}
	h := historyOf(t, old, night(t, "b", "", ms, 0))
	const want = "a: It was <interrupted>."
	if got := textOf(t, h); !strings.HasSuffix(got, "\nWARNING "+want+"\n") {
		t.Errorf("the text does not warn:\n%s", got)
	}
	if got := pageOf(t, h); !strings.Contains(got, "Warning:</strong> "+html.EscapeString(want)) {
		t.Error("the page does not warn")
	}
}

// That nothing changed is not said of what can't be compared.
func TestSaysRedefined(t *testing.T) {
	same := historyOf(t, night(t, "a", "x", ms, 0), night(t, "b", "x", ms, 0))
	other := historyOf(t, night(t, "a", "x", ms, 0), night(t, "b", "y", 2*ms, 0), night(t, "c", "y", 2*ms, 0))
	for h, want := range map[*history.History]string{same: "figures changed\n", other: "figures changed; s was redefined, last in b\n"} {
		if got := textOf(t, h); !strings.HasSuffix(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
		if strings.Contains(pageOf(t, h), "s was redefined, last in b") != (h == other) {
			t.Errorf("the page of %q", want)
		}
	}
}

// What is modelled is called so, and nothing that was measured is.
func TestModelledIsSaid(t *testing.T) {
	for _, measured := range []bool{false, true} {
		runs := []*runfile.Run{night(t, "a", "", ms, 0), night(t, "b", "", ms, 0)}
		for _, run := range runs {
			run.Header.Scenarios[0].Capabilities.Modelled = !measured
			if measured {
				run.Header.Scenarios[0].Clock = "wall"
			}
		}
		h := historyOf(t, runs...)
		for _, l := range h.Lines {
			l.Changes = append(l.Changes, history.Step{At: 1, Before: 1e6, After: 2e6})
		}
		for name, got := range map[string]string{"text": textOf(t, h), "page": pageOf(t, h)} {
			if strings.Contains(got, "(modelled)") == measured {
				t.Errorf("the %s, measured %v:\n%s", name, measured, got)
			}
			if strings.Contains(got, "stale-read.share (modelled)") {
				t.Errorf("the %s calls an anomaly modelled", name)
			}
		}
	}
}

// Whatever run files hold, their history can be shown.
func TestHostileRuns(t *testing.T) {
	runs := []*runfile.Run{reporttest.HostileRun(t), reporttest.HostileRun(t)}
	for _, run := range runs {
		run.Header.Scenarios[0].Clock = "virtual"
	}
	for _, v := range runs[1].Variants {
		v.Total.Outcomes[0], v.Total.Outcomes[2] = v.Total.Outcomes[2], v.Total.Outcomes[0]
	}
	h := historyOf(t, runs...)
	if len(h.Changed()) == 0 {
		t.Error("nothing has changed")
	}
	textOf(t, h)
	if strings.Contains(pageOf(t, h), "<script") {
		t.Error("the page runs a script of a run file")
	}
}

// axe-core finds nothing serious on the page, and it fits a narrow screen.
func TestAccessible(t *testing.T) {
	b := browser.Open(t)
	h := historyOf(t, night(t, "20260101", "x://", ms, 0), night(t, "20260102", "x://", 2*ms, 60), night(t, "20260103", "y://", ms, 60), night(t, "20260104", "y://", ms, 70))
	h.Warnings = append(h.Warnings, "20260101: It was interrupted.")
	url := b.Serve([]byte(pageOf(t, h)), nil)
	const unfold = "for (const d of document.querySelectorAll('details')) d.open = true"
	for _, look := range []struct {
		scheme string
		width  int64
	}{{"light", 400}, {"light", 1440}, {"dark", 400}, {"dark", 1440}} {
		b.Accessible(url, "a history", look.scheme, look.width, unfold)
		b.Holds("nothing is wider than the screen", "document.documentElement.scrollWidth <= innerWidth")
		b.Screenshot("history-" + look.scheme)
	}
	b.Quiet()
}
