package bounded_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"kvbench/internal/bounded"
)

func TestReadFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "four")
	if err := os.WriteFile(file, []byte("four"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := bounded.ReadFile(file, 4); err != nil || string(got) != "four" {
		t.Errorf("got %q, %v", got, err)
	}
	var large *bounded.LargeError
	for _, file := range []string{file, "/dev/zero"} {
		if got, err := bounded.ReadFile(file, 3); !errors.As(err, &large) || large.File != file || got != nil {
			t.Errorf("%s: got %q, %v", file, got, err)
		}
	}
	if _, err := bounded.ReadFile(file+"s", 4); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file that is not there: %v", err)
	}
}
