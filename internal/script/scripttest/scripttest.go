// Package scripttest makes projects for tests.
package scripttest

import (
	"os"
	"path/filepath"
	"testing"
)

// Project writes files, each given by its name and its text, into a folder of the test's, and
// returns that and the path of the first.
func Project(t testing.TB, files ...string) (dir, first string) {
	t.Helper()
	dir = t.TempDir()
	for n := 0; n < len(files); n += 2 {
		path := filepath.Join(dir, files[n])
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(files[n+1]), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return dir, filepath.Join(dir, files[0])
}
