package merge_test

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"kvbench/internal/load"
	"kvbench/internal/merge"
	"kvbench/internal/record"
	"kvbench/internal/runfile"

	"pgregory.net/rapid"
)

func header(clock string) runfile.Header {
	return runfile.Header{
		Version: "test", Clock: clock, Seed: 7, Driver: "rest://a/b", Started: "2026-01-01T00:00:00Z", RunID: "r", Host: "h",
		Scenarios: []runfile.Definition{{
			Name: "s", Pattern: "p", Clock: clock, Outcomes: []string{"kv", "error"}, Repeats: 1, MaxErrors: 1,
			Variants: []runfile.VariantDef{{Name: "seed"}},
			Series:   append(record.Standard(), record.Series{Name: "mark", Unit: "count", Mark: true}),
			Workload: &runfile.Workload{Load: runfile.Load{Rate: new(load.Rate)}},
		}},
	}
}

// sample is a transaction that was measured, or what was observed after the last one.
type sample struct {
	interval, outcome int
	took, late        int64
	mark              bool
	errors            []string
}

// write writes a run of samples, in intervals of a second of which the last ends late.
func write(t *rapid.T, h runfile.Header, samples []sample, intervals int, last time.Duration) []byte {
	var out bytes.Buffer
	w, err := runfile.NewWriter(&out, h, nil)
	if err != nil {
		t.Fatal(err)
	}
	snapshot := func(of func(sample) bool, precision func() *record.Histogram, from, to time.Duration) runfile.Interval {
		s := record.Snapshot{Outcomes: make([]uint64, 2), Errors: map[string]uint64{}, Histograms: make([]*record.Histogram, record.FirstMark+1)}
		see := func(series int, value int64) {
			if s.Histograms[series] == nil {
				s.Histograms[series] = precision()
			}
			s.Histograms[series].Record(value, 1)
		}
		for _, x := range samples {
			if !of(x) {
				continue
			}
			s.Outcomes[x.outcome]++
			s.Billed.Add(record.Billed{Reads: 1, BytesRead: uint64(x.took) % 1000})
			for series, value := range []int64{x.took + x.late, x.late, x.took, x.late} {
				see(series, value)
			}
			if x.mark {
				see(record.FirstMark, x.took%7)
			}
			for _, code := range x.errors {
				s.Errors[code]++
			}
		}
		return runfile.Interval{From: from, To: to, Snapshot: s}
	}
	v := w.Variant(0, 0, 0)
	if err := v.Begin(); err != nil {
		t.Fatal(err)
	}
	to := time.Duration(0)
	for i := range intervals {
		from := to
		if to += time.Second; i == intervals-1 {
			to += last
		}
		if err := v.Interval(snapshot(func(x sample) bool { return x.interval == i }, record.NewInterval, from, to)); err != nil {
			t.Fatal(err)
		}
	}
	end := &runfile.Variant{Total: snapshot(func(sample) bool { return true }, record.NewTotal, 0, to), Verified: true, Complete: true}
	if err := v.End(end); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(false); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

var crc = regexp.MustCompile(`"crc":"[0-9a-f]{8}"`)

// body is a run file without its header and its check sums.
func body(file []byte) string {
	_, rest, _ := strings.Cut(string(file), "\n")
	return crc.ReplaceAllString(rest, "")
}

func read(t interface{ Fatal(...any) }, name string, file []byte) *runfile.Run {
	run, err := runfile.Read(name, bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	return run
}

// However transactions are shared out among shards, and whenever these end, merged they are the
// lines that one process writes of the same samples.
func TestMergeIsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, intervals := rapid.IntRange(1, 6).Draw(t, "shards"), rapid.IntRange(1, 5).Draw(t, "intervals")
		value := rapid.OneOf(rapid.Int64Range(0, 5000), rapid.Int64Range(0, 1<<40), rapid.Int64Range(record.MaxValue-5, record.MaxValue+5))
		whole := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) sample {
			return sample{
				interval: rapid.IntRange(0, intervals-1).Draw(t, "interval"), outcome: rapid.IntRange(0, 1).Draw(t, "outcome"),
				took: value.Draw(t, "took"), late: rapid.Int64Range(-3, 1000).Draw(t, "late"), mark: rapid.Bool().Draw(t, "mark"),
				errors: rapid.SliceOfN(rapid.SampledFrom([]string{"429", "500"}), 0, 2).Draw(t, "errors"),
			}
		}), 1, 60).Draw(t, "samples")
		parts := make([][]sample, n)
		for _, s := range whole {
			shard := rapid.IntRange(0, n-1).Draw(t, "shard")
			parts[shard] = append(parts[shard], s)
		}
		var runs []*runfile.Run
		most := time.Duration(0)
		for i, part := range parts {
			h := header("wall")
			h.Shard = &runfile.Shard{Index: i, Of: n, RunID: "r"}
			h.Host, h.CPUs = fmt.Sprint("host", i), i
			// A shard ends with its last interval, some time within it or after.
			ended := 1
			for _, s := range part {
				ended = max(ended, s.interval+1)
			}
			if i == 0 {
				ended = intervals
			}
			last := time.Duration(rapid.Int64Range(-9, 9).Draw(t, "last")) * 100 * time.Millisecond
			if ended < intervals {
				last = min(last, 0)
			} else {
				most = max(most, time.Duration(ended)*time.Second+last)
			}
			runs = append(runs, read(t, fmt.Sprint(i), write(t, h, part, ended, last)))
		}
		slices.Reverse(runs)
		set, err := merge.Of(runs)
		if err != nil || len(set.Faults) > 0 {
			t.Fatal(err, set)
		}
		var merged bytes.Buffer
		if err := set.Write(&merged, "merge"); err != nil {
			t.Fatal(err)
		}
		last := most - time.Duration(intervals)*time.Second
		want := write(t, header("wall"), whole, intervals, last)
		if got := body(merged.Bytes()); got != body(want) {
			t.Fatalf("merged\n%s\nwant\n%s", got, body(want))
		}
		run := read(t, "merged", merged.Bytes())
		var transactions uint64
		for i, p := range run.Header.Merged.Shards {
			transactions += p.Transactions
			if p.Index != i || p.Host != fmt.Sprint("host", i) || (p.LatenessP99 == nil) != (len(parts[i]) == 0) || int(p.Transactions) != len(parts[i]) {
				t.Fatalf("shard %d: %+v", i, p)
			}
		}
		if transactions != uint64(len(whole)) {
			t.Fatalf("%d transactions, want %d", transactions, len(whole))
		}
	})
}
