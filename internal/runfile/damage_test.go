package runfile_test

import (
	"bytes"
	"fmt"
	"hash/crc32"
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"kvbench/internal/runfile"

	"github.com/google/go-cmp/cmp"
)

// format1 is a run file of format 1, as kvbench wrote it before there was another.
func format1(t testing.TB) []byte {
	t.Helper()
	data, err := os.ReadFile("testdata/format1.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// figures are all that a run file says, in a form that can be compared.
func figures(t testing.TB, run *runfile.Run) string {
	t.Helper()
	var out strings.Builder
	fmt.Fprintf(&out, "%+v\n", run.Header)
	for _, v := range run.Variants {
		fmt.Fprintf(&out, "%d %d %d %s %v %v %v %q %q\n", v.Scenario, v.Variant, v.Repeat, v.Name, v.Verified, v.Complete, v.Stored, v.FirstError, v.Error)
		for _, iv := range append(slices.Clone(v.Intervals), v.Total) {
			fmt.Fprintf(&out, "%d %d %v %v %v", iv.From, iv.To, iv.Outcomes, iv.Errors, iv.Billed)
			for series := range v.Def.Series {
				h, err := iv.Sparse(series)
				if err != nil {
					t.Fatal(err)
				}
				fmt.Fprintf(&out, " %d %d %d %+v", h.Count(), h.Min(), h.Max(), h.Buckets())
			}
			fmt.Fprintln(&out)
		}
	}
	return out.String()
}

var lineNumber = regexp.MustCompile(`^run\.jsonl:(\d+): .`)

// flipped reads a file with one bit flipped and fails when that changes anything in
// silence. said is how: refused with the line's number, or cut off at the last line.
func flipped(t *testing.T, data []byte, bit int, want string) (said string) {
	t.Helper()
	damaged := slices.Clone(data)
	damaged[bit/8] ^= 1 << (bit % 8)
	line := bytes.Count(data[:bit/8], []byte("\n")) + 1
	run, err := runfile.Read("run.jsonl", bytes.NewReader(damaged))
	if err != nil {
		m := lineNumber.FindStringSubmatch(err.Error())
		if m == nil || m[1] != fmt.Sprint(line) {
			t.Fatalf("bit %d, in line %d: %v", bit, line, err)
		}
		return "refused"
	}
	if last := bytes.Count(data, []byte("\n")); line < last-1 || line == last-1 && data[bit/8] != '\n' {
		if figures(t, run) != want {
			t.Fatalf("bit %d, in line %d of %d: other figures in silence", bit, line, last)
		}
		return "the same"
	}
	if !run.CutOff || !strings.Contains(strings.Join(run.Warnings, " "), "cut off") {
		t.Fatalf("bit %d, in the last line: %q", bit, run.Warnings)
	}
	return "cut off"
}

// Every bit of a file of format 2 counts: with one of them wrong its line is refused,
// or left out where it is the last. Every 29th is tried.
func TestEveryFlippedBit(t *testing.T) {
	data := write(t)
	said := map[string]int{}
	for bit := 0; bit < 8*len(data); bit += 29 {
		said[flipped(t, data, bit, "")]++
	}
	if said["the same"] > 0 || said["refused"] < said["cut off"] {
		t.Errorf("%v", said)
	}
}

// Within the histograms of a file of format 1 there is a check sum: a flipped bit there
// is refused, or says nothing.
func TestFlippedBitsOfFormat1(t *testing.T) {
	data := format1(t)
	run, err := runfile.Read("run.jsonl", bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	want := figures(t, run)
	histograms := regexp.MustCompile(`"HIST[^"]*`).FindAllIndex(data, -1)
	r := rand.New(rand.NewPCG(1, 2))
	said := map[string]int{}
	for range 1000 {
		h := histograms[r.IntN(len(histograms))]
		bit := 8*(h[0]+1) + r.IntN(8*(h[1]-h[0]-1))
		said[flipped(t, data, bit, want)]++
	}
	if said["refused"] < 950 { // the word size in the cookie says nothing
		t.Errorf("%v", said)
	}
}

// A file of format 1 is read, and said to be unchecked.
func TestFormat1(t *testing.T) {
	run, err := runfile.Read("run.jsonl", bytes.NewReader(format1(t)))
	if err != nil {
		t.Fatal(err)
	}
	if len(run.Variants) != 2 || run.CutOff || run.Header.Format != 1 || run.Header.Scenarios[0].Workload != nil {
		t.Errorf("%+v", run)
	}
	if len(run.Warnings) != 1 || !strings.Contains(run.Warnings[0], "format 1, which has no check sums") {
		t.Errorf("warnings %q", run.Warnings)
	}
	h, err := run.Variants[0].Total.Sparse(0)
	if err != nil || h.Count() == 0 || h.Exact() {
		t.Errorf("%d responses, exact: %v, %v", h.Count(), h.Exact(), err)
	}
	var out bytes.Buffer
	w, err := runfile.NewWriter(&out, run.Header, nil)
	for _, v := range run.Variants {
		to := w.Variant(v.Scenario, v.Variant, v.Repeat)
		for _, err := range []error{err, to.Begin(), to.End(v)} {
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := w.Close(false); err != nil {
		t.Fatal(err)
	}
	again, err := runfile.Read("run.jsonl", bytes.NewReader(out.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	g, err := again.Variants[0].Total.Sparse(0)
	if err != nil || g.Count() != h.Count() || g.Max() != h.Max() || g.Exact() {
		t.Errorf("written in format 2 they are %d, exact: %v, %v", g.Count(), g.Exact(), err)
	}
}

// A file of format 1 may end anywhere, too: what is whole of it is read, and the sum of a
// variant's intervals, whose histograms are of a narrower range, loses nothing.
func TestFormat1CutOff(t *testing.T) {
	data := format1(t)
	for end := bytes.IndexByte(data, '\n'); end < len(data)-1; end += 97 {
		run, err := runfile.Read("run.jsonl", bytes.NewReader(data[:end]))
		if err != nil || !run.CutOff {
			t.Fatalf("cut off after %d bytes: %v", end, err)
		}
		for _, v := range run.Variants {
			if len(v.Intervals) > 0 {
				count(t, &v.Total)
			}
		}
	}
}

// FuzzReadSealed reads lines whose check sums are right, whatever is in them: a figure
// that is impossible is an error, and never more than that.
func FuzzReadSealed(f *testing.F) {
	f.Add(strings.Join(unsealed(write(f)), "\n"))
	f.Add(strings.Join(unsealed(withFindings(f, found(), nil)), "\n"))
	f.Fuzz(func(t *testing.T, text string) {
		run, err := runfile.Read("run.jsonl", strings.NewReader(sealed(strings.Split(text, "\n")...)))
		if err != nil {
			return
		}
		for _, v := range run.Variants {
			for series := range v.Def.Series {
				h, err := v.Total.Sparse(series)
				if err == nil && h.Count() > 0 && (h.Percentile(50) < h.Min() || h.Percentile(99) > h.Max()) {
					t.Fatalf("p50 %d, p99 %d of values from %d to %d", h.Percentile(50), h.Percentile(99), h.Min(), h.Max())
				}
			}
		}
	})
}

// sealed makes a file of lines without check sums, as docs/run-file.md says: the CRC-32C
// of a line goes on from that of the line before it of the same key, of the key's first
// line from the header's.
func sealed(lines ...string) string {
	table := crc32.MakeTable(crc32.Castagnoli)
	var out strings.Builder
	header, last := uint32(0), map[string]uint32{}
	for i, line := range lines {
		key, _, _ := strings.Cut(line, `,"begin"`)
		key, _, _ = strings.Cut(key, `,"interval"`)
		key, _, _ = strings.Cut(key, `,"end"`)
		before, ok := last[key]
		if !ok {
			before = header
		}
		body := strings.TrimSuffix(line, "}")
		crc := crc32.Update(before, table, []byte(body))
		if last[key] = crc; i == 0 {
			header = crc
		}
		for of, sum := range last { // of a trailer
			body = strings.ReplaceAll(body, "CRC("+of+")", fmt.Sprintf("%08x", sum))
		}
		if i == len(lines)-1 {
			crc = crc32.Update(header, table, []byte(body))
		}
		fmt.Fprintf(&out, "%s,\"crc\":\"%08x\"}\n", body, crc)
	}
	return out.String()
}

// unsealed are the lines of a file without their check sums.
func unsealed(data []byte) []string {
	text := regexp.MustCompile(`,"crc":"[0-9a-f]{8}"\}\n`).ReplaceAllString(string(data), "}\n")
	return strings.Split(strings.TrimSuffix(text, "\n"), "\n")
}

// The check sums are as the documentation says, so that a program of another language
// can verify them.
func TestCheckSumsAsDocumented(t *testing.T) {
	data := write(t)
	if diff := cmp.Diff(string(data), sealed(unsealed(data)...)); diff != "" {
		t.Error(diff)
	}
}

// Lines that are missing, there twice, out of their place or from another file are
// refused with a number.
func TestLinesOutOfPlace(t *testing.T) {
	lines := strings.SplitAfter(strings.TrimSuffix(string(write(t)), "\n"), "\n")
	lines[len(lines)-1] += "\n"
	whole, err := runfile.Read("run.jsonl", strings.NewReader(strings.Join(lines, "")))
	if err != nil {
		t.Fatal(err)
	}
	other := header()
	other.Seed = 8
	var out bytes.Buffer
	w, err := runfile.NewWriter(&out, other, nil)
	one := w.Variant(0, 0, 0)
	for _, err := range []error{err, one.Begin(), one.Interval(interval(0, time.Second, 3))} {
		if err != nil {
			t.Fatal(err)
		}
	}
	foreign := strings.SplitAfter(out.String(), "\n")
	refused := func(name string, text []string) {
		t.Helper()
		_, err := runfile.Read("run.jsonl", strings.NewReader(strings.Join(text, "")))
		if err == nil || !lineNumber.MatchString(err.Error()) {
			t.Errorf("%s: %v", name, err)
		}
	}
	n := len(lines) // of which 0 is the header and n-1 the trailer
	for i := range n {
		if i < n-1 {
			refused(fmt.Sprintf("line %d is missing", i+1), slices.Delete(slices.Clone(lines), i, i+1))
		}
		refused(fmt.Sprintf("line %d is there twice", i+1), slices.Insert(slices.Clone(lines), i, lines[i]))
		for j := range i {
			swapped := slices.Clone(lines)
			swapped[i], swapped[j] = swapped[j], swapped[i]
			if i == 5 && j == 4 { // the end of a variant and the beginning of the next
				run, err := runfile.Read("run.jsonl", strings.NewReader(strings.Join(swapped, "")))
				if err != nil || figures(t, run) != figures(t, whole) {
					t.Errorf("lines of two variants may stand in any order among each other: %v", err)
				}
				continue
			}
			refused(fmt.Sprintf("lines %d and %d are swapped", j+1, i+1), swapped)
		}
	}
	refused("a variant is missing", slices.Delete(slices.Clone(lines), 1, 5))
	refused("the last variant is missing", slices.Delete(slices.Clone(lines), 5, 8))
	refused("variants are swapped", slices.Concat(lines[:1], lines[5:8], lines[1:5], lines[8:]))
	for i, line := range foreign[:3] {
		mixed := slices.Clone(lines)
		mixed[i] = line
		refused(fmt.Sprintf("line %d is from another file", i+1), mixed)
	}
}

// Lines of several variants, repeats and points may stand in any order among each other.
func TestInterleaved(t *testing.T) {
	const total = `{"from_ns":0,"to_ns":5,"outcomes":[0,0],"billed":{"reads":0,"writes":0,"deletes":0,"lists":0,"bytes_read":0,"bytes_written":0},"series":{}}`
	h := header()
	h.Scenarios[0].Repeats = 2
	for _, n := range []uint64{100, 1000} {
		h.Scenarios[0].Points = append(h.Scenarios[0].Points, runfile.Point{
			Settings: []runfile.Setting{{Name: "keys.count", Count: &n}}, Workload: &runfile.Workload{Keys: runfile.Keys{Count: int(n)}},
		})
	}
	var head bytes.Buffer
	if _, err := runfile.NewWriter(&head, h, nil); err != nil {
		t.Fatal(err)
	}
	keys := []string{
		`{"scenario":"s","variant":"seed","repeat":0,"point":[{"name":"keys.count","count":100}]`,
		`{"scenario":"s","variant":"seed","repeat":1,"point":[{"name":"keys.count","count":100}]`,
		`{"scenario":"s","variant":"other","repeat":0,"point":[{"name":"keys.count","count":100}]`,
		`{"scenario":"s","variant":"other","repeat":0,"point":[{"name":"keys.count","count":1000}]`,
	}
	lines := unsealed(head.Bytes())
	for _, rest := range []string{`,"begin":{}}`, `,"interval":` + total + `}`, `,"end":{"total":` + total + `,"verified":true,"complete":true}}`} {
		for _, key := range keys {
			lines = append(lines, key+rest)
		}
	}
	var ends []string
	for _, key := range keys {
		ends = append(ends, key+`,"crc":"CRC(`+key+`)"}`)
	}
	lines = append(lines, fmt.Sprintf(`{"trailer":{"interrupted":false,"lines":%d,"keys":[%s]}}`, len(lines), strings.Join(ends, ",")))
	run, err := runfile.Read("run.jsonl", strings.NewReader(sealed(lines...)))
	if err != nil {
		t.Fatal(err)
	}
	if len(run.Variants) != 4 || run.CutOff || run.Variants[1].Repeat != 1 {
		t.Fatalf("%+v", run)
	}
	for i, v := range run.Variants {
		if !v.Complete || len(v.Intervals) != 1 {
			t.Errorf("%+v", v)
		}
		if i == 3 && (len(v.Point) != 1 || *v.Point[0].Count != 1000 || v.Point[0].Name != "keys.count") {
			t.Errorf("point %+v", v.Point)
		}
		if got, want := v.Def.Workload.Keys.Count, int(*v.Point[0].Count); got != want {
			t.Errorf("the definition of %v has %d keys", v.Point, got)
		}
	}
	cut, err := runfile.Read("run.jsonl", strings.NewReader(sealed(append(slices.Clone(lines[:9]), "")...)))
	if err != nil {
		t.Fatal(err)
	}
	if text := strings.Join(cut.Warnings, " "); !cut.CutOff || !strings.Contains(text, `s/seed, repeat 2 at keys.count 100 was running. s/other at keys.count 100 was running.`) {
		t.Errorf("%v %q", cut.CutOff, text)
	}
}
