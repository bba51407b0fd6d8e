package command

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kvbench/internal/record"
	"kvbench/internal/runfile"
	"kvbench/kv"
	"kvbench/report"
	"kvbench/report/reporttest"
)

// extreme writes a run file of so many variants, in each of which every value of every
// series was seen so many times. None of its puts was counted, of which torn-read is a share.
func extreme(t *testing.T, dir string, variants int, times int64, values []int64) {
	t.Helper()
	def := runfile.Definition{
		Name: "extreme", Question: "What if?", Pattern: "coalesce", Clock: "virtual", Driver: "embedded://",
		Capabilities: kv.Capabilities{Modelled: true, Virtual: true, Locations: 1, Prices: kv.ClassicPrices()}, Rate: 1e7, Repeats: 1,
		Outcomes: []string{"read", "error"}, MaxErrors: 1,
		Series: append(record.Standard(),
			record.Series{Name: "stale-read", Unit: "ns", Of: "get", Mark: true},
			record.Series{Name: "torn-read", Unit: "ns", Of: "put", Mark: true},
			record.Series{Name: "pages", Unit: "count", Mark: true}),
	}
	for i := range variants {
		def.Variants = append(def.Variants, runfile.VariantDef{Name: fmt.Sprintf("%0190d", i)})
	}
	f, err := os.Create(filepath.Join(dir, runfile.FileName))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	w, err := runfile.NewWriter(f, runfile.Header{Clock: "virtual", Driver: "embedded://", Scenarios: []runfile.Definition{def}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	snapshot := record.Snapshot{
		Outcomes: []uint64{uint64(len(values)) * uint64(times), 0}, Billed: record.Billed{Reads: uint64(len(values)) * uint64(times), BytesRead: 1 << 53},
		Histograms: make([]*record.Histogram, len(def.Series)),
	}
	for _, series := range []int{record.Response, record.Wait, record.Service, record.Lateness, record.Get, record.FirstMark, record.FirstMark + 1, record.FirstMark + 2} {
		h := record.NewTotal()
		for _, value := range values {
			h.Record(value, times)
		}
		snapshot.Histograms[series] = h
	}
	iv := runfile.Interval{To: 1<<63 - 1, Snapshot: snapshot}
	stored := int64(1<<63 - 1)
	for i := range variants {
		v := w.Variant(0, i, 0)
		for _, err := range []error{
			v.Begin(), v.Interval(iv),
			v.End(&runfile.Variant{Total: iv, Verified: true, Complete: true, Stored: &stored, Ended: 1 << 53, Within: time.Nanosecond}),
		} {
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := w.Close(false); err != nil {
		t.Fatal(err)
	}
}

// A run file may hold the largest counts, times and names that are taken, and many
// variants: its report ends, every format can be read back, and no picture is huge.
func TestExtremeRunFiles(t *testing.T) {
	for name, test := range map[string]struct {
		variants int
		times    int64
		values   []int64
		formats  []string
	}{
		"counts":   {2, 1 << 51, []int64{0, 1, record.MaxValue, 1<<63 - 1}, report.Formats()},
		"zeros":    {2, 100, []int64{0}, report.Formats()}, // as an oldest age of 0 ns
		"negative": {2, 100, []int64{-5, 0}, report.Formats()},
		"variants": {80, 1, []int64{0, 1, record.MaxValue, 1<<63 - 1}, []string{"png"}},
	} {
		t.Run(name, func(t *testing.T) {
			if test.variants > 2 && raceEnabled() {
				t.Skip("drawing has no more tasks than elsewhere, and takes a minute with the race detector")
			}
			dir := t.TempDir()
			extreme(t, dir, test.variants, test.times, test.values)
			var stdout, stderr bytes.Buffer
			args := []string{"report", dir, "--format", strings.Join(test.formats, ",")}
			if status := execute(t.Context(), args, &stdout, &stderr); status != exitOK {
				t.Fatalf("exit status %d\n%s", status, stderr.String())
			}
			if n, err := reporttest.Folder(dir); err != nil || n < len(test.formats) {
				t.Errorf("%d files: %v", n, err)
			}
			if err := reporttest.Text(stdout.Bytes()); err != nil {
				t.Error(err)
			}
			if test.variants > 2 {
				return
			}
			head := t.TempDir()
			extreme(t, head, test.variants, test.times/2, test.values)
			args = []string{"compare", dir, head, "--format", "html,svg,png,md,json"}
			if status := execute(t.Context(), args, &stdout, &stderr); status != exitOK {
				t.Errorf("compare: exit status %d\n%s", status, stderr.String())
			}
			if _, err := reporttest.Folder(head); err != nil {
				t.Error(err)
			}
		})
	}
}
