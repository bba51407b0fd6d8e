package command

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kvbench/internal/scenariofile"
	"kvbench/scenarios"

	"go.yaml.in/yaml/v4"
)

// fileSchema is a check of YAML against what `kvbench schema` prints.
func fileSchema(t *testing.T) func(text []byte) error {
	t.Helper()
	var out, errs bytes.Buffer
	if status := execute(t.Context(), []string{"schema"}, &out, &errs); status != exitOK {
		t.Fatalf("exit %d: %s", status, &errs)
	}
	path := filepath.Join(t.TempDir(), "schema.json")
	if err := os.WriteFile(path, out.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	validate := schema(t, path)
	return func(text []byte) error {
		var value any
		if err := yaml.Unmarshal(text, &value); err != nil {
			return err
		}
		asJSON, err := json.Marshal(value)
		if err != nil {
			return err
		}
		return validate(asJSON)
	}
}

// The schema takes what kvbench takes: what ships, and whatever is legal.
func TestSchemaTakesWhatIsRight(t *testing.T) {
	validate := fileSchema(t)
	if err := validate(scenarios.Shipped()); err != nil {
		t.Errorf("what ships: %v", err)
	}
	const written = `
seed: ${SEED:-1}
scenarios:
  - name: a
    question: Q?
    pattern: multi-tier
    variants: [seed]
    load: {rate: 1_000.5/min, arrivals: poisson, transactions: 10_000, warm-up: 0}
    keys: {count: 1_0, size: "uniform(0B, 1.5KiB)", distribution: "hotspot(20%, 0.8)"}
    with: {memory-ttl: 1m30s, origin: {latency: 80ms, absent: 10%, falsy: 0.1, errors: 0}}
    errors: 12.5%
`
	if _, err := scenariofile.Load("s", []byte(written), scenarios.Patterns(), nil); err != nil {
		t.Fatal(err)
	}
	if err := validate([]byte(written)); err != nil {
		t.Error(err)
	}
	g := newGenerator(*randomSeed)
	for i := range 5 * len(g.patterns) {
		text := "scenarios:\n" + g.scenario(t, i)
		if err := validate([]byte(text)); err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
	}
}

// The schema refuses what kvbench refuses, where a schema can tell.
func TestSchemaRefusesWhatIsWrong(t *testing.T) {
	validate := fileSchema(t)
	const right = `
driver: embedded://
clock: virtual
scenarios:
  - name: tier
    question: How stale?
    pattern: multi-tier
    variants: [seed]
    load: {rate: 30/min, duration: 10m}
    keys: {count: 1000, distribution: uniform, size: 1KiB}
    repeat: 3
    errors: 5%
    with: {kv-ttl: 5m, origin: {absent: 10%}}
`
	if err := validate([]byte(right)); err != nil {
		t.Fatal(err)
	}
	for _, wrong := range [][2]string{
		{"driver: embedded://", "drivers: embedded://"},
		{"driver: embedded://", "driver: embedded"},
		{"clock: virtual", "clock: fast"},
		{"name: tier", "name: Tier"},
		{"    question: How stale?\n", ""},
		{"pattern: multi-tier", "pattern: multi"},
		{"pattern: multi-tier", "pattern: session"}, // whose settings are others
		{"variants: [seed]", "variants: [ttl-only]"},
		{"rate: 30/min", "rate: 30/m"},
		{"rate: 30/min", "rate: 30"},
		{"rate: 30/min", "rate: 30/min, workers: 3"},
		{"rate: 30/min", "arrivals: poisson"},
		{"rate: 30/min, duration: 10m", "rate: 30/min"},
		{"duration: 10m", "duration: 10"},
		{"duration: 10m", "duration: 10d"},
		{"count: 1000", "count: 0"},
		{"count: 1000", "count: 1.5"},
		{"size: 1KiB", "size: 1KB"},
		{"distribution: uniform", "distribution: zipf"},
		{"distribution: uniform", "popularity: uniform"},
		{"repeat: 3", "repeat: 1001"},
		{"errors: 5%", "errors: 0.05"},
		{"errors: 5%", "errors: 105%"},
		{"kv-ttl: 5m", "ttl: 5m"},
		{"kv-ttl: 5m", "kv-ttl: [5m]"},
		{"absent: 10%", "absent: 110%"},
		{"absent: 10%", "absent: 1.1"},
		{"absent: 10%", "gone: 10%"},
	} {
		text := strings.Replace(right, wrong[0], wrong[1], 1)
		if text == right {
			t.Fatalf("%q is not there", wrong[0])
		}
		_, refused := scenariofile.Load("s", []byte(text), scenarios.Patterns(), nil)
		if err := validate([]byte(text)); err == nil || refused == nil {
			t.Errorf("%q: the schema says %v, kvbench %v", wrong[1], err, fmt.Sprint(refused))
		}
	}
}
