package command

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kvbench/drivers/rest"
	"kvbench/internal/load"
	"kvbench/internal/runfile"
)

// due is how many transactions of a load are due while it is measured.
func due(l load.Load, seed uint64) (n uint64) {
	open, _ := l.Open()
	schedule := open.Schedule(seed, l.WarmUp)
	for i := uint64(0); ; i++ {
		switch at := schedule(i); {
		case at >= l.WarmUp+l.Duration:
			return n
		case at >= l.WarmUp:
			n++
		}
	}
}

// Processes that share the transactions of a run on the wall clock run all that is due, and
// merged they say so, process by process.
func TestShardsOnTheWallClock(t *testing.T) {
	base, token := startEmulator(t, "propagation=0", "write=p50:2ms")
	t.Setenv(rest.TokenVariable, token)
	driver := "rest://" + testAccount + "/bench?rate=off&staleness=0&base=" + strings.TrimSuffix(base, "/client/v4")
	var checks []func()
	for n, arrivals := range map[int]load.Arrivals{2: load.Constant{}, 4: load.Poisson{}} {
		l := load.Load{Shape: load.Open{Profile: load.PerSecond(50), Arrivals: arrivals}, WarmUp: time.Second, Duration: 2 * time.Second}
		dir := t.TempDir()
		file := filepath.Join(dir, "s.yaml")
		yaml := fmt.Sprintf(`scenarios:
  - name: shared
    question: Q?
    pattern: coalesce
    variants: [seed, per-field]
    load: {rate: 50/s, arrivals: %s, duration: 2s, warm-up: 1s}
    keys: {count: 9, size: 256B}
    with: {fields: 2, update: 0.5, update-fields: 1}
    expect: [errors == 0, per-field.lost-update == 0]
`, arrivals.Name())
		if err := os.WriteFile(file, []byte(yaml), 0o600); err != nil {
			t.Fatal(err)
		}
		start := time.Now().Add(8 * time.Second).UTC().Format(time.RFC3339)
		merge := []string{"merge", "--out", filepath.Join(dir, "merged"), "--format", "json"}
		var shards []*exec.Cmd
		for i := range n {
			out := filepath.Join(dir, fmt.Sprint(i))
			merge = append(merge, out)
			cmd := exec.Command("kvbench", "run", file, "--driver", driver, "--out", out, "--quiet", "--seed", "3",
				"--shard", fmt.Sprintf("%d/%d", i, n), "--run-id", fmt.Sprint("shards-", n), "--start-at", start, "--every", "12s")
			cmd.Stderr = os.Stderr
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = cmd.Process.Kill() })
			shards = append(shards, cmd)
		}
		checks = append(checks, func() {
			for i, cmd := range shards {
				if err := cmd.Wait(); err != nil {
					t.Fatalf("shard %d/%d: %v", i, n, err)
				}
			}
			out := run(t, exitOK, merge...)
			merged, err := runfile.Open(filepath.Join(dir, "merged"))
			if err != nil {
				t.Fatal(err)
			}
			want, by := due(l, 3), map[int]uint64{}
			for _, v := range merged.Variants {
				var got uint64
				for _, n := range v.Total.Outcomes {
					got += n
				}
				if got != want || !v.Complete || !v.Verified {
					t.Errorf("%d shards, %s: %d transactions, want %d: %+v", n, v.Name, got, want, v.Error)
				}
			}
			var all uint64
			for _, s := range merged.Header.Merged.Shards {
				by[s.Index], all = s.Transactions, all+s.Transactions
				if !strings.Contains(out, fmt.Sprintf("Shard %d: ", s.Index)) {
					t.Errorf("shard %d is not shown:\n%s", s.Index, out)
				}
			}
			if len(by) != n || all != 2*want || merged.Header.RunID != fmt.Sprint("shards-", n) || !merged.Header.Whole() {
				text, _ := json.Marshal(merged.Header.Merged)
				t.Errorf("%d shards: %d transactions, want %d: %s", n, all, 2*want, text)
			}
			merged.Close()
			if cleaned := run(t, exitOK, "clean", filepath.Join(dir, "merged")); strings.Contains(cleaned, "\n0 keys") || !strings.Contains(cleaned, "keys deleted below kvbench/shards-") {
				t.Errorf("nothing is cleaned up: %s", cleaned)
			}
		})
	}
	for _, check := range checks {
		check()
	}
}
