package command

import (
	"bytes"
	"testing"

	"kvbench/internal/cputime"
	"kvbench/internal/runfile"
)

// workersYAML runs what could differ between two runs.
const workersYAML = `
driver: embedded://?locations=2&profile=edge&propagation=10s
scenarios:
  - name: everything
    question: Q?
    pattern: worker
    script: ./testdata/workers/everything.ts
    bindings: [KV]
    requests: [{path: "/{key}"}, {path: "/{random}"}]
    load: {rate: 50/s, arrivals: poisson, duration: 30s}
    keys: {count: 20}
    errors: 20%
    isolates: 2
    isolate-lifetime: 10s
    repeat: 2
`

// Whatever a script draws, however many runs there are at once: at a seed the run file is the
// same to the last byte.
func TestWorkersGiveTheSameFile(t *testing.T) {
	alone, _, _ := runFile(t, workersYAML, 1)
	for _, lanes := range []int{1, 2} {
		if again, _, _ := runFile(t, workersYAML, lanes); !bytes.Equal(alone, again) {
			t.Errorf("%d at once give another file", lanes)
		}
	}
	run, err := runfile.Read("run.jsonl", bytes.NewReader(alone))
	if err != nil {
		t.Fatal(err)
	}
	ways := 0
	for _, n := range run.Variants[0].Total.Outcomes {
		if n > 0 {
			ways++
		}
	}
	if ways < 3 {
		t.Errorf("transactions end in %d ways", ways)
	}
}

// What one invocation costs of a whole run: the detector, what records, and the start are
// part of it.
func BenchmarkWorker(b *testing.B) {
	for _, name := range []string{"memory", "get-json"} {
		b.Run(name, func(b *testing.B) {
			yaml := `
driver: embedded://?profile=edge
scenarios:
  - name: one
    question: Q?
    pattern: worker
    script: ./testdata/workers/` + name + `.ts
    bindings: [KV]
    kv: [{key: "user:{key}", value: {name: Ada, visits: 12, tags: [a, b]}}]
    requests: [{path: "/{key}"}]
    load: {rate: 1_000/s, duration: 60s}
    keys: {count: 1_000, distribution: zipfian(0.99)}
`
			var invocations uint64
			before := cputime.Process()
			for b.Loop() {
				_, _, n := runFile(b, yaml, 1)
				invocations += n
			}
			if cpu := (cputime.Process() - before).Seconds(); cpu > 0 {
				b.ReportMetric(float64(invocations)/cpu, "invocations/cpu-s")
			}
		})
	}
}
