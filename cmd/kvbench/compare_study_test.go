package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

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
//	go test ./cmd/kvbench -run TestStudy -timeout 3h -v -study.alarms 200 -study.power 100 [-study.duration 500ms] [-study.of edge]
//
// Their small siblings, on drawn values, are in internal/compare.
var (
	studyAlarms   = flag.Int("study.alarms", 0, "compare a build with itself so often on each store")
	studyPower    = flag.Int("study.power", 0, "look so often for a slowdown of 5 % on each store")
	studyDuration = flag.Duration("study.duration", time.Second, "measure each repeat for so long")
	studyVariants = flag.String("study.variants", "seed", "the variants of coalesce that run, apart by commas")
	studyOf       = flag.String("study.of", "", "only the store of this name")
	studyNoise    = flag.Int("study.noise", 2, "so many processes load the machine in bursts")
)

// studyStores are the stores of the studies, each with its load. open makes one whose
// every call takes longer by a share; a fast one takes no time beside it.
var studyStores = []struct {
	name string
	load string
	open func(fast bool, slower float64) opener
}{
	{"embedded", closed, func(fast bool, slower float64) opener {
		return embeddedStore(fast, slower, fmt.Sprintf("hot=%[1]v&cold=%[1]v&write=%[1]v", scaled(studyLatency, slower)))
	}},
	// As Workers KV is modelled: from one call to the next its latency differs by a
	// factor of ten and more.
	{"edge", open500, func(fast bool, slower float64) opener {
		return embeddedStore(fast, slower, fmt.Sprintf("hot=%v&cold=%v&write=%v",
			spread("p0:0.5ms,p25:1.06ms,p50:2.24ms,p75:4.73ms,p100:10ms", slower),
			spread("p0:40ms,p50:80ms,p90:120ms,p99:250ms,p100:1.3s", slower),
			spread("p0:60ms,p50:120ms,p90:200ms,p99:500ms,p100:1.5s", slower)))
	}},
	{"http", closed, func(fast bool, slower float64) opener {
		latency := scaled(studyLatency, slower)
		if fast {
			latency = 0
		}
		return func(*bench.Scenario, clock.Clock, uint64) (kv.Store, error) { return newHTTPStore(latency), nil }
	}},
}

// embeddedStore opens the embedded store with these options, a fast one without.
func embeddedStore(fast bool, slower float64, options string) opener {
	driver := "embedded://?profile=none&propagation=0"
	if !fast {
		driver += "&" + options
	}
	return func(s *bench.Scenario, c clock.Clock, seed uint64) (kv.Store, error) {
		of := *s
		of.Driver = driver
		return open(&of, c, seed)
	}
}

func scaled(d time.Duration, slower float64) time.Duration {
	return time.Duration(float64(d) * (1 + slower))
}

// spread is a distribution of latencies, all of them longer by a share.
func spread(of string, slower float64) quantile.Dist {
	dist := quantile.MustParse(of)
	for i := range dist {
		dist[i].D = scaled(dist[i].D, slower)
	}
	return dist
}

// Of a call of a few microseconds no machine that others share could tell 5 %: from
// one repeat to the next the same build differs by 10 % here. So the power is that
// for stores that take as long as a store across a network does.
const (
	studyLatency = 20 * time.Millisecond
	slower       = 0.05
)

const (
	closed = `
    load: {workers: 8, duration: 1s, warm-up: 100ms}
    with: {update: 0.2}
`
	open500 = `
    load: {rate: 500/s, duration: 1s, warm-up: 300ms}
    with: {update: 0}
`
)

const studyYAML = `
scenarios:
  - name: study
    question: Does compare tell?
    pattern: coalesce
    variants: [VARIANTS]
    keys: {count: 4}
`

// opener opens the store of one run of a variant.
type opener = func(s *bench.Scenario, c clock.Clock, seed uint64) (kv.Store, error)

// studyCompare runs base and head in turns, ten repeats each, and compares them.
func studyCompare(t *testing.T, seed uint64, load string, stores [2]opener) *compare.Comparison {
	t.Helper()
	dir := t.TempDir()
	file := filepath.Join(dir, "study.yaml")
	check := func(err error) {
		if t.Helper(); err != nil {
			t.Fatal(err)
		}
	}
	text := strings.Replace(studyYAML, "VARIANTS", *studyVariants, 1) + strings.Trim(load, "\n")
	check(os.WriteFile(file, []byte(text), 0o644))
	o := compareOptions{
		drivers:  []string{"embedded://?profile=none&propagation=0", "embedded://?profile=none&propagation=0"},
		settings: settings{clock: "wall", duration: *studyDuration, seed: seed, seeded: true},
	}
	plans, err := o.plans([]string{file})
	check(err)
	var sides [2]*side
	for i, p := range plans {
		p.open = stores[i]
		at := filepath.Join(dir, fmt.Sprint(i))
		check(os.Mkdir(at, 0o755))
		sides[i], err = newSide(p, at, newProgress(nil, true, p))
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
	c, err := compareRuns(runs[0], runs[1], compare.Options{
		Smallest: compare.DefaultSmallest, Alpha: compare.DefaultAlpha, Interleaved: tookTurns(&runs[0].Header, &runs[1].Header),
	})
	check(err)
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
			if *studyOf != "" && *studyOf != store.name {
				t.Skip("not asked for: see -study.of")
			}
			makeNoise(t)
			same := store.open(true, 0)
			var alarms, better int
			for n := range *studyAlarms {
				c := studyCompare(t, uint64(n), store.load, [2]opener{same, same})
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
			if *studyOf != "" && *studyOf != store.name {
				t.Skip("not asked for: see -study.of")
			}
			makeNoise(t)
			stores := [2]opener{store.open(false, 0), store.open(false, slower)}
			var found, ratio, of float64
			for n := range *studyPower {
				c := studyCompare(t, uint64(n), store.load, stores)
				for _, d := range c.Deltas {
					if d.Variant == first(*studyVariants) && d.Series == "response" && d.Statistic == "p50" {
						of++
						ratio += *d.Ratio
						if d.Verdict == compare.Worse {
							found++
						} else {
							t.Logf("comparison %d: %s: %s", n, d.String(), d.Verdict)
						}
					}
				}
			}
			t.Logf("%s: of %v slowdowns of 5 %% %v found; the median rose by %.2f %% on average",
				store.name, of, found, 100*(ratio/of-1))
			if of == 0 || found < 0.9*of {
				t.Errorf("fewer than 90 %% found")
			}
		})
	}
}

// first is the first of words apart by commas.
func first(words string) string {
	word, _, _ := strings.Cut(words, ",")
	return word
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
