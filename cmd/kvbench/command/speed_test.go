package command

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"kvbench/internal/cputime"
	"kvbench/internal/runfile"
	"kvbench/internal/scenariofile"
	"kvbench/scenarios"
)

// runFile runs a scenario file with so many lanes and returns its run file, and the KV
// operations and the transactions that were measured.
func runFile(t testing.TB, yaml string, lanes int, only ...string) (data []byte, ops, transactions uint64) {
	t.Helper()
	file, err := scenariofile.Load("speed.yaml", []byte(yaml), scenarios.Patterns(), nil)
	if err != nil {
		t.Fatal(err)
	}
	p, err := newPlan(file, settings{seed: 1, seeded: true, only: only, parallel: lanes})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	f, err := createRun(dir)
	if err != nil {
		t.Fatal(err)
	}
	progress := newProgress(nil, true, newBoard(p, false))
	if err := p.run(t.Context(), f, progress); err != nil {
		t.Fatal(err)
	}
	if data, err = os.ReadFile(filepath.Join(dir, runfile.FileName)); err != nil {
		t.Fatal(err)
	}
	run, err := runfile.Read("run.jsonl", bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range run.Variants {
		for _, n := range v.Total.Outcomes {
			transactions += n
		}
	}
	if left, err := filepath.Glob(filepath.Join(dir, ".run-*")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	return data, progress.ops, transactions
}

const parallelYAML = `
driver: embedded://?locations=2&profile=edge&propagation=60s
scenarios:
  - name: long
    question: Q?
    pattern: coalesce
    variants: [seed, per-field]
    load: {rate: 50/s, arrivals: poisson, duration: 3m}
    keys: {count: 10}
    repeat: 2
  - name: short
    question: Q?
    pattern: multi-tier
    variants: [seed, no-memory]
    load: {workers: 3, transactions: 50}
    keys: {count: 10}
    errors: 100%
    repeat: 2
`

// However many run at once, the run file is the same to the last byte.
func TestParallelRunsGiveTheSameFile(t *testing.T) {
	alone, _, _ := runFile(t, parallelYAML, 1)
	for _, lanes := range []int{2, 3, 16} {
		if together, _, _ := runFile(t, parallelYAML, lanes); !bytes.Equal(alone, together) {
			t.Errorf("%d at once give another file", lanes)
		}
	}
}

// What does not fit the machine's memory beside what runs waits, and runs alone where it
// fits nothing; so does what runs on the wall clock.
func TestRoom(t *testing.T) {
	r := room{lanes: 3, memory: 100}
	r.enter(footprint{1, 60})
	for want, f := range map[bool][]footprint{true: {{1, 40}, {2, 40}}, false: {{1, 41}, {3, 1}}} {
		for _, f := range f {
			if r.has(f) != want {
				t.Errorf("%+v beside 1 lane and 60: %v", f, !want)
			}
		}
	}
	r.leave(footprint{1, 60})
	if !r.has(footprint{3, 100}) {
		t.Errorf("%+v is left", r)
	}
	file, err := scenariofile.Load("wall.yaml", []byte(parallelYAML), scenarios.Patterns(), nil)
	if err != nil {
		t.Fatal(err)
	}
	p, err := newPlan(file, settings{parallel: 3, clock: "wall"})
	if err != nil {
		t.Fatal(err)
	}
	if f := p.footprint(p.turns()[0]); f.lanes != 3 {
		t.Errorf("a run on the wall clock takes %d of 3 lanes", f.lanes)
	}
}

// multiTierYAML is a read-through cache as the shipped memory-tier has it.
const multiTierYAML = `
driver: embedded://?locations=3&profile=edge&propagation=60s&writes=strict
scenarios:
  - name: tier
    question: Q?
    pattern: multi-tier
    variants: [seed, no-memory]
    errors: 50%%
    load: {rate: %s, arrivals: poisson, duration: %s}
    keys: {count: 500, distribution: zipfian(0.99), size: 2KiB}
    isolates: 2
`

func benchmarkTier(b *testing.B, rate, duration, variant string) {
	var ops, transactions uint64
	before := cputime.Process()
	for b.Loop() {
		_, o, n := runFile(b, fmt.Sprintf(multiTierYAML, rate, duration), 1, "tier/"+variant)
		ops, transactions = ops+o, transactions+n
	}
	b.ReportMetric(float64(ops)/b.Elapsed().Seconds(), "kv-ops/s")
	if cpu := (cputime.Process() - before).Seconds(); cpu > 0 {
		b.ReportMetric(cpu/float64(b.N), "cpu-s/op")
		b.ReportMetric(float64(ops)/cpu, "kv-ops/cpu-s")
		b.ReportMetric(float64(transactions)/cpu, "tx/cpu-s")
	}
}

// An hour of virtual time at 500 transactions a second.
func BenchmarkVirtualHour(b *testing.B) {
	for _, variant := range []string{"seed", "no-memory"} {
		b.Run(variant, func(b *testing.B) { benchmarkTier(b, "500/s", "1h", variant) })
	}
}

// A day of virtual time at 1,000 transactions a second.
func BenchmarkVirtualDay(b *testing.B) { benchmarkTier(b, "1000/s", "24h", "seed") }

// The shipped scenarios, one at a time and one on each core.
func BenchmarkShipped(b *testing.B) {
	for _, lanes := range []int{1, runtime.GOMAXPROCS(0)} {
		b.Run(fmt.Sprintf("parallel=%d", lanes), func(b *testing.B) {
			for b.Loop() {
				runFile(b, string(scenarios.Shipped()), lanes)
			}
		})
	}
}
