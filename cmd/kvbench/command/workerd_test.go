package command

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"kvbench/internal/workerd"
	"kvbench/internal/workerd/workerdtest"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/testscript"
)

// The command line with the real runtime: testdata/workerd/*.txtar.
func TestWorkerdScripts(t *testing.T) {
	executable := workerdtest.Need(t)
	testscript.Run(t, testscript.Params{
		Dir: "testdata/workerd", RequireExplicitExec: true, RequireUniqueNames: true, UpdateScripts: *update,
		Setup: func(e *testscript.Env) error {
			e.Setenv(workerd.Variable, executable)
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"status":      status,
			"waitfor":     waitFor,
			"waitkeys":    waitKeys,
			"serveworker": serveWorker(executable),
			"killworkerd": func(ts *testscript.TestScript, _ bool, _ []string) {
				for _, pid := range awaitRuntimes(ts, true) {
					p, err := os.FindProcess(pid)
					ts.Check(err)
					ts.Check(p.Kill())
				}
			},
			"noworkerd": func(ts *testscript.TestScript, _ bool, _ []string) { awaitRuntimes(ts, false) },
		},
	})
}

// awaitRuntimes waits until the script's kvbench has a workerd, or none of its is left.
func awaitRuntimes(ts *testscript.TestScript, want bool) (found []int) {
	for range 1000 {
		found = runtimesIn(ts.MkAbs("."))
		if want == (len(found) > 0) {
			return found
		}
		time.Sleep(20 * time.Millisecond)
	}
	ts.Fatalf("the processes of workerd are %v", found)
	return nil
}

// runtimesIn are the processes of workerd that have a working directory.
func runtimesIn(dir string) (found []int) {
	names, _ := filepath.Glob("/proc/[0-9]*")
	for _, name := range names {
		command, err := os.ReadFile(name + "/cmdline")
		if words := strings.Split(string(command), "\x00"); err != nil || len(words) < 2 || filepath.Base(words[0]) != "workerd" || words[1] != "serve" {
			continue
		}
		if cwd, err := os.Readlink(name + "/cwd"); err == nil && cwd == dir {
			if pid, err := strconv.Atoi(filepath.Base(name)); err == nil {
				found = append(found, pid)
			}
		}
	}
	return found
}

// The example's mistakes are found at the same places as in kvbench itself.
func TestFindingsOnWorkerd(t *testing.T) {
	executable := workerdtest.Need(t)
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("../../../docs/examples/profile-worker")); err != nil {
		t.Fatal(err)
	}
	const file = `driver: embedded://?locations=3&profile=edge&propagation=60s
scenarios:
  - name: profiles
    question: What goes wrong?
    pattern: worker
    scripts: {worker: src/index.ts, mended: src/mended.ts}
    kv:
      - {binding: USERS, key: "user:{key}", value: {name: Ada, visits: 1, theme: dark}}
      - {binding: USERS, key: "user:{key}:name", value: '"Ada"'}
    requests:
      - {path: "/user/{key}", weight: 6}
      - {method: PATCH, path: "/user/{key}", body: {theme: "theme {random}"}, weight: 4}
      - sequence:
          - {method: POST, path: "/login/{key}", keep: {session: json.session}}
          - {path: "/session/{session}", after: 200ms, times: 2}
    load: {rate: 40/s, duration: 6s}
    keys: {count: 30}
`
	path := filepath.Join(dir, "kvbench.yaml")
	if err := os.WriteFile(path, []byte(file), 0o666); err != nil {
		t.Fatal(err)
	}
	want := often(t, runWorkers(t, path))
	if len(want) < 3 {
		t.Fatalf("in kvbench itself there are %v", want)
	}
	got := often(t, runWorkers(t, path, "--runtime", "workerd", "--workerd", executable))
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("in kvbench itself and on the real runtime:\n%s", diff)
	}
}

// often are the findings that are no matter of chance, and that there is no error.
func often(t *testing.T, r workerReport) (found []string) {
	t.Helper()
	for _, s := range r.Scenarios {
		for _, v := range s.Variants {
			if v.Outcomes["error"] > 0 || !v.Complete {
				t.Errorf("%s ends in %v", v.Name, v.Outcomes)
			}
			for _, f := range v.Findings {
				if f.Count >= 10 {
					found = append(found, fmt.Sprintf("%s: %s %s", v.Name, f.Kind, f.Place))
				}
			}
		}
	}
	slices.Sort(found)
	return found
}
