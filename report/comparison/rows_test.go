package comparison

import (
	"fmt"
	"strings"
	"testing"

	"kvbench/internal/compare"

	"github.com/google/go-cmp/cmp"
)

// What most variants share is said once, with how many have it and how far they
// are apart; what one alone has, and a part of the response, is not.
func TestSharedChanges(t *testing.T) {
	const want = "Worse in most variants: response p50 +20% in 4 of 5 variants (+19% to +21%); " +
		"get p50 +20% in 4 of 5 variants (+19% to +21%)."
	c := slowed()
	if got := sharedSentence(c); got != want {
		t.Errorf("%q, want %q", got, want)
	}
	inOrder(t, strings.Join(terminal(t, c, ""), "\n"), want, "WORSE")
	inOrder(t, markdown(t, c), "**"+want+"**", "| figure |")
	inOrder(t, pageOf(t, c, setOf(t, 1e6), setOf(t, 1e6)), "Worse in most variants: response p50", "<table>")
	c.MinEffect = 0.25
	if got := sharedSentence(c); got != "" {
		t.Errorf("of changes that are smaller than matters: %q", got)
	}
	if got := sharedSentence(made()); got != "" {
		t.Errorf("of one variant: %q", got)
	}
}

// A difference that many scenarios have is said once; one that all have as that of all.
func TestDifferencesAreGrouped(t *testing.T) {
	c := &compare.Comparison{Differences: []compare.Difference{{Field: "seed", Base: "1", Head: "2"}}}
	for i := range 6 {
		name := fmt.Sprint("s", i)
		c.Deltas = append(c.Deltas, compare.Delta{Scenario: name})
		c.Differences = append(c.Differences, compare.Difference{Scenario: name, Field: "load", Base: "1/s", Head: "2/s"})
	}
	c.Differences = append(c.Differences, compare.Difference{Scenario: "s1", Field: "keys", Base: "1", Head: "2"}, compare.Difference{Scenario: "s3", Field: "keys", Base: "1", Head: "2"})
	want := []string{
		"seed: 1 in base, 2 in head",
		"load: 1/s in base, 2/s in head (all 6 scenarios)",
		"keys: 1 in base, 2 in head (s1, s3)",
	}
	if diff := cmp.Diff(want, differences(c)); diff != "" {
		t.Error(diff)
	}
	c.Deltas = append(c.Deltas, compare.Delta{Scenario: "other"})
	want[1] = "load: 1/s in base, 2/s in head (s0, s1, s2 and 3 more)"
	if diff := cmp.Diff(want, differences(c)); diff != "" {
		t.Error(diff)
	}
}

// Where the driver differs in every scenario, that is said once: as the options that
// differ, also of scenarios whose drivers differ among themselves, and else in sum.
func TestDriversAreSaidOnce(t *testing.T) {
	of := func(head func(base string) string) *compare.Comparison {
		c := &compare.Comparison{}
		for i := range 6 {
			name, base := fmt.Sprint("s", i), fmt.Sprintf("embedded://?locations=%d", i)
			c.Deltas = append(c.Deltas, compare.Delta{Scenario: name})
			c.Differences = append(c.Differences, compare.Difference{Scenario: name, Field: "driver", Base: base, Head: head(base)})
		}
		return c
	}
	for want, head := range map[string]func(string) string{
		"driver: fault=brownout in head (all 6 scenarios)":                             func(base string) string { return base + "&fault=brownout" },
		"driver: embedded:// in base, rest://a/b in head (all 6 scenarios)":            func(string) string { return "rest://a/b?mode=x" },
		"driver: 6 drivers in base, embedded://?fault=blips in head (all 6 scenarios)": func(string) string { return "embedded://?fault=blips" },
		"driver: 6 drivers in base, 6 drivers in head (all 6 scenarios)":               func(base string) string { return strings.Replace(base, "locations", "hot", 1) },
	} {
		if diff := cmp.Diff([]string{want}, differences(of(head))); diff != "" {
			t.Error(diff)
		}
	}
}

func TestMostSentence(t *testing.T) {
	c := made()
	if got, want := mostSentence(c), "Worse in 1 variant of 1 scenario, most in s/v: usd-per-million $0 → $2.50 (from 0)."; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	c.Deltas = c.Deltas[:4]
	if got, want := mostSentence(c), "Better in 1 variant of 1 scenario, most in s/v: response p50 2 ms → 1 ms (−50%)."; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	c.Deltas = c.Deltas[:2]
	if got := mostSentence(c); got != "" {
		t.Errorf("nothing changed: %q", got)
	}
}

// Where one of two scenarios is modelled, it is named.
func TestModelledIn(t *testing.T) {
	c := made()
	if got := modelledIn(c); got != "" {
		t.Errorf("measured: %q", got)
	}
	c.Deltas[2].Modelled = true
	if got := modelledIn(c); got != "latencies are modelled" {
		t.Errorf("all: %q", got)
	}
	in(c, c.Deltas[2], func(d *compare.Delta) { d.Modelled = false }, "measured")
	if got := modelledIn(c); got != "latencies are modelled in s" {
		t.Errorf("one: %q", got)
	}
	in(c, c.Deltas[2], nil, "a", "b", "c", "d")
	if got := modelledIn(c); got != "latencies are modelled in 5 scenarios" {
		t.Errorf("five: %q", got)
	}
}

// How a verdict came about names the tests that were made, and no others.
func TestMethod(t *testing.T) {
	c := made()
	for _, tt := range []struct {
		families []compare.Family
		want     string
	}{
		{[]compare.Family{{Test: compare.RankSum}}, "when the Mann–Whitney test of the repeats (Holm), corrected for 7 tests, leaves a chance of at most 2%"},
		{[]compare.Family{{Test: compare.Signs, Leading: true}, {Test: compare.Signs}}, "when the permutation of the signs of pairs of repeats (Westfall and Young), corrected"},
	} {
		c.Families = tt.families
		if got := method(c); !strings.Contains(got, tt.want) || !strings.Contains(got, "In virtual time with the same seed") {
			t.Errorf("%q does not say %q", got, tt.want)
		}
	}
	c.Tests, c.Families, c.Deltas = 0, nil, c.Deltas[:2]
	if got, want := method(c), "A difference is called better or worse from 3% on."; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
