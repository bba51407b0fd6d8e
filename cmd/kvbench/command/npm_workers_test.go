package command

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// npmWorkers is the folder of the Workers that use libraries from npm.
const npmWorkers = "../../../docs/examples/npm-workers"

// hazards are what the libraries' Workers are known to have, by scenario: all others have none.
var hazards = map[string][]string{
	"npm-unstorage":         {"clobbered-write", "write-throttled"},
	"npm-hono-rate-limiter": {"clobbered-write", "duplicate-fill", "write-throttled"},
	"npm-cachified":         {"clobbered-write", "write-throttled"},
	"npm-grammy":            {"clobbered-write", "write-throttled"},
	"npm-schematic":         {"write-throttled"},
	"npm-oauth-provider":    {"write-throttled"},
}

// TestNpmWorkers runs what libraries from npm do with a KV binding, and holds the table of
// docs/workers-npm.md. KVBENCH_NPM_WORKERS is a folder in which the packages of
// docs/examples/npm-workers are installed; the Workers are copied into it.
func TestNpmWorkers(t *testing.T) {
	dir := os.Getenv("KVBENCH_NPM_WORKERS")
	if dir == "" {
		if os.Getenv("CI") != "" {
			t.Fatal("KVBENCH_NPM_WORKERS is not set")
		}
		t.Skip("KVBENCH_NPM_WORKERS names no folder with the packages")
	}
	copyWorkers(t, dir)
	r := runWorkers(t, filepath.Join(dir, "kvbench.yaml"))
	if len(r.Scenarios) < 12 {
		t.Errorf("there are %d Workers", len(r.Scenarios))
	}
	table := "| libraries | what ran | KV calls a transaction | what was found, at which line, in how many |\n|---|---|---|---|\n"
	for _, s := range r.Scenarios {
		v := s.Variants[0]
		if !v.Complete || v.Transactions == 0 || len(v.Ops) == 0 {
			t.Errorf("%s: %d transactions, %v", s.Name, v.Transactions, v.Ops)
		}
		if good := v.Outcomes["2xx"] + v.Outcomes["on"] + v.Outcomes["off"]; float64(good) < 0.7*float64(v.Transactions) {
			t.Errorf("%s: too few transactions went well: %v", s.Name, v.Outcomes)
		}
		var kinds, found []string
		for _, f := range v.Findings {
			if f.Group == "hazard" && !slices.Contains(kinds, f.Kind) {
				kinds = append(kinds, f.Kind)
			}
			if f.Place == "" {
				t.Errorf("%s: %s has no line", s.Name, f.Kind)
			}
			found = append(found, fmt.Sprintf("%s: `%s`, %.2g %%", f.Kind, f.Place, 100*f.Share))
		}
		slices.Sort(kinds)
		if diff := cmp.Diff(hazards[s.Name], kinds); diff != "" {
			t.Errorf("%s: %s", s.Name, diff)
		}
		if len(found) == 0 {
			found = []string{"nothing"}
		}
		libraries, says := imported(t, filepath.Join(dir, "src", strings.TrimPrefix(s.Name, "npm-")+".ts"), dir)
		table += fmt.Sprintf("| %s | %s | %s | %s |\n", libraries, says, operations(v.Ops), strings.Join(found, "<br>"))
	}
	const name, begin, end = "../../../docs/workers-npm.md", "-update -->\n", "<!-- end -->"
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, found := strings.Cut(string(text), begin)
	within, after, ended := strings.Cut(rest, end)
	if !found || !ended {
		t.Fatalf("%s has no place for the table", name)
	}
	if *update {
		if err := os.WriteFile(name, []byte(before+begin+table+end+after), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if diff := cmp.Diff(table, within); diff != "" {
		t.Errorf("%s is out of step; run go test ./cmd/kvbench/command -run TestNpmWorkers -update\n%s", name, diff)
	}
}

// copyWorkers copies the Workers to where their packages are.
func copyWorkers(t *testing.T, dir string) {
	t.Helper()
	err := fs.WalkDir(os.DirFS(npmWorkers), ".", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && d.Name() == "node_modules":
			return fs.SkipDir
		case d.IsDir():
			return os.MkdirAll(filepath.Join(dir, path), 0o777)
		}
		text, err := os.ReadFile(filepath.Join(npmWorkers, path))
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(dir, path), text, 0o666)
	})
	if err != nil {
		t.Fatal(err)
	}
}

var imports = regexp.MustCompile(`(?m)^import .* from "(@[^/"]+/[^/"]+|[^@/"][^/"]*)`)

// imported says which packages a Worker imports, with their versions, and what its first
// lines say of it.
func imported(t *testing.T, file, dir string) (packages, says string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]bool{}
	for _, m := range imports.FindAllStringSubmatch(string(text), -1) {
		installed, err := os.ReadFile(filepath.Join(dir, "node_modules", m[1], "package.json"))
		if err != nil {
			t.Fatal(err)
		}
		var p struct{ Version string }
		if err := json.Unmarshal(installed, &p); err != nil {
			t.Fatal(err)
		}
		all[m[1]+" "+p.Version] = true
	}
	var names []string
	for name := range all {
		names = append(names, name)
	}
	slices.Sort(names)
	for line := range strings.Lines(string(text)) {
		rest, ok := strings.CutPrefix(line, "// ")
		if !ok {
			break
		}
		says += " " + strings.TrimSpace(rest)
	}
	if _, what, ok := strings.Cut(says, ": "); ok {
		says = what
	}
	return strings.Join(names, "<br>"), strings.TrimSpace(says)
}

// operations lists so many of each operation.
func operations(of map[string]float64) string {
	var all []string
	for _, op := range []string{"get", "bulk-get", "put", "delete", "list"} {
		if n := of[op]; n > 0 {
			all = append(all, fmt.Sprintf("%.3g %s", n, op))
		}
	}
	return strings.Join(all, ", ")
}
