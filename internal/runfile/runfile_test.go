package runfile_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kvbench/internal/record"
	"kvbench/internal/runfile"
	"kvbench/internal/sparse"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func header() runfile.Header {
	return runfile.Header{
		Version: "test", Clock: "virtual", Seed: 7, Driver: "embedded://",
		Scenarios: []runfile.Definition{{
			Name: "s", Pattern: "p", Outcomes: []string{"kv", "error"},
			Variants: []runfile.VariantDef{{Name: "seed"}, {Name: "other"}},
			Series:   append(record.Standard(), record.Series{Name: "mark", Unit: "count", Mark: true}),
		}},
	}
}

// interval holds n values of 1000, 2000, ... of the response.
func interval(from, to time.Duration, n int) runfile.Interval {
	iv := runfile.Interval{From: from, To: to, Snapshot: record.Snapshot{
		Outcomes: []uint64{uint64(n - 1), 1}, Errors: map[string]uint64{"429": 1},
		Billed:     record.Billed{Reads: uint64(n)},
		Histograms: make([]*record.Histogram, record.FirstMark+1),
	}}
	iv.Histograms[record.Response] = record.NewTotal()
	for i := range n {
		iv.Histograms[record.Response].Record(int64(1000*(i+1)), 1)
	}
	return iv
}

// write writes a run of two variants; the second fails.
func write(t testing.TB) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := runfile.NewWriter(&out, header(), nil)
	total := interval(0, 2*time.Second, 8)
	total.Errors["429"] = 2 // as in both intervals
	one, two := w.Variant(0, 0, 0), w.Variant(0, 1, 0)
	for _, err := range []error{
		err,
		one.Begin(),
		one.Interval(interval(0, time.Second, 3)),
		one.Interval(interval(time.Second, 2*time.Second, 5)),
		one.End(&runfile.Variant{Total: plus(total, 1), Complete: true, Verified: true}),
		two.Begin(),
		two.Interval(interval(0, time.Second, 2)),
		two.End(&runfile.Variant{Total: interval(0, time.Second, 2), Error: "boom"}),
		w.Close(false),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return out.Bytes()
}

// plus is an interval of which so many transactions less ended in the first outcome
// and more in the second.
func plus(iv runfile.Interval, n uint64) runfile.Interval {
	iv.Outcomes[0] -= n
	iv.Outcomes[1] += n
	return iv
}

// count is how many responses an interval has, which its outcomes say as well.
func count(t testing.TB, iv *runfile.Interval) int64 {
	t.Helper()
	h, err := iv.Sparse(record.Response)
	if err != nil {
		t.Fatal(err)
	}
	var n int64
	for _, o := range iv.Outcomes {
		n += int64(o)
	}
	if h.Count() != n {
		t.Fatalf("%d responses, %d outcomes", h.Count(), n)
	}
	return n
}

func TestRoundTrip(t *testing.T) {
	run, err := runfile.Read("dir/run.jsonl", bytes.NewReader(write(t)))
	if err != nil {
		t.Fatal(err)
	}
	want := header()
	want.Format = runfile.Format
	if diff := cmp.Diff(want, run.Header); diff != "" {
		t.Error(diff)
	}
	if run.CutOff || run.Interrupted || len(run.Variants) != 2 || run.Dir() != "dir" {
		t.Fatalf("got %+v", run)
	}
	first, second := run.Variants[0], run.Variants[1]
	if !first.Complete || !first.Verified || first.Name != "seed" || len(first.Intervals) != 2 || count(t, &first.Total) != 8 {
		t.Errorf("the first variant: %+v", first)
	}
	if second.Complete || second.Error != "boom" || second.Variant != 1 {
		t.Errorf("the second variant: %+v", second)
	}
	sent := interval(time.Second, 2*time.Second, 5)
	got := first.Intervals[1]
	h, err := got.Sparse(record.Response)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(sent.Histograms[record.Response].Sparse(), h, cmp.AllowUnexported(sparse.Histogram{}, sparse.Bucket{})); diff != "" {
		t.Errorf("the histogram changed: %s", diff)
	}
	if h, err := got.Sparse(record.Put); h != nil || err != nil {
		t.Errorf("a series that was not observed: %v, %v", h, err)
	}
	sent.Histograms = nil
	if diff := cmp.Diff(sent, got, cmpopts.IgnoreUnexported(runfile.Interval{})); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"s/other failed: boom"}, run.Warnings); diff != "" {
		t.Error(diff)
	}
}

