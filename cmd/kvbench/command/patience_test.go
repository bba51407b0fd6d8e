package command

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A command that can't go on, because a pipe brings nothing or takes nothing, ends when it
// is told to.
func TestEndsWhateverItDoes(t *testing.T) {
	dir := t.TempDir()
	pipe := filepath.Join(dir, "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Skip(err)
	}
	file := filepath.Join(dir, "many.yaml")
	var many strings.Builder
	many.WriteString("scenarios:\n")
	for i := range 1000 { // of which a list is longer than a pipe holds
		many.WriteString("  - {name: s" + strconv.Itoa(i) + ", question: What does a long question ask that fills a pipe?, pattern: session, load: {transactions: 1}}\n")
	}
	if err := os.WriteFile(file, []byte(many.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, args := range map[string][]string{
		"a state that does not come": {"emulate", "--listen", "127.0.0.1:0", "--state", pipe},
		"a list that nobody reads":   {"list", "--json", file},
	} {
		t.Run(name, func(t *testing.T) {
			cmd := exec.Command("kvbench", args...)
			read, write, err := os.Pipe()
			if err != nil {
				t.Fatal(err)
			}
			defer read.Close()
			cmd.Stdout = write
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			write.Close()
			time.Sleep(500 * time.Millisecond) // until it waits; before that it ends as well
			if err := cmd.Process.Signal(os.Interrupt); err != nil {
				t.Fatal(err)
			}
			deadline := time.AfterFunc(time.Minute, func() { _ = cmd.Process.Kill() })
			defer deadline.Stop()
			err = cmd.Wait()
			if ended := new(exec.ExitError); !errors.As(err, &ended) || ended.ExitCode() != exitInterrupted {
				t.Errorf("it ended with %v, want exit status %d", err, exitInterrupted)
			}
		})
	}
}
