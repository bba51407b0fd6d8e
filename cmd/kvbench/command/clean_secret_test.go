package command

import (
	"bytes"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"kvbench/drivers/rest"
	"kvbench/internal/runfile"
)

// A run file does not hold the account that a variable names, and clean finds it all
// the same: while the variable is set.
func TestCleanFindsTheDriver(t *testing.T) {
	canaryEnv(t)
	var calls atomic.Int64
	base := echoServer(t, func(w http.ResponseWriter, r *http.Request, _ string) bool {
		if strings.HasSuffix(r.URL.Path, "/namespaces") {
			reply(w, 200, map[string]any{"success": true, "result": []any{map[string]any{"id": canarySpace, "title": "my swordfish"}}})
			return true
		}
		if strings.Contains(r.URL.Path, "/accounts/"+canaryAccount+"/") && strings.HasSuffix(r.URL.Path, "/keys") {
			calls.Add(1)
		}
		return false
	})
	dir, file := t.TempDir(), filepath.Join(t.TempDir(), "s.yaml")
	kvbench := func(want int, says string, args ...string) {
		t.Helper()
		var out bytes.Buffer
		if status := execute(t.Context(), args, &out, &out); status != want || !strings.Contains(out.String(), says) {
			t.Errorf("kvbench %s: exit status %d, want %d and %q\n%s", args, status, want, says, out.String())
		}
	}
	write := func(driver string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(scenarioYAML(driver)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	shown := "rest://${KVBENCH_ACCOUNT}/" + canarySpace + "?base=" + base
	write(shown)
	kvbench(exitOK, "", "run", file, "--out", filepath.Join(dir, "a"), "--format", "md")
	run, err := runfile.Open(filepath.Join(dir, "a"))
	if err != nil {
		t.Fatal(err)
	}
	if h := run.Header; h.Driver != shown || h.Scenarios[0].Driver != shown {
		t.Errorf("the run file has the drivers %s and %s, want %s", h.Driver, h.Scenarios[0].Driver, shown)
	}
	run.Close()
	before := calls.Load()
	kvbench(exitOK, "0 keys deleted below kvbench/", "clean", filepath.Join(dir, "a"))
	if calls.Load() == before {
		t.Error("clean did not ask for the account's keys")
	}
	os.Unsetenv("KVBENCH_ACCOUNT")
	kvbench(exitUsage, "KVBENCH_ACCOUNT is not set", "clean", filepath.Join(dir, "a"))

	t.Setenv(rest.TokenVariable, "swordfish") // which the title holds by chance
	write("rest://account/my swordfish?base=" + base)
	kvbench(exitOK, "", "run", file, "--out", filepath.Join(dir, "b"), "--format", "md")
	kvbench(exitUsage, "clean with --driver URL --all", "clean", filepath.Join(dir, "b"))
}
