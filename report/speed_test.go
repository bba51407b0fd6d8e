package report

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"kvbench/internal/record"
	"kvbench/internal/runfile"
	"kvbench/kv"

	hdr "github.com/HdrHistogram/hdrhistogram-go"
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
			Traits: kv.Traits{Modelled: true}, Outcomes: []string{"memory", "kv", "origin", "error"},
			Series: append(record.Standard(), marks...), YAML: fmt.Sprintf("- name: scenario-%d", i),
		}
		for j := range variants {
			def.Variants = append(def.Variants, runfile.VariantDef{Name: fmt.Sprintf("variant-%d", j)})
		}
		h.Scenarios = append(h.Scenarios, def)
	}
	r := rand.New(rand.NewPCG(1, 2))
	draw := lognormal(10*time.Millisecond, 200*time.Millisecond)
	var kinds [intervals][]*hdr.Histogram
	total := make([]*hdr.Histogram, len(h.Scenarios[0].Series))
	for k := range kinds {
		kinds[k] = make([]*hdr.Histogram, len(total))
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
			kinds[k][s.series] = hdr.New(1, 1<<47, 2)
			if total[s.series] == nil {
				total[s.series] = record.NewTotal()
			}
			for range s.n {
				v := int64(draw(r, 0))
				_ = kinds[k][s.series].RecordValue(v)
				_ = total[s.series].RecordValue(v)
			}
		}
	}
	var out bytes.Buffer
	w, err := runfile.NewWriter(&out, h)
	if err != nil {
		t.Fatal(err)
	}
	snapshot := func(n uint64, histograms []*hdr.Histogram) record.Snapshot {
		return record.Snapshot{
			Outcomes: []uint64{n / 2, n / 4, n / 4, 0}, Errors: map[string]uint64{},
			Billed: record.Billed{Reads: n, Writes: n / 10}, Histograms: histograms,
		}
	}
	// One variant is written for real; the lines of the others are the same.
	if err := w.Begin(0, 0, 0); err != nil {
		t.Fatal(err)
	}
	before := out.Len()
	for k := range kinds {
		from, length := time.Duration(k)*time.Hour/intervals, time.Hour/intervals
		if err := w.Interval(runfile.Interval{From: from, To: from + length, Snapshot: snapshot(perInterval, kinds[k])}); err != nil {
			t.Fatal(err)
		}
	}
	v := runfile.Variant{Complete: true, Total: runfile.Interval{To: time.Hour, Snapshot: snapshot(intervals*perInterval, total)}}
	if err := w.End(&v); err != nil {
		t.Fatal(err)
	}
	lines := bytes.Clone(out.Bytes()[before:])
	for i := range scenarios {
		for j := range variants {
			if i+j == 0 {
				continue
			}
			if err := w.Begin(i, j, 0); err != nil {
				t.Fatal(err)
			}
			out.Write(lines)
		}
	}
	if err := w.Close(false); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// A run that was read is small: its histograms stay in the file.
func TestReadIsSmall(t *testing.T) {
	path := filepath.Join(t.TempDir(), "run.jsonl")
	data := largeRun(t, 4)
	size := len(data)
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
	data = nil
	before := live()
	run, err := runfile.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer run.Close()
	if kept := live() - before; kept > int64(size/10) {
		t.Errorf("a run file of %d bytes takes %d bytes once it is read, want a tenth at most", size, kept)
	}
	runtime.KeepAlive(run)
}

// live is the bytes of the heap that are in use.
func live() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// BenchmarkReport reads a run file of 100 scenarios of 8 variants of an hour, 240
// MB, and writes its page: in less than 3 s and with less than 500 MB.
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
		if _, err := summariseAndWrite(dir, run, []string{"html"}, nil); err != nil {
			b.Fatal(err)
		}
		if err := run.Close(); err != nil {
			b.Fatal(err)
		}
	}
}
