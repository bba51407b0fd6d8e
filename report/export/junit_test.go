package export

import (
	"encoding/xml"
	"fmt"
	"testing"

	"kvbench/internal/runfile"
	"kvbench/report/reporttest"

	"github.com/google/go-cmp/cmp"
)

// suitesOf reads what is written of a run.
func suitesOf(t *testing.T, run *runfile.Run) (out junitSuites) {
	t.Helper()
	text, err := JUnit(answerOf(t, run))
	if err != nil {
		t.Fatal(err)
	}
	if err := xml.Unmarshal(text, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestJUnit(t *testing.T) {
	f := pair()
	f.Variants = append(f.Variants, reporttest.Variant{Name: "gone", P99: 1, Failed: "the store is gone"})
	run := f.Run(t)
	again := *run.Variants[2]
	again.Repeat, again.Error = 1, "" // it was cut off
	run.Variants = append(run.Variants, &again)
	got := suitesOf(t, run)
	suite := got.Suites[0]
	if got.Tests != 4 || got.Failures != 1 || got.Errors != 1 || suite.Name != "memory-tier" || suite.Tests != 4 || suite.Failures != 1 || suite.Errors != 1 {
		t.Errorf("%+v", got)
	}
	if diff := cmp.Diff([]junitFact{{"clock", "virtual"}, {"driver", "embedded://"}, {"latency", "modelled"}}, suite.Facts); diff != "" {
		t.Error(diff)
	}
	problem := func(p *junitProblem) string {
		if p == nil {
			return ""
		}
		return p.Message
	}
	var cases []string
	for _, c := range suite.Cases {
		if c.Suite != "memory-tier" {
			t.Errorf("%+v is of no suite", c)
		}
		cases = append(cases, fmt.Sprintf("%s|%s|%s|%s", c.Name, problem(c.Error), problem(c.Failure), c.Output))
	}
	if diff := cmp.Diff([]string{
		"gone runs to its end|it failed: the store is gone||",
		"choice|||Take no-memory: seed loses 0.3% of updates",
		"seed.ops <= 1 (seed)|||1",
		"no-memory.ops < 1 (no-memory)||no-memory: have 1, want < 1|1",
	}, cases); diff != "" {
		t.Error(diff)
	}
}

// A CI server that reads a run that was cut off fails, and one that reads a run without
// any expectation has something to read.
func TestJUnitOfACutOffRun(t *testing.T) {
	f := pair()
	f.Expect, f.Choose = nil, nil
	run := f.Run(t)
	if got := suitesOf(t, run); got.Tests != 0 || got.Errors != 0 || len(got.Suites) != 1 {
		t.Errorf("%+v", got)
	}
	run.Variants[0].Complete = false
	run.Variants = run.Variants[:1]
	got := suitesOf(t, run)
	if cases := got.Suites[0].Cases; got.Errors != 2 || len(cases) != 2 ||
		cases[0].Error.Message != "it did not run to its end" || cases[1].Error.Message != "it did not run" {
		t.Errorf("%+v", got)
	}
}
