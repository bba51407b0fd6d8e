package report

import (
	"context"
	"encoding/csv"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"kvbench/internal/runfile"

	"github.com/google/go-cmp/cmp"
)

// runOf makes a run of a scenario that was made up, as if it had been read.
func runOf(s *Scenario) *runfile.Run {
	run := &runfile.Run{Path: "run.jsonl", Header: runfile.Header{
		Format: runfile.Format, Clock: "virtual", Driver: "embedded://", Seed: 1, File: "scenarios.yaml", Command: "kvbench run",
		Scenarios: []runfile.Definition{*s.def},
	}}
	for i := range s.Variants {
		v := &s.Variants[i]
		run.Variants = append(run.Variants, &runfile.Variant{
			Variant: i, Def: &run.Header.Scenarios[0], Name: v.Name, Complete: v.Complete, Error: v.Errored,
			Total: *v.totals[0], Intervals: v.intervals,
		})
	}
	return run
}

// summariseAndWrite writes the report of a run whose expectations came to results.
func summariseAndWrite(dir string, run *runfile.Run, formats []string, results []Expectation) ([]string, error) {
	s := Summarise(run, results)
	return Write(context.Background(), dir, &s, run, formats, nil)
}

func write(t *testing.T, run *runfile.Run, formats ...string) (dir string, files []string) {
	t.Helper()
	dir = t.TempDir()
	written, err := summariseAndWrite(dir, run, formats, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range written {
		name, err := filepath.Rel(dir, f)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, filepath.ToSlash(name))
	}
	return dir, files
}

