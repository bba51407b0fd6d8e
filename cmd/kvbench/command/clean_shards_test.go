package command

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"kvbench/drivers/rest"
	"kvbench/internal/runfile"
)

// stopped are three shards on the wall clock that share a run.
type stopped struct {
	dirs   []string
	shards []*exec.Cmd
}

func startShards(t *testing.T, driver, id string) (s stopped) {
	t.Helper()
	dir := t.TempDir()
	file := filepath.Join(dir, "s.yaml")
	const yaml = `scenarios:
  - name: shared
    question: Q?
    pattern: coalesce
    variants: [per-field]
    load: {rate: 100/s, duration: 1m}
    keys: {count: 30, size: 100B}
    with: {fields: 2, update: 0.5, update-fields: 1}
`
	if err := os.WriteFile(file, []byte(yaml), 0o600); err != nil {
		t.Fatal(err)
	}
	start := time.Now().Add(4 * time.Second).UTC().Format(time.RFC3339Nano)
	const of = 3
	for i := range of {
		out := filepath.Join(dir, fmt.Sprint(i))
		cmd := exec.Command("kvbench", "run", file, "--driver", driver, "--out", out, "--quiet", "--shard", fmt.Sprintf("%d/%d", i, of), "--run-id", id, "--start-at", start)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = cmd.Process.Kill() })
		s.shards, s.dirs = append(s.shards, cmd), append(s.dirs, out)
	}
	return s
}

// stop ends the shards once each is under load: one is killed, one interrupted, one asked to end.
func (s stopped) stop(t *testing.T) {
	t.Helper()
	for i, out := range s.dirs {
		for until := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
			if text, err := os.ReadFile(filepath.Join(out, runfile.FileName)); err == nil && strings.Contains(string(text), `"interval":{`) {
				break
			}
			if time.Now().After(until) {
				t.Fatalf("shard %d has written no interval", i)
			}
		}
	}
	for i, signal := range []os.Signal{syscall.SIGKILL, syscall.SIGINT, syscall.SIGTERM} {
		if err := s.shards[i].Process.Signal(signal); err != nil {
			t.Fatal(err)
		}
	}
	for i, cmd := range s.shards {
		if err := cmd.Wait(); err == nil {
			t.Errorf("shard %d has ended well", i)
		}
	}
}

// Of shards that were killed or interrupted any cleans up what all have left, and nothing else.
func TestCleanAfterShards(t *testing.T) {
	base, token := startEmulator(t, "propagation=0")
	t.Setenv(rest.TokenVariable, token)
	driver := "rest://" + testAccount + "/bench?rate=off&staleness=0&base=" + strings.TrimSuffix(base, "/client/v4")
	stopped, others := startShards(t, driver, "stopped"), startShards(t, driver, "other")
	stopped.stop(t)
	others.stop(t)
	first, other := stopped.dirs, others.dirs
	clean := func(dir, says string) {
		t.Helper()
		if said := run(t, exitOK, "clean", dir); !strings.Contains(said, says) || strings.HasPrefix(said, "0 keys") == !strings.HasPrefix(says, "0 keys") {
			t.Errorf("%s: want %s", said, says)
		}
	}
	clean(first[0], "keys deleted below kvbench/stopped/") // the one that was killed
	for _, dir := range first {
		clean(dir, "0 keys deleted below kvbench/stopped/")
	}
	merged := filepath.Join(t.TempDir(), "merged")
	run(t, exitOK, "merge", other[0], other[1], other[2], "--allow-missing", "--out", merged, "--format", "json")
	clean(merged, "keys deleted below kvbench/other/")
	if said := run(t, exitOK, "clean", "--driver", driver, "--all"); !strings.HasPrefix(said, "0 keys deleted below kvbench/") {
		t.Errorf("keys are left: %s", said)
	}
}
