package comparison

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"

	"kvbench/internal/compare"
	"kvbench/internal/metric"
	"kvbench/internal/result"
	"kvbench/internal/runfile"
	"kvbench/report/reporttest"
)

func ratio(v float64) *float64 { return &v }

// made is a comparison with a delta of every kind, in an order that is not the one they are
// shown in.
func made() *compare.Comparison {
	return &compare.Comparison{
		Base: "runs/a", Head: "runs/b", Gate: "fail", MinEffect: 0.03, Alpha: 0.02, Tests: 7,
		Families:    []compare.Family{{Test: compare.RankSum}},
		Differences: []compare.Difference{{Scenario: "s", Field: "load", Base: "1/s", Head: "<2/s>"}},
		Only:        []string{"s/new is in head alone"}, Warnings: []string{"head: cut off."},
		Deltas: []compare.Delta{
			{Scenario: "s", Variant: "v", Series: "get", Statistic: "p50", Unit: "ns", Base: 1e6, Head: 1e6, Ratio: ratio(1), Verdict: compare.Same},
			{
				Scenario: "s", Variant: "v", Series: "put", Statistic: "p99", Unit: "ns", Base: 1e6, Head: 1.1e6, Samples: "repeats",
				Ratio: ratio(1.1), Low: ratio(0.9), High: ratio(1.3), P: 0.3, Verdict: compare.Unsure, MoreRepeats: 12,
			},
			{
				Scenario: "s", Variant: "v", Series: "response", Statistic: "p50", Unit: "ns", Base: 2e6, Head: 1e6, Samples: "repeats",
				Ratio: ratio(0.5), Low: ratio(0.4), High: ratio(0.6), P: 0.0001, Verdict: compare.Better, Changed: true,
			},
			{
				Scenario: "s", Variant: "v", Series: "service", Statistic: "p50", Unit: "ns", Base: 2e6, Head: 1e6,
				Ratio: ratio(0.5), Verdict: compare.Better, Changed: true, SameAs: "response",
			},
			{
				Scenario: "s", Variant: "v", Series: "stale_read", Statistic: "share", Unit: "share", Base: 0.01, Head: 0.012, Samples: "exact",
				Ratio: ratio(1.2), Low: ratio(1.2), High: ratio(1.2), Verdict: compare.Worse, Changed: true, Directed: true,
			},
			{
				Scenario: "s", Variant: "v", Series: "usd-per-million", Statistic: "mean", Unit: "usd", Base: 0, Head: 2.5, Samples: "exact",
				Verdict: compare.Worse, Changed: true, Directed: true,
			},
			{
				Scenario: "s", Variant: "v", Series: "outcome.kv", Statistic: "share", Unit: "share", Base: 0.5, Head: 0.4, Samples: "repeats",
				Ratio: ratio(0.8), Low: ratio(0.7), High: ratio(0.9), P: 0.012, Verdict: compare.Unsure, Changed: true,
			},
		},
	}
}

// in puts copies of a delta into other scenarios.
func in(c *compare.Comparison, d compare.Delta, change func(*compare.Delta), scenarios ...string) {
	for _, name := range scenarios {
		d := d
		d.Scenario = name
		if change != nil {
			change(&d)
		}
		c.Deltas = append(c.Deltas, d)
	}
}

// slowed is a comparison of five variants: in four of them a get takes a fifth
// longer, and so does the response, in one a listing takes ten times as long.
func slowed() *compare.Comparison {
	c := &compare.Comparison{Gate: "fail", MinEffect: 0.03}
	add := func(variant int, series string, statistic metric.Stat, r float64) {
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

// setOf is a run of the scenario s with the variant v.
func setOf(t *testing.T, median int64) *result.Set {
	t.Helper()
	return set(t, reporttest.MadeUp{Name: "s", Variants: []reporttest.Variant{{Name: "v", P50: median, P99: 2 * median}}}.Run(t))
}

func set(t *testing.T, run *runfile.Run) *result.Set {
	t.Helper()
	out, err := result.Of(run)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// compared compares two runs.
func compared(t *testing.T, base, head *result.Set) *compare.Comparison {
	t.Helper()
	c, err := compare.Compare(base, head, compare.Options{MinEffect: compare.DefaultMinEffect, Alpha: compare.DefaultAlpha})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// terminal is what is printed, a line each, with single spaces.
func terminal(t *testing.T, c *compare.Comparison, page string) []string {
	t.Helper()
	var out bytes.Buffer
	if err := Terminal(&out, c, page); err != nil {
		t.Fatal(err)
	}
	if err := reporttest.Text(out.Bytes()); err != nil {
		t.Errorf("on a terminal: %v", err)
	}
	var lines []string
	for line := range strings.Lines(out.String()) {
		lines = append(lines, strings.Join(strings.Fields(line), " "))
	}
	return lines
}

func markdown(t *testing.T, c *compare.Comparison) string {
	t.Helper()
	out := Markdown(c)
	if err := reporttest.File("compare.md", out); err != nil {
		t.Error(err)
	}
	return string(out)
}

func pageOf(t *testing.T, c *compare.Comparison, base, head *result.Set) string {
	t.Helper()
	out, err := HTML(context.Background(), c, base, head)
	if err != nil {
		t.Fatal(err)
	}
	if err := reporttest.File("compare.html", out); err != nil {
		t.Error(err)
	}
	return string(out)
}

// inOrder fails where texts do not follow one upon the other in a text.
func inOrder(t *testing.T, text string, want ...string) {
	t.Helper()
	rest := text
	for _, w := range want {
		_, after, ok := strings.Cut(rest, w)
		if !ok {
			t.Fatalf("it does not say, in its place, %q:\n%s", w, text)
		}
		rest = after
	}
}
