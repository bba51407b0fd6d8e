package history

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kvbench/internal/record"
	"kvbench/internal/result"
	"kvbench/internal/runfile"
	"kvbench/kv"

	"github.com/google/go-cmp/cmp"
)

// night is a run of one scenario with one variant, whose transactions all took
// the same time.
func night(name, clock, yaml string, response time.Duration, stale int64) *runfile.Run {
	mark := record.Series{Name: "stale", Unit: "ns", Of: "response", Mark: true}
	series := append(record.Standard(), mark)
	def := runfile.Definition{
		Name: "s", Clock: clock, Outcomes: []string{"ok"}, Series: series, YAML: yaml, Repeats: 1,
		Variants: []runfile.VariantDef{{Name: "seed"}}, Capabilities: kv.Capabilities{Modelled: clock == "virtual"},
	}
	total := runfile.Interval{To: time.Second, Snapshot: record.Snapshot{Outcomes: []uint64{100}}}
	total.Histograms = make([]*record.Histogram, len(series))
	observe := func(i int, v time.Duration, n int64) {
		total.Histograms[i] = record.NewTotal()
		total.Histograms[i].Record(int64(v), n)
	}
	observe(record.Response, response, 100)
	if stale > 0 {
		observe(record.FirstMark, time.Second, stale)
	}
	run := &runfile.Run{
		Path:     filepath.Join("results", name, runfile.FileName),
		Header:   runfile.Header{Clock: clock, Seed: 1, Scenarios: []runfile.Definition{def}},
		Variants: []*runfile.Variant{{Name: "seed", Total: total, Complete: true}},
	}
	run.Variants[0].Def = &run.Header.Scenarios[0]
	return run
}

