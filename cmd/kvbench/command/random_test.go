package command

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"kvbench/internal/bench"
	"kvbench/internal/runfile"
	"kvbench/report"
	"kvbench/report/reporttest"
)

var (
	randomCount = flag.Int("random.scenarios", 300, "run so many random scenarios; a tenth of them with pictures")
	randomSeed  = flag.Uint64("random.seed", 14, "draw the random scenarios from here")
)

// batch is how many scenarios are in a file.
const batch = 10

// Whatever legal scenario runs, each format of its report can be read back, holds no
// figure that is no number, and no chart is empty. The scenarios are of every pattern,
// variant and setting, at the settings' edges.
func TestRandomScenarios(t *testing.T) {
	if raceEnabled() {
		t.Skip("virtual time runs one task at a time; make test runs this without the race detector")
	}
	count := *randomCount
	if testing.Short() {
		count = min(count, 30)
	}
	validate := schema(t, "../../../docs/schema/summary.json")
	g := newGenerator(*randomSeed)
	ran := map[string]bool{} // PATTERN/VARIANT
	for first := 0; first < count; first += batch {
		n := min(batch, count-first)
		var list strings.Builder
		for i := range n {
			list.WriteString(g.scenario(t, first+i))
		}
		formats := report.Formats()
		if first/batch%10 > 0 {
			formats = slices.DeleteFunc(formats, func(f string) bool { return f == "png" })
		}
		text := fmt.Sprintf("seed: %d\nscenarios:\n%s", *randomSeed, list.String())
		dir := t.TempDir()
		if err := runAndRead(t, dir, text, formats, validate, ran); err != nil {
			t.Fatalf("-random.seed %d, scenarios %d to %d: %v\n%s", *randomSeed, first, first+n-1, err, text)
		}
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d scenarios, of %d drawn", count, g.tries)
	if count < 300 {
		return
	}
	for _, p := range g.patterns {
		for _, v := range p.Variants {
			if !ran[p.Name+"/"+v.Name] {
				t.Errorf("%s/%s never ran", p.Name, v.Name)
			}
		}
		for _, name := range settingNames(p) {
			if g.drawn[p.Name+"."+name] == 0 {
				t.Errorf("%s was never run with a setting %s", p.Name, name)
			}
		}
	}
}

// So does what was once found to go wrong: every figure of nothing.
func TestScenariosOfNothing(t *testing.T) {
	if raceEnabled() {
		t.Skip("as TestRandomScenarios")
	}
	const text = `scenarios:
  - {name: no-reads, question: q, pattern: coalesce, load: {rate: 50/s, duration: 10s}, keys: {count: 20}, with: {update: 1, absent: 1}}
  - {name: long-warm-up, question: q, pattern: coalesce, load: {rate: 5/s, duration: 1s, warm-up: 10m}, keys: {count: 20}, with: {update: 0.5}}
  - {name: one, question: q, pattern: coalesce, load: {transactions: 1}, keys: {count: 1}, with: {update: 1, absent: 1}}
  - {name: free, question: q, pattern: api-cache, driver: "embedded://?profile=none&prices=read:0,write:0,delete:0,list:0,storage:0", load: {rate: 1/s, transactions: 5}}
  - name: waits-on
    question: Do writes that go on when the last transaction has ended make intervals beyond it?
    pattern: api-cache
    variants: [background-put]
    driver: "embedded://?write=2h"
    load: {rate: 1/s, transactions: 3}
`
	if err := runAndRead(t, t.TempDir(), text, report.Formats(), schema(t, "../../../docs/schema/summary.json"), map[string]bool{}); err != nil {
		t.Error(err)
	}
}

// settingNames are the settings of a pattern.
func settingNames(p *bench.Pattern) (names []string) {
	settings, err := runfile.SettingsOf(p.Settings())
	if err != nil {
		panic(err)
	}
	for _, s := range settings {
		names = append(names, s.Name)
	}
	return names
}

// runAndRead runs a scenario file as the command does, in a folder, and reads what it has
// written and said. Where pictures are drawn, the file is also checked.
func runAndRead(t *testing.T, dir, text string, formats []string, validate func([]byte) error, ran map[string]bool) error {
	file, out := filepath.Join(dir, "random.yaml"), filepath.Join(dir, "run")
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		return err
	}
	var stdout, stderr bytes.Buffer
	status := execute(t.Context(), []string{"run", file, "--out", out, "--format", strings.Join(formats, ","), "--json", "--quiet"}, &stdout, &stderr)
	failed := strings.Contains(stderr.String(), "the run failed; what was measured is in")
	if status != exitOK && status != exitUnmet && !(status == exitFailed && failed) {
		return fmt.Errorf("exit status %d\n%s", status, stderr.String())
	}
	for name, text := range map[string][]byte{"stdout": stdout.Bytes(), "stderr": stderr.Bytes()} {
		if err := reporttest.Text(text); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	if _, err := reporttest.Folder(out); err != nil {
		return err
	}
	written, err := os.ReadFile(filepath.Join(out, "report.json"))
	if err != nil {
		return err
	}
	for name, text := range map[string][]byte{"report.json": written, "--json": stdout.Bytes()} {
		if err := validate(text); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	var summary struct {
		Scenarios []struct {
			Pattern  string
			Variants []struct{ Name string }
		}
	}
	if err := json.Unmarshal(written, &summary); err != nil {
		return err
	}
	for _, s := range summary.Scenarios {
		for _, v := range s.Variants {
			ran[s.Pattern+"/"+v.Name] = true
		}
	}
	if !slices.Contains(formats, "png") {
		return nil
	}
	stdout.Reset()
	// What can't be seeded fails in check's trial too.
	if status := execute(t.Context(), []string{"check", file}, &stdout, &stderr); status != exitOK && !(status == exitUsage && failed) {
		return fmt.Errorf("check: exit status %d\n%s", status, stderr.String())
	}
	return reporttest.Text(stdout.Bytes())
}

// schema returns a check of JSON against a published schema.
func schema(t *testing.T, path string) func([]byte) error {
	t.Helper()
	compiled, err := jsonschema.NewCompiler().Compile(path)
	if err != nil {
		t.Fatal(err)
	}
	return func(text []byte) error {
		value, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		if err != nil {
			return err
		}
		return compiled.Validate(value)
	}
}
