package command

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kvbench/internal/runfile"
)

// ofVersion writes a run file anew, as if another version of kvbench had made it.
func ofVersion(t *testing.T, from, to, version string) {
	t.Helper()
	r, err := runfile.Open(from)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if err := os.MkdirAll(to, 0o755); err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(filepath.Join(to, runfile.FileName))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	h := r.Header
	h.Version = version
	w, err := runfile.NewWriter(f, h, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range r.Variants {
		if err := w.Copy(v); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(r.Interrupted); err != nil {
		t.Fatal(err)
	}
}

// A shard of another version of kvbench is refused by name. Without it the run is degraded, which is said
// wherever the run is shown.
func TestMergeWithoutAShardOfAnotherVersion(t *testing.T) {
	const file = "testdata/shards.yaml"
	dir := t.TempDir()
	in := func(name string) string { return filepath.Join(dir, name) }
	shard := func(name, which string) {
		run(t, exitOK, "run", file, "--only", "swept", "--quiet", "--out", in(name), "--shard", which)
	}
	shard("a", "0/2")
	shard("b", "1/2")
	ofVersion(t, in("b"), in("other"), "v0.0.1")
	const differs = "shard 1, is not of the run that the others are of: its version of kvbench is v0.0.1 where theirs is "
	if said := run(t, exitUsage, "merge", in("a"), in("other"), "--out", in("no")); !strings.Contains(said, filepath.Join(in("other"), runfile.FileName)+", "+differs) {
		t.Error(said)
	}
	if _, err := os.Stat(in("no")); err == nil {
		t.Error("something was written")
	}
	run(t, exitOK, "merge", in("a"), in("b"), "--out", in("whole"), "--format", "html,md,json")
	less := run(t, exitOK, "merge", in("a"), in("other"), "--out", in("less"), "--allow-missing", "--format", "html,md,json")
	if !strings.Contains(less, "WARNING "+filepath.Join(in("other"), runfile.FileName)) {
		t.Error(less)
	}
	shown := map[string]string{
		"merge":                less,
		"report":               run(t, exitOK, "report", in("less"), "--out", in("again"), "--format", "md"),
		"report --json":        run(t, exitOK, "report", in("less"), "--out", in("json"), "--format", "md", "--json"),
		"compare, as the head": run(t, exitOK, "compare", in("whole"), in("less"), "--out", in("head"), "--format", "html,md,json"),
		"compare, as the base": run(t, exitOK, "compare", in("less"), in("whole"), "--out", in("base"), "--format", "html,md,json"),
		"compare --json":       run(t, exitOK, "compare", in("whole"), in("less"), "--json"),
	}
	for _, path := range []string{
		"less/report.html", "less/report.md", "less/report.json", "head/compare.html", "head/compare.md", "head/compare.json", "base/compare.html", "base/compare.md", "base/compare.json",
	} {
		text, err := os.ReadFile(in(path))
		if err != nil {
			t.Fatal(err)
		}
		shown[path] = string(text)
	}
	for where, text := range shown {
		if !strings.Contains(text, "DEGRADED: the run was merged of 2 shards and is not whole") {
			t.Errorf("%s does not say that the run is degraded: %.2000s", where, text)
		}
		if !strings.Contains(text, "v0.0.1") {
			t.Errorf("%s does not say why", where)
		}
	}
	for _, path := range []string{"whole/report.html", "whole/report.md", "whole/report.json"} {
		if text, err := os.ReadFile(in(path)); err != nil || strings.Contains(string(text), "DEGRADED") {
			t.Errorf("%s: %v, or it says that the whole run is degraded", path, err)
		}
	}
	if said := run(t, exitUsage, "baseline", "update", in("less"), "--reason", "it is there", "--out", in("baseline")); !strings.Contains(said, "it is degraded") {
		t.Error(said)
	}
	if said := run(t, exitUsage, "baseline", "update", in("a"), "--reason", "it is there", "--out", in("baseline")); !strings.Contains(said, "it is shard 0/2 of a run") {
		t.Error(said)
	}
	if said := run(t, exitUnmet, "compare", in("whole"), in("less"), "--gate"); !strings.Contains(said, "head lacks shards of the run, and base does not") {
		t.Error(said)
	}
	run(t, exitOK, "compare", in("less"), in("whole"), "--gate")
}
