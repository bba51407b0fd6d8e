package record_test

import (
	"sync"
	"testing"
	"time"

	"kvbench/internal/record"

	"github.com/google/go-cmp/cmp"
)

const outcomes = 2

func transaction(due, start, end time.Duration) *record.Transaction {
	return &record.Transaction{Due: due, Released: due + 1, Start: start, End: end, Outcome: 1}
}

func TestCommit(t *testing.T) {
	r := record.New(record.FirstMark+1, outcomes, 2)
	var tally record.Tally
	for task := range 4 {
		tally.See(record.Get, 100)
		tally.See(record.FirstMark, 7)
		tally.Fail("429")
		tally.Bill(record.Billed{Reads: 1, BytesRead: 10})
		r.Commit(task, &tally, transaction(0, 10, 30))
		if tally.Failed() {
			t.Error("the tally was not emptied")
		}
	}
	tally.See(record.FirstMark, 9)
	r.Commit(0, &tally, nil) // what is seen outside a transaction

	check := func(s record.Snapshot) {
		t.Helper()
		for series, want := range map[int][2]int64{ // count and max
			record.Response: {4, 30}, record.Wait: {4, 10}, record.Service: {4, 20}, record.Lateness: {4, 1},
			record.Get: {4, 100}, record.FirstMark: {5, 9},
		} {
			h := s.Histograms[series]
			if got := [2]int64{h.TotalCount(), h.Max()}; got != want {
				t.Errorf("series %d: count and max %v, want %v", series, got, want)
			}
		}
		if s.Histograms[record.Put] != nil {
			t.Error("a series that was not observed has a histogram")
		}
		if diff := cmp.Diff([]uint64{0, 4}, s.Outcomes); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff(map[string]uint64{"429": 4}, s.Errors); diff != "" {
			t.Error(diff)
		}
		if want := (record.Billed{Reads: 4, BytesRead: 40}); s.Billed != want {
			t.Errorf("billed %+v, want %+v", s.Billed, want)
		}
	}
	check(r.Interval())
	check(r.Total())
	if s := r.Interval(); s.Outcomes[1] != 0 || len(s.Errors) != 0 || s.Histograms[record.Get] != nil {
		t.Errorf("the second interval repeats the first: %+v", s)
	}
	check(r.Total())
}

// A transaction that waits for nothing, as in a closed loop, counts in the four series as any
// other does.
func TestPromptTransactions(t *testing.T) {
	r := record.New(record.FirstMark, outcomes, 1)
	var tally record.Tally
	check := func(s record.Snapshot, n int64, want map[int]int64) {
		t.Helper()
		for series, most := range want {
			if h := s.Histograms[series]; h.TotalCount() != n || h.Max() != most {
				t.Errorf("series %d: %d values up to %d, want %d up to %d", series, h.TotalCount(), h.Max(), n, most)
			}
		}
	}
	prompt := record.Transaction{Due: 5, Released: 5, Start: 5, End: 25}
	alone := map[int]int64{record.Response: 20, record.Service: 20, record.Wait: 0, record.Lateness: 0}
	r.Commit(0, &tally, &prompt)
	check(r.Interval(), 1, alone)
	check(r.Total(), 1, alone)
	check(r.Total(), 1, alone)
	r.Commit(0, &tally, &record.Transaction{Due: 5, Released: 7, Start: 9, End: 19})
	r.Commit(0, &tally, &prompt)
	check(r.Interval(), 2, map[int]int64{record.Response: 20, record.Service: 20, record.Wait: 4, record.Lateness: 2})
	check(r.Total(), 3, map[int]int64{record.Response: 20, record.Service: 20, record.Wait: 4, record.Lateness: 2})
}

func TestMergeKeepsOrderOfBranches(t *testing.T) {
	var parent, branch record.Tally
	branch.See(record.Get, 1)
	branch.Fail("500")
	branch.Bill(record.Billed{Writes: 2})
	parent.Merge(&branch)
	if branch.Failed() || !parent.Failed() {
		t.Error("the branch was not moved")
	}
	r := record.New(record.FirstMark, outcomes, 1)
	r.Commit(0, &parent, nil)
	if s := r.Total(); s.Billed.Writes != 2 || s.Errors["500"] != 1 || s.Histograms[record.Get].TotalCount() != 1 {
		t.Errorf("got %+v", s)
	}
}

func TestConcurrentCommitsLoseNothing(t *testing.T) {
	r := record.New(record.FirstMark, outcomes, 2)
	const tasks, each = 8, 2000
	var wg sync.WaitGroup
	var intervals int64
	stop := make(chan bool)
	collected := make(chan bool)
	go func() {
		defer close(collected)
		for {
			if h := r.Interval().Histograms[record.Get]; h != nil {
				intervals += h.TotalCount()
			}
			select {
			case <-stop:
				return
			default:
			}
		}
	}()
	for task := range tasks {
		wg.Go(func() {
			var tally record.Tally
			for i := range each {
				tally.See(record.Get, int64(i))
				r.Commit(task, &tally, transaction(0, 1, 2))
			}
		})
	}
	wg.Wait()
	close(stop)
	<-collected
	if h := r.Interval().Histograms[record.Get]; h != nil {
		intervals += h.TotalCount()
	}
	total := r.Total()
	if n := total.Histograms[record.Get].TotalCount(); n != tasks*each || intervals != n || total.Outcomes[1] != tasks*each {
		t.Errorf("%d in total, %d in intervals, want %d", n, intervals, tasks*each)
	}
}

func TestCommitAllocatesNothing(t *testing.T) {
	r := record.New(record.FirstMark, outcomes, 1)
	var tally record.Tally
	tx := transaction(0, 1, 2)
	commit := func() {
		tally.See(record.Get, 1000)
		tally.Bill(record.Billed{Reads: 1})
		r.Commit(0, &tally, tx)
	}
	commit()
	if n := testing.AllocsPerRun(1000, commit); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkCommit(b *testing.B) {
	r := record.New(record.FirstMark, outcomes, 1)
	var tally record.Tally
	tx := transaction(0, 1, 2)
	b.ReportAllocs()
	for b.Loop() {
		tally.See(record.Get, 1000)
		r.Commit(0, &tally, tx)
	}
}
