package command

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"kvbench/internal/answer"
	"kvbench/internal/runfile"
	"kvbench/report/export"
)

// realRun is the file of a run in virtual time of two variants and two repeats.
func realRun(t *testing.T) []byte {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "run")
	var out bytes.Buffer
	args := []string{
		"run", "--only", "coalesce-one-location/seed,coalesce-one-location/per-field", "--duration", "10s", "--repeat", "2",
		"--out", dir, "--quiet", "--format", "md",
	}
	if status := execute(t.Context(), args, &out, &out); status != exitOK && status != exitUnmet {
		t.Fatalf("exit status %d\n%s", status, out.String())
	}
	data, err := os.ReadFile(filepath.Join(dir, runfile.FileName))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// summary is what a program reads of a run, its warnings left out.
func summary(t *testing.T, run *runfile.Run) string {
	t.Helper()
	a, err := answer.Of(run)
	if err != nil {
		t.Fatal(err)
	}
	s := export.Summarise(a)
	s.Warnings = nil
	text, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// Of 2,000 flipped bits of a real run file none changes a figure in silence: each is
// refused with its line's number, or lies in the last line and the run is then said to be
// cut off.
func TestFlippedBits(t *testing.T) {
	data := realRun(t)
	refusal := regexp.MustCompile(`^run\.jsonl:(\d+): .`)
	lines := bytes.Count(data, []byte("\n"))
	r := rand.New(rand.NewPCG(12, 5))
	cut := 0
	for range 2000 {
		bit := r.IntN(8 * len(data))
		line := bytes.Count(data[:bit/8], []byte("\n")) + 1
		damaged := slices.Clone(data)
		damaged[bit/8] ^= 1 << (bit % 8)
		run, err := runfile.Read("run.jsonl", bytes.NewReader(damaged))
		if err != nil {
			if m := refusal.FindStringSubmatch(err.Error()); m == nil || m[1] != strconv.Itoa(line) {
				t.Fatalf("bit %d, in line %d: %v", bit, line, err)
			}
			continue
		}
		cut++
		merged := line == lines-1 && data[bit/8] == '\n' // with the last line
		if !run.CutOff || line != lines && !merged || !strings.Contains(strings.Join(run.Warnings, " "), "The run was cut off") {
			t.Fatalf("bit %d, in line %d of %d: taken, with the warnings %q", bit, line, lines, run.Warnings)
		}
	}
	if cut > 200 {
		t.Errorf("%d of 2,000 flips fell on the last of %d lines", cut, lines)
	}
}

// Wherever a run file ends, what is whole of it has the figures that it had: a variant
// that has ended is as in the whole file.
func TestCuts(t *testing.T) {
	data := realRun(t)
	whole, err := runfile.Read("run.jsonl", bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	type ended struct {
		outcomes []uint64
		max      int64
	}
	of := func(v *runfile.Variant) ended {
		h, err := v.Total.Sparse(0)
		if err != nil {
			t.Fatal(err)
		}
		return ended{v.Total.Outcomes, h.Max()}
	}
	header := bytes.IndexByte(data, '\n')
	for end := header; end < len(data)-1; end += 211 {
		run, err := runfile.Read("run.jsonl", bytes.NewReader(data[:end]))
		if err != nil || !run.CutOff {
			t.Fatalf("cut off after %d bytes: cut off %v, error %v", end, run != nil && run.CutOff, err)
		}
		for i, v := range run.Variants {
			if got, want := of(v), of(whole.Variants[i]); v.Complete && (!slices.Equal(got.outcomes, want.outcomes) || got.max != want.max) {
				t.Fatalf("cut off after %d bytes: %+v, want %+v", end, got, want)
			} else if got.max > want.max {
				t.Fatalf("cut off after %d bytes: a maximum of %d, of the whole %d", end, got.max, want.max)
			}
		}
	}
	if again, err := runfile.Read("run.jsonl", bytes.NewReader(data)); err != nil || summary(t, again) != summary(t, whole) {
		t.Errorf("the same file gives another summary: %v", err)
	}
}
