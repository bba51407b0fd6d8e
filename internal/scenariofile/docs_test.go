package scenariofile

import (
	"os"
	"reflect"
	"strings"
	"testing"

	"kvbench/scenarios"
)

// The reference has a table for each struct of the format with exactly its
// fields, in their order, and in each row the field's range and its words.
func TestReference(t *testing.T) {
	text, err := os.ReadFile("../../docs/scenarios.md")
	if err != nil {
		t.Fatal(err)
	}
	for heading, spec := range map[string]any{
		"The file": fileSpec{}, "A scenario": scenarioSpec{}, "load": loadSpec{}, "keys": keysSpec{}, "choose": chooseSpec{},
	} {
		_, section, found := strings.Cut(string(text), "\n## "+heading+"\n")
		if !found {
			t.Errorf("there is no section %q", heading)
			continue
		}
		section, _, _ = strings.Cut(section, "\n## ")
		var rows []string
		for line := range strings.Lines(section) {
			if strings.HasPrefix(line, "| `") {
				rows = append(rows, line)
			}
		}
		var fields []reflect.StructTag
		for i := range reflect.TypeOf(spec).NumField() {
			if tag := reflect.TypeOf(spec).Field(i).Tag; tag.Get("yaml") != "" {
				fields = append(fields, tag)
			}
		}
		if len(rows) != len(fields) {
			t.Errorf("%s: %d rows for %d fields", heading, len(rows), len(fields))
			continue
		}
		for i, row := range rows {
			tag := fields[i]
			name := tag.Get("yaml")
			if !strings.HasPrefix(row, "| `"+name+"` |") {
				t.Errorf("%s: the row of %s is %s", heading, name, row)
			}
			wants := []string{tag.Get("min"), tag.Get("max")}
			wants = append(wants, strings.Split(tag.Get("oneof"), ",")...)
			if tag.Get("required") != "" {
				wants = append(wants, "| required |")
			}
			for _, want := range wants {
				if !strings.Contains(row, want) {
					t.Errorf("%s: the row of %s does not say %s", heading, name, want)
				}
			}
		}
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
	if len(parts) != 3 {
		t.Fatalf("%d examples", len(parts)-1)
	}
	for _, part := range parts[1:] {
		example, _, _ := strings.Cut(part, "```")
		if _, err := Load("example.yaml", []byte(example), scenarios.Patterns(), nil); err != nil {
			t.Errorf("%v", err)
		}
	}
}
