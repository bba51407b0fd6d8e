package command

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"kvbench/internal/runfile"
)

const killYAML = `scenarios:
  - {name: one, question: Q?, pattern: coalesce, variants: [seed, per-field], load: {rate: 200/s, duration: 2m}, keys: {count: 50}, repeat: 2}
  - {name: two, question: Q?, pattern: session, variants: [seed, sliding], load: {rate: 200/s, duration: 2m, warm-up: 20s}, keys: {count: 50}, repeat: 2}
`

// Of a run that is killed the file holds what the same run writes when it is not, up to
// the kill: no line is lost but one that was being written, and no variant of which it was
// told that it has ended. It is reported on.
func TestKills(t *testing.T) {
	const kills = 20
	dir := t.TempDir()
	file := filepath.Join(dir, "kill.yaml")
	if err := os.WriteFile(file, []byte(killYAML), 0o644); err != nil {
		t.Fatal(err)
	}
	start := func(out string) (*exec.Cmd, io.Reader) {
		cmd := exec.Command("kvbench", "run", file, "--out", out, "--format", "md", "--parallel", "1")
		told, err := cmd.StderrPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = cmd.Process.Kill() })
		return cmd, told
	}
	whole := filepath.Join(dir, "whole")
	cmd, told := start(whole)
	if text, err := io.ReadAll(told); err != nil || cmd.Wait() != nil {
		t.Fatalf("%v: %s", err, text)
	}
	want, err := os.ReadFile(filepath.Join(whole, runfile.FileName))
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(13, 2))
	cut := 0
	for n := range kills {
		out := filepath.Join(dir, fmt.Sprint(n))
		at := random.IntN(len(want)) // bytes
		pause := time.Duration(random.IntN(3000)) * time.Microsecond
		cmd, told := start(out)
		ended := make(chan int, 1)
		go func() { ended <- endedVariants(told) }()
		path := filepath.Join(out, runfile.FileName)
		for len(ended) == 0 {
			if info, err := os.Stat(path); err == nil && info.Size() >= int64(at) {
				break
			}
			time.Sleep(200 * time.Microsecond)
		}
		time.Sleep(pause)
		_ = cmd.Process.Kill()
		complete := <-ended
		_ = cmd.Wait()

		have, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.HasPrefix(want, have) || len(have) < at {
			t.Fatalf("kill %d after %d bytes: %d bytes, which are not those of the whole run's %d", n, at, len(have), len(want))
		}
		run, err := runfile.Open(out)
		if err != nil {
			t.Fatalf("kill %d: %v", n, err)
		}
		intervals, there := 0, 0
		for _, v := range run.Variants {
			intervals += len(v.Intervals)
			if v.Complete {
				there++
			}
		}
		if written := bytes.Count(have[:bytes.LastIndexByte(have, '\n')+1], []byte(`"interval":{`)); intervals != written {
			t.Errorf("kill %d: %d intervals are read of %d", n, intervals, written)
		}
		if there < complete {
			t.Errorf("kill %d: %d variants were said to have ended, %d are whole", n, complete, there)
		}
		if run.CutOff != (len(have) < len(want)) {
			t.Errorf("kill %d: %d bytes of %d, cut off: %v", n, len(have), len(want), run.CutOff)
		}
		if run.CutOff {
			cut++
		}
		if err := run.Close(); err != nil {
			t.Error(err)
		}
		reportKilled(t, out, run.CutOff)
	}
	if cut < kills/2 {
		t.Errorf("%d of %d kills came before the end", cut, kills)
	}
}

var endedLine = regexp.MustCompile(`^ *\d+/\d+ .* in .* transactions$`)

// endedVariants counts the variants that a run tells have ended, until it has.
func endedVariants(told io.Reader) (n int) {
	for lines := bufio.NewScanner(told); lines.Scan(); {
		if endedLine.MatchString(lines.Text()) {
			n++
		}
	}
	return n
}

// reportKilled reports on a run.
func reportKilled(t *testing.T, dir string, cutOff bool) {
	t.Helper()
	var out, errs bytes.Buffer
	if status := execute(t.Context(), []string{"report", dir, "--format", "md", "--json"}, &out, &errs); status != exitOK {
		t.Fatalf("exit status %d: %s", status, &errs)
	}
	var summary struct {
		CutOff bool `json:"cut_off"`
	}
	if err := json.Unmarshal(out.Bytes(), &summary); err != nil || summary.CutOff != cutOff {
		t.Errorf("%v: cut off: %v, want %v", err, summary.CutOff, cutOff)
	}
	page, err := os.ReadFile(filepath.Join(dir, "report.md"))
	if err != nil || strings.Contains(string(page), "cut off") != cutOff {
		t.Errorf("%v: report.md: %.300s", err, page)
	}
}
