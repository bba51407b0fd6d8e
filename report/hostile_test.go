package report

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"kvbench/internal/answer"
	"kvbench/internal/expect"
	"kvbench/report/reporttest"
)

// hostile is what a run says whose every text is hostile, with a warning and an expectation
// that are too.
func hostile(t *testing.T) *answer.Answer {
	t.Helper()
	run := reporttest.HostileRun(t)
	a := answerOf(t, run)
	s := &a.Scenarios[0]
	s.Warnings = append(s.Warnings, reporttest.Hostile)
	for _, met := range []bool{false, true} {
		s.Expectations = append(s.Expectations, expect.Result{
			Expect: expect.Expect{Text: reporttest.Hostile, Want: reporttest.Hostile}, Scenario: s.Def.Name,
			Variant: s.Variants[0].Name, Have: reporttest.Hostile, OK: met,
		})
	}
	return a
}

// Whatever a run file holds, each format can be read back and shown.
func TestHostileRunFile(t *testing.T) {
	a := hostile(t)
	dir := t.TempDir()
	files, err := Write(t.Context(), dir, a, Formats(), nil)
	if err != nil {
		t.Fatal(err)
	}
	n, err := reporttest.Folder(dir)
	if err != nil {
		t.Error(err)
	}
	if n != len(files) || n < len(documents())+8 {
		t.Errorf("%d files were read, %d written", n, len(files))
	}
	page, err := os.ReadFile(filepath.Join(dir, "report.html"))
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(page), "<script>alert") {
		t.Error("the page runs a script of the run file")
	}
}

// So can what a terminal shows: nothing of it steers the terminal, or looks like a line of
// ours.
func TestHostileTerminal(t *testing.T) {
	a := hostile(t)
	for _, width := range []int{0, 80} {
		for _, verbose := range []bool{false, true} {
			text := terminalOf(t, a, width, verbose)
			if err := reporttest.Text([]byte(text)); err != nil {
				t.Errorf("of %d columns, verbose %v: %v", width, verbose, err)
			}
		}
	}
	f := pair()
	f.Question = "Is it?\nWARNING not from us\n\nNOT MET nor this"
	f.Variants[0].Name, f.Expect = "a\nWARNING nor that", nil
	run := f.Run(t)
	run.Warnings = []string{"One.\nWARNING two."}
	warnings := 0
	for line := range strings.Lines(terminalOf(t, answerOf(t, run), 0, true)) {
		if strings.HasPrefix(line, prefixWarning) || strings.HasPrefix(line, prefixUnmet) {
			warnings++
		}
	}
	if warnings != 1 {
		t.Errorf("%d lines warn, want 1", warnings)
	}
}

// In Markdown no name leaves its place: no cell, no heading and no link is of its making.
func TestHostileMarkdown(t *testing.T) {
	f := pair()
	f.Name, f.Expect = "a](http://example.com) *b* `c` | d\n# e", nil
	f.Variants[0].Name = "f | g\n| h |"
	text := string(markdown(answerOf(t, f.Run(t))))
	if err := reporttest.File("report.md", []byte(text)); err != nil {
		t.Error(err)
	}
	escaped := regexp.MustCompile(`\\.`)
	var headings []string
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "#") {
			headings = append(headings, escaped.ReplaceAllString(line, ""))
		}
	}
	if len(headings) != 2 || slices.ContainsFunc(headings, func(h string) bool { return strings.ContainsAny(h, "[]*`|") }) {
		t.Errorf("the headings are %q", headings)
	}
}
