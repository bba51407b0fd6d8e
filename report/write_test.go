package report

import (
	"context"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"kvbench/internal/answer"
	"kvbench/internal/runfile"
	"kvbench/report/reporttest"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

const (
	millisecond = int64(1e6)
	second      = int64(1e9)
)

// pair is a run in which one variant keeps the promise and one expectation is not met.
func pair() reporttest.MadeUp {
	return reporttest.MadeUp{
		Name: "memory-tier", Question: "What does a memory tier save?",
		Variants: []reporttest.Variant{
			{Name: "seed", P50: millisecond, P99: 12 * millisecond, Reads: 590, Stale: reporttest.Sizes(240, 294*second), Lost: reporttest.Sizes(3, second)},
			{Name: "no-memory", P50: 4 * millisecond, P99: 38 * millisecond, Reads: 1000, Errors: 20},
		},
		Choose: &runfile.Choose{Promise: []string{"lost-update == 0"}, Prefer: []string{"response.p99"}},
		Expect: []string{"seed.ops <= 1", "no-memory.ops < 1"},
	}
}

// answerOf is what a run says.
func answerOf(t testing.TB, run *runfile.Run) *answer.Answer {
	t.Helper()
	a, err := answer.Of(run)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// write writes the report of a run to a folder of its own.
func write(t *testing.T, run *runfile.Run, formats ...string) (dir string, files []string) {
	t.Helper()
	dir = t.TempDir()
	written, err := Write(t.Context(), dir, answerOf(t, run), formats, nil)
	if err != nil {
		t.Fatal(err)
	}
	return dir, within(t, dir, written)
}

// within are paths as they are within a folder.
func within(t *testing.T, dir string, paths []string) (out []string) {
	t.Helper()
	for _, path := range paths {
		name, err := filepath.Rel(dir, path)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, filepath.ToSlash(name))
	}
	return out
}

// filesIn are all files in a folder and below.
func filesIn(t *testing.T, dir string) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			out = append(out, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return within(t, dir, out)
}

func read(t *testing.T, dir, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// Every format is written, each file can be read back, and nothing else is left.
func TestWriteFiles(t *testing.T) {
	dir := t.TempDir()
	var told []int
	written, err := Write(t.Context(), dir, answerOf(t, pair().Run(t)), Formats(), func(done, scenarios int) { told = append(told, done, scenarios) })
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]int{1, 1}, told); diff != "" {
		t.Error(diff)
	}
	got := within(t, dir, written)
	want := []string{"report.html", "report.md", "report.csv", "report.bench.txt", "junit.xml", "report.hlog", "report.json", "report.sarif"}
	if diff := cmp.Diff(want, got[:min(len(got), len(want))]); diff != "" {
		t.Error(diff)
	}
	for _, chart := range []string{"latency", "timeline", "outcomes", "cost", "anomalies"} {
		for _, end := range []string{".svg", ".png"} {
			if name := "charts/memory-tier-" + chart + end; !slices.Contains(got, name) {
				t.Errorf("no %s in %q", name, got)
			}
		}
	}
	slices.Sort(got)
	if diff := cmp.Diff(filesIn(t, dir), got); diff != "" {
		t.Error(diff)
	}
	if n, err := reporttest.Folder(dir); err != nil || n != len(got) {
		t.Errorf("%d of %d files were read: %v", n, len(got), err)
	}
}

// A format alone is that and nothing else, and one that is not known is named beside
// those that are.
func TestWriteAFormat(t *testing.T) {
	for _, format := range Formats() {
		_, files := write(t, pair().Run(t), format)
		charts := slices.ContainsFunc(files, func(f string) bool { return strings.HasPrefix(f, "charts/") && strings.HasSuffix(f, "."+format) })
		if picture := format == "svg" || format == "png"; charts != picture || !picture && len(files) != 1 {
			t.Errorf("%s is %q", format, files)
		}
	}
	dir := t.TempDir()
	_, err := Write(t.Context(), dir, answerOf(t, pair().Run(t)), []string{"md", "pdf"}, nil)
	if err == nil || !strings.Contains(err.Error(), `"pdf"`) || !strings.Contains(err.Error(), "html, svg, png, md") {
		t.Errorf("an unknown format: %v", err)
	}
	if files := filesIn(t, dir); files != nil {
		t.Errorf("%q", files)
	}
}

