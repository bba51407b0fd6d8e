// Package workers holds the patterns as Workers, in TypeScript, and the scenarios that run
// them.
package workers

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestTypes has TypeScript check the scripts against the types of the Workers runtime.
// KVBENCH_TSC is tsc, in a node_modules/.bin beside @cloudflare/workers-types.
func TestTypes(t *testing.T) {
	tsc := os.Getenv("KVBENCH_TSC")
	if tsc == "" {
		if os.Getenv("CI") != "" {
			t.Fatal("KVBENCH_TSC is not set")
		}
		t.Skip("KVBENCH_TSC names no TypeScript compiler")
	}
	modules := filepath.Dir(filepath.Dir(tsc))
	for _, project := range []string{".", "clean", "../../docs/examples/profile-worker"} {
		c := exec.CommandContext(t.Context(), tsc, "--project", project, "--typeRoots", modules)
		if out, err := c.CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", project, err, out)
		}
	}
}
