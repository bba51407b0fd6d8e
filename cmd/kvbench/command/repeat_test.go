package command

import (
	"fmt"
	"testing"

	"kvbench/internal/record"
	"kvbench/internal/runfile"
	"kvbench/internal/scenariofile"
	"kvbench/scenarios"
)

const repeatYAML = `
driver: embedded://?profile=edge&locations=2&propagation=60s&fault=blips&fault-share=5%
scenarios:
  - name: s
    question: Q?
    pattern: coalesce
    variants: [seed]
    errors: 100%
    load: {rate: 10/s, arrivals: poisson, duration: 30s}
    keys: {count: 10}
`

// repeatsOf runs a seed so often, and returns what identifies each repeat.
func repeatsOf(t *testing.T, seed uint64, repeats int) []string {
	t.Helper()
	file, err := scenariofile.Load("repeat.yaml", []byte(repeatYAML), scenarios.Patterns(), nil)
	if err != nil {
		t.Fatal(err)
	}
	p, err := newPlan(file, settings{seed: seed, seeded: true, repeat: repeats})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	f, err := createRun(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.run(t.Context(), f, newProgress(nil, true, newBoard(p, false))); err != nil {
		t.Fatal(err)
	}
	run, err := runfile.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer run.Close()
	var out []string
	for _, v := range run.Variants {
		response, err := v.Total.Sparse(record.Response)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, fmt.Sprint(v.Total.Billed, v.Total.Outcomes, v.Total.Errors, response.Mean()))
	}
	return out
}

// Runs of neighbouring seeds have no repeat in common, and the first repeat of each
// runs its seed itself.
func TestNeighbouringSeeds(t *testing.T) {
	one, two := repeatsOf(t, 1, 5), repeatsOf(t, 2, 5)
	seen := map[string]int{}
	for i, r := range append(one, two...) {
		if before, twice := seen[r]; twice {
			t.Errorf("repeats %d and %d are the same: %s", before, i, r)
		}
		seen[r] = i
	}
	for seed, of := range map[uint64][]string{1: one, 2: two} {
		if alone := repeatsOf(t, seed, 1); alone[0] != of[0] {
			t.Errorf("seed %d alone is %s, and as a first repeat %s", seed, alone[0], of[0])
		}
	}
}