// A report that is given up ends, whatever its drawing does, and writes nothing.
func TestWriteGivenUp(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	forever := make(chan struct{})
	t.Cleanup(func() { close(forever) })
	dir := t.TempDir()
	_, err := Write(ctx, dir, answerOf(t, pair().Run(t)), Formats(), func(int, int) { cancel(); <-forever })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if files, err := os.ReadDir(dir); err != nil || len(files) > 0 {
		t.Errorf("%v, %v", files, err)
	}
}

// What can't be written is an error, and leaves no temporary file; what was written before
// it is named.
func TestWriteFails(t *testing.T) {
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "report.csv", "in the way"), 0o755); err != nil {
		t.Fatal(err)
	}
	written, err := Write(t.Context(), dir, answerOf(t, pair().Run(t)), []string{"md", "csv", "json"}, nil)
	if err == nil {
		t.Error("it was written")
	}
	if diff := cmp.Diff([]string{"report.md"}, within(t, dir, written)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"report.md"}, filesIn(t, dir)); diff != "" {
		t.Error(diff)
	}
	if _, err := Write(t.Context(), filepath.Join(dir, "gone"), answerOf(t, pair().Run(t)), []string{"md"}, nil); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("to a folder that does not exist: %v", err)
	}
}

// A report that is written again takes the place of the other, file by file: who has one
// open reads it to its end.
func TestWriteAgain(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "report.md")
	if err := os.WriteFile(path, []byte("the one of before"), 0o600); err != nil {
		t.Fatal(err)
	}
	before, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer before.Close()
	if _, err := Write(t.Context(), dir, answerOf(t, pair().Run(t)), []string{"md"}, nil); err != nil {
		t.Fatal(err)
	}
	was := make([]byte, 100)
	n, err := before.Read(was)
	if err != nil || string(was[:n]) != "the one of before" {
		t.Errorf("%q, %v", was[:n], err)
	}
	if text := read(t, dir, "report.md"); !strings.HasPrefix(text, "# kvbench") {
		t.Errorf("%.100q", text)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o644 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
}

// No scenario's name leads out of the folder, and no two share their files.
func TestHostileFileNames(t *testing.T) {
	f := pair()
	f.Name, f.Expect = "../../<img src=x>", nil
	run := f.Run(t)
	def := run.Header.Scenarios[0]
	for _, name := range []string{def.Name, "///"} {
		def.Name = name
		run.Header.Scenarios = append(run.Header.Scenarios, def)
	}
	for i := range 2 {
		for _, v := range run.Variants[:2] {
			again := *v
			again.Scenario = i + 1
			run.Variants = append(run.Variants, &again)
		}
	}
	for _, v := range run.Variants {
		v.Def = &run.Header.Scenarios[v.Scenario]
	}
	dir := filepath.Join(t.TempDir(), "deep", "er")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	files, err := Write(t.Context(), dir, answerOf(t, run), []string{"svg"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, path := range files {
		if filepath.Dir(path) != filepath.Join(dir, chartsDir) || seen[path] {
			t.Errorf("%s: outside the charts, or written twice", path)
		}
		seen[path] = true
	}
	if len(files)%3 != 0 || len(files) == 0 {
		t.Errorf("%d files of three scenarios", len(files))
	}
}

func TestGolden(t *testing.T) {
	dir, files := write(t, pair().Run(t), "md", "csv")
	for _, name := range files {
		got, golden := read(t, dir, name), filepath.Join("testdata", name+".golden")
		if *update {
			if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if diff := cmp.Diff(read(t, "testdata", name+".golden"), got); diff != "" {
			t.Errorf("%s (go test ./report -update writes it anew): %s", name, diff)
		}
	}
}
