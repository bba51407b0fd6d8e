package command

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"kvbench/drivers"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"kvbench": func() { os.Exit(Main(drivers.Table())) }})
}

// Every verb, good and bad input: testdata/*.txtar.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		UpdateScripts:       *update,
		Setup: func(e *testscript.Env) error { // a run file as kvbench wrote it before there was another format
			data, err := os.ReadFile("../../../internal/runfile/testdata/format1.jsonl")
			if err != nil {
				return err
			}
			return os.WriteFile(filepath.Join(e.WorkDir, "format1.jsonl"), data, 0o644)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"status": status, "full": full, "waitfor": waitFor, "waitdir": waitDir, "sigterm": sigterm, "many": many, "deltas": deltas, "tear": tear, "killchild": killChild, "damage": damageOne},
	})
}

// status runs a command to its end and holds its exit status against the one that it is
// to have: status N COMMAND. What it writes is there for stdout and stderr.
func status(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: status N COMMAND [ARG...]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("%v", err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit status %d, want %d", got, want)
	}
}

// full runs kvbench with a standard output that takes nothing, which is to fail: full ARG...
func full(ts *testscript.TestScript, neg bool, args []string) {
	if neg {
		ts.Fatalf("usage: full ARG...")
	}
	out, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		ts.Fatalf("%v", err)
	}
	defer out.Close()
	kvbench, err := exec.LookPath(filepath.Join(filepath.SplitList(ts.Getenv("PATH"))[0], "kvbench"))
	ts.Check(err)
	var told bytes.Buffer
	c := exec.Command(kvbench, args...)
	c.Dir, c.Stdout, c.Stderr = ts.MkAbs("."), out, &told
	c.Env = []string{"HOME=" + ts.Getenv("HOME"), "TESTSCRIPT_COMMAND_NAME=kvbench"}
	var exit *exec.ExitError
	if err := c.Run(); !errors.As(err, &exit) || exit.ExitCode() != exitFailed || !strings.Contains(told.String(), "no space left on device") {
		ts.Fatalf("kvbench %s: %v\n%s", strings.Join(args, " "), err, told.String())
	}
}

// many writes a file of so many scenarios: many FILE COUNT.
func many(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: many FILE COUNT")
	}
	count, err := strconv.Atoi(args[1])
	ts.Check(err)
	var text strings.Builder
	text.WriteString("driver: embedded://?profile=edge&propagation=60s\nscenarios:\n")
	for i := range count {
		fmt.Fprintf(&text, "  - {name: s%d, question: How?, pattern: coalesce, load: {rate: 10/s, duration: 30s}, keys: {count: 10}}\n", i)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text.String()), 0o644))
}

// tear cuts a run file off in the middle of its last line but two, as a kill leaves one: tear FILE.
func tear(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: tear FILE")
	}
	lines := bytes.SplitAfter([]byte(ts.ReadFile(args[0])), []byte("\n"))
	whole := bytes.Join(lines[:len(lines)-4], nil)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), append(whole, lines[len(lines)-4][:20]...), 0o644))
}

// damageOne changes a byte of the second line of a run file: damage FILE.
func damageOne(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: damage FILE")
	}
	data := []byte(ts.ReadFile(args[0]))
	data[bytes.IndexByte(data, '\n')+len(`{"scenario":"c`)]++
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), data, 0o644))
}

// killChild kills the processes that run scripts for what runs in the background.
func killChild(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 0 {
		ts.Fatalf("usage: killchild")
	}
	for _, c := range ts.BackgroundCmds() {
		children, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%[1]d/children", c.Process.Pid))
		ts.Check(err)
		if len(bytes.Fields(children)) == 0 {
			ts.Fatalf("kvbench has no child")
		}
		for _, word := range bytes.Fields(children) {
			pid, err := strconv.Atoi(string(word))
			ts.Check(err)
			ts.Check(syscall.Kill(pid, syscall.SIGKILL))
		}
	}
}

// sigterm sends SIGTERM, which kill does not know, to what runs in the background.
func sigterm(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 0 {
		ts.Fatalf("usage: sigterm")
	}
	for _, c := range ts.BackgroundCmds() {
		ts.Check(c.Process.Signal(syscall.SIGTERM))
	}
}

// waitDir waits until there is a folder: waitdir DIR.
func waitDir(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: waitdir DIR")
	}
	for range 3000 {
		if _, err := os.Stat(ts.MkAbs(args[0])); err == nil {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	ts.Fatalf("there never was a folder %s", args[0])
}

// waitFor waits until a file holds a text so often: waitfor FILE TEXT COUNT.
func waitFor(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: waitfor FILE TEXT COUNT")
	}
	count, err := strconv.Atoi(args[2])
	ts.Check(err)
	file := ts.MkAbs(args[0])
	for range 3000 {
		data, err := os.ReadFile(file)
		if err == nil && bytes.Count(data, []byte(args[1])) >= count {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	ts.Fatalf("%s never held %q %d times", args[0], args[1], count)
}
