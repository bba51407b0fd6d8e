package drivertest_test

import (
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// A driver outside this repository can be written, and tested, with package kv and this
// one alone: the example of the docs is a module of its own, which is so.
func TestOutside(t *testing.T) {
	command := func(args ...string) string {
		t.Helper()
		c := exec.CommandContext(t.Context(), "go", args...)
		c.Dir = "../../docs/examples/driver"
		c.Env = append(os.Environ(), "GOFLAGS=-mod=readonly", "GOPROXY=off", "GOWORK=off")
		out, err := c.CombinedOutput()
		if err != nil {
			t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, out)
		}
		return string(out)
	}
	command("vet", "./...")
	if out := command("test", "-count=1", "-v", "./..."); !strings.Contains(out, "--- PASS: TestConformance/ttl-second") {
		t.Errorf("the conformance suite was not run:\n%s", out)
	}
	imports := strings.Fields(command("list", "-f", `{{join .Imports " "}} {{join .TestImports " "}} {{join .XTestImports " "}}`, "./..."))
	slices.Sort(imports)
	ours := slices.DeleteFunc(slices.Compact(imports), func(path string) bool { return !strings.HasPrefix(path, "kvbench/") })
	if want := []string{"kvbench/drivers/drivertest", "kvbench/kv"}; !slices.Equal(ours, want) {
		t.Errorf("it imports %q of kvbench, want %q", ours, want)
	}
}
