package report

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"kvbench/internal/compare"
)

// slowed is a comparison of five variants: in four of them a get takes a fifth
// longer, and so does the response, in one a listing takes ten times as long.
func slowed() *compare.Comparison {
	c := &compare.Comparison{Gate: "fail", Smallest: 0.03}
	add := func(variant int, series, statistic string, r float64) {
		d := compare.Delta{
			Scenario: "s", Variant: fmt.Sprint("v", variant), Series: series, Statistic: statistic, Unit: "ns",
			Base: 1e8, Head: 1e8 * r, Ratio: &r, Samples: "exact", Directed: true, Verdict: compare.Same,
		}
		if r > 1.03 {
			d.Verdict, d.Changed = compare.Worse, true
		}
		c.Deltas = append(c.Deltas, d)
	}
	for v, get := range []float64{1.2, 1.19, 1.21, 1.2, 1} {
		for _, series := range []string{"response", "service", "get"} {
			add(v, series, "p50", get)
		}
		add(v, "get", "p99", 1)
		add(v, "put", "p50", 1)
	}
	add(4, "list", "p50", 10)
	return c
}

// What most variants share is said once, with how many have it and how far they
// are apart; what one alone has, and a part of the response, is not.
func TestSharedChanges(t *testing.T) {
	const want = "Worse in most variants: response p50 +20 % in 4 of 5 variants (+19 % to +21 %); " +
		"get p50 +20 % in 4 of 5 variants (+19 % to +21 %)."
	c := slowed()
	if got := sharedSentence(c); got != want {
		t.Errorf("%q, want %q", got, want)
	}
	var terminal bytes.Buffer
	if err := CompareTerminal(&terminal, c); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(terminal.String(), want) {
		t.Errorf("the terminal does not say so:\n%s", &terminal)
	}
	if got := string(CompareMarkdown(c)); !strings.Contains(got, "**"+want+"**") {
		t.Errorf("the Markdown does not say so:\n%s", got)
	}
	c.Smallest = 0.25
	if got := sharedSentence(c); got != "" {
		t.Errorf("of changes that are smaller than matters: %q", got)
	}
	if got := sharedSentence(comparison()); got != "" {
		t.Errorf("of one variant: %q", got)
	}
}

// A change leads by how much a reader should mind it, not by its ratio alone.
func TestWeightOfChanges(t *testing.T) {
	ordered := []compare.Delta{
		{Unit: "share", Base: 0, Head: 0.3},
		{Unit: "ns", Base: 0, Head: 50e6},
		{Unit: "ns", Base: 10e6, Head: 50e6},
		{Unit: "ns", Base: 10e6, Head: 5e6},
		{Unit: "share", Base: 0.00001, Head: 0.00003},
		{Unit: "ns", Base: 0, Head: 1000},
	}
	for i := range ordered[1:] {
		if a, b := weight(&ordered[i]), weight(&ordered[i+1]); !(a > b) {
			t.Errorf("%v weighs %v, and %v weighs %v", ordered[i], a, ordered[i+1], b)
		}
	}
}
