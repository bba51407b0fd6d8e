package command

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"kvbench/internal/bench"
	"kvbench/internal/clock"
	"kvbench/internal/compare"
	"kvbench/internal/result"
	"kvbench/internal/runfile"
	"kvbench/internal/scenariofile"
	"kvbench/kv"
	"kvbench/scenarios"
)

const lostYAML = `
scenarios:
  - name: lost
    question: How many updates are lost?
    pattern: coalesce
    driver: embedded://?profile=none&propagation=0&hot=20ms&cold=20ms&write=20ms
    clock: virtual
    variants: [seed]
    load: {rate: 400/s, arrivals: poisson, duration: 60s}
    keys: {count: 100, distribution: uniform}
    with: {update: 0.5}
`

// leaky is a store that now and then says of a put that it is done and has put the
// value elsewhere, in the time that it takes.
type leaky struct {
	kv.Store
	kv.BulkGetter
	kv.BulkPutter
	every, puts int
	loaded      bool // keys are filled before the load
}

func (s *leaky) Put(ctx context.Context, key string, value []byte, o kv.PutOptions) error {
	if s.puts++; s.loaded && s.puts%s.every == 0 {
		key = "elsewhere/" + key
	}
	return s.Store.Put(ctx, key, value, o)
}

func (s *leaky) Unwrap() kv.Store { return s.Store }

func (s *leaky) BeginLoad(time.Duration) { s.loaded = true }

func (s *leaky) EndLoad() { s.loaded = false }

// compareRuns compares two runs that were opened.
func compareRuns(t *testing.T, base, head *runfile.Run, o compare.Options) *compare.Comparison {
	t.Helper()
	var sets [2]*result.Set
	for i, run := range []*runfile.Run{base, head} {
		var err error
		if sets[i], err = result.Of(run); err != nil {
			t.Fatal(err)
		}
	}
	c, err := compare.Compare(sets[0], sets[1], o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// A rise of lost updates by about 1 % is found in virtual time, always: they are
// counted, and the same seed gives the same count.
func TestOnePercentMoreLost(t *testing.T) {
	run := func(seed uint64, every int) *runfile.Run {
		t.Helper()
		file, err := scenariofile.Load("lost.yaml", []byte(lostYAML), scenarios.Patterns(), nil)
		if err != nil {
			t.Fatal(err)
		}
		p, err := newPlan(file, settings{seed: seed, seeded: true})
		if err != nil {
			t.Fatal(err)
		}
		p.open = func(s *bench.Scenario, c clock.Clock, seed uint64) (kv.Store, error) {
			store, err := open(s, c, seed)
			if every > 0 {
				store = &leaky{Store: store, BulkGetter: store.(kv.BulkGetter), BulkPutter: store.(kv.BulkPutter), every: every}
			}
			return store, err
		}
		dir := t.TempDir()
		f, err := createRun(dir)
		if err != nil {
			t.Fatal(err)
		}
		if err := p.run(t.Context(), f, newProgress(nil, true, newBoard(p, false))); err != nil {
			t.Fatal(err)
		}
		data, err := os.ReadFile(filepath.Join(dir, runfile.FileName))
		if err != nil {
			t.Fatal(err)
		}
		out, err := runfile.Read(dir+"/run.jsonl", bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	tries := max(4, *studyPower)
	rose := 0.0
	for seed := range uint64(tries) {
		c := compareRuns(t, run(seed, 0), run(seed, 2000), compare.Options{MinEffect: compare.DefaultMinEffect, Alpha: compare.DefaultAlpha})
		i := slices.IndexFunc(c.Deltas, func(d compare.Delta) bool { return d.Series == "lost-update" && d.Statistic == "share" })
		if i < 0 {
			t.Fatal("lost updates were not compared")
		}
		d := &c.Deltas[i]
		if d.Verdict != compare.Worse || d.Samples != compare.Totals || c.Gate != "fail" {
			t.Errorf("seed %d: %s: %s, gate %s", seed, d.String(), d.Verdict, c.Gate)
		}
		rose += *d.Ratio - 1
	}
	mean := 100 * rose / float64(tries)
	t.Logf("lost updates rose by %.2f %% on average, in %d tries", mean, tries)
	if mean < 0.5 || mean > 1.5 {
		t.Error("that is not about 1 %")
	}
}