// A run file may end anywhere: what is whole of it is read, and that it was cut
// off is said.
func TestCutOffAnywhere(t *testing.T) {
	if testing.Short() {
		t.Skip("it measures memory, or computes a lot in one goroutine")
	}
	whole := write(t)
	firstLine := bytes.IndexByte(whole, '\n')
	for end := range len(whole) {
		run, err := runfile.Read("run.jsonl", bytes.NewReader(whole[:end]))
		if end < firstLine {
			if err == nil || !strings.HasPrefix(err.Error(), "run.jsonl:1: not a run file") {
				t.Fatalf("cut off after %d bytes of the header: %v", end, err)
			}
			continue
		}
		if err != nil {
			t.Fatalf("cut off after %d bytes: %v", end, err)
		}
		if last := end == len(whole)-1; run.CutOff == last { // only the last newline is missing
			t.Fatalf("cut off after %d of %d bytes: CutOff is %v", end, len(whole), run.CutOff)
		}
		if run.CutOff && !strings.Contains(strings.Join(run.Warnings, " "), "cut off") {
			t.Fatalf("no warning: %q", run.Warnings)
		}
		lines := bytes.Count(whole[:end], []byte("\n"))
		if whole[end] == '\n' {
			lines++
		}
		if read := linesOf(run); read != lines {
			t.Fatalf("cut off after %d bytes: %d lines were read, %d are whole", end, read, lines)
		}
		for _, v := range run.Variants {
			n := int64(0)
			for i := range v.Intervals {
				n += count(t, &v.Intervals[i])
			}
			if len(v.Intervals) > 0 && count(t, &v.Total) != n {
				t.Fatalf("cut off after %d bytes: the total of %s is not that of its intervals", end, v.Name)
			}
			if v.Complete && v.Error != "" {
				t.Fatalf("complete with %q", v.Error)
			}
		}
	}
}

// linesOf is how many lines of its file a run was read from.
func linesOf(run *runfile.Run) int {
	n := 1 // the header
	for _, v := range run.Variants {
		n += 1 + len(v.Intervals)
		if v.Error != "cut off" {
			n++
		}
	}
	if !run.CutOff {
		n++
	}
	return n
}

// A file that has changed since it was read is an error, not other figures.
func TestChangedSince(t *testing.T) {
	path := filepath.Join(t.TempDir(), "run.jsonl")
	data := write(t)
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
	run, err := runfile.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer run.Close()
	if err := os.Truncate(path, int64(len(data)/2)); err != nil {
		t.Fatal(err)
	}
	if _, err := run.Variants[1].Total.Sparse(record.Response); err == nil || !strings.Contains(err.Error(), "line 8: series response from 0s to 1s") {
		t.Errorf("got %v", err)
	}
}

func FuzzRead(f *testing.F) {
	whole := write(f)
	f.Add(whole)
	f.Add(whole[:len(whole)/2])
	f.Add([]byte("{}\n"))
	f.Add(format1(f)[:6000])
	f.Fuzz(func(t *testing.T, data []byte) {
		run, err := runfile.Read("run.jsonl", bytes.NewReader(data))
		if (run == nil) != (err != nil) {
			t.Fatalf("run %v, error %v", run, err)
		}
		if err != nil {
			return
		}
		for _, v := range run.Variants {
			for series := range v.Def.Series {
				if _, err := v.Total.Sparse(series); err != nil && run.Header.Format == 1 {
					t.Fatalf("read, and then: %v", err)
				}
			}
		}
	})
}
