package command

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"kvbench/internal/fleet"
	"kvbench/internal/runfile"
)

const fleetToken = "a-token-of-the-test"

// started is a process of kvbench, and what it says.
type started struct {
	*exec.Cmd
	said locked
}

// start starts kvbench as a process that knows the token, which ends with the test.
func start(t *testing.T, args ...string) *started {
	t.Helper()
	return startWith(t, nil, args...)
}

// startWith is start with more variables.
func startWith(t *testing.T, env []string, args ...string) *started {
	t.Helper()
	return startAs(t, append([]string{fleet.TokenVariable + "=" + fleetToken}, env...), args...)
}

// startAs is start with variables of its own in place of the token.
func startAs(t *testing.T, env []string, args ...string) *started {
	t.Helper()
	s := &started{Cmd: exec.Command("kvbench", args...)}
	s.Stdout, s.Stderr = &s.said, &s.said
	s.Env = append(os.Environ(), env...)
	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = s.Process.Kill()
		_ = s.Wait()
		if t.Failed() {
			t.Logf("kvbench %s said:\n%s", strings.Join(args, " "), s.said.String())
		}
		if strings.Contains(s.said.String(), fleetToken) {
			t.Error("the token is told")
		}
	})
	return s
}

// saw waits until the process has said something, and returns what the pattern's group is.
func (s *started) saw(t *testing.T, pattern string) string {
	t.Helper()
	re := regexp.MustCompile(pattern)
	for until := time.Now().Add(2 * time.Minute); time.Now().Before(until); time.Sleep(20 * time.Millisecond) {
		if found := re.FindStringSubmatch(s.said.String()); found != nil {
			return found[len(found)-1]
		}
	}
	t.Fatalf("%q was not said", pattern)
	return ""
}

// ends waits for the process, which is to have an exit status.
func (s *started) ends(t *testing.T, want int) {
	t.Helper()
	_ = s.Wait()
	if got := s.ProcessState.ExitCode(); got != want {
		t.Fatalf("kvbench %s: exit status %d, want %d\n%s", s.Args[1], got, want, s.said.String())
	}
}

const fleetURL = `kvbench agent --nats (\S+)`

// noToken says that no file below a folder has the token.
func noToken(t *testing.T, dir string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		if bytes.Contains(text, []byte(fleetToken)) {
			t.Errorf("%s has the token", path)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// Four agents run a plan in virtual time, of which one is killed in the middle, and so is the leader, which
// is started again: what comes of it is the file of one process.
func TestAgentsRunWhatOneProcessDoes(t *testing.T) {
	const file = "testdata/agents.yaml"
	dir := t.TempDir()
	whole, out := filepath.Join(dir, "whole"), filepath.Join(dir, "led")
	run(t, exitOK, "run", file, "--quiet", "--detect", "--seed", "3", "--out", whole, "--format", "json")
	args := []string{"run", file, "--detect", "--seed", "3", "--agents", "4", "--out", out, "--format", "json"}
	leader := start(t, args...)
	url := leader.saw(t, fleetURL)
	var agents []*started
	for range 4 {
		agents = append(agents, start(t, "agent", "--nats", url, "--once", "--parallel", "1"))
	}
	agents[0].saw(t, `shard \d+/\d+ begins`)
	_ = agents[0].Process.Kill()
	leader.saw(t, `shard \d+ has ended`)
	_ = leader.Process.Kill()
	_ = leader.Wait()
	noToken(t, out)
	if _, err := os.Stat(filepath.Join(out, runfile.FileName)); err == nil {
		t.Fatal("the leader was not killed in the middle")
	}
	start(t, "run", "testdata/agents-wall.yaml", "--agents", "4", "--out", out).ends(t, exitUsage) // another plan
	leader = start(t, args...)
	if again := leader.saw(t, fleetURL); again != url {
		t.Errorf("the leader that was started again listens at %s, want %s", again, url)
	}
	leader.saw(t, `(\d+)/\d+ shards are whole already`)
	leader.ends(t, exitOK)
	for _, a := range agents[1:] {
		a.ends(t, exitOK)
	}
	if got, want := common(t, out), common(t, whole); !bytes.Equal(got, want) {
		t.Errorf("agents give another file than one process: %d bytes, want %d", len(got), len(want))
	}
	noToken(t, dir)
	left, err := os.ReadDir(out)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range left {
		if name := d.Name(); name == fleetServer || name == fleetShards || name == fleetStateFile || name == fleetLockFile {
			t.Errorf("%s was left", name)
		}
	}
}

// lost is how much an agent had measured of its shard, and what its leader says to have of that.
func lost(t *testing.T, temporary, said string) (measured, kept time.Duration) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(temporary, "kvbench-shard-*", runfile.FileName))
	if err != nil || len(files) != 1 {
		t.Fatalf("the shard's run files of the agent: %q, %v", files, err)
	}
	run, err := runfile.Open(files[0])
	if err != nil {
		t.Fatal(err)
	}
	defer run.Close()
	told := regexp.MustCompile(`kept up to (\S+), the intervals after that are lost`).FindStringSubmatch(said)
	if told == nil {
		t.Fatal("it is not said what of the shard was kept")
	}
	if kept, err = time.ParseDuration(told[1]); err != nil {
		t.Fatal(err)
	}
	return run.Variants[0].Total.To, kept
}

