package report

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"

	"kvbench/internal/compare"
	"kvbench/internal/record"
	"kvbench/internal/runfile"

	"github.com/google/go-cmp/cmp"
)

func ratio(v float64) *float64 { return &v }

// comparison has a delta of every kind, in an order that is not the one they are
// shown in.
func comparison() *compare.Comparison {
	return &compare.Comparison{
		Base: "runs/a", Head: "runs/b", Gate: "fail", Smallest: 0.03, Alpha: 0.02, Tests: 7,
		Differences: []string{"s: load: 1/s in base, <2/s> in head"}, Only: []string{"s/new is in head alone"}, Warnings: []string{"head: cut off."},
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

// What is worse comes first, the largest change before the others; what is the same
// takes a line, and what can't differ from another figure none.
func TestCompareTerminal(t *testing.T) {
	var out bytes.Buffer
	if err := CompareTerminal(&out, comparison()); err != nil {
		t.Fatal(err)
	}
	var got []string
	for line := range strings.Lines(out.String()) {
		got = append(got, strings.Join(strings.Fields(line), " "))
	}
	want := []string{
		"2 worse, 1 better, 1 changed, 1 can't tell, 1 the same runs/a → runs/b",
		"WORSE s/v usd-per-million $0 → $2.50 from 0 exact",
		"WORSE s/v stale_read share 1 % → 1.2 % +20 % exact",
		"BETTER s/v response p50 2 ms → 1 ms −50 % −60 % to −40 % p < 0.001",
		"CHANGED s/v outcome.kv share 50 % → 40 % −20 % −30 % to −10 % p = 0.012",
		"CAN'T TELL s/v put p99 1 ms → 1.1 ms +10 % −10 % to +30 % 12 repeats more would tell",
		"SAME 1 figure in 1 variant; latencies to within 3 %",
		"DIFFERS s: load: 1/s in base, <2/s> in head",
		"LEFT OUT s/new is in head alone",
		"WARNING head: cut off.",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// A long list is cut, and how much is left out is said.
func TestCompareTerminalIsShort(t *testing.T) {
	c := comparison()
	for i := range 50 {
		d := c.Deltas[4]
		d.Variant = fmt.Sprint("v", i)
		c.Deltas = append(c.Deltas, d)
	}
	var out bytes.Buffer
	if err := CompareTerminal(&out, c); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(out.String(), "WORSE"); n != maxRows+1 || !strings.Contains(out.String(), "and 32 more; --json lists all") {
		t.Errorf("%d rows:\n%s", n, &out)
	}
}

func TestCompareMarkdown(t *testing.T) {
	got := string(CompareMarkdown(comparison()))
	for _, want := range []string{
		"### ❌ kvbench: 2 worse, 1 better",
		"**Worse in 1 variant of 1 scenario, most in s/v: usd-per-million $0 → $2.50 (from 0).**",
		"| s/v | stale\\_read share | 1 % | 1.2 % | +20 % | exact |",
		"<details><summary>Can't tell: 1 figure</summary>",
		"> - s: load: 1/s in base, &lt;2/s&gt; in head",
		"The same: 1 figure in 1 variant",
		"corrected for 7 tests (Holm)",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing in\n%s", want, got)
		}
	}
	c := comparison()
	c.Gate = "pass"
	if !bytes.HasPrefix(CompareMarkdown(c), []byte("### ✅ ")) {
		t.Error("a gate that passes has no tick")
	}
}

// The page needs nothing from elsewhere, escapes what it quotes, and lays the
// responses of both runs over each other.
func TestCompareHTML(t *testing.T) {
	run := func(path string, median int64) *runfile.Run {
		out := &runfile.Run{Path: path + "/run.jsonl", Header: runfile.Header{Clock: "virtual", Scenarios: []runfile.Definition{{
			Name: "s", Series: record.Standard(), Outcomes: []string{"kv"}, Variants: []runfile.VariantDef{{Name: "v"}},
		}}}}
		v := &runfile.Variant{Def: &out.Header.Scenarios[0], Name: "v", Complete: true}
		v.Total.Outcomes, v.Total.Histograms = []uint64{1000}, make([]*record.Histogram, record.FirstMark)
		v.Total.Histograms[record.Response] = record.NewTotal()
		for i := range int64(1000) {
			v.Total.Histograms[record.Response].Record(median+i*1000, 1)
		}
		out.Variants = []*runfile.Variant{v}
		return out
	}
	c := comparison()
	c.Deltas[4].Series = "<script>"
	page, err := CompareHTML(context.Background(), c, run("a", 1e6), run("b", 2e6))
	if err != nil {
		t.Fatal(err)
	}
	got := string(page)
	for _, want := range []string{
		"<h1>2 worse, 1 better, 1 changed, 1 can&#39;t tell, 1 the same</h1>", "Gate: <strong>fail</strong>",
		"<strong>Worse in 1 variant of 1 scenario, most in s/v: usd-per-million $0 → $2.50 (from 0).</strong>",
		"&lt;script&gt; share", "&lt;2/s&gt; in head", "s/v: response time", "4 figures changed",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing", want)
		}
	}
	if n := strings.Count(got, "<figure "); n != 2 {
		t.Errorf("%d figures, want what changed and the responses of s/v", n)
	}
	for _, bad := range []string{"<script", "http://", "https://", "src="} {
		if strings.Contains(strings.ReplaceAll(got, "http://www.w3.org/", ""), bad) {
			t.Errorf("the page holds %q", bad)
		}
	}
}

func TestSigned(t *testing.T) {
	for v, want := range map[float64]string{1: "0 %", 1.0001: "0 %", 1.05: "+5 %", 0.5: "−50 %", 2.5: "+150 %", 3: "3×", 12.3: "12×"} {
		if got := signed(v); got != want {
			t.Errorf("signed(%v) = %q, want %q", v, got, want)
		}
	}
}

// A difference that many scenarios have is said once.
func TestDifferencesAreGrouped(t *testing.T) {
	c := &compare.Comparison{Differences: []string{"seed: 1 in base, 2 in head"}}
	for i := range 6 {
		name := fmt.Sprint("s", i)
		c.Deltas = append(c.Deltas, compare.Delta{Scenario: name})
		c.Differences = append(c.Differences, name+": load: 1/s in base, 2/s in head")
	}
	c.Differences = append(c.Differences, "s1: keys: 1 in base, 2 in head", "s3: keys: 1 in base, 2 in head")
	want := []string{
		"seed: 1 in base, 2 in head",
		"s0, s1, s2 and 3 more: load: 1/s in base, 2/s in head",
		"s1, s3: keys: 1 in base, 2 in head",
	}
	if diff := cmp.Diff(want, differences(c)); diff != "" {
		t.Error(diff)
	}
}

func TestMostSentence(t *testing.T) {
	c := comparison()
	c.Deltas = c.Deltas[:4]
	if got, want := mostSentence(c), "Better in 1 variant of 1 scenario, most in s/v: response p50 2 ms → 1 ms (−50 %)."; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	c.Deltas = c.Deltas[:2]
	if got := mostSentence(c); got != "" {
		t.Errorf("nothing changed: %q", got)
	}
}
