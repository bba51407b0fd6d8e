package main

import (
	"bytes"
	"flag"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write docs/patterns.md and the golden files of the scripts anew")

// docs/patterns.md is what the code says.
func TestPatternsDocument(t *testing.T) {
	const name = "../../docs/patterns.md"
	var out, errs bytes.Buffer
	if status := execute(t.Context(), []string{"list", "--markdown", "../../scenarios.yaml"}, &out, &errs); status != exitOK {
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
		t.Errorf("%s is out of step; run go test ./cmd/kvbench -run TestPatternsDocument -update\n%s", name, diff)
	}
}
