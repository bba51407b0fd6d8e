package command

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// between cuts a text at two marks, which stay outside of what is within.
func between(t *testing.T, text, from, to string) (before, within, after string) {
	t.Helper()
	before, rest, found := strings.Cut(text, from)
	within, after, ended := strings.Cut(rest, to)
	if !found || !ended {
		t.Fatalf("there is nothing between %q and %q", from, to)
	}
	return before + from, within, to + after
}

// The README shows what its scenario gives, and what the example of a Worker does.
func TestReadme(t *testing.T) {
	const name = "../../../README.md"
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	_, scenario, _ := between(t, string(text), "```yaml\n", "```")
	file := filepath.Join(t.TempDir(), "readme.yaml")
	if err := os.WriteFile(file, []byte(scenario), 0o644); err != nil {
		t.Fatal(err)
	}
	made := string(text)
	for from, want := range map[string]string{
		"the scenario above":           shownChoice(t, file),
		"docs/examples/profile-worker": shownFindings(t, "../../../docs/examples/profile-worker"),
	} {
		before, _, after := between(t, made, "<!-- made from "+from+": go test ./cmd/kvbench/command -run TestReadme -update -->\n", "<!-- end -->")
		made = before + want + after
	}
	if *update {
		if err := os.WriteFile(name, []byte(made), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if diff := cmp.Diff(made, string(text)); diff != "" {
		t.Errorf("%s is out of step; run go test ./cmd/kvbench/command -run TestReadme -update\n%s", name, diff)
	}
}

// shownChoice is the choice and the table that a file gives.
func shownChoice(t *testing.T, file string) string {
	t.Helper()
	out := t.TempDir()
	ran(t, "run", file, "--out", filepath.Join(out, "run"), "--format", "md", "--quiet")
	report, err := os.ReadFile(filepath.Join(out, "run", "report.md"))
	if err != nil {
		t.Fatal(err)
	}
	var shown []string
	for line := range strings.Lines(string(report)) {
		switch {
		case strings.HasPrefix(line, "Take "), strings.HasPrefix(line, "Keep "):
			shown = append(shown, "\n", "**"+strings.TrimSpace(line)+"**\n", "\n")
		case strings.HasPrefix(line, "|"):
			shown = append(shown, line)
		}
	}
	if len(shown) < 6 {
		t.Errorf("it shows %q", shown)
	}
	return strings.Join(shown, "") + "\n"
}

// shownFindings is what a run of a project prints of its choice and of what it found.
func shownFindings(t *testing.T, project string) string {
	t.Helper()
	var shown []string
	found := false
	for line := range strings.Lines(ran(t, "run", project, "--out", filepath.Join(t.TempDir(), "run"), "--format", "md", "--quiet")) {
		found = found || line == "FINDINGS\n"
		switch {
		case strings.HasPrefix(line, "Take "):
			shown = append(shown, line)
		case strings.HasPrefix(line, "src/"):
			place, do, _ := strings.Cut(line, ": ")
			shown = append(shown, place+"\n    "+do)
		}
	}
	if !found || len(shown) != 4 {
		t.Errorf("it shows %q", shown)
	}
	return "\n```\n" + strings.Join(shown, "") + "```\n\n"
}

// ran is what a command prints that succeeds.
func ran(t *testing.T, args ...string) string {
	t.Helper()
	var printed bytes.Buffer
	if status := execute(t.Context(), args, &printed, &printed); status != exitOK {
		t.Fatalf("exit %d: %s", status, &printed)
	}
	return printed.String()
}
