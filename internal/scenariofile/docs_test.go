package scenariofile

import (
	"os"
	"reflect"
	"strings"
	"testing"

	"kvbench/internal/setting"
	"kvbench/scenarios"

	"github.com/google/go-cmp/cmp"
)

// The reference has a table for each struct of the format, made from its tags, and every
// field says what it means.
func TestReference(t *testing.T) {
	const name = "../../docs/scenarios.md"
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	made := string(text)
	for heading, spec := range map[string]any{
		"The file": defaultFile(), "A scenario": defaultScenario(defaultFile()), "load": defaultScenario(defaultFile()).Load,
		"stages": stageSpec{}, "keys": defaultScenario(defaultFile()).Keys, "choose": chooseSpec{},
		"find": defaultScenario(defaultFile()).Find.MaxRate,
	} {
		var table strings.Builder
		var fields []setting.Setting
		for _, f := range fieldsOf(reflect.ValueOf(spec)) {
			if f.Doc == "" {
				t.Errorf("%s: %s says nothing of what it means", heading, f.Name)
			}
			fields = append(fields, f.Setting)
		}
		setting.Markdown(&table, "field", fields)
		before, rest, found := strings.Cut(made, "\n## "+heading+"\n")
		above, below, has := strings.Cut(rest, "| field |")
		if !found || !has || strings.Contains(above, "\n## ") {
			t.Errorf("there is no section %q with a table", heading)
			continue
		}
		_, below, _ = strings.Cut(below, "\n\n")
		made = before + "\n## " + heading + "\n" + above + table.String() + "\n" + below
	}
	if *update {
		if err := os.WriteFile(name, []byte(made), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if diff := cmp.Diff(made, string(text)); diff != "" {
		t.Errorf("%s is out of step; run go test ./internal/scenariofile -run TestReference -update\n%s", name, diff)
	}
}

// The defaults that the reference names are those that a file gets.
func TestReferenceDefaults(t *testing.T) {
	f := mustLoad(t, "scenarios:\n  - {name: a, question: q, pattern: plain, load: {transactions: 1}}\n")
	said := mustLoad(t, `
driver: embedded://
seed: 1
clock: auto
scenarios:
  - name: a
    question: q
    pattern: plain
    variants: [seed]
    load: {workers: 1, think: 0s, transactions: 1, warm-up: 0s}
    keys: {count: 1000, distribution: uniform, size: 1KiB}
    isolates: 1
    repeat: 1
    expect: []
`)
	if f.Driver != said.Driver || f.Seed != said.Seed || f.Clock != said.Clock {
		t.Errorf("the file's: %+v", f)
	}
	a, b := f.Scenarios[0], said.Scenarios[0]
	if a.Load != b.Load || a.Params != b.Params ||
		a.Repeat != b.Repeat || a.Driver != b.Driver || a.Clock != b.Clock {
		t.Errorf("the scenario's: %+v\nwant %+v", a, b)
	}
}

// Every example of the reference is right, with the patterns there are.
func TestReferenceExamples(t *testing.T) {
	text, err := os.ReadFile("../../docs/scenarios.md")
	if err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(string(text), "```yaml\n")
	if len(parts) != 4 {
		t.Fatalf("%d examples", len(parts)-1)
	}
	for _, part := range parts[1:] {
		example, _, _ := strings.Cut(part, "```")
		if _, err := Load("example.yaml", []byte(example), scenarios.Patterns(), nil); err != nil {
			t.Errorf("%v", err)
		}
	}
}
