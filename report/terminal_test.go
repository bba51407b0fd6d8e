package report

import (
	"slices"
	"strings"
	"testing"

	"kvbench/internal/answer"
	"kvbench/report/reporttest"
	"kvbench/report/table"

	"charm.land/lipgloss/v2"
)

// terminalOf is what a terminal shows of an answer.
func terminalOf(t *testing.T, a *answer.Answer, width int, verbose bool) string {
	t.Helper()
	var out strings.Builder
	if err := Terminal(&out, a, width, verbose); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// wide is a run with long names and much to say, of many columns.
func wide() reporttest.MadeUp {
	f := pair()
	f.Name = "a-memory-tier-beside-none-with-a-long-name"
	f.Question = "What does a memory tier save, how old is what it answers with, and is it worth its price for a session store?"
	f.Expect = append(f.Expect, "no-memory.response.p99 < 1ms", "*.stale-read.p99 < 1m", "no-memory.call-errors.429.share < 0.0001%")
	f.Variants = append(f.Variants, reporttest.Variant{Name: "gone", Failed: "the store is gone " + strings.Repeat("and away ", 20)})
	f.Variants[1].N = 900
	f.Choose.Promise = []string{"lost-update == 0", "errors < 50%"}
	return f
}

// What a terminal shows by itself fits it: the question, what is to be taken, and then the
// table of the variants.
func TestTerminal(t *testing.T) {
	const width = 80
	for name, f := range map[string]reporttest.MadeUp{"pair": pair(), "wide": wide()} {
		for _, verbose := range []bool{false, true} {
			text := terminalOf(t, answerOf(t, f.Run(t)), width, verbose)
			for line := range strings.Lines(text) {
				if n := lipgloss.Width(strings.TrimRight(line, "\n")); n > width {
					t.Errorf("%s, verbose %v: a line of %d columns: %s", name, verbose, n, line)
				}
			}
			if strings.Contains(text, "\x1b") {
				t.Errorf("%s: colours where there is no terminal", name)
			}
		}
	}
	text := terminalOf(t, answerOf(t, pair().Run(t)), width, false)
	for _, want := range []string{ // in this order
		"\nmemory-tier  What does a memory tier save? (modelled latency, virtual time)\n",
		"Take no-memory: seed loses 0.3% of updates\n",
		"p99", "\n✓ no-memory ", "38 ms", "\n  seed (published) ", "12 ms", "0.3%",
		"NOT MET no-memory: no-memory.ops < 1: 1\n", "\n1 of 2 expectations met\n",
	} {
		_, rest, ok := strings.Cut(text, want)
		if !ok {
			t.Fatalf("it does not say, in its place, %q:\n%s", want, text)
		}
		text = rest
	}
	f := pair()
	f.Measured = true
	if text := terminalOf(t, answerOf(t, f.Run(t)), width, false); !strings.Contains(text, "(measured latency, wall time)") {
		t.Errorf("it does not say that latency was measured:\n%s", text)
	}
}

// By itself a terminal shows one table, and says what it leaves out.
func TestTerminalLeavesOut(t *testing.T) {
	a := answerOf(t, wide().Run(t))
	for width, left := range map[int]bool{0: false, 60: true} {
		text := terminalOf(t, a, width, false)
		if said := strings.Contains(text, "--verbose shows "); said != left {
			t.Errorf("of %d columns it says that something is left out: %v\n%s", width, said, text)
		}
		if n := strings.Count(text, "\n  seed (published)"); n != 1 {
			t.Errorf("of %d columns it shows %d tables", width, n)
		}
	}
	if text := terminalOf(t, answerOf(t, pair().Run(t)), 0, false); strings.Contains(text, "met seed") || strings.Contains(text, "Not observed") {
		t.Errorf("it shows what was not asked for:\n%s", text)
	}
}

// With --verbose every figure is there, on any terminal, with what its note says.
func TestTerminalVerbose(t *testing.T) {
	a := answerOf(t, wide().Run(t))
	for _, width := range []int{0, 60, 80} {
		text := terminalOf(t, a, width, true)
		flat := strings.Join(strings.Fields(text), " ")
		for _, of := range []table.Table{table.Main(&a.Scenarios[0]), table.Details(&a.Scenarios[0])} {
			for i, c := range of.Columns {
				if !slices.Contains(strings.Fields(text), strings.Fields(c.Name)[0]) {
					t.Errorf("of %d columns: no column %s", width, c.Name)
				}
				for _, r := range of.Rows {
					if cell := r.Cells[i]; !strings.Contains(flat, cell.Text) || !strings.Contains(flat, cell.Note) {
						t.Errorf("of %d columns: %s of %s is nowhere %q, %q", width, c.Name, r.Variant.Name, cell.Text, cell.Note)
					}
				}
			}
		}
		for _, want := range []string{
			"Not observed: torn-read", "met seed: seed.ops <= 1: 1", "Load 100/s", "seed: stale-read: all 4.9 min; lost-update: all 1 s",
			"NOT MET no-memory: no-memory.response.p99 < 1ms: 38 ms", "WARNING ", "no-memory measured fewer than 1,000 transactions",
		} {
			if !strings.Contains(flat, want) {
				t.Errorf("of %d columns: it does not say %q:\n%s", width, want, text)
			}
		}
	}
}

// A scenario of which nothing ran says so.
func TestTerminalOfNothing(t *testing.T) {
	f := pair()
	f.CutOff = true
	f.Variants[0].Missing, f.Variants[1].Missing = true, true
	run := f.Run(t)
	run.Warnings = []string{"The run was cut off."}
	text := terminalOf(t, answerOf(t, run), 80, false)
	for _, want := range []string{"It did not run.\n", "NOT MET seed: seed.ops <= 1: it did not run\n", "0 of 2 expectations met", "WARNING The run was cut off."} {
		if !strings.Contains(text, want) {
			t.Errorf("it does not say %q:\n%s", want, text)
		}
	}
}
