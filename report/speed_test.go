package report

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"kvbench/internal/answer"
	"kvbench/internal/record"
	"kvbench/internal/runfile"
	"kvbench/kv"
)

// largeRun is a run file of so many scenarios of eight variants that each ran
// for an hour, in 40 intervals, as a run has them by itself, at 50 transactions a second. All
// variants have one of a few results, so that it is made quickly; reading and
// drawing take no notice of that.
func largeRun(t testing.TB, scenarios int) []byte {
	t.Helper()
	const variants, intervals, perInterval = 8, 40, 4500
	h := runfile.Header{Clock: "virtual", Driver: "embedded://", File: "large.yaml", Command: "kvbench run"}
	marks := []record.Series{
		{Name: "stale-read", Unit: "ns", Of: "response", Mark: true},
		{Name: "stampede", Unit: "count", Of: "get", Mark: true},
	}
	for i := range scenarios {
		def := runfile.Definition{
			Name: fmt.Sprintf("scenario-%d", i), Question: "How large?", Pattern: "multi-tier", Clock: "virtual", Load: "50/s",
			Capabilities: kv.Capabilities{Modelled: true}, Outcomes: []string{"memory", "kv", "origin", "error"},
			Series: append(record.Standard(), marks...), YAML: fmt.Sprintf("- name: scenario-%d", i),
		}
		for j := range variants {
			def.Variants = append(def.Variants, runfile.VariantDef{Name: fmt.Sprintf("variant-%d", j)})
		}
		h.Scenarios = append(h.Scenarios, def)
	}
	r := rand.New(rand.NewPCG(1, 2))
	draw := func() int64 { // lognormal: half take 10 ms, 1 % 200 ms
		return int64(1e7 * math.Exp(math.Log(20)/2.326*r.NormFloat64()))
	}
	var kinds [intervals][]*record.Histogram
	recorder, tally := record.New(len(h.Scenarios[0].Series), 4, 1), record.Tally{}
	for k := range kinds {
		for _, s := range []struct{ series, n int }{
			{record.Response, perInterval},
			{record.Wait, perInterval},
			{record.Service, perInterval},
			{record.Lateness, perInterval},
			{record.Get, perInterval},
			{record.Put, perInterval / 10},
			{record.FirstMark, perInterval / 5},
			{record.FirstMark + 1, 20},
		} {
			for range s.n {
				tally.See(s.series, draw())
			}
		}
		recorder.Commit(0, &tally, nil)
		kinds[k] = recorder.Interval().Histograms
	}
	total := recorder.Total().Histograms
	snapshot := func(n uint64, histograms []*record.Histogram) record.Snapshot {
		return record.Snapshot{
			Outcomes: []uint64{n / 2, n / 4, n / 4, 0}, Errors: map[string]uint64{},
			Billed: record.Billed{Reads: n, Writes: n / 10}, Histograms: histograms,
		}
	}
	one := &runfile.Variant{Complete: true, Total: runfile.Interval{To: time.Hour, Snapshot: snapshot(intervals*perInterval, total)}}
	for k := range kinds {
		from, length := time.Duration(k)*time.Hour/intervals, time.Hour/intervals
		one.Intervals = append(one.Intervals, runfile.Interval{From: from, To: from + length, Snapshot: snapshot(perInterval, kinds[k])})
	}
	file := func(scenarios int, one *runfile.Variant) []byte {
		var out bytes.Buffer
		w, err := runfile.NewWriter(&out, h, nil)
		for i := range scenarios {
			for j := range variants {
				v := w.Variant(i, j, 0)
				err = errors.Join(err, v.Begin())
				for _, iv := range one.Intervals {
					err = errors.Join(err, v.Interval(iv))
				}
				err = errors.Join(err, v.End(one))
			}
		}
		if err = errors.Join(err, w.Close(false)); err != nil {
			t.Fatal(err)
		}
		return out.Bytes()
	}
	// The variants of one scenario are written for real; what those of the others have is
	// copied.
	run, err := runfile.Read("run.jsonl", bytes.NewReader(file(1, one)))
	if err != nil {
		t.Fatal(err)
	}
	return file(scenarios, run.Variants[0])
}

// BenchmarkReport reads a run file of 100 scenarios of 8 variants of an hour, 240
// MB, and writes its page: in less than 2.5 s and with less than 350 MB.
func BenchmarkReport(b *testing.B) {
	dir := b.TempDir()
	path := filepath.Join(dir, "run.jsonl")
	data := largeRun(b, 100)
	if err := os.WriteFile(path, data, 0o644); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(data)))
	data = nil
	b.ReportAllocs()
	for b.Loop() {
		run, err := runfile.Open(path)
		if err != nil {
			b.Fatal(err)
		}
		a, err := answer.Of(run)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := Write(context.Background(), dir, a, []string{"html"}, nil); err != nil {
			b.Fatal(err)
		}
		if err := run.Close(); err != nil {
			b.Fatal(err)
		}
	}
}
