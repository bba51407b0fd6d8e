package page

import (
	"testing"

	"kvbench/internal/record"
	"kvbench/internal/runfile"
	"kvbench/kv"
)

// pageFixture is a run that was made up from its variants' figures.
type pageFixture struct {
	name, question string
	measured       bool // the latency is measured; else it is modelled
	variants       []fixtureVariant
	cutOff         bool
	interrupted    bool
	expect         []string
	choose         *runfile.Choose
}

// fixtureVariant says what a variant measured. Half of its transactions take
// p50 and half p99.
type fixtureVariant struct {
	name     string
	n        int // transactions; 2,000 when zero, none when negative
	p50, p99 int64
	reads    uint64 // billed
	errors   uint64 // of the transactions
	stale    []int64
	lost     []int64
	missing  bool   // it did not run
	failed   string // why it did not run to its end
}

var fixtureMarks = []record.Series{
	{Name: "stale-read", Unit: "ns", Of: "response", Doc: "an answer that was replaced before", Mark: true},
	{Name: "lost-update", Unit: "ns", Of: "updated", Doc: "an update that is gone", Says: "loses {share} of updates", Mark: true},
	{Name: "torn-read", Unit: "count", Of: "response", Doc: "a mixture", Mark: true},
	{Name: "entries", Unit: "count", Doc: "entries held", Mark: true},
	{Name: "fetch", Unit: "ns", Doc: "one fetch"},
}

func (f pageFixture) run(t testing.TB) *runfile.Run {
	t.Helper()
	def := runfile.Definition{
		Name: f.name, Question: f.question, Pattern: "multi-tier", PatternDoc: "Read through tiers.", Clock: "virtual",
		Driver: "embedded://", Load: "100/s", Traits: kv.Traits{Modelled: !f.measured, Sources: []string{"Gets: a guess."}},
		Outcomes: []string{"read", "updated", "error"}, Series: append(record.Standard(), fixtureMarks...),
		Expect: f.expect, Choose: f.choose, Published: "seed", Repeats: 1, YAML: "name: " + f.name,
	}
	if f.measured {
		def.Traits.Sources, def.Clock = nil, "wall"
	}
	run := &runfile.Run{Path: "results/x/run.jsonl", CutOff: f.cutOff, Interrupted: f.interrupted, Header: runfile.Header{
		Format: runfile.Format, Version: "v1.2.3", Go: "go1.26", OS: "linux", Arch: "amd64", CPUs: 2, Host: "box",
		Clock: "virtual", Driver: "embedded://", Seed: 7, File: "scenarios.yaml", Command: "kvbench run --seed 7",
	}}
	for i, v := range f.variants {
		def.Variants = append(def.Variants, runfile.VariantDef{Name: v.name, Doc: "what " + v.name + " does"})
		if !v.missing {
			run.Variants = append(run.Variants, v.result(t, i, &def))
		}
	}
	run.Header.Scenarios = []runfile.Definition{def}
	for _, v := range run.Variants {
		v.Def = &run.Header.Scenarios[0]
	}
	return run
}

func (f fixtureVariant) result(t testing.TB, index int, def *runfile.Definition) *runfile.Variant {
	t.Helper()
	n := max(f.n, 0)
	if f.n == 0 {
		n = 2000
	}
	total := runfile.Interval{To: 60e9, Snapshot: record.Snapshot{
		Outcomes:   []uint64{uint64(n/2) - min(f.errors, uint64(n/2)), uint64(n - n/2), min(f.errors, uint64(n/2))},
		Errors:     map[string]uint64{},
		Billed:     record.Billed{Reads: f.reads * uint64(n) / 1000},
		Histograms: make([]*record.Histogram, len(def.Series)),
	}}
	if f.errors > 0 {
		total.Errors["429"] = f.errors
	}
	see := func(series int, value int64) {
		h := &total.Histograms[series]
		if *h == nil {
			*h = record.NewTotal()
		}
		(*h).Record(value, 1)
	}
	for i := range n {
		see(record.Response, []int64{f.p50, f.p99}[2*i/n])
		see(record.Get, 1e6)
	}
	for _, size := range f.stale {
		see(record.FirstMark, size)
	}
	for _, size := range f.lost {
		see(record.FirstMark+1, size)
	}
	return &runfile.Variant{
		Variant: index, Name: f.name, Total: total, Intervals: []runfile.Interval{total},
		Complete: f.failed == "", Verified: f.failed == "", Error: f.failed,
	}
}

// sizes are n observations of the same size.
func sizes(n int, size int64) []int64 {
	out := make([]int64, n)
	for i := range out {
		out[i] = size
	}
	return out
}
