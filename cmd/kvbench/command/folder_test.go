package command

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"kvbench/report/reporttest"
)

// The name of a folder may hold anything but a slash: what is printed of it, and written
// to reports, can be shown.
func TestHostileFolders(t *testing.T) {
	t.Chdir(t.TempDir())
	const results = "a\x1b[31m|`<b>\u202e\n# x"
	base, head := filepath.Join(results, "base"), filepath.Join(results, "head\x07\xff")
	run := []string{
		"run", "--only", "coalesce-one-location/seed", "--duration", "10s", "--format", "md,html,json,junit,csv,hlog,benchfmt",
	}
	for _, c := range [][]string{
		append(run, "--out", base), append(run, "--out", head, "--seed", "2"),
		{"report", head, "--format", "md,html,json"},
		{"compare", base, head, "--format", "html,md,json,svg"},
		{"compare", base, head, "--json"},
		{"report", "--history", results},
		{"baseline", "update", head, "--out", filepath.Join(results, "kept"), "--reason", "why\x1b[1m"},
		{"run", "--out", head},
		{"report", head + "/none"},
	} {
		var stdout, stderr bytes.Buffer
		execute(t.Context(), c, &stdout, &stderr)
		for name, text := range map[string][]byte{"stdout": stdout.Bytes(), "stderr": stderr.Bytes()} {
			if err := reporttest.Text(text); err != nil {
				t.Errorf("%q: %s: %v", c, name, err)
			}
		}
	}
	for _, file := range []string{"report.md", "report.html", "report.json", "compare.md", "compare.html", "compare.json"} {
		if _, err := os.Stat(filepath.Join(head, file)); err != nil {
			t.Error(err)
		}
	}
	if _, err := reporttest.Folder(results); err != nil {
		t.Error(err)
	}
}
