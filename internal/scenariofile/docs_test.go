package scenariofile

import (
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"kvbench/internal/bench"
	"kvbench/internal/setting"
	"kvbench/scenarios"

	"github.com/google/go-cmp/cmp"
)

// The reference has a table for each struct of the format, made from its tags, and every
// field says what it means.
func TestReference(t *testing.T) {
	tables := map[string][]field{}
	for heading, spec := range map[string]any{
		"The file": defaultFile(), "A scenario": defaultScenario(defaultFile()), "load": defaultScenario(defaultFile()).Load,
		"stages": stageSpec{}, "keys": defaultScenario(defaultFile()).Keys, "choose": chooseSpec{},
		"find": defaultScenario(defaultFile()).Find.MaxRate,
	} {
		tables[heading] = fieldsOf(reflect.ValueOf(spec))
	}
	checkTables(t, "../../docs/scenarios.md", tables)
}

// So has the reference of the pattern worker, whose fields are its own.
func TestWorkerReference(t *testing.T) {
	patterns := scenarios.Patterns()
	i := slices.IndexFunc(patterns, func(p *bench.Pattern) bool { return p.Fields != nil })
	own := fieldsOf(reflect.ValueOf(patterns[i].Fields()).Elem())
	in := func(fields []field, name string) *field {
		at := slices.IndexFunc(fields, func(f field) bool { return f.Name == name })
		return &fields[at]
	}
	checkTables(t, "../../docs/workers.md", map[string][]field{
		"The fields": own, "kv": in(own, "kv").items, "requests": in(own, "requests").items,
		"sequence": in(in(own, "requests").items, "sequence").items, "origins": in(own, "origins").entries.fields,
	})
}

// checkTables holds the tables of a document against the fields that they are made from, or
// writes them.
func checkTables(t *testing.T, name string, tables map[string][]field) {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	made := string(text)
	for heading, all := range tables {
		var table strings.Builder
		var fields []setting.Setting
		for _, f := range all {
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
		t.Errorf("%s is out of step; run go test ./internal/scenariofile -run Reference -update\n%s", name, diff)
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
