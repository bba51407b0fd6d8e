package table_test

import (
	"slices"
	"strings"
	"testing"

	"kvbench/report/reporttest"
	"kvbench/report/table"

	"charm.land/lipgloss/v2"
	"github.com/google/go-cmp/cmp"
)

// A table on a terminal is no wider than it is told, says which columns it left out, and
// the rest of it has those.
func TestTerminal(t *testing.T) {
	main := table.Main(of(t, pair().Run(t)))
	all, left := main.Terminal(0)
	if len(left.Columns) > 0 || !strings.Contains(all, "✓ no-memory") || !strings.Contains(all, "ops/txn") {
		t.Errorf("%q left out of\n%s", left.Names(), all)
	}
	for width := 30; width <= lipgloss.Width(all); width += 5 {
		var shown []string
		for rest := main; len(rest.Columns) > 0; {
			text, left := rest.Terminal(width)
			if w := lipgloss.Width(text); w > width && len(rest.Columns)-len(left.Columns) > 1 {
				t.Errorf("%d wide where %d are wanted:\n%s", w, width, text)
			}
			for _, name := range rest.Names() {
				if !slices.Contains(left.Names(), name) {
					shown = append(shown, name)
					if !strings.Contains(text, name) {
						t.Errorf("%s is not in\n%s", name, text)
					}
				}
			}
			rest = left
		}
		if len(shown) != len(main.Columns) {
			t.Errorf("at a width of %d %q are shown", width, shown)
		}
	}
	if text, left := main.Terminal(50); !strings.Contains(text, "lost-update") || !slices.Contains(left.Names(), "stale-read") {
		t.Errorf("what decides is not shown first:\n%s", text)
	}
}

// Markdown has the best in bold, what breaks the promise with a cross, and a bar behind
// the first column in which the variants differ twofold.
func TestMarkdown(t *testing.T) {
	var out strings.Builder
	table.Main(of(t, pair().Run(t))).Markdown(&out)
	if err := reporttest.File("x.md", []byte(out.String())); err != nil {
		t.Error(err)
	}
	var rows []string
	for line := range strings.Lines(out.String()) {
		rows = append(rows, strings.TrimSpace(line))
	}
	want := []string{
		"",
		`| variant | p50 | | p99 | stale-read | lost-update | errors | $/million | ops/txn |`,
		`|---|--:|---|--:|--:|--:|--:|--:|--:|`,
		`| ✓ no-memory | 4 ms | ████████████ | 38 ms | **0%** | **0%** | 1% | $0.50 | 1<br>1 get |`,
		`| seed (published) | **1 ms** | ███ | 12 ms | 12%<br>all 4.9 min | ❌ 0.3%<br>p50 2 s, p99 3 s, max 3 s | **0%** | $0.29 | 1<br>1 get |`,
		`| failed | **1 ms** | ███ | **1 ms** | **0%** | **0%** | **0%** | **$0** | 1<br>1 get |`,
	}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Error(diff)
	}
}

// What comes from outside stands for itself, in every form.
func TestHostileNames(t *testing.T) {
	f := pair()
	f.Choose = nil
	for i, evil := range []string{`a|b<script>x</script>`, "c\x1b[31m\u202ed", "`e` **f** [g](h)\n| i |"} {
		f.Variants[i].Name = evil
	}
	main := table.Main(of(t, f.Run(t)))
	var out strings.Builder
	main.Markdown(&out)
	if err := reporttest.File("x.md", []byte(out.String())); err != nil {
		t.Errorf("%v:\n%s", err, out.String())
	}
	if n := strings.Count(out.String(), "\n"); n != 1+2+3 {
		t.Errorf("%d lines:\n%s", n, out.String())
	}
	for _, r := range main.Rows {
		if err := reporttest.Text([]byte(r.Name())); err != nil || strings.Contains(r.Name(), "\n") {
			t.Errorf("%q: %v", r.Name(), err)
		}
	}
	if names := strings.Fields(table.Inline("a\nb")); !slices.Equal(names, []string{"a", "b"}) {
		t.Errorf("%q", names)
	}
}
