package command

import (
	"fmt"
	"runtime"
	"testing"
	"time"

	"kvbench/drivers"
	"kvbench/internal/bench"
	"kvbench/internal/clock"
	"kvbench/internal/load"
	"kvbench/internal/runfile"
	"kvbench/internal/scenariofile"
	"kvbench/scenarios"
)

// heapPlans are plans whose memory goes to one thing each: seeded keys, what transactions
// leave for good, what isolates and locations keep, keys that are created, old versions.
var heapPlans = []struct{ name, yaml, variant string }{
	{"keys", "pattern: coalesce, load: {rate: 10/s, duration: 1m}, keys: {count: 100_000, size: 1KiB}", "seed"},
	{"small keys", "pattern: versioned, load: {rate: 10/s, duration: 1m}, keys: {count: 200_000, size: 100B}", "seed"},
	{"fields", "pattern: coalesce, load: {rate: 10/s, duration: 1m}, keys: {count: 50_000, size: 1KiB}, with: {fields: 8}", "per-field"},
	{"writes", "pattern: coalesce, load: {rate: 1000/s, duration: 5m}, keys: {count: 1000, size: 100B}, with: {update: 1}", "seed"},
	{"isolates", "pattern: multi-tier, load: {rate: 1000/s, duration: 8m}, keys: {count: 10_000, size: 1KiB}, isolates: 10", "seed"},
	{"sessions", "pattern: session, load: {rate: 200/s, duration: 15m}, keys: {count: 1000, size: 1KiB}, with: {create: 0.5, logout: 0}", "seed"},
	{"versions", "pattern: coalesce, load: {rate: 200/s, duration: 2m}, keys: {count: 1000, size: 10KiB}, with: {update: 1}", "seed"},
}

// What is estimated is what the heap holds at the end of a run, within a factor of two,
// and the estimate itself takes a part of it.
func TestMemory(t *testing.T) {
	const factor = 2
	for _, plan := range heapPlans {
		t.Run(plan.name, func(t *testing.T) {
			text := fmt.Sprintf("driver: embedded://?locations=3&profile=edge&propagation=60s\n"+
				"scenarios: [{name: s, question: Q?, variants: [%s], %s}]", plan.variant, plan.yaml)
			file, err := scenariofile.Load("s.yaml", []byte(text), scenarios.Patterns(), nil)
			if err != nil {
				t.Fatal(err)
			}
			p, err := newPlan(file, settings{})
			if err != nil {
				t.Fatal(err)
			}
			before := heap()
			e, err := p.estimate(t.Context(), 0, 0)
			if err != nil {
				t.Fatal(err)
			}
			c := clock.NewVirtual()
			store, err := drivers.Open(p.scenarios[0].Driver, drivers.Env{Clock: c, Seed: load.StoreSeed(1)})
			if err != nil {
				t.Fatal(err)
			}
			s := p.scenarios[0]
			kept := keeper{from: s.Load.Duration * 9 / 10}
			s.Pattern = kept.keep(s.Pattern)
			result, err := bench.Run(t.Context(), &s, s.Variants[0], bench.Options{Clock: c, Store: store, Seed: 1, Observer: &kept})
			if err != nil {
				t.Fatal(err)
			}
			have := float64(kept.atEnd-before) + perRun // what is there before counts as the program
			t.Logf("estimated %s, measured %s", memorySize(e.memory), memorySize(have))
			if e.memory < have/factor || e.memory > have*factor {
				t.Errorf("estimated %s, measured %s", memorySize(e.memory), memorySize(have))
			}
			runtime.KeepAlive(result)
			runtime.KeepAlive(store)
		})
	}
}

func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// keeper measures the heap when the load has ended, with the store and the workload in it.
type keeper struct {
	workload bench.Workload
	from     time.Duration // near the end
	atEnd    int64
}

func (k *keeper) keep(p *bench.Pattern) *bench.Pattern {
	kept := *p
	kept.New = func(s bench.Setup) (w bench.Workload, err error) {
		k.workload, err = p.New(s)
		return k.workload, err
	}
	return &kept
}

func (k *keeper) Phase(string) {}

func (k *keeper) Interval(iv runfile.Interval) error {
	if iv.To >= k.from {
		k.atEnd = heap()
	}
	return nil
}
