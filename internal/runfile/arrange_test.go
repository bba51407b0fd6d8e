package runfile_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"kvbench/internal/runfile"
)

// twoAtOnce writes the run of write with both variants at once, all but the trailer.
func twoAtOnce(t *testing.T, out *bytes.Buffer) *runfile.Writer {
	t.Helper()
	w, err := runfile.NewWriter(out, header(), nil)
	one, two := w.Variant(0, 0, 0), w.Variant(0, 1, 0)
	total := interval(0, 2*time.Second, 8)
	total.Errors["429"] = 2
	for _, err := range []error{
		err,
		one.Begin(),
		two.Begin(),
		one.Interval(interval(0, time.Second, 3)),
		two.Interval(interval(0, time.Second, 2)),
		two.End(&runfile.Variant{Total: interval(0, time.Second, 2), Error: "boom"}),
		one.Interval(interval(time.Second, 2*time.Second, 5)),
		one.End(&runfile.Variant{Total: plus(total, 1), Complete: true, Verified: true}),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return w
}

// Variants that were written at once are arranged into the file of variants that were
// written one after the other. Before that the file is read as well, whole or cut off
// after any line.
func TestArrange(t *testing.T) {
	var out, arranged bytes.Buffer
	w := twoAtOnce(t, &out)
	if err := w.Close(false); err != nil {
		t.Fatal(err)
	}
	if w.Arranged() {
		t.Error("it is taken to be arranged")
	}
	if err := w.Arrange(bytes.NewReader(out.Bytes()), &arranged); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(arranged.Bytes(), write(t)) {
		t.Errorf("arranged:\n%swant:\n%s", &arranged, write(t))
	}
	lines := strings.SplitAfter(out.String(), "\n")
	for n := 1; n < len(lines); n++ {
		run, err := runfile.Read("run.jsonl", strings.NewReader(strings.Join(lines[:n], "")))
		if err != nil {
			t.Fatalf("after %d lines: %v", n, err)
		}
		if whole := n == len(lines)-1; run.CutOff == whole {
			t.Errorf("after %d of %d lines: cut off: %v", n, len(lines)-1, run.CutOff)
		}
	}
}

// What was written one after the other is left as it is.
func TestArranged(t *testing.T) {
	var out bytes.Buffer
	w, err := runfile.NewWriter(&out, header(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 2 {
		v := w.Variant(0, i, 0)
		for _, err := range []error{v.Begin(), v.Interval(interval(0, time.Second, 3)), v.End(&runfile.Variant{Total: interval(0, time.Second, 3)})} {
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := v.Interval(interval(0, time.Second, 3)); err == nil {
			t.Error("an interval after the end is written")
		}
	}
	if err := w.Close(false); err != nil || !w.Arranged() {
		t.Errorf("arranged: %v, %v", w.Arranged(), err)
	}
}