func read(t *testing.T, dir, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestWriteFiles(t *testing.T) {
	dir, files := write(t, runOf(once(t)), Formats()...)
	want := map[string]bool{}
	for _, d := range documents() {
		want[d.file] = true
	}
	for _, c := range []string{"latency", "timeline", "outcomes", "cost"} {
		want["charts/example-"+c+".svg"], want["charts/example-"+c+".png"] = true, true
	}
	got := map[string]bool{}
	for _, f := range files {
		got[f] = true
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	var left []string
	_ = filepath.WalkDir(dir, func(path string, d os.DirEntry, _ error) error {
		if !d.IsDir() {
			left = append(left, path)
		}
		return nil
	})
	if len(left) != len(files) {
		t.Errorf("%d files are in the folder, %d were written: %v", len(left), len(files), left)
	}
	if _, err := summariseAndWrite(dir, runOf(once(t)), []string{"pdf"}, nil); err == nil || !strings.Contains(err.Error(), "html, svg") {
		t.Errorf("an unknown format: %v", err)
	}
}

var (
	reference = regexp.MustCompile(`(?:src|href)="([^"]*)"`)
	anchor    = regexp.MustCompile(` id="([^"]*)"`)
)

// A page needs nothing from outside, its links lead somewhere, and what it
// quotes it escapes.
func TestPage(t *testing.T) {
	for name, s := range map[string]*Scenario{"tiers": tiers(t), "eight": eight(t), "once": once(t), "nothing": nothing(t)} {
		t.Run(name, func(t *testing.T) {
			run := runOf(s)
			run.Header.Scenarios[0].Question = `Is <script>alert("x")</script> & more safe?`
			run.Warnings = []string{"Mind <b>this</b>."}
			run.CutOff = true
			dir, _ := write(t, run, "html")
			text := read(t, dir, "report.html")
			ids := map[string]bool{}
			for _, m := range anchor.FindAllStringSubmatch(text, -1) {
				if ids[m[1]] {
					t.Errorf("the id %s stands twice", m[1])
				}
				ids[m[1]] = true
			}
			for _, m := range reference.FindAllStringSubmatch(text, -1) {
				if target, ok := strings.CutPrefix(m[1], "#"); !ok || !ids[target] {
					t.Errorf("it refers to %q", m[1])
				}
			}
			for _, bad := range []string{"<script>alert", "<b>this", "@import", "url(http"} {
				if strings.Contains(text, bad) {
					t.Errorf("it holds %q", bad)
				}
			}
			for _, want := range []string{"odelled", "Mind &lt;b&gt;this", "Is &lt;script&gt;", "Cut off", "prefers-color-scheme", "<h1", "scope="} {
				if want == "scope=" && len(s.Variants) == 0 {
					continue
				}
				if !strings.Contains(text, want) {
					t.Errorf("it does not hold %q", want)
				}
			}
			if n := strings.Count(text, "<svg "); n != len(Charts(s)) {
				t.Errorf("it holds %d charts of %d", n, len(Charts(s)))
			}
		})
	}
}

func TestAnswer(t *testing.T) {
	for name, test := range map[string]struct {
		scenario *Scenario
		want     []string
	}{
		"tiers": {tiers(t), []string{
			"at p99", "modelled", "stale-read in ", "with stale-while-revalidate", "none with origin-only",
			"bounded-memory measured nothing", "stale-while-revalidate ended early",
		}},
		"memory":  {memoryOnly(t), []string{"There is no difference at p99 (0 ns"}},
		"once":    {once(t), []string{"paginate answers within 1.6 s at p99"}},
		"nothing": {nothing(t), []string{"No answer: no variant measured a transaction."}},
	} {
		answer := test.scenario.answer()
		for _, want := range test.want {
			if !strings.Contains(answer, want) {
				t.Errorf("%s: the answer does not say %q: %s", name, want, answer)
			}
		}
	}
}

func TestCSV(t *testing.T) {
	dir, _ := write(t, runOf(tiers(t)), "csv")
	rows, err := csv.NewReader(strings.NewReader(read(t, dir, "report.csv"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Fields("scenario variant series unit of count share mean min p50 p90 p95 p99 p999 max latency"), rows[0]); diff != "" {
		t.Error(diff)
	}
	if want := 1 + 5*15; len(rows) != want { // five variants, ten standard series and five marks
		t.Errorf("%d rows, want %d", len(rows), want)
	}
}

func TestMarkdown(t *testing.T) {
	dir, _ := write(t, runOf(tiers(t)), "md")
	text := read(t, dir, "report.md")
	for _, want := range []string{"## example", "**Does it?**", "| seed |", "| bounded-memory |", "modelled", "stale-read"} {
		if !strings.Contains(text, want) {
			t.Errorf("it does not hold %q", want)
		}
	}
	columns := -1
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, "|") {
			columns = -1
			continue
		}
		if n := strings.Count(line, "|"); columns >= 0 && n != columns {
			t.Errorf("a row of %d columns in a table of %d: %s", n, columns, line)
		} else {
			columns = n
		}
	}
}

func TestTerminal(t *testing.T) {
	s := Summarise(runOf(tiers(t)), []Expectation{
		{Scenario: "example", Expect: "seed.ops <= 0", Variant: "seed", Have: "1", OK: false},
		{Scenario: "example", Expect: "seed.ops <= 1", Variant: "seed", Have: "1", OK: true},
	})
	var wide, narrow strings.Builder
	if err := Terminal(&wide, &s, 0); err != nil {
		t.Fatal(err)
	}
	if err := Terminal(&narrow, &s, 100); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"example  Does it?", "modelled latency", s.Scenarios[0].sentences()[0] + "\n", "origin-only", "NOT MET seed: seed.ops <= 0: 1", "1 of 2 expectations met",
		"In no variant: falsy-refetch", "WARNING example/bounded-memory measured no transaction.",
	} {
		if !strings.Contains(wide.String(), want) {
			t.Errorf("it does not say %q:\n%s", want, wide.String())
		}
	}
	if strings.Contains(wide.String(), "\x1b") {
		t.Error("colours where there is no terminal")
	}
	longest := 0
	for _, line := range strings.Split(narrow.String(), "\n") {
		longest = max(longest, utf8.RuneCountInString(line))
	}
	if longest > 100 {
		t.Errorf("a line of %d characters, want 100 at most:\n%s", longest, narrow.String())
	}
	if n := strings.Count(narrow.String(), "\norigin-only  "); n != 3 {
		t.Errorf("on a narrow terminal the variants stand in %d tables, want 3", n)
	}
}

// The line of facts says what the load works on, as the definition has it.
func TestWorkload(t *testing.T) {
	for written, want := range map[string]string{
		"name: x": "", "- name: x\n": "",
		"- name: x\n  keys: {count: 1_000, distribution: uniform}\n  with: {writers: 3}\n": " · keys: count 1,000, distribution uniform · with: writers 3",
		"- name: x\n  keys:\n    count: 10 # few\n    value: {size: 1 KiB}\n":              " · keys: count 10",
		"- name: x\n  with: [": "",
	} {
		s := pageFixture{name: "x"}.scenario(t)
		s.def.YAML = written
		if got := s.workload(); got != want {
			t.Errorf("of %q: %q, want %q", written, got, want)
		}
	}
}

func TestSummaryHoldsEverySeries(t *testing.T) {
	s := Summarise(runOf(tiers(t)), nil)
	if len(s.Scenarios) != 1 || len(s.Scenarios[0].Variants) != 5 {
		t.Fatalf("%+v", s)
	}
	seed := s.Scenarios[0].Variants[0]
	for _, name := range strings.Fields("response wait service lateness get put delete list bulk-get stale-read falsy-refetch") {
		if _, ok := seed.Series[name]; !ok {
			t.Errorf("the series %s is missing", name)
		}
	}
	if st := seed.Series["falsy-refetch"]; st.Count != 0 || st.Unit != "ns" || st.Of != "origin" {
		t.Errorf("a mark that never fired is %+v", st)
	}
	if seed.Transactions != 12_000 || seed.Series["response"].Count != 12_000 || seed.Ops["get"] != 1 {
		t.Errorf("%d transactions, %v", seed.Transactions, seed.Ops)
	}
}

// A report that is given up ends, whatever its drawing does, and writes nothing.
func TestWriteGivenUp(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	forever := make(chan struct{})
	t.Cleanup(func() { close(forever) })
	dir := t.TempDir()
	s := Summarise(runOf(tiers(t)), nil)
	_, err := Write(ctx, dir, &s, runOf(tiers(t)), Formats(), func(int, int) { cancel(); <-forever })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if files, err := os.ReadDir(dir); err != nil || len(files) > 0 {
		t.Errorf("%v, %v", files, err)
	}
}
