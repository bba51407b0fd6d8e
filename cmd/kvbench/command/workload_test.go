package command

import (
	"testing"
	"time"

	"kvbench/internal/load"
	"kvbench/internal/runfile"
	"kvbench/internal/scenariofile"
	"kvbench/scenarios"

	"github.com/google/go-cmp/cmp"
)

// The header says in types what a scenario sets, defaults filled in.
func TestWorkload(t *testing.T) {
	const yaml = `scenarios:
  - name: tiers
    question: What is written?
    pattern: multi-tier
    variants: [seed, jittered-ttl]
    load: {rate: 10/s, arrivals: poisson, duration: 1m, warm-up: 10s}
    keys: {count: 7, distribution: zipfian(0.99), size: "uniform(1KiB, 2KiB)"}
    isolates: 3
    with: {kv-ttl: 240s, origin: {falsy: 0.25}}
  - name: plain
    question: What is not written?
    pattern: coalesce
    load: {workers: 2, think: 1s, transactions: 5}
`
	file, err := scenariofile.Load("x.yaml", []byte(yaml), scenarios.Patterns(), nil)
	if err != nil {
		t.Fatal(err)
	}
	p, err := newPlan(file, settings{})
	if err != nil {
		t.Fatal(err)
	}
	tiers, plain := p.header.Scenarios[0].Workload, p.header.Scenarios[1].Workload
	set := tiers.Settings
	tiers.Settings = nil
	if diff := cmp.Diff(&runfile.Workload{
		Load: runfile.Load{Rate: &load.Rate{Count: 1, Per: 100 * time.Millisecond}, Arrivals: "poisson", Duration: time.Minute, WarmUp: 10 * time.Second},
		Keys: runfile.Keys{
			Count: 7, Popularity: runfile.Popularity{Kind: "zipfian", Exponent: 0.99}, Size: runfile.Size{Min: 1024, Max: 2048},
		},
		Isolates: 3, Plan: "paid",
	}, tiers); diff != "" {
		t.Error(diff)
	}
	named := map[string]runfile.Setting{}
	for _, s := range set {
		named[s.Name] = s
	}
	if s := named["kv-ttl"]; s.Time == nil || *s.Time != 240*time.Second { // as written
		t.Errorf("kv-ttl: %+v", s)
	}
	if s := named["origin.falsy"]; s.Share == nil || *s.Share != 0.25 {
		t.Errorf("origin.falsy: %+v", s)
	}
	if s := named["memory-ttl"]; s.Time == nil || *s.Time <= 0 { // by default
		t.Errorf("memory-ttl: %+v", s)
	}
	if s := named["origin.latency"]; len(s.Distribution) < 2 {
		t.Errorf("origin.latency: %+v", s)
	}
	if plain.Load.Rate != nil || plain.Load.Workers != 2 || plain.Load.Transactions != 5 || len(plain.Settings) == 0 {
		t.Errorf("%+v", plain)
	}
}

// Every shipped scenario's settings have a kind that the run file knows.
func TestWorkloadOfShippedScenarios(t *testing.T) {
	file, err := scenariofile.Load("built-in", scenarios.Shipped(), scenarios.Patterns(), nil)
	if err != nil {
		t.Fatal(err)
	}
	p, err := newPlan(file, settings{})
	if err != nil {
		t.Fatal(err)
	}
	for _, def := range p.header.Scenarios {
		if def.Workload == nil || len(def.Workload.Settings) == 0 {
			t.Errorf("%s: %+v", def.Name, def.Workload)
		}
	}
}
