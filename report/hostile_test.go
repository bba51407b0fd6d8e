package report

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"kvbench/internal/compare"
	"kvbench/internal/record"
	"kvbench/internal/runfile"
	"kvbench/report/reporttest"
)

// hostile is a text of all that a format or a terminal might take for something else.
const hostile = "=1+1\x1b[31m\x1b]0;t\x07\x00\x7f\u009b2J\u202e\u2066\u061c\u200b\ufeff\u2028\u2029\x85\r\n\n\t|a|b|\n# h\n```\n" +
	"<script>alert(1)</script>`*_[x](javascript:1)\"'&,;]]>--%s{{.}}\xff\xc0\U000e0041\uffff \U0001F600"

// hostileRun is a run whose every text is hostile, as one that was made by hand can
// be. The standard series keep their names, and each thing has a name of its own.
func hostileRun(t *testing.T) *runfile.Run {
	t.Helper()
	run := pageFixture{name: "x", question: "q", asks: []string{"p99 < 1ms"}, variants: []fixtureVariant{
		{name: "a", p50: 1e6, p99: 3e6, errors: 200, reads: 10, stale: sizes(200, 5e9), lost: sizes(3, 1)},
		{name: "b", p50: 2e6, p99: 9e6, stale: sizes(20, 7e9)},
		{name: "c", n: 700, failed: "why"},
		{name: "d", missing: true},
	}}.run(t)
	n := 0
	var fill func(v reflect.Value)
	fill = func(v reflect.Value) {
		switch v.Kind() {
		case reflect.String:
			n++
			v.SetString(fmt.Sprintf("%s%d", hostile, n))
		case reflect.Struct:
			for i := range v.NumField() {
				if v.Field(i).CanSet() {
					fill(v.Field(i))
				}
			}
		case reflect.Slice:
			for i := range v.Len() {
				fill(v.Index(i))
			}
		case reflect.Pointer:
			if !v.IsNil() {
				fill(v.Elem())
			}
		}
	}
	def := &run.Header.Scenarios[0]
	units := map[string]string{}
	standard := record.Standard()
	for _, s := range fixtureMarks {
		units[s.Name] = s.Unit
	}
	fill(reflect.ValueOf(&run.Header).Elem())
	copy(def.Series, standard)
	for i, m := range fixtureMarks {
		def.Series[len(standard)+i].Unit = units[m.Name]
		def.Series[len(standard)+i].Of = m.Of
	}
	def.Series[record.FirstMark+1].Of = def.Outcomes[1]
	def.Outcomes[2] = "error"
	for _, v := range run.Variants {
		v.Name, v.FirstError = def.Variants[v.Variant].Name, hostile
		if v.Error != "" {
			v.Error = hostile
		}
		v.Total.Errors[hostile] = 3
	}
	run.Warnings = []string{hostile}
	run.Path = filepath.Join("results", hostile, "run.jsonl")
	return run
}

// Whatever a run file holds, each format can be read back and shown.
func TestHostileRunFile(t *testing.T) {
	run := hostileRun(t)
	def := &run.Header.Scenarios[0]
	results := []Expectation{{Scenario: def.Name, Expect: hostile, Variant: def.Variants[0].Name, Have: hostile, Want: hostile}}
	dir := t.TempDir()
	files, err := summariseAndWrite(dir, run, Formats(), results)
	if err != nil {
		t.Fatal(err)
	}
	n, err := reporttest.Folder(dir)
	if err != nil {
		t.Error(err)
	}
	if n != len(files) || n < len(documents())+8 {
		t.Errorf("%d files were read, %d written", n, len(files))
	}
	page, err := os.ReadFile(filepath.Join(dir, "report.html"))
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(page), "<script>alert") {
		t.Error("the page runs a script of the run file")
	}
	s := Summarise(run, results)
	for _, width := range []int{0, 80} {
		var out strings.Builder
		if err := Terminal(&out, &s, width); err != nil {
			t.Fatal(err)
		}
		if err := reporttest.Text([]byte(out.String())); err != nil {
			t.Errorf("on a terminal of %d columns: %v", width, err)
		}
	}
}

// So can a comparison and a history.
func TestHostileRunsBesideEachOther(t *testing.T) {
	base, head := hostileRun(t), hostileRun(t)
	for _, run := range []*runfile.Run{base, head} { // so that every difference counts
		run.Header.Clock, run.Header.Scenarios[0].Clock = "virtual", "virtual"
	}
	for _, v := range head.Variants {
		v.Total.Outcomes[0], v.Total.Outcomes[1] = v.Total.Outcomes[1], v.Total.Outcomes[0]
		v.Total.Billed.Writes += 100
	}
	c, err := compare.Compare(base, head, compare.Options{Smallest: compare.DefaultSmallest, Alpha: compare.DefaultAlpha})
	if err != nil {
		t.Fatal(err)
	}
	var terminal, page, text strings.Builder
	if err := CompareTerminal(&terminal, c); err != nil {
		t.Fatal(err)
	}
	html, err := CompareHTML(context.Background(), c, base, head)
	if err != nil {
		t.Fatal(err)
	}
	var h History
	h.Add(base)
	h.Add(head)
	h.FindChanges()
	if err := HistoryHTML(&page, &h); err != nil {
		t.Fatal(err)
	}
	if err := HistoryText(&text, &h); err != nil {
		t.Fatal(err)
	}
	chart, ok := CompareChart(c)
	if !ok || len(h.changed()) == 0 {
		t.Fatal("nothing has changed")
	}
	svg, err := chart.SVG()
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{
		"compare.html": html, "compare.md": CompareMarkdown(c), "compare.svg": svg, "history.html": []byte(page.String()),
	} {
		if err := reporttest.File(name, data); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, out := range map[string]string{"comparison": terminal.String(), "history": text.String()} {
		if err := reporttest.Text([]byte(out)); err != nil {
			t.Errorf("the %s on a terminal: %v", name, err)
		}
	}
}
