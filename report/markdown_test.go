package report

import (
	"strings"
	"testing"

	"kvbench/report/reporttest"
)

// The comment of a pull request says, in this order, what is to be known of the run, what
// is to be taken and why, what was not met, and the figures.
func TestMarkdown(t *testing.T) {
	f := pair()
	f.Variants = append(f.Variants, reporttest.Variant{Name: "few", N: 500, P99: 90 * millisecond})
	f.Expect = append(f.Expect, "few.response.p99 < 1ms")
	run := f.Run(t)
	run.Warnings = []string{"Mind <b>this</b>."}
	text := string(markdown(answerOf(t, run)))
	if err := reporttest.File("report.md", []byte(text)); err != nil {
		t.Error(err)
	}
	for _, want := range []string{
		"# kvbench: scenarios.yaml\n", "embedded://", "> [!WARNING]\n> Mind &lt;b&gt;this&lt;/b&gt;.\n", "> memory-tier: few measured fewer than 1,000",
		"1 of 3 expectations met.", "## memory-tier\n", "**What does a memory tier save?**", "Take no-memory: seed loses 0.3% of updates", "Latency modelled",
		"❌ not met: no-memory: no-memory.ops &lt; 1: 1\n", "❌ not met: few: few.response.p99 &lt; 1ms: 90 ms\n",
		"| variant |", "| ✓ no-memory |", "| few |", "| seed (published) |", "❌ 0.3%<br>all 1 s", "Not observed: torn-read.", "not measured.\n",
	} {
		_, rest, ok := strings.Cut(text, want)
		if !ok {
			t.Fatalf("it does not say, in its place, %q:\n%s", want, markdown(answerOf(t, run)))
		}
		text = rest
	}
}

// A scenario of which nothing ran says so, beside what was not met.
func TestMarkdownOfNothing(t *testing.T) {
	f := pair()
	f.Variants[0].Missing, f.Variants[1].Missing = true, true
	text := string(markdown(answerOf(t, f.Run(t))))
	for _, want := range []string{"\nIt did not run.\n", "0 of 2 expectations met.", "not met: seed: seed.ops &lt;= 1: it did not run\n"} {
		if !strings.Contains(text, want) {
			t.Errorf("it does not say %q:\n%s", want, text)
		}
	}
	if strings.Contains(text, "|") {
		t.Errorf("there is a table of nothing:\n%s", text)
	}
}
