package runfile_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"kvbench/internal/load"
	"kvbench/internal/runfile"
)

// searching is a run file of a search with two steps, the second of which runs twice.
func searching(t *testing.T) []byte {
	t.Helper()
	h := header()
	h.Scenarios[0].Find = &runfile.Find{While: []string{"errors < 1%"}, From: load.PerSecond(10), To: load.PerSecond(80), Within: 0.05}
	h.Scenarios[0].Workload = &runfile.Workload{Isolates: 3}
	h.Scenarios[0].Repeats = 1
	var out bytes.Buffer
	w, err := runfile.NewWriter(&out, h, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		rate   uint64
		repeat int
	}{{10, 0}, {20, 0}, {20, runfile.FindTries}} {
		rate := load.PerSecond(step.rate)
		s := runfile.Step{Words: "for people", Load: runfile.Load{Rate: &rate, Arrivals: "poisson", Duration: time.Second}}
		v := w.Variant(0, 0, step.repeat, s.Point()...)
		for _, err := range []error{
			v.BeginStep(s),
			v.Interval(interval(0, time.Second, 3)),
			v.End(&runfile.Variant{Total: interval(0, time.Second, 3), Complete: true}),
		} {
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := w.Close(false); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// The steps of a search are points of its scenario, from the lines that begin them.
func TestSteps(t *testing.T) {
	run, err := runfile.Read("x", bytes.NewReader(searching(t)))
	if err != nil {
		t.Fatal(err)
	}
	points := run.Header.Scenarios[0].Points
	if len(points) != 2 || points[1].Rate != 20 || points[1].Workload.Isolates != 3 || points[1].Load != "for people" {
		t.Errorf("%+v", points)
	}
	if v := run.Variants[2]; len(run.Variants) != 3 || v.Def.Rate != 20 || v.Repeat != runfile.FindTries || v.Point[0].Name != "load.rate" {
		t.Errorf("%+v", run.Variants)
	}
}

// What a kill leaves is read, with the steps that had begun.
func TestStepsCutOff(t *testing.T) {
	whole := searching(t)
	for n := range whole {
		run, err := runfile.Read("x", bytes.NewReader(whole[:n]))
		if n <= bytes.IndexByte(whole, '\n') {
			continue // in the header
		}
		if err != nil {
			t.Fatalf("%d bytes: %v", n, err)
		}
		begun := strings.Count(string(whole[:n]), `"begin"`)
		if len(run.Variants) > begun || !run.CutOff && n < len(whole)-1 {
			t.Errorf("%d bytes: %d runs of %d", n, len(run.Variants), begun)
		}
	}
}

// Steps that no search has are refused.
func TestWrongSteps(t *testing.T) {
	plain := unsealed(searching(t))
	for name, test := range map[string]struct{ old, now, want string }{
		"of another rate":    {`"step":{"words":"for people","load":{"rate":{"count":10`, `"step":{"words":"for people","load":{"rate":{"count":11`, "its step has another rate"},
		"without a rate":     {`"load":{"rate":{"count":10,"per_ns":1000000000},`, `"load":{`, "a step without an arrival rate"},
		"without a step":     {`"begin":{"step":{"words":"for people","load":{"rate":{"count":10,"per_ns":1000000000},"arrivals":"poisson","duration_ns":1000000000}}}`, `"begin":{}`, "the header has no point"},
		"without a search":   {`"find":{`, `"fond":{`, "and the scenario has none"},
		"of a wrong search":  {`"within":0.05`, `"within":0`, "a search within 0"},
		"of too many times":  {`"repeat":16`, `"repeat":32`, "the header has 32 repeats"},
		"of a rate too high": {`"from":{"count":10,"per_ns":1000000000}`, `"from":{"count":10,"per_ns":0}`, "want rates above 0"},
	} {
		text := strings.Join(plain, "\n")
		changed := strings.ReplaceAll(text, test.old, test.now)
		if changed == text {
			t.Fatalf("%s: no %s in %s", name, test.old, text)
		}
		_, err := runfile.Read("x", strings.NewReader(sealed(strings.Split(changed, "\n")...)))
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %s", name, err, test.want)
		}
	}
}
