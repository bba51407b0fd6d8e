package answer_test

import (
	"testing"

	"kvbench/internal/load"
	"kvbench/internal/runfile"

	"github.com/google/go-cmp/cmp"
)

// A rate that was not met is told with how much of it was, and what held it back.
func TestBehindWarning(t *testing.T) {
	for _, test := range []struct {
		late     uint64 // of 2,000
		inFlight int
		want     []string
	}{
		{0, 16, nil},
		{20, 16, nil}, // 1%
		{500, 16, []string{"memory-tier/seed: the rate was not met: 75% of 100/s, as 500 of 2,000 transactions that were due began only after the measured time: at most 16 run at once."}},
		{500, 0, []string{"memory-tier/seed: the rate was not met: 75% of 100/s, as 500 of 2,000 transactions that were due began only after the measured time: the load generator was too slow."}},
	} {
		run := quiet().Run(t)
		rate := load.PerSecond(100)
		def := &run.Header.Scenarios[0]
		def.Rate, def.Workload = 100, &runfile.Workload{Load: runfile.Load{Rate: &rate, InFlight: test.inFlight}}
		run.Variants[0].Behind = test.late
		if diff := cmp.Diff(test.want, warningsOf(t, run)); diff != "" {
			t.Errorf("%d late: %s", test.late, diff)
		}
	}
}

// When a run ended that was to end when it is stable is told, and where it never was.
func TestStableNotes(t *testing.T) {
	run := quiet().Run(t)
	yes, no := true, false
	run.Header.Scenarios[0].Workload = &runfile.Workload{Load: runfile.Load{Stable: 0.05}}
	run.Variants[0].Stable, run.Variants[1].Stable = &yes, &no
	want := []string{"memory-tier: p50 and p99 of no-memory were not stable within 5% when the longest duration was over: measure for longer, at a higher rate, or allow more."}
	if diff := cmp.Diff(want, warningsOf(t, run)); diff != "" {
		t.Error(diff)
	}
	notes := []string{"memory-tier/seed ended after 60 s: p50 and p99 were stable within 5%."}
	if diff := cmp.Diff(notes, answerOf(t, run).Scenarios[0].Notes); diff != "" {
		t.Error(diff)
	}
	run.Variants[1].Complete = false
	if got := warningsOf(t, run); got != nil {
		t.Errorf("of one that was stopped: %q", got)
	}
}
