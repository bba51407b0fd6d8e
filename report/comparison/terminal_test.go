package comparison

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"kvbench/internal/compare"

	"github.com/google/go-cmp/cmp"
)

// What differs by definition comes first, then what is worse, the largest change before the
// others; what is the same takes a line, and what can't differ from another figure none.
func TestTerminal(t *testing.T) {
	want := []string{
		"DIFFERS load: 1/s in base, <2/s> in head (s)",
		"2 worse, 1 better, 1 changed, 1 can't tell, 1 the same, from runs/a to runs/b",
		"WORSE s/v usd-per-million $0 → $2.50 from 0",
		"WORSE s/v stale_read share 1% → 1.2% +20%",
		"BETTER s/v response p50 2 ms → 1 ms −50% p < 0.001",
		"CHANGED s/v outcome.kv share 50% → 40% −20% p = 0.012",
		"CAN'T TELL s/v put p99 1 ms → 1.1 ms +10% 12 more repeats would tell",
		"SAME 1 figure in 1 variant; latencies to within 3%",
		"All figures: out/compare.html",
		"LEFT OUT s/new is in head alone",
		"WARNING head: cut off.",
	}
	if diff := cmp.Diff(want, terminal(t, made(), "out/compare.html")); diff != "" {
		t.Error(diff)
	}
}

// Where nothing changed and nothing differs, that is said and no more.
func TestTerminalOfTheSame(t *testing.T) {
	c := &compare.Comparison{Base: "a", Head: "b", Gate: "pass", MinEffect: 0.03, Deltas: made().Deltas[:1]}
	want := []string{
		"Definitions and drivers are the same.", "1 the same, from a to b", "SAME 1 figure in 1 variant; latencies to within 3%",
	}
	if diff := cmp.Diff(want, terminal(t, c, "")); diff != "" {
		t.Error(diff)
	}
}

// A changed choice is the first thing that is said, and what another definition may explain
// is judged apart and comes last.
func TestTerminalOfRedefined(t *testing.T) {
	c := made()
	c.Redefined = []string{"r"}
	in(c, c.Deltas[4], func(d *compare.Delta) {
		d.Redefined, d.Head, d.Ratio = true, 0.9, ratio(90)
	}, "r")
	c.Choices = []compare.ChoiceChange{{Scenario: "s", Base: compare.Choice{Variants: []string{"v"}, Kept: true}, Head: compare.Choice{Variants: []string{"w"}, Kept: true}}}
	want := []string{
		"CHOICE s: w, was v",
		"DIFFERS load: 1/s in base, <2/s> in head (s)",
		"Redefined (r): 1 worse. Same definition: 2 worse.",
		"3 worse, 1 better, 1 changed, 1 can't tell, 1 the same, from runs/a to runs/b",
		"WORSE s/v usd-per-million $0 → $2.50 from 0",
		"WORSE s/v stale_read share 1% → 1.2% +20%",
		"WORSE r/v stale_read share 1% → 90% 90× redefined",
	}
	if diff := cmp.Diff(want, terminal(t, c, "")[:len(want)]); diff != "" {
		t.Error(diff)
	}
}

// However much there is to say, it is short, and how much is left out is said: all before
// what is left out of the comparison fits a screen.
func TestTerminalIsShort(t *testing.T) {
	c := made()
	for i := range 1000 {
		in(c, c.Deltas[4], nil, fmt.Sprint("t", i))
		c.Differences = append(c.Differences, compare.Difference{Scenario: "s", Field: fmt.Sprint("with.f", i), Base: "1", Head: "2"})
		c.Only = append(c.Only, fmt.Sprintf("scenario u%d is in base alone", i))
		c.Warnings = append(c.Warnings, fmt.Sprint("warning ", i))
		c.Choices = append(c.Choices, compare.ChoiceChange{Scenario: fmt.Sprint("s", i)})
		c.Redefined = append(c.Redefined, fmt.Sprint("s", i))
	}
	lines := terminal(t, c, "")
	for prefix, want := range map[string]int{"WORSE": mostRows, "BETTER": 0, "DIFFERS": mostLines + 1, "LEFT OUT": mostLines + 1, "WARNING": mostLines + 1, "CHOICE": mostLines + 1} {
		n := 0
		for _, line := range lines {
			if strings.HasPrefix(line, prefix) {
				n++
			}
		}
		if n != want {
			t.Errorf("%d lines begin with %s, want %d", n, prefix, want)
		}
	}
	for _, want := range []string{
		"and beside these 992 worse, 1 better, 1 changed, 1 can't tell; --format html shows all",
		"DIFFERS and 996 more", "CHOICE and 995 more", "LEFT OUT and 996 more", "WARNING and 996 more",
		"Redefined (1,000 scenarios): 0 worse. Same definition: 1002 worse.",
	} {
		if !slices.Contains(lines, want) {
			t.Errorf("nothing says %q:\n%s", want, strings.Join(lines, "\n"))
		}
	}
	if slices.ContainsFunc(terminal(t, c, "x.html"), func(line string) bool { return strings.Contains(line, "--format") }) {
		t.Error("it says how to get the page that there is")
	}
}

// Of what can't be told the terminal shows little, as nothing follows from it.
func TestTerminalShowsLittleThatCantBeTold(t *testing.T) {
	c := &compare.Comparison{}
	in(c, made().Deltas[1], nil, "a", "b", "c", "d", "e")
	lines := terminal(t, c, "")
	if n := strings.Count(strings.Join(lines, "\n"), "CAN'T TELL"); n != mostUnsure {
		t.Errorf("%d rows:\n%s", n, strings.Join(lines, "\n"))
	}
	inOrder(t, strings.Join(lines, "\n"), "and beside these 2 can't tell")
}