// On the wall clock agents start together. One that is killed makes the run degraded, and its shard is not
// run again: at most one interval of what it had measured is lost.
func TestAgentsOnTheWallClock(t *testing.T) {
	for _, c := range []struct {
		name string
		kill bool
		want int
	}{{"whole", false, exitOK}, {"killed", true, exitFailed}} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			out := filepath.Join(t.TempDir(), "led")
			leader := start(t, "run", "testdata/agents-wall.yaml", "--agents", "3", "--start-in", "6s", "--out", out, "--format", "json")
			url := leader.saw(t, fleetURL)
			var agents []*started
			var temporary []string
			for range 3 {
				temporary = append(temporary, t.TempDir())
				agents = append(agents, startWith(t, []string{"TMPDIR=" + temporary[len(agents)]}, "agent", "--nats", url, "--once"))
			}
			leader.saw(t, "the load starts at")
			index := ""
			if c.kill {
				index = agents[0].saw(t, `shard (\d+)/3 begins`)
				leader.saw(t, `[1-9]\d* transactions/s`)
				time.Sleep(3 * time.Second) // some intervals are measured
				_ = agents[0].Process.Kill()
			}
			leader.ends(t, c.want)
			run, err := runfile.Open(out)
			if err != nil {
				t.Fatal(err)
			}
			defer run.Close()
			m := run.Header.Merged
			text, _ := json.Marshal(m)
			if m == nil || m.Of != 3 || run.Header.Whole() == c.kill {
				t.Fatalf("merged: %s", text)
			}
			for _, s := range m.Shards {
				if s.Clock == nil || s.Clock.Within <= 0 || s.Transactions == 0 && fmt.Sprint(s.Index) != index {
					t.Errorf("shard %d: %s", s.Index, text)
				}
			}
			said := leader.said.String()
			if c.kill && (!strings.Contains(said, "DEGRADED") || !strings.Contains(said, "WARNING shard "+index+" is lost") || fmt.Sprint(m.Faults[0].Index) != index) {
				t.Errorf("the run is not said to be degraded by shard %s: %s", index, text)
			}
			if !c.kill {
				return
			}
			const interval = 500 * time.Millisecond
			if measured, kept := lost(t, temporary[0], said); kept < time.Second || kept > measured || measured-kept > interval {
				t.Errorf("%v of %v that were measured were kept, want all but the last %v", kept, measured, interval)
			}
		})
	}
}
