package export

import (
	"bytes"
	"os"
	"testing"
	"time"

	"kvbench/internal/answer"
	"kvbench/internal/runfile"

	"github.com/google/go-cmp/cmp"
	validator "github.com/santhosh-tekuri/jsonschema/v6"
)

// withFindings is a run in which a detector found a race, advice, and what is suppressed.
func withFindings(t *testing.T) *answer.Answer {
	t.Helper()
	run := pair().Run(t)
	end := 3 * time.Second
	at := func(line int) runfile.Site { return runfile.Site{File: "src/a b.ts", Line: line, Column: 5} }
	kind := func(id, group, of string) runfile.FindingKind {
		return runfile.FindingKind{ID: id, Group: group, Unit: "ns", Of: of, Doc: "one of it: how long", Do: "mend it"}
	}
	run.Header.Scenarios[0].Variants[0].Sources = "apps/worker"
	run.Variants[0].Findings = &runfile.Findings{
		Kinds: []runfile.FindingKind{kind("clobbered-write", "hazard", "put"), kind("stale-get", "staleness", "invocation"), kind("repeated-get", "advice", "invocation")},
		List: []runfile.Finding{
			{Kind: "clobbered-write", Site: at(14), Other: at(4), Count: 412, Of: 13000, Least: 1e6, Median: 2e6, Most: 3e6, Example: &runfile.Example{
				Key: "k", Size: 3e6, Actors: []runfile.Actor{
					{Invocation: 1, Role: "overwritten", Start: 1e9, End: &end, Steps: []runfile.FindingStep{
						{Op: "get", Key: "k", Site: at(3), Start: 1e9, End: 2e9, Version: 1}, {Op: "put", Key: "k", Site: at(4), Start: 2e9, End: 3e9, Version: 2},
					}},
					{Invocation: 2, Role: "found", Location: 1, Start: 1e9, Steps: []runfile.FindingStep{
						{Op: "get", Key: "k", Site: at(13), Start: 1e9, End: 15e8, Version: 1, Cached: true}, {Op: "put", Key: "k", Site: at(14), Start: 2e9, End: 4e9, Version: 3},
					}},
				},
			}},
			{Kind: "clobbered-write", Site: at(20), Suppressed: true, Count: 1, Of: 13000},
			{Kind: "stale-get", Site: at(9), Count: 1, Of: 2000},
			{Kind: "repeated-get", Count: 1, Of: 2000},
		},
	}
	return answerOf(t, run)
}

// What is written is SARIF by the published schema, and as it was.
func TestSARIF(t *testing.T) {
	a := withFindings(t)
	text, err := SARIF(a)
	if err != nil {
		t.Fatal(err)
	}
	validate := sarifSchema(t)
	for name, doc := range map[string][]byte{"with findings": text, "without": first(SARIF(answerOf(t, pair().Run(t))))} {
		if err := validate(doc); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if validate(bytes.Replace(text, []byte(`"level": "warning"`), []byte(`"level": "bad"`), 1)) == nil {
		t.Error("the schema takes everything")
	}
	const golden = "testdata/report.sarif.golden"
	if *update {
		if err := os.WriteFile(golden, text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(text)); diff != "" {
		t.Errorf("go test ./report/export -run SARIF -update\n%s", diff)
	}
}

func first(text []byte, _ error) []byte { return text }

func sarifSchema(t *testing.T) func([]byte) error {
	t.Helper()
	file, err := os.Open("testdata/sarif-schema-2.1.0.json")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	parsed, err := validator.UnmarshalJSON(file)
	if err != nil {
		t.Fatal(err)
	}
	c := validator.NewCompiler()
	if err := c.AddResource("sarif.json", parsed); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("sarif.json")
	if err != nil {
		t.Fatal(err)
	}
	return func(text []byte) error {
		value, err := validator.UnmarshalJSON(bytes.NewReader(text))
		if err != nil {
			return err
		}
		return schema.Validate(value)
	}
}

// Staleness that nobody limits is no finding, and what is suppressed is apart.
func TestFindingsShown(t *testing.T) {
	a := withFindings(t)
	var shown []string
	for _, f := range a.Scenarios[0].Findings(false) {
		shown = append(shown, f.ID+" "+f.Place())
	}
	if diff := cmp.Diff([]string{"clobbered-write src/a b.ts:14:5", "repeated-get seed"}, shown); diff != "" {
		t.Error(diff)
	}
}
