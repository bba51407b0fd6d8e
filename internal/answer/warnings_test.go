package answer_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"kvbench/internal/metric"
	"kvbench/internal/record"
	"kvbench/report/reporttest"

	"github.com/google/go-cmp/cmp"
)

// quiet is pair without anything to choose by or to expect, and nothing to be warned of.
func quiet() reporttest.MadeUp {
	f := pair()
	f.Choose, f.Expect = nil, nil
	return f
}

func TestNothingToWarnOf(t *testing.T) {
	if got := warningsOf(t, quiet().Run(t)); got != nil {
		t.Errorf("%q", got)
	}
}

// Errors are warned of where they are more than one transaction in twenty, in one warning
// for all variants, and not of a variant that failed, which says why.
func TestErrorWarning(t *testing.T) {
	for _, test := range []struct {
		errors []uint64 // of 2,000
		want   string
	}{
		{[]uint64{100, 0}, ""}, // 5%
		{[]uint64{120, 0}, "memory-tier: transactions ended in an error: seed 6%."},
		{[]uint64{120, 400}, "memory-tier: transactions ended in an error: seed 6%, no-memory 20%."},
	} {
		f := quiet()
		for i, n := range test.errors {
			f.Variants[i].Errors = n
		}
		if got := strings.Join(warningsOf(t, f.Run(t)), "\n"); got != test.want {
			t.Errorf("%v: got %q, want %q", test.errors, got, test.want)
		}
	}
	f := quiet()
	f.Variants[0].Errors, f.Variants[0].Failed = 900, "900 of 2000 transactions ended in an error"
	if got := warningsOf(t, f.Run(t)); got != nil {
		t.Errorf("of one that failed: %q", got)
	}
}

// A p99 of few transactions is mostly chance; where there is no latency, there is no p99.
func TestFewWarning(t *testing.T) {
	f := quiet()
	f.Variants[0].N, f.Variants[1].N = 999, 1000
	run := f.Run(t)
	want := []string{"memory-tier: seed measured fewer than 1,000 transactions: too few for a p99 that is more than chance."}
	if diff := cmp.Diff(want, warningsOf(t, run)); diff != "" {
		t.Error(diff)
	}
	run.Header.Scenarios[0].Capabilities.Modelled = false // and virtual time
	if got := warningsOf(t, run); got != nil {
		t.Errorf("without latency: %q", got)
	}
}

// Of many variants, as in a sweep, not each is named.
func TestFewOfManyWarning(t *testing.T) {
	f := quiet()
	for i := range 10 {
		v := f.Variants[1]
		v.Name, v.N = fmt.Sprintf("v%d", i), 500
		f.Variants = append(f.Variants, v)
	}
	for _, want := range []string{"10 of its 12 variants", "every variant"} {
		want = "memory-tier: " + want + " measured fewer than 1,000 transactions: too few for a p99 that is more than chance."
		if diff := cmp.Diff([]string{want}, warningsOf(t, f.Run(t))); diff != "" {
			t.Error(diff)
		}
		f.Variants[0].N, f.Variants[1].N = 500, 500
	}
}

// What did not run or measured nothing is said, but not where a stop of the run says why.
func TestNotRunWarning(t *testing.T) {
	f := quiet()
	f.Variants[0].Missing, f.Variants[1].N = true, -1
	want := []string{"memory-tier/seed did not run: the run ended before.", "memory-tier/no-memory measured no transaction."}
	if diff := cmp.Diff(want, warningsOf(t, f.Run(t))); diff != "" {
		t.Error(diff)
	}
	for _, cutOff := range []bool{true, false} {
		f.CutOff, f.Interrupted = cutOff, !cutOff
		if diff := cmp.Diff(want[1:], warningsOf(t, f.Run(t))); diff != "" {
			t.Errorf("cut off %v: %s", cutOff, diff)
		}
	}
}

// A load generator that is late measures itself.
func TestLateWarning(t *testing.T) {
	for share, warned := range map[int64]bool{9: false, 12: true} { // of the response, in percent
		run := quiet().Run(t)
		late := record.NewTotal()
		late.Record(share*12*millisecond/100, 2000)
		run.Variants[0].Total.Histograms[record.Lateness] = late
		got := warningsOf(t, run)
		if !warned && got != nil || warned && (len(got) != 1 || !strings.HasPrefix(got[0], "memory-tier/seed: the load generator was late by 1.4")) {
			t.Errorf("late by %d%%: %q", share, got)
		}
	}
}

// What lies beyond the range of a histogram is said.
func TestBeyondWarning(t *testing.T) {
	day := int64(24 * time.Hour)
	f := quiet()
	f.Variants[0].Stale = append(reporttest.Sizes(400, 500*day), reporttest.Sizes(1200, day)...)
	want := "memory-tier/seed: 400 of 1,600 values of stale-read lie outside the range that is recorded, 0 to " + metric.FormatTime(record.MaxValue)
	if got := warningsOf(t, f.Run(t)); len(got) != 1 || !strings.HasPrefix(got[0], want) {
		t.Errorf("%q, want %s…", got, want)
	}
}