func historyOf(t *testing.T, runs ...*runfile.Run) *History {
	t.Helper()
	var h History
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

// changes are a history's changes in words.
func changes(h *History) []string {
	var out []string
	for _, l := range h.Changed() {
		for _, s := range l.Changes {
			out = append(out, fmt.Sprintf("%s %s %s at %d", l.Figure, l.Unit.Format(s.Before), l.Unit.Format(s.After), s.At))
		}
	}
	return out
}

// named is the line of a figure.
func named(t *testing.T, h *History, figure string) *Line {
	t.Helper()
	for _, l := range h.Lines {
		if l.Figure == figure {
			return l
		}
	}
	t.Fatalf("no line of %s", figure)
	return nil
}

func TestHistory(t *testing.T) {
	wall := func(times ...time.Duration) (runs []*runfile.Run) {
		for i, d := range times {
			runs = append(runs, night(fmt.Sprint("n", i), "wall", "", d, 0))
		}
		return runs
	}
	seeded := func(run *runfile.Run, seed uint64) *runfile.Run {
		run.Header.Seed = seed
		return run
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
			[]string{"stale.share 0% 1% at 1"},
		},
		{
			"the latest change comes first",
			[]*runfile.Run{night("a", "virtual", "", ms, 0), night("b", "virtual", "", 2*ms, 0), night("c", "virtual", "", 2*ms, 1)},
			[]string{"stale.share 0% 1% at 2", "response.p50 1 ms 2 ms at 1", "response.p99 1 ms 2 ms at 1"},
		},
		{
			"another definition is no change",
			[]*runfile.Run{night("a", "virtual", "old", ms, 0), night("b", "virtual", "new", ms, 1), night("c", "virtual", "new", ms, 1)},
			nil,
		},
		{
			"nor is another seed",
			[]*runfile.Run{night("a", "virtual", "", ms, 0), seeded(night("b", "virtual", "", ms, 1), 2)},
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
			[]string{"response.p50 1 ms 2 ms at 8", "response.p99 1 ms 2 ms at 8"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, changes(historyOf(t, tt.runs...))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A variant that a run lacks, or that did not end, leaves a gap; a scenario that is new
// has none before it began.
func TestHistoryHasGaps(t *testing.T) {
	cut := night("b", "virtual", "", time.Millisecond, 7)
	cut.Variants[0].Complete = false
	other := night("c", "virtual", "", time.Millisecond, 0)
	other.Header.Scenarios[0].Name = "new"
	h := historyOf(t, night("a", "virtual", "", time.Millisecond, 0), cut, other, night("d", "virtual", "", time.Millisecond, 0))
	want := map[string][]bool{"s": {true, false, false, true}, "new": {false, false, true, false}}
	for _, l := range h.Lines {
		has := make([]bool, len(l.Values))
		for i, v := range l.Values {
			has[i] = v != nil
		}
		if diff := cmp.Diff(want[l.Scenario], has); diff != "" || len(l.Changes) > 0 {
			t.Errorf("%s %s: %s changes %v", l.Scenario, l.Figure, diff, l.Changes)
		}
	}
	if len(h.Lines) < 8 {
		t.Errorf("%d lines", len(h.Lines))
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
			run.Warnings = append(run.Warnings, "It was interrupted.")
		}
		runs = append(runs, run)
	}
	want := []string{"4 runs, the last of them n3: The file is old.", "n2: It was interrupted."}
	if diff := cmp.Diff(want, historyOf(t, runs...).Warnings); diff != "" {
		t.Error(diff)
	}
	if h := historyOf(t, runs[4]); h.Warnings == nil || len(h.Warnings) > 0 {
		t.Errorf("of a run that needs none: %#v", h.Warnings)
	}
}

// The scenarios that were not the same in all runs are known, and the last run in which
// one was not.
func TestHistoryOfRedefined(t *testing.T) {
	h := historyOf(t, night("a", "virtual", "x", 1e6, 0), night("b", "virtual", "x", 1e6, 0))
	if names, _ := h.Redefined(); names != nil {
		t.Errorf("%q were redefined", names)
	}
	h = historyOf(t, night("a", "virtual", "x", 1e6, 0), night("b", "virtual", "y", 2e6, 0), night("c", "virtual", "y", 2e6, 0))
	if names, last := h.Redefined(); len(names) != 1 || names[0] != "s" || last != 1 {
		t.Errorf("%q were redefined, last in %d", names, last)
	}
	for i, v := range named(t, h, "response.p50").Values {
		if v.Redefined != (i == 1) {
			t.Errorf("run %d redefined: %v", i, v.Redefined)
		}
	}
}

// Of what is a size alone the history has the size, not only how often it was taken.
func TestHistoryOfSizes(t *testing.T) {
	gauge := func(name string, pages int64) *runfile.Run {
		run := night(name, "virtual", "x", 1e6, pages)
		run.Header.Scenarios[0].Series[record.FirstMark] = record.Series{Name: "pages", Unit: "ns", Mark: true}
		return run
	}
	h := historyOf(t, gauge("a", 3), gauge("b", 5))
	var got []string
	for _, l := range h.Lines {
		if strings.HasPrefix(l.Figure, "pages") {
			got = append(got, l.Figure+" "+l.Unit.Format(l.Values[1].V))
		}
	}
	if diff := cmp.Diff([]string{"pages.count 5", "pages.p50 1 s"}, got); diff != "" {
		t.Error(diff)
	}
}

// A line is modelled when it is a latency and a run's was; that of an anomaly is not. Where
// no latency is modelled there is no line of it.
func TestHistoryModelled(t *testing.T) {
	was, is := night("a", "virtual", "", time.Millisecond, 1), night("b", "wall", "", time.Millisecond, 1)
	for _, l := range historyOf(t, was, is).Lines {
		if want := strings.HasPrefix(l.Figure, "response."); l.Modelled != want {
			t.Errorf("%s: modelled %v", l.Figure, l.Modelled)
		}
	}
	named(t, historyOf(t, is), "response.p50")
	for _, l := range historyOf(t, is).Lines {
		if l.Modelled {
			t.Errorf("%s was measured", l.Figure)
		}
	}
	none := night("c", "virtual", "", 0, 1)
	none.Header.Scenarios[0].Capabilities.Modelled = false
	for _, l := range historyOf(t, none).Lines {
		if strings.HasPrefix(l.Figure, "response") {
			t.Errorf("there is a line of %s", l.Figure)
		}
	}
}

// On the wall clock in one run at least nothing is exact.
func TestHistoryIsExactInVirtualTimeAlone(t *testing.T) {
	virtual, wall := night("a", "virtual", "", 1e6, 0), night("b", "wall", "", 2e6, 0)
	for want, h := range map[bool]*History{true: historyOf(t, virtual, virtual), false: historyOf(t, virtual, wall)} {
		if l := named(t, h, "response.p50"); l.Exact != want {
			t.Errorf("exact: %v, want %v", l.Exact, want)
		}
	}
}
