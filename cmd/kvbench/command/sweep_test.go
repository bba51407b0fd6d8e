package command

import (
	"bytes"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	"kvbench/report/export"
)

// sweepOf runs a scenario file of one scenario and returns its summary.
func sweepOf(t *testing.T, yaml string, args ...string) *export.Scenario {
	t.Helper()
	dir := t.TempDir()
	file := filepath.Join(dir, "s.yaml")
	if err := os.WriteFile(file, []byte(yaml), 0o600); err != nil {
		t.Fatal(err)
	}
	var stdout, stderr bytes.Buffer
	args = append([]string{"run", file, "--out", filepath.Join(dir, "run"), "--json", "--quiet", "--format", "csv"}, args...)
	if status := execute(t.Context(), args, &stdout, &stderr); status != exitOK {
		t.Fatalf("exit status %d\n%s", status, stderr.String())
	}
	var s export.Summary
	if err := json.Unmarshal(stdout.Bytes(), &s); err != nil {
		t.Fatal(err)
	}
	return &s.Scenarios[0]
}

// The hit ratio of a cache that keeps a value for a time T, at every point of a sweep over T:
// of a key that is asked for at a rate L, at random times, it is L T / (1 + L T), as each miss
// is followed by L T hits on average until the value expires.
func TestSweepOfTTLAgreesWithTheory(t *testing.T) {
	const keys, rate, exponent = 200, 100.0, 0.8
	s := sweepOf(t, `
driver: embedded://?profile=none&propagation=0
scenarios:
  - name: ttl
    question: How often does a cache hit?
    pattern: multi-tier
    variants: [seed]
    load: {rate: 100/s, arrivals: poisson, duration: 30m, warm-up: 10m}
    keys: {count: 200, distribution: zipfian(0.8), size: 16B}
    with: {memory-ttl: 5s, origin: {latency: 0s, changes: 1h}}
    sweep: {with.memory-ttl: [100ms, 1s, 10s, 60s, 300s]}
`)
	if len(s.Variants) != 5 {
		t.Fatalf("%d points", len(s.Variants))
	}
	var weights float64
	for k := 1; k <= keys; k++ {
		weights += math.Pow(float64(k), -exponent)
	}
	for _, v := range s.Variants {
		ttl := time.Duration(*v.Point[0].Number).Seconds()
		var want float64
		for k := 1; k <= keys; k++ {
			share := math.Pow(float64(k), -exponent) / weights
			l := rate * share
			want += share * l * ttl / (1 + l*ttl)
		}
		got := float64(v.Outcomes["memory"]) / float64(v.Transactions)
		// Of 180,000 transactions a hit ratio has a standard error of at most 0.12%.
		if math.Abs(got-want) > 0.005 {
			t.Errorf("TTL %v s: a hit ratio of %.4f, theory has %.4f", ttl, got, want)
		}
		t.Logf("TTL %v s: %.4f, theory %.4f", ttl, got, want)
	}
}

// All points have the same transactions: they share their seed.
func TestPointsShareSeeds(t *testing.T) {
	s := sweepOf(t, `
scenarios:
  - name: same
    question: q
    pattern: multi-tier
    variants: [no-memory]
    load: {rate: 50/s, arrivals: poisson, duration: 1m}
    sweep: {with.memory-ttl: [1s, 10s]}
`, "--repeat", "2")
	a, b := s.Variants[0], s.Variants[1]
	if a.Transactions == 0 || a.Transactions != b.Transactions || a.Series["response"] != b.Series["response"] {
		t.Errorf("a setting that does not matter changes %+v to %+v", a.Series["response"], b.Series["response"])
	}
	if a.Name == b.Name || a.Variant != "no-memory" || a.Repeats != 2 {
		t.Errorf("%q and %q of %q", a.Name, b.Name, a.Variant)
	}
}
