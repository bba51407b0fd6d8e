package table

import (
	"testing"

	"kvbench/internal/answer"
	"kvbench/report/reporttest"

	"github.com/google/go-cmp/cmp"
)

// That an anomaly was not observed is said of those alone that had anything to observe it
// in: without an update none is lost.
func TestNothingToSeeItIn(t *testing.T) {
	run := reporttest.MadeUp{Name: "x", Variants: []reporttest.Variant{{Name: "seed", P99: 1e7}, {Name: "other", P99: 2e7}}}.Run(t)
	said := func() []string {
		a, err := answer.Of(run)
		if err != nil {
			t.Fatal(err)
		}
		return Unseen(a.Scenarios[0].Scenario)
	}
	none := func(variant int) {
		outcomes := run.Variants[variant].Total.Outcomes
		outcomes[0], outcomes[1] = outcomes[0]+outcomes[1], 0
	}
	none(0)
	if diff := cmp.Diff([]string{"Not observed: stale-read, lost-update, torn-read"}, said()); diff != "" {
		t.Errorf("one has updates: %s", diff)
	}
	none(1)
	want := []string{"Not observed: stale-read, torn-read", "Nothing can be said of lost-update: the count of updated transactions is 0"}
	if diff := cmp.Diff(want, said()); diff != "" {
		t.Errorf("none has an update: %s", diff)
	}
	run.Variants = run.Variants[:0]
	want = []string{
		"Nothing can be said of stale-read, torn-read: the count of transactions is 0", "Nothing can be said of lost-update: the count of updated transactions is 0",
	}
	if diff := cmp.Diff(want, said()); diff != "" {
		t.Errorf("none ran: %s", diff)
	}
}

// What any variant has is seen.
func TestSeen(t *testing.T) {
	run := reporttest.MadeUp{Name: "x", Variants: []reporttest.Variant{
		{Name: "seed", P99: 1e7, Stale: reporttest.Sizes(1, 1)}, {Name: "other", P99: 2e7, Lost: reporttest.Sizes(1, 1)},
	}}.Run(t)
	a, err := answer.Of(run)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"Not observed: torn-read"}, Unseen(a.Scenarios[0].Scenario)); diff != "" {
		t.Error(diff)
	}
}
