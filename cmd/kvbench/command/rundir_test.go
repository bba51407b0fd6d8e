package command

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"kvbench/internal/runfile"
)

// However close together they come, one run has the folder, and the others are told so.
func TestOneRunAFolder(t *testing.T) {
	for range 50 {
		dir := filepath.Join(t.TempDir(), "run")
		var files [8]*os.File
		var errs [8]error
		var g sync.WaitGroup
		start := make(chan struct{})
		for i := range files {
			g.Go(func() {
				<-start
				files[i], errs[i] = createRun(dir)
			})
		}
		close(start)
		g.Wait()
		winners := 0
		for i, err := range errs {
			var status *statusError
			switch {
			case err == nil:
				winners++
				files[i].Close()
			case !errors.As(err, &status) || status.status != exitUsage:
				t.Errorf("a loser: %v", err)
			}
		}
		if winners != 1 {
			t.Fatalf("%d have the folder", winners)
		}
	}
}

// A run of agents that can go on keeps its folder to itself.
func TestFolderOfARunThatCanGoOn(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, fleetStateFile), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	var status *statusError
	if _, err := createRun(dir); !errors.As(err, &status) || status.status != exitUsage || !strings.Contains(err.Error(), dir) {
		t.Errorf("got %v", err)
	}
	if _, err := os.Stat(filepath.Join(dir, runfile.FileName)); err == nil {
		t.Error("a run file was made")
	}
}
