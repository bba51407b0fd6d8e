package runfile_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"kvbench/internal/record"
	"kvbench/internal/runfile"

	hdr "github.com/HdrHistogram/hdrhistogram-go"
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
		Outcomes: []uint64{uint64(n), 1}, Errors: map[string]uint64{"429": 1},
		Billed:     record.Billed{Reads: uint64(n)},
		Histograms: make([]*hdr.Histogram, record.FirstMark+1),
	}}
	iv.Histograms[record.Response] = record.NewTotal()
	for i := range n {
		_ = iv.Histograms[record.Response].RecordValue(int64(1000 * (i + 1)))
	}
	return iv
}

// write writes a run of two variants; the second fails.
func write(t testing.TB) []byte {
	var out bytes.Buffer
	w, err := runfile.NewWriter(&out, header())
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	check(err)
	check(w.Begin(0, 0, 0))
	check(w.Interval(interval(0, time.Second, 3)))
	check(w.Interval(interval(time.Second, 2*time.Second, 5)))
	check(w.End(&runfile.Variant{Total: interval(0, 2*time.Second, 8), Complete: true, Verified: true}))
	check(w.Begin(0, 1, 0))
	check(w.Interval(interval(0, time.Second, 2)))
	check(w.End(&runfile.Variant{Total: interval(0, time.Second, 2), Error: "boom"}))
	check(w.Close(false))
	return out.Bytes()
}

// count is how many responses an interval has, by its filled buckets and by the
// dense one alike.
func count(iv *runfile.Interval) int64 {
	filled, err := iv.Sparse(record.Response)
	if err != nil {
		panic(err)
	}
	dense, err := iv.Histogram(record.Response)
	if err != nil || dense.TotalCount() != filled.Count() || dense.ValueAtPercentile(99) != filled.Percentile(99) {
		panic(fmt.Sprint("the filled buckets are not those of the histogram: ", err))
	}
	return filled.Count()
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
	if !first.Complete || !first.Verified || first.Name != "seed" || len(first.Intervals) != 2 || count(&first.Total) != 8 {
		t.Errorf("the first variant: %+v", first)
	}
	if second.Complete || second.Error != "boom" || second.Variant != 1 {
		t.Errorf("the second variant: %+v", second)
	}
	sent := interval(0, 2*time.Second, 8)
	got, err := first.Total.Decode()
	if err != nil {
		t.Fatal(err)
	}
	if !sent.Histograms[record.Response].Equals(got.Histograms[record.Response]) || got.Histograms[record.Put] != nil {
		t.Error("the histograms changed")
	}
	sent.Histograms, got.Histograms = nil, nil
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
	whole := write(t)
	firstLine := bytes.IndexByte(whole, '\n')
	for end := firstLine + 1; end < len(whole); end++ {
		run, err := runfile.Read("run.jsonl", bytes.NewReader(whole[:end]))
		if err != nil {
			t.Fatalf("cut off after %d bytes: %v", end, err)
		}
		if last := end == len(whole)-1; run.CutOff == last { // only the last newline is missing
			t.Fatalf("cut off after %d of %d bytes: CutOff is %v", end, len(whole), run.CutOff)
		}
		if run.CutOff && !strings.Contains(strings.Join(run.Warnings, " "), "cut off") {
			t.Fatalf("no warning: %q", run.Warnings)
		}
		for _, v := range run.Variants {
			n := int64(0)
			for i := range v.Intervals {
				iv, err := v.Intervals[i].Decode()
				if err != nil {
					t.Fatal(err)
				}
				n += count(&iv)
			}
			total, err := v.Total.Decode()
			if err != nil {
				t.Fatal(err)
			}
			if len(v.Intervals) > 0 && (total.Histograms[record.Response] == nil || count(&total) != n) {
				t.Fatalf("cut off after %d bytes: the total of %s is not that of its intervals", end, v.Name)
			}
			if v.Complete && v.Error != "" {
				t.Fatalf("complete with %q", v.Error)
			}
		}
	}
}

func TestRefused(t *testing.T) {
	whole := string(write(t))
	lines := strings.SplitAfter(whole, "\n")
	for name, test := range map[string]struct{ text, want string }{
		"empty":                {"", "run.jsonl:1: not a run file"},
		"another file":         {"hello\nworld\n", "run.jsonl:1: not a line of a run file"},
		"another format":       {strings.Replace(whole, `"format":1`, `"format":9`, 1), "run.jsonl:1: format 9"},
		"no header":            {strings.Join(lines[1:], ""), "run.jsonl:1: not a run file: it does not begin with a header"},
		"a broken line inside": {lines[0] + "{\n" + strings.Join(lines[1:], ""), "run.jsonl:2: not a line"},
		"a line twice":         {lines[0] + lines[1] + strings.Join(lines[1:], ""), "run.jsonl:3: s/seed begins before s/seed has ended"},
		"an unknown variant":   {strings.Replace(whole, `"variant":"other"`, `"variant":"odd"`, 1), "run.jsonl:6: the header has no s/odd"},
		"an unknown series":    {strings.Replace(whole, `"series":{"response"`, `"series":{"odd"`, 1), "run.jsonl:3: 1 series that the scenario does not have"},
		"after the trailer":    {whole + lines[1], "run.jsonl:10: a line after the trailer"},
		"an escaped histogram": {strings.Replace(whole, `"series":{"response":"`, `"series":{"response":"\u0041`, 1), "run.jsonl:3: not a line of a run file: its series are not names and base64 texts"},
		"an odd name":          {strings.Replace(whole, `"series":{`, `"Series":{`, 1), "run.jsonl:3: 1 series that the scenario does not have"},
		"an unknown line":      {lines[0] + "{}\n" + lines[1], "run.jsonl:2: a line that says nothing that is known"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := runfile.Read("run.jsonl", strings.NewReader(test.text))
			if err == nil || !strings.HasPrefix(err.Error(), test.want) {
				t.Errorf("got %v, want %s…", err, test.want)
			}
		})
	}
}

// The order of the keys and the white space between them are free, as in any JSON.
func TestReadsOtherSpelling(t *testing.T) {
	var spelled bytes.Buffer
	for _, line := range bytes.SplitAfter(write(t), []byte("\n")) {
		if len(line) == 0 {
			continue
		}
		var v any
		if err := json.Unmarshal(line, &v); err != nil {
			t.Fatal(err)
		}
		text, err := json.MarshalIndent(v, "", "\t") // sorted by key
		if err != nil {
			t.Fatal(err)
		}
		spelled.Write(append(bytes.ReplaceAll(text, []byte("\n"), []byte(" ")), '\n'))
	}
	run, err := runfile.Read("run.jsonl", bytes.NewReader(spelled.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	v := run.Variants[0]
	if got := []int64{count(&v.Intervals[0]), count(&v.Intervals[1]), count(&v.Total)}; !slices.Equal(got, []int64{3, 5, 8}) {
		t.Errorf("%v responses, want 3, 5 and 8", got)
	}
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
	if _, err := run.Variants[1].Total.Sparse(record.Response); err == nil || !strings.Contains(err.Error(), "series response from 0s to 1s") {
		t.Errorf("got %v", err)
	}
}

func FuzzRead(f *testing.F) {
	whole := write(f)
	f.Add(whole)
	f.Add(whole[:len(whole)/2])
	f.Add([]byte("{}\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		run, err := runfile.Read("run.jsonl", bytes.NewReader(data))
		if (run == nil) != (err != nil) {
			t.Fatalf("run %v, error %v", run, err)
		}
	})
}
