package report

import (
	"regexp"
	"strings"
	"testing"

	"kvbench/internal/runfile"
)

// texts are all that is written of a run, and what a terminal shows of it, by name: each
// chart too, which is pasted where nothing else says what it rests on.
func texts(t *testing.T, run *runfile.Run) map[string]string {
	t.Helper()
	for i := range run.Header.Scenarios[0].Variants {
		run.Header.Scenarios[0].Variants[i].Doc = ""
	}
	dir, files := write(t, run, "html", "md", "csv", "benchfmt", "junit", "hlog", "json", "svg")
	out := map[string]string{}
	for _, name := range files {
		out[name] = read(t, dir, name)
	}
	_, out["report.html"], _ = strings.Cut(out["report.html"], "<body") // behind the style
	a := answerOf(t, run)
	for name, verbose := range map[string]bool{"terminal": false, "terminal --verbose": true} {
		out[name] = terminalOf(t, a, 80, verbose)
	}
	if len(out) < 12 {
		t.Fatalf("only %q", files)
	}
	return out
}

// saysModelled reports whether a text says that something is.
func saysModelled(text string) bool {
	text = strings.NewReplacer(`"modelled": false`, "", "no latency modelled", "").Replace(text)
	return strings.Contains(strings.ToLower(text), "modelled")
}

// What is modelled is called so in everything that is written of it, and nothing that was
// measured is.
func TestModelledIsSaid(t *testing.T) {
	for _, measured := range []bool{false, true} {
		f := pair()
		f.Measured = measured
		for name, text := range texts(t, f.Run(t)) {
			if said := saysModelled(text); said == measured {
				t.Errorf("%s, measured %v, says modelled: %v", name, measured, said)
			}
		}
	}
}

// A pattern that draws a latency of its own, such as an origin's, is modelled also where
// the store is measured on the wall clock.
func TestAModelledOriginIsSaidOnTheWallClock(t *testing.T) {
	f := pair()
	f.Measured = true
	run := f.Run(t)
	run.Header.Scenarios[0].Models = []string{"the origin's latency is drawn"}
	all := texts(t, run)
	for name, text := range all {
		if !saysModelled(text) {
			t.Errorf("%s does not say that anything is modelled", name)
		}
	}
	if !strings.Contains(all["report.html"], "the origin&#39;s latency is drawn") {
		t.Error("the page does not say what is drawn")
	}
}

// noTime is a latency as it is shown that is no more than that nothing was waited for.
var noTime = regexp.MustCompile(`\b0 s\b`)

// Where no latency is modelled, everything that is written says so, and nothing gives one.
func TestNoLatencyModelled(t *testing.T) {
	f := pair()
	f.Measured, f.Choose.Prefer = true, []string{"usd-per-million"}
	f.Variants[0].P50, f.Variants[0].P99, f.Variants[1].P50, f.Variants[1].P99 = 0, 0, 0, 0
	run := f.Run(t)
	run.Header.Scenarios[0].Clock = "virtual"
	for name, text := range texts(t, run) {
		chart := strings.HasPrefix(name, "charts/")
		if !chart && !strings.Contains(strings.ToLower(text), "no latency modelled") {
			t.Errorf("%s does not say that no latency is modelled:\n%.2000s", name, text)
		}
		if saysModelled(text) {
			t.Errorf("%s says that something is modelled", name)
		}
		for _, latency := range []string{"measured latency", "p99-ns", "ns/op", "faster", `latency": "measured`} {
			if strings.Contains(text, latency) {
				t.Errorf("%s tells of latency: %q", name, latency)
			}
		}
		if at := noTime.FindStringIndex(text); at != nil {
			t.Errorf("%s gives a latency: %q", name, text[max(0, at[0]-60):at[1]])
		}
		if strings.HasSuffix(name, "-latency.svg") || strings.HasSuffix(name, "-timeline.svg") {
			t.Errorf("there is a chart %s", name)
		}
	}
}
