package command

import (
	"bytes"
	"flag"
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the documents that are made from the code and the golden files of the scripts anew")

// The documents that kvbench list makes are what the code says.
func TestListedDocuments(t *testing.T) {
	for name, args := range map[string][]string{
		"../../../docs/patterns.md":     {"list", "--markdown", "../../../scenarios.yaml"},
		"../../../docs/drivers.md":      {"list", "drivers", "--markdown"},
		"../../../docs/workers-apis.md": {"list", "apis", "--markdown"},
		"../../../docs/findings.md":     {"list", "findings", "--markdown"},
	} {
		var out, errs bytes.Buffer
		if status := execute(t.Context(), args, &out, &errs); status != exitOK {
			t.Fatalf("exit %d: %s", status, &errs)
		}
		if *update {
			if err := os.WriteFile(name, out.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), out.String()); diff != "" {
			t.Errorf("%s is out of step; run go test ./cmd/kvbench/command -run TestListedDocuments -update\n%s", name, diff)
		}
	}
}

// The list of what ships fits a screen.
func TestListFitsAScreen(t *testing.T) {
	var out, errs bytes.Buffer
	if status := execute(t.Context(), []string{"list"}, &out, &errs); status != exitOK {
		t.Fatalf("exit %d: %s", status, &errs)
	}
	lines := strings.Split(out.String(), "\n")
	if len(lines) > 40 {
		t.Errorf("it has %d lines", len(lines))
	}
	for _, line := range lines {
		if n := utf8.RuneCountInString(line); n > listWidth {
			t.Errorf("a line of %d characters: %s", n, line)
		}
	}
}
