package table

import (
	"fmt"
	"strings"
	"testing"

	"kvbench/internal/answer"
	"kvbench/report/reporttest"

	"github.com/google/go-cmp/cmp"
)

// The first error of each variant is told once, whatever its share, and not twice of one that
// failed of it.
func TestErrors(t *testing.T) {
	made := reporttest.MadeUp{Name: "x", Variants: []reporttest.Variant{
		{Name: "seed", N: 1000, P99: 1e7, Errors: 34},
		{Name: "other", N: 1000, P99: 1e7, Errors: 1},
		{Name: "same", N: 1000, P99: 1e7},
		{Name: "none", P99: 1e7},
		{Name: "bad", P99: 1e7, Errors: 200, Failed: "too many; the first: it burns"},
	}}
	for i := range 20 {
		made.Variants = append(made.Variants, reporttest.Variant{Name: fmt.Sprint("v", i), P99: 1e7})
	}
	run := made.Run(t)
	for i, text := range []string{"no such path (src/a.ts:3:9)", "gone", "no such path (src/a.ts:3:9)", "", "it burns"} {
		run.Variants[i].FirstError = text
	}
	said := func() []string {
		a, err := answer.Of(run)
		if err != nil {
			t.Fatal(err)
		}
		return Errors(a.Scenarios[0].Scenario)
	}
	want := []string{
		"The first error of seed (3.4%), same: no such path (src/a.ts:3:9)",
		"The first error of other (0.1%): gone",
	}
	if diff := cmp.Diff(want, said()); diff != "" {
		t.Error(diff)
	}
	for i := range 20 {
		run.Variants[5+i].FirstError = fmt.Sprint("error ", i)
	}
	if got := said(); len(got) != mostErrors+1 || !strings.HasPrefix(got[mostErrors], "10 more ") {
		t.Errorf("of many: %q", got)
	}
}
