package command

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"kvbench/drivers/embedded"
	"kvbench/internal/bench"
	"kvbench/internal/clock"
	"kvbench/internal/compare"
	"kvbench/internal/quantile"
	"kvbench/internal/runfile"
	"kvbench/kv"
)

// The studies measure compare itself on the wall clock, which takes minutes, so
// that they run only when asked for:
//
//	go test ./cmd/kvbench/command -run TestStudy -timeout 3h -v -study.alarms 200 -study.power 100
//
// Their small siblings, on drawn values, are in internal/compare.
var (
	studyAlarms   = flag.Int("study.alarms", 0, "compare a build with itself so often on each store")
	studyPower    = flag.Int("study.power", 0, "look so often for a slowdown of 5 % on each store")
	studyDuration = flag.Duration("study.duration", time.Second, "measure each repeat for so long")
	studyNoise    = flag.Int("study.noise", 2, "so many processes load the machine in bursts")
)

// studyStores are the stores of the studies, each with a load and keys to try it by. open
// makes one whose every call takes at least so long; 0 is as fast as it can.
var studyStores = []struct {
	name, with string
	open       func(latency time.Duration) opener
}{
	{"embedded", studyUpdates, func(latency time.Duration) opener {
		return openAt(fmt.Sprintf("embedded://?profile=none&propagation=0&hot=%[1]v&cold=%[1]v&write=%[1]v", latency))
	}},
	// Latencies drawn from wide distributions, all of them longer by the factor by which
	// latency is longer than studyLatency. There are no updates: with them half of the
	// transactions take 2 ms and half 80 ms, and the median falls into the gap.
	{"edge-hot", studyReads + "keys: {count: 4}", edge},
	{"edge-cold", studyReads + "keys: {count: 10_000, size: 100B}", edge},
	{"http", studyUpdates, func(latency time.Duration) opener {
		return func(*bench.Scenario, clock.Clock, uint64) (kv.Store, error) { return newHTTPStore(latency), nil }
	}},
}

const (
	studyUpdates = `load: {workers: 8, duration: 1s, warm-up: 100ms}
    keys: {count: 4}
    with: {update: 0.2}`
	studyReads = `load: {rate: 500/s, duration: 1s, warm-up: 500ms}
    with: {update: 0}
    `
)

// openAt opens the store of a URL.
func openAt(url string) opener {
	return func(s *bench.Scenario, c clock.Clock, seed uint64) (kv.Store, error) {
		of := *s
		of.Driver = url
		return open(&of, c, seed)
	}
}

// edge is the embedded store with profile edge, each of its percentiles times what
// latency is to studyLatency.
func edge(latency time.Duration) opener {
	factor := max(1, latency.Seconds()/studyLatency.Seconds())
	url := "embedded://?profile=edge"
	for _, p := range embedded.Profiles() {
		if p.Name != "edge" {
			continue
		}
		for name, d := range map[string]quantile.Dist{"hot": p.Hot, "cold": p.Cold, "list": p.List, "write": p.Write} {
			longer := make(quantile.Dist, len(d))
			for i, at := range d {
				longer[i] = quantile.Point{Share: at.Share, D: time.Duration(factor * float64(at.D))}
			}
			url += "&" + name + "=" + longer.String()
		}
	}
	return openAt(url)
}

// Of a call of a few microseconds no machine that others share could tell 5 %: from
// one repeat to the next the same build differs by 10 % here. So the power is that
// for stores that take as long as a store across a network does.
const (
	studyLatency = 20 * time.Millisecond
	slower       = 0.05
)

const studyYAML = `
scenarios:
  - name: study
    question: Does compare tell?
    pattern: coalesce
    variants: [seed]
    `

// opener opens the store of one run of a variant.
type opener = func(s *bench.Scenario, c clock.Clock, seed uint64) (kv.Store, error)

