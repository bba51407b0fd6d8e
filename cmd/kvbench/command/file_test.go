package command

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"kvbench/internal/runfile"
)

// A pipe to which somebody writes for ever, or never, can be given up, whatever it is to
// be read as.
func TestGivingUpAPipe(t *testing.T) {
	for name, read := range map[string]func(ctx context.Context, pipe string) error{
		"scenarios": func(ctx context.Context, pipe string) error {
			_, err := loadFile(ctx, []string{pipe}, io.Discard, nil)
			return err
		},
		"run": func(ctx context.Context, pipe string) error {
			_, err := openFile(ctx, pipe)
			return err
		},
		"history": func(ctx context.Context, pipe string) error {
			return reportHistory(ctx, filepath.Dir(filepath.Dir(pipe)), t.TempDir(), 1, false, io.Discard, io.Discard)
		},
	} {
		dir := filepath.Join(t.TempDir(), "run")
		if err := os.Mkdir(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		pipe := filepath.Join(dir, runfile.FileName)
		if err := syscall.Mkfifo(pipe, 0o600); err != nil {
			t.Skip(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- read(ctx, pipe) }()
		w, err := os.OpenFile(pipe, os.O_WRONLY, 0) // once it is being read
		if err != nil {
			t.Fatal(err)
		}
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", name, err)
		}
		w.Close()
	}
}
