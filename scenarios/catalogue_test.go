package scenarios_test

import (
	"os"
	"strings"
	"testing"

	"kvbench/scenarios"

	"github.com/google/go-cmp/cmp"
)

// The code has what docs/catalogue.md asks for, no less and no more.
func TestCatalogue(t *testing.T) {
	text, err := os.ReadFile("../docs/catalogue.md")
	if err != nil {
		t.Fatal(err)
	}
	var want, got []string
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, "| ") && !strings.HasPrefix(line, "| pattern ") {
			want = append(want, strings.TrimSpace(line))
		}
	}
	for _, p := range scenarios.Patterns() {
		var variants, observed []string
		for _, v := range p.Variants {
			variants = append(variants, v.Name)
		}
		for _, s := range p.Observes {
			if s.Class() != "call" {
				observed = append(observed, s.Record().Name)
			}
		}
		outcomes := p.AllOutcomes()
		cells := []string{
			p.Name, strings.Join(variants, ", "), strings.Join(outcomes[:len(outcomes)-1], ", "), strings.Join(observed, ", "),
		}
		got = append(got, "| "+strings.Join(cells, " | ")+" |")
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
