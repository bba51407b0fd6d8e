package reporttest

import (
	"testing"

	"kvbench/internal/record"
	"kvbench/internal/runfile"
	"kvbench/kv"
)

// MadeUp is a run of one scenario that was made up from its variants' figures.
type MadeUp struct {
	Name, Question string
	Measured       bool // the latency is measured; else it is modelled
	Variants       []Variant
	CutOff         bool
	Interrupted    bool
	Expect         []string
	Choose         *runfile.Choose
}

// Variant says what a variant measured. Half of its transactions take P50 and half P99,
// in nanoseconds.
type Variant struct {
	Name     string
	N        int // transactions; 2,000 when zero, none when negative
	P50, P99 int64
	Reads    uint64  // billed, of a thousand transactions
	Errors   uint64  // of the transactions
	Stale    []int64 // the sizes of its stale reads, in nanoseconds
	Lost     []int64 // those of its lost updates
	Missing  bool    // it did not run
	Failed   string  // why it did not run to its end
}

// Series are those of a made-up run beside those that every run has.
func Series() []record.Series {
	return []record.Series{
		{Name: "stale-read", Unit: "ns", Of: "response", Doc: "an answer that was replaced before", Mark: true},
		{Name: "lost-update", Unit: "ns", Of: "updated", Doc: "an update that is gone", Says: "loses {share} of updates", Mark: true},
		{Name: "torn-read", Unit: "count", Of: "response", Doc: "a mixture", Mark: true},
		{Name: "entries", Unit: "count", Doc: "entries held", Mark: true},
		{Name: "fetch", Unit: "ns", Doc: "one fetch"},
	}
}

// Run is the run as it is read from its file.
func (f MadeUp) Run(t testing.TB) *runfile.Run {
	t.Helper()
	def := runfile.Definition{
		Name: f.Name, Question: f.Question, Pattern: "multi-tier", PatternDoc: "Read through tiers.", Clock: "virtual",
		Driver: "embedded://", Load: "100/s", Capabilities: kv.Capabilities{Modelled: !f.Measured, Sources: []string{"Gets: a guess."}},
		Outcomes: []string{"read", "updated", "error"}, Series: append(record.Standard(), Series()...),
		Expect: f.Expect, Choose: f.Choose, Published: "seed", Repeats: 1, YAML: "name: " + f.Name,
	}
	if f.Measured {
		def.Capabilities.Sources, def.Clock = nil, "wall"
	}
	run := &runfile.Run{Path: "results/x/run.jsonl", CutOff: f.CutOff, Interrupted: f.Interrupted, Header: runfile.Header{
		Format: runfile.Format, Version: "v1.2.3", Go: "go1.26", OS: "linux", Arch: "amd64", CPUs: 2, Host: "box",
		Clock: "virtual", Driver: "embedded://", Seed: 7, File: "scenarios.yaml", Command: "kvbench run --seed 7",
	}}
	for i, v := range f.Variants {
		def.Variants = append(def.Variants, runfile.VariantDef{Name: v.Name, Doc: "what " + v.Name + " does"})
		if !v.Missing {
			run.Variants = append(run.Variants, v.result(t, i, &def))
		}
	}
	run.Header.Scenarios = []runfile.Definition{def}
	for _, v := range run.Variants {
		v.Def = &run.Header.Scenarios[0]
	}
	return run
}

func (f Variant) result(t testing.TB, index int, def *runfile.Definition) *runfile.Variant {
	t.Helper()
	n := max(f.N, 0)
	if f.N == 0 {
		n = 2000
	}
	total := runfile.Interval{To: 60e9, Snapshot: record.Snapshot{
		Outcomes:   []uint64{uint64(n/2) - min(f.Errors, uint64(n/2)), uint64(n - n/2), min(f.Errors, uint64(n/2))},
		Errors:     map[string]uint64{},
		Billed:     record.Billed{Reads: f.Reads * uint64(n) / 1000},
		Histograms: make([]*record.Histogram, len(def.Series)),
	}}
	if f.Errors > 0 {
		total.Errors["429"] = f.Errors
	}
	see := func(i int, value int64) {
		h := &total.Histograms[i]
		if *h == nil {
			*h = record.NewTotal()
		}
		(*h).Record(value, 1)
	}
	for i := range n {
		see(record.Response, []int64{f.P50, f.P99}[2*i/n])
		see(record.Get, 1e6)
	}
	for _, size := range f.Stale {
		see(record.FirstMark, size)
	}
	for _, size := range f.Lost {
		see(record.FirstMark+1, size)
	}
	return &runfile.Variant{
		Variant: index, Name: f.Name, Total: total, Intervals: []runfile.Interval{total},
		Complete: f.Failed == "", Verified: f.Failed == "", Error: f.Failed,
	}
}

// Sizes are n observations of the same size.
func Sizes(n int, size int64) []int64 {
	out := make([]int64, n)
	for i := range out {
		out[i] = size
	}
	return out
}
