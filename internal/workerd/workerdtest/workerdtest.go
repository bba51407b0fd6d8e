// Package workerdtest finds workerd for tests.
package workerdtest

import (
	"os"
	"testing"

	"kvbench/internal/workerd"
)

// Need returns the executable of workerd. Without it the test is skipped, but in CI (the
// variable CI is set), where it fails.
func Need(t testing.TB) string {
	t.Helper()
	executable, err := workerd.Find("")
	switch {
	case err == nil:
		return executable
	case os.Getenv("CI") != "":
		t.Fatal(err)
	}
	t.Skip(err)
	return ""
}
