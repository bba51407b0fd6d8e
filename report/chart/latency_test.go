package chart

import (
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"kvbench/internal/record"
	"kvbench/internal/result"

	"github.com/google/go-cmp/cmp"
)

func curvesOf(t *testing.T, s *result.Scenario) (out []curve) {
	t.Helper()
	for _, v := range ran(s) {
		h, err := v.Whole.Distribution(record.Response)
		if err != nil {
			t.Fatal(err)
		}
		c := curveOf(h)
		c.variant = v
		out = append(out, c)
	}
	return out
}

// A curve goes as far as ten transactions lie beyond it, and never falls.
func TestLatencyCurves(t *testing.T) {
	type key struct {
		Variant            string
		Transactions       uint64
		Headline           float64
		First, Last        float64 // percentiles
		Rises, BeginsAtNil bool
	}
	var got []key
	for _, c := range curvesOf(t, tiers(t)) {
		last := c.Points[len(c.Points)-1]
		rises := slices.IsSortedFunc(c.Points, func(a, b curvePoint) int { return int(a.NS - b.NS) })
		got = append(got, key{c.variant.Name, c.Transactions, c.Headline.Percentile, c.Points[0].Percentile, last.Percentile, rises, c.Points[0].NS == 0})
	}
	want := []key{ // of 12,000 transactions, ten lie beyond p99.92
		{"seed", 12_000, 99, 0, 99.917, true, true},
		{"no-memory", 12_000, 99, 0, 99.917, true, false},
		{"origin-only", 12_000, 99, 0, 99.917, true, false},
		{"stale-while-revalidate", 7_200, 99, 0, 99.861, true, true},
	}
	if diff := cmp.Diff(want, got, about); diff != "" {
		t.Error(diff)
	}
	if c := curvesOf(t, once(t)); len(c) != 1 || c[0].Headline.Percentile != 50 || c[0].Points[len(c[0].Points)-1].Percentile != 50 {
		t.Errorf("of one transaction only the median is shown: %+v", c)
	}
}

// The title is who is fastest and who slowest, at the percentile that there are
// transactions enough for.
func TestLatencyTitle(t *testing.T) {
	variant := func(name string, n int, d time.Duration) fake {
		return fake{name: name, n: n, latency: constant(d), shares: []float64{1}}
	}
	for _, test := range []struct {
		variants []fake
		want     string
		tells    bool
	}{
		{[]fake{variant("seed", 2000, 5e6), variant("b", 2000, 90e6), variant("c", 2000, 1e6)}, "p99: c 1 ms, b 90 ms (modelled)", true},
		{[]fake{variant("seed", 2000, 5e6), variant("b", 2000, 5e6)}, "p99 is 5 ms (modelled)", false},
		{[]fake{variant("seed", 200, 5e6), variant("b", 200, 9e6)}, "p90: seed 5 ms, b 9 ms (modelled)", true},
		{[]fake{variant("seed", 2000, 5e6), variant("few", 9, 9e6)}, "p99 is 5 ms (modelled)", false},
	} {
		if c := chartOf(t, fakeScenario(t, []string{"kv"}, nil, test.variants...), "latency"); c.Title != test.want || c.Tells != test.tells {
			t.Errorf("%q, tells: %v, want %q", c.Title, c.Tells, test.want)
		}
	}
}

// Of lines that lie on each other each is seen: those above the first have gaps.
func TestLinesOnEachOther(t *testing.T) {
	same := func(name string) fake {
		return fake{name: name, n: 2000, latency: constant(5 * time.Millisecond), shares: []float64{1}}
	}
	other := same("other")
	other.latency = constant(9 * time.Millisecond)
	svg := svgOf(t, chartOf(t, fakeScenario(t, []string{"kv"}, nil, same("a"), same("b"), other, same("c")), "latency").Chart)
	var got []string
	for _, m := range regexp.MustCompile(`stroke-dasharray="([^"]*)"`).FindAllStringSubmatch(string(svg), -1) {
		got = append(got, m[1])
	}
	if !slices.Equal(got, []string{"16 8", "8 16"}) {
		t.Errorf("dashes %q, want of b two thirds and of c one", got)
	}
}

// An overlay is the same variant in two runs; where it did not run in one there is none.
func TestOverlay(t *testing.T) {
	variant := func(d time.Duration) *result.Variant {
		return fakeScenario(t, []string{"kv"}, nil, fake{name: "first"}, fake{name: "seed", n: 2000, latency: constant(d), shares: []float64{1}}).Variants[1]
	}
	base, head := variant(9*time.Millisecond), variant(5*time.Millisecond)
	c, err := Overlay(base, head)
	if err != nil {
		t.Fatal(err)
	}
	if c.Title != "p99: head 5 ms, base 9 ms (modelled)" || !strings.Contains(c.Subtitle, "example/seed") {
		t.Errorf("%q, %q", c.Title, c.Subtitle)
	}
	var names []string
	for _, trace := range c.Plot().Traces {
		names = append(names, trace.Variant)
	}
	if diff := cmp.Diff([]string{"base", "head"}, names); diff != "" {
		t.Error(diff)
	}
	if base.Name != "seed" || base.Scenario.Def.Name != "example" {
		t.Error("the overlay changes what it shows")
	}
	idle := base.Scenario.Variants[0]
	for _, pair := range [][2]*result.Variant{{nil, head}, {base, nil}, {idle, head}, {base, idle}} {
		if c, err := Overlay(pair[0], pair[1]); c != nil || err != nil {
			t.Errorf("an overlay of nothing: %+v, %v", c, err)
		}
	}
}

// slowAtEnd is ten times as slow in the last twentieth of its time.
func slowAtEnd(_ *rand.Rand, at float64) time.Duration {
	if at > 0.95 {
		return 50 * time.Millisecond
	}
	return 5 * time.Millisecond
}
