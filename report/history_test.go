package report

import (
	"bytes"
	"errors"
	"fmt"
	"html"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kvbench/internal/record"
	"kvbench/internal/runfile"
	"kvbench/kv"

	"github.com/google/go-cmp/cmp"
)

// night is a run of one scenario with one variant, whose transactions all took
// the same time.
func night(name, clock, yaml string, response time.Duration, stale int64) *runfile.Run {
	mark := record.Series{Name: "stale", Unit: "ns", Of: "response"}
	series := append(record.Standard(), mark)
	def := runfile.Definition{
		Name: "s", Clock: clock, Outcomes: []string{"ok"}, Series: series, YAML: yaml, Repeats: 1,
		Variants: []runfile.VariantDef{{Name: "seed"}}, Traits: kv.Traits{Modelled: clock == "virtual"},
	}
	total := runfile.Interval{To: time.Second, Snapshot: record.Snapshot{Outcomes: []uint64{100}}}
	total.Histograms = make([]*record.Histogram, len(series))
	observe := func(i int, v time.Duration, n int64) {
		total.Histograms[i] = record.NewTotal()
		total.Histograms[i].Record(int64(v), n)
	}
	observe(record.Response, response, 100)
	observe(record.FirstMark, time.Second, stale)
	return &runfile.Run{
		Path:   filepath.Join("results", name, runfile.FileName),
		Header: runfile.Header{Clock: clock, Seed: 1, Scenarios: []runfile.Definition{def}},
		Variants: []*runfile.Variant{{
			Def: &def, Name: "seed", Total: total, Complete: true,
		}},
	}
}

func historyOf(runs ...*runfile.Run) *History {
	var h History
	for _, r := range runs {
		h.Add(r)
	}
	h.FindChanges()
	return &h
}

// changes are a history's changes in words.
func changes(h *History) []string {
	var out []string
	for _, l := range h.changed() {
		for _, s := range l.Changes {
			out = append(out, fmt.Sprintf("%s %s %s at %d", l.Figure, l.format(s.Before), l.format(s.After), s.At))
		}
	}
	return out
}

