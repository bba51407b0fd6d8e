// Package bench runs a scenario: seed, warm up, run, settle, verify.
package bench

import (
	"context"
	"slices"

	"kvbench/internal/load"
	"kvbench/internal/record"
)

// Pattern is a way to use Workers KV, with the variants an engineer would
// compare and the marks of what can go wrong with it.
type Pattern struct {
	Name     string
	Doc      string // one sentence
	Variants []Variant
	// Published is the variant that does what the pattern's published source does.
	Published string
	Outcomes  []string
	Marks     []record.Series
	// Calls are what else a pattern times beside the store, such as an origin.
	// Their numbers follow those of the marks.
	Calls []record.Series
	// Models are what of its latencies is drawn from a distribution whatever the
	// store is, such as an origin's: one sentence each.
	Models []string
	// Grows says that its transactions create keys for as long as it runs, so that there
	// may be more and more of them.
	Grows bool
	// New makes the workload of one variant. It is called for checking too, so
	// it does nothing expensive: that belongs to Seed.
	New func(Setup) (Workload, error)
}

// AllOutcomes returns the pattern's outcomes and, last, "error": that of a
// transaction that ended in one.
func (p *Pattern) AllOutcomes() []string {
	return append(slices.Clone(p.Outcomes), "error")
}

// Series returns all series of the pattern: the standard ones, its marks and
// its calls.
func (p *Pattern) Series() []record.Series {
	series := record.Standard()
	for _, m := range p.Marks {
		m.Mark = true
		series = append(series, m)
	}
	return append(series, p.Calls...)
}

// Variant is one way to write a pattern. "seed" is always there: it does what
// the pattern's source does, or says, pitfalls included; Pattern.Published says
// which variant does exactly that.
type Variant struct{ Name, Doc string }

// Setup is what a workload is made from.
type Setup struct {
	Variant string
	Knobs
	Seed      uint64
	Locations int  // of the store, at least 1
	Free      bool // a transaction may make no more operations than the free plan allows
	// Decode fills a struct from the scenario's `with:` block; its fields are
	// named by yaml tags, and those that the block does not name keep their
	// value. An unknown field is an error.
	Decode func(any) error
}

// Knobs are what every scenario can set of its keys.
type Knobs struct {
	Keys       int             // how many there are, at least 1
	Popularity load.Popularity // which of them a transaction touches
	Size       load.Size       // of a value
	Isolates   int             // per location, at least 1; each has a memory of its own
}

// Outcome is an index into Pattern.Outcomes: where the answer of a transaction
// came from.
type Outcome int

// Workload is a pattern at work. Its methods are called by many tasks at once.
type Workload interface {
	// Seed fills the store before anything is measured.
	Seed(ctx context.Context, w *Worker) error
	// Do is transaction i; all that is random in it comes from w.Rand, which
	// is seeded by i. An error is recorded, and the transaction with it.
	Do(ctx context.Context, w *Worker, i uint64) (Outcome, error)
}

// Verifier is a Workload that reads the store back after it has settled, to
// mark what was acknowledged and is gone.
type Verifier interface {
	Verify(ctx context.Context, w *Worker) error
}
