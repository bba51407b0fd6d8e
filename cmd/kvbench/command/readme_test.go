package command

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The README shows what its scenario gives.
func TestReadme(t *testing.T) {
	const name, begin, end = "../../../README.md", "-update -->\n", "<!-- end -->"
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	between := func(text, from, to string) (before, within, after string) {
		t.Helper()
		before, rest, found := strings.Cut(text, from)
		within, after, ended := strings.Cut(rest, to)
		if !found || !ended {
			t.Fatalf("there is nothing between %q and %q", from, to)
		}
		return before + from, within, to + after
	}
	_, scenario, _ := between(string(text), "```yaml\n", "```")
	dir := t.TempDir()
	file, out := filepath.Join(dir, "readme.yaml"), filepath.Join(dir, "out")
	if err := os.WriteFile(file, []byte(scenario), 0o644); err != nil {
		t.Fatal(err)
	}
	var printed bytes.Buffer
	if status := execute(t.Context(), []string{"run", file, "--out", out, "--format", "md", "--quiet"}, &printed, &printed); status != exitOK {
		t.Fatalf("exit %d: %s", status, &printed)
	}
	report, err := os.ReadFile(filepath.Join(out, "report.md"))
	if err != nil {
		t.Fatal(err)
	}
	var shown []string // the choice and the table
	for line := range strings.Lines(string(report)) {
		switch {
		case strings.HasPrefix(line, "Take "), strings.HasPrefix(line, "Keep "):
			shown = append(shown, "\n", "**"+strings.TrimSpace(line)+"**\n", "\n")
		case strings.HasPrefix(line, "|"):
			shown = append(shown, line)
		}
	}
	before, within, after := between(string(text), begin, end)
	want := strings.Join(shown, "") + "\n"
	if *update {
		if err := os.WriteFile(name, []byte(before+want+after), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if diff := cmp.Diff(want, within); diff != "" || len(shown) < 6 {
		t.Errorf("%s is out of step; run go test ./cmd/kvbench/command -run TestReadme -update\n%s", name, diff)
	}
}
