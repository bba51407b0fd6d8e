package scenariofile_test

import (
	"fmt"
	"strings"
	"testing"

	"kvbench/internal/scenariofile"
	"kvbench/scenarios"
)

// What is said of a bad file is short, however large the file and however long its
// lines, and takes no memory that the file does not.
func TestBadFilesAreSmallToReport(t *testing.T) {
	if testing.Short() {
		t.Skip("it measures memory, or computes a lot in one goroutine")
	}
	for name, test := range map[string]struct{ text, want string }{
		"a list on one line":   {"scenarios: [" + strings.Repeat("a,", 20_000) + "a]", "and 950 more; the rest of the file was not looked at"},
		"too many values":      {"scenarios: [" + strings.Repeat("a,", 4<<20-10) + "a]", "the file has too many values"},
		"too many lines":       {"scenarios:\n" + strings.Repeat("- {a: b}\n", 500_000), "the file has too many values"},
		"too large":            {"# " + strings.Repeat("x", 9<<20), "the file is larger than 8 MiB"},
		"one long value":       {"scenarios: " + strings.Repeat("x", 7<<20), "begin each scenario with a dash"},
		"deep":                 {"scenarios: " + strings.Repeat("[", 1<<20), "the file has too many values"},
		"a field of many more": {"scenarios:\n  - " + strings.Repeat("a: 1\n    ", 10_000), "and 950 more"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := loadBounded(t, test.text)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Fatalf("got %.300v, want …%s…", err, test.want)
			}
		})
	}
}

// A long line is shown around the place, with the caret below it.
func TestExcerpt(t *testing.T) {
	e := scenariofile.Error{File: "f", Line: 1, Column: 501, Text: strings.Repeat("a", 500) + "X" + strings.Repeat("b", 500), Message: "wrong"}
	lines := strings.Split(e.Error(), "\n")
	want := fmt.Sprint("    1 | …", strings.Repeat("a", 60), "X", strings.Repeat("b", 59), "…")
	if lines[1] != want {
		t.Errorf("got  %s\nwant %s", lines[1], want)
	}
	caret := len([]rune(strings.Split(lines[2], "^")[0]))
	if []rune(lines[1])[caret] != 'X' {
		t.Errorf("the caret stands below %c", []rune(lines[1])[caret])
	}
}

// An error quotes no more of a value than a reader can take in.
func TestLongValuesAreQuotedInPart(t *testing.T) {
	long := strings.Repeat("9", 1<<20)
	for _, field := range []string{"pattern: A", "question: '${A", "variants: [A", "load: {transactions: ", "keys: {size: ", "driver: x", "A"} {
		end := strings.Repeat("}", strings.Count(field, "{")) + strings.Repeat("]", strings.Count(field, "[")) + strings.Repeat("'", strings.Count(field, "'"))
		if field == "A" {
			end = ": 1"
		}
		_, err := scenariofile.Load("file.yaml", []byte("scenarios:\n  - name: a\n    "+field+long+end+"\n"), scenarios.Patterns(), nil)
		if err == nil || len(err.Error()) > 10_000 {
			t.Errorf("%s…: %d bytes of errors", field, len(fmt.Sprint(err)))
		}
	}
}