func TestHistory(t *testing.T) {
	wall := func(times ...time.Duration) (runs []*runfile.Run) {
		for i, d := range times {
			runs = append(runs, night(fmt.Sprint("n", i), "wall", "", d, 0))
		}
		return runs
	}
	ms := time.Millisecond
	for _, tt := range []struct {
		name string
		runs []*runfile.Run
		want []string
	}{
		{name: "none"},
		{
			"in virtual time any difference is real",
			[]*runfile.Run{night("a", "virtual", "", ms, 0), night("b", "virtual", "", ms, 1), night("c", "virtual", "", ms, 1)},
			[]string{"stale 0 1 % at 1"},
		},
		{
			"another definition is no change",
			[]*runfile.Run{night("a", "virtual", "old", ms, 0), night("b", "virtual", "new", ms, 1), night("c", "virtual", "new", ms, 1)},
			nil,
		},
		{
			"on the wall clock a level has to stay",
			wall(ms, ms, ms, ms, ms, ms, ms, ms, 2*ms, ms, ms, ms, ms, ms, ms),
			nil,
		},
		{
			"on the wall clock a level that stays",
			wall(ms, ms, ms, ms, ms, ms, ms, ms, 2*ms, 2*ms, 2*ms, 2*ms, 2*ms, 2*ms, 2*ms, 2*ms),
			[]string{"response p50 1 ms 2 ms at 8", "response p99 1 ms 2 ms at 8"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, changes(historyOf(tt.runs...))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A variant that a run lacks, or that did not end, leaves a gap.
func TestHistoryHasGaps(t *testing.T) {
	cut := night("b", "virtual", "", time.Millisecond, 7)
	cut.Variants[0].Complete = false
	h := historyOf(night("a", "virtual", "", time.Millisecond, 0), cut, night("c", "virtual", "", time.Millisecond, 0))
	for _, l := range h.Lines {
		if l.Values[0] == nil || l.Values[1] != nil || l.Values[2] == nil || len(l.Changes) > 0 {
			t.Errorf("%s: %v, changes %v", l.Figure, l.Values, l.Changes)
		}
	}
}

// What has to be known of a run is said once, of those that it is about: as that nothing
// tells whether a file of format 1 is as it was written.
func TestHistoryWarns(t *testing.T) {
	var runs []*runfile.Run
	for i := range 5 {
		run := night(fmt.Sprint("n", i), "virtual", "", time.Millisecond, 0)
		if i < 4 {
			run.Warnings = append(run.Warnings, "The file is old.")
		}
		if i == 2 {
			run.Warnings = append(run.Warnings, "It was <interrupted>.")
		}
		runs = append(runs, run)
	}
	h := historyOf(runs...)
	want := []string{"4 runs, the last of them n3: The file is old.", "n2: It was <interrupted>."}
	if diff := cmp.Diff(want, h.Warnings); diff != "" {
		t.Error(diff)
	}
	var text, page bytes.Buffer
	if err := errors.Join(HistoryText(&text, h), HistoryHTML(&page, h)); err != nil {
		t.Fatal(err)
	}
	for _, w := range want {
		if !strings.Contains(text.String(), "WARNING "+w+"\n") {
			t.Errorf("the text does not say %q:\n%s", w, &text)
		}
		if !strings.Contains(page.String(), "Warning:</strong> "+html.EscapeString(w)) {
			t.Errorf("the page does not say %q", w)
		}
	}
	if h := historyOf(runs[4]); h.Warnings == nil || len(h.Warnings) > 0 {
		t.Errorf("of a run that needs none: %#v", h.Warnings)
	}
}

func TestHistoryText(t *testing.T) {
	var out bytes.Buffer
	h := historyOf(night("a", "virtual", "", time.Millisecond, 0), night("b", "virtual", "", 2*time.Millisecond, 3))
	if err := HistoryText(&out, h); err != nil {
		t.Fatal(err)
	}
	const want = `2 runs, a to b
  s/seed  response p50 (modelled)  1 ms → 2 ms (+100 %)  at b
  s/seed  response p99 (modelled)  1 ms → 2 ms (+100 %)  at b
  s/seed  stale  0 → 3 %  at b
3 of 6 figures changed
`
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Error(diff)
	}
}

func TestHistoryHTML(t *testing.T) {
	var out bytes.Buffer
	h := historyOf(night("<a>", "virtual", "1", time.Millisecond, 0), night("b", "virtual", "2", time.Millisecond, 0), night("c", "virtual", "2", 2*time.Millisecond, 0))
	if err := HistoryHTML(&out, h); err != nil {
		t.Fatal(err)
	}
	page := out.String()
	for _, want := range []string{
		"2 of 6 figures changed over 3 runs", `class="step"`, `class="redefined"`, "1 ms → 2 ms &#43;100 % at c", "&lt;a&gt;: 1 ms",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	if strings.Contains(page, "<a>:") {
		t.Error("a name is not escaped")
	}
}

// That nothing changed is not said of what can't be compared.
func TestHistorySaysRedefined(t *testing.T) {
	same := historyOf(night("a", "virtual", "x", 1e6, 0), night("b", "virtual", "x", 1e6, 0))
	other := historyOf(night("a", "virtual", "x", 1e6, 0), night("b", "virtual", "y", 2e6, 0), night("c", "virtual", "y", 2e6, 0))
	for h, want := range map[*History]string{same: "figures changed\n", other: "figures changed; s was redefined, last in b\n"} {
		var text, page strings.Builder
		if err := HistoryText(&text, h); err != nil || !strings.HasSuffix(text.String(), want) {
			t.Errorf("%v, got %q, want %q", err, text.String(), want)
		}
		if err := HistoryHTML(&page, h); err != nil || strings.Contains(page.String(), "s was redefined, last in b") != (h == other) {
			t.Errorf("%v, %s", err, page.String())
		}
	}
}

// Of what is a size alone the history has the size, not only how often it was taken.
func TestHistoryOfSizes(t *testing.T) {
	gauge := func(name string, stale int64) *runfile.Run {
		run := night(name, "virtual", "x", 1e6, stale)
		run.Header.Scenarios[0].Series[record.FirstMark] = record.Series{Name: "pages", Unit: "ns"}
		return run
	}
	var got []string
	for _, l := range historyOf(gauge("a", 3), gauge("b", 3)).Lines {
		if strings.HasPrefix(l.Figure, "pages") {
			got = append(got, l.Figure+" "+l.format(l.Values[1].V))
		}
	}
	if diff := cmp.Diff([]string{"pages count 3", "pages p50 1 s"}, got); diff != "" {
		t.Error(diff)
	}
}