// studyCompare runs base and head in turns, ten repeats each, and compares them.
func studyCompare(t *testing.T, with string, seed uint64, stores [2]opener) *compare.Comparison {
	t.Helper()
	dir := t.TempDir()
	file := filepath.Join(dir, "study.yaml")
	check := func(err error) {
		if t.Helper(); err != nil {
			t.Fatal(err)
		}
	}
	check(os.WriteFile(file, []byte(studyYAML+with), 0o644))
	o := compareOptions{
		drivers:  []string{"embedded://?profile=none&propagation=0", "embedded://?profile=none&propagation=0"},
		settings: settings{clock: "wall", duration: *studyDuration, seed: seed, seeded: true},
	}
	plans, err := o.plans(t.Context(), []string{file}, io.Discard)
	check(err)
	var sides [2]*side
	for i, p := range plans {
		p.open = stores[i]
		f, err := createRun(filepath.Join(dir, fmt.Sprint(i)))
		check(err)
		sides[i], err = newSide(p, f, newProgress(nil, true, newBoard(p, false)))
		check(err)
		defer sides[i].close()
	}
	ran, err := takeTurns(t.Context(), sides)
	check(ran)
	check(err)
	var runs [2]*runfile.Run
	for i, s := range sides {
		check(s.w.Close(false))
		runs[i], err = runfile.Open(s.file.Name())
		check(err)
		defer runs[i].Close()
	}
	c := compareRuns(t, runs[0], runs[1], compare.Options{
		MinEffect: compare.DefaultMinEffect, Alpha: compare.DefaultAlpha, Interleaved: tookTurns(&runs[0].Header, &runs[1].Header),
	})
	if !c.Interleaved {
		t.Fatal("the runs took turns and don't say so")
	}
	check(os.RemoveAll(dir))
	return c
}

// TestStudyFalseAlarms compares a build with itself while the machine is under a
// load that comes and goes: at most 2 % of the comparisons may call anything worse.
func TestStudyFalseAlarms(t *testing.T) {
	if *studyAlarms == 0 {
		t.Skip("a study: see -study.alarms")
	}
	for _, store := range studyStores {
		t.Run(store.name, func(t *testing.T) {
			makeNoise(t)
			same := store.open(0)
			var alarms, better int
			for n := range *studyAlarms {
				c := studyCompare(t, store.with, uint64(n), [2]opener{same, same})
				var worse, good bool
				for _, d := range c.Deltas {
					worse = worse || d.Verdict == compare.Worse
					good = good || d.Verdict == compare.Better
				}
				if worse {
					alarms++
					t.Logf("comparison %d: %q", n, c.Failed)
				}
				if good {
					better++
				}
			}
			t.Logf("%s: of %d comparisons of a build with itself %d say worse, %d better",
				store.name, *studyAlarms, alarms, better)
			if 100*alarms > 2**studyAlarms {
				t.Errorf("more than 2 %% false alarms")
			}
		})
	}
}

// TestStudyPower slows every call of a store down by 5 %: at least 90 % of the
// comparisons have to call the median of the response worse.
func TestStudyPower(t *testing.T) {
	if *studyPower == 0 {
		t.Skip("a study: see -study.power")
	}
	for _, store := range studyStores {
		t.Run(store.name, func(t *testing.T) {
			makeNoise(t)
			latency := studyLatency
			stores := [2]opener{store.open(latency), store.open(time.Duration(float64(latency) * (1 + slower)))}
			var found, ratio float64
			for n := range *studyPower {
				c := studyCompare(t, store.with, uint64(n), stores)
				for _, d := range c.Deltas {
					if d.Series == "response" && d.Statistic == "p50" {
						ratio += *d.Ratio
						if d.Verdict == compare.Worse {
							found++
						} else {
							t.Logf("comparison %d: %s: %s", n, d.String(), d.Verdict)
						}
					}
				}
			}
			of := float64(*studyPower)
			t.Logf("%s: of %d slowdowns of 5 %% %v found; the median rose by %.2f %% on average",
				store.name, *studyPower, found, 100*(ratio/of-1))
			if found < 0.9*of {
				t.Errorf("fewer than 90 %% found")
			}
		})
	}
}

// makeNoise loads the machine in bursts of up to half a second, with pauses as long,
// until the test ends.
func makeNoise(t *testing.T) {
	const bursts = `while :; do
		end=$(($(date +%s%N) + $(od -An -N2 -tu2 /dev/urandom) * 8000))
		while [ "$(date +%s%N)" -lt "$end" ]; do :; done
		sleep 0.$(od -An -N1 -tu1 /dev/urandom | tr -d ' ')
	done`
	ctx, cancel := context.WithCancel(context.Background())
	var noise []*exec.Cmd
	for range *studyNoise {
		c := exec.CommandContext(ctx, "sh", "-c", bursts)
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		noise = append(noise, c)
	}
	t.Cleanup(func() {
		cancel()
		for _, c := range noise {
			_ = c.Wait() // it was killed
		}
	})
}
