// Package bench runs a scenario: seed, warm up, run, settle, verify.
package bench

import (
	"context"

	"kvbench/internal/load"
	"kvbench/internal/record"
)

// Pattern is a way to use Workers KV, with the variants an engineer would
// compare and the anomalies that it can have.
type Pattern struct {
	Name     string
	Doc      string // one sentence
	Variants []Variant
	// Published is the variant that does what the pattern's published source does.
	Published string
	// Outcomes are all in which a transaction can end but for an error. A run file
	// has them in this order.
	Outcomes []Outcome
	// Observes is all that a transaction can observe beside its calls of the store,
	// in the order in which a run file has it.
	Observes []Series
	// Models are what of its latencies is drawn from a distribution whatever the
	// store is, such as an origin's: one sentence each.
	Models []string
	// Notes are what a user should know of how a scenario runs it, in full sentences.
	Notes []string
	// WallClock says that it runs on the wall clock alone: what runs it has no other.
	WallClock bool
	// Grows says that its transactions create keys for as long as it runs, so that there
	// may be more and more of them.
	Grows bool
	// Fields returns a struct of the fields that a scenario of the pattern has beside those
	// of every scenario, with its defaults, and with tags as package scenariofile reads
	// them; nil where there are none.
	Fields func() any
	// Adapt returns the pattern as one scenario runs it; nil where all run the same. What
	// it returns is right if nothing failed.
	Adapt func(Asked) *Pattern
	// New makes the workload of one variant. It is called for checking too, so
	// it does nothing expensive: that belongs to Seed.
	New func(Setup) (Workload, error)
}

// Settings returns the struct that the pattern decodes its settings into, with its
// defaults; nil where it has none. Its fields have tags as package scenariofile reads
// them.
func (p *Pattern) Settings() (into any) {
	// What New makes of the defaults is not wanted, and no more is what it may refuse.
	_, _ = p.New(Setup{
		Variant: p.Variants[0].Name, Params: Params{Keys: 1, Isolates: 1}, Locations: 1,
		Decode: func(v any) error { into = v; return nil },
	})
	return into
}

// AllOutcomes returns the pattern's outcomes and, last, "error": that of a
// transaction that ended in one.
func (p *Pattern) AllOutcomes() []string {
	names := make([]string, 0, len(p.Outcomes)+1)
	for _, o := range p.Outcomes {
		names = append(names, string(o))
	}
	return append(names, "error")
}

// Series returns all series of the pattern: the standard ones and what it observes
// beside them.
func (p *Pattern) Series() []record.Series {
	series := record.Standard()
	for _, s := range p.Observes {
		series = append(series, s.Record())
	}
	return series
}

// Variant is one way to write a pattern. "seed" is always there: it does what
// the pattern's source does, or says, pitfalls included; Pattern.Published says
// which variant does exactly that.
type Variant struct {
	Name, Doc string
	// Never is an outcome or a series that the variant can't have, where the others do:
	// what is a share of it is 0 and not unknown. Empty where there is none.
	Never string
	// Sources is the folder that the files of its sites are relative to, as a path with
	// slashes from the root of the repository that it is in; empty where that is the root
	// itself, where it is in none, and where there are no sites.
	Sources string
}

// Setup is what a workload is made from.
type Setup struct {
	Variant string
	Params
	Seed      uint64
	Locations int  // of the store, at least 1
	Free      bool // a transaction may make no more operations than the free plan allows
	// Decode fills a struct from the scenario's `with:` block; its fields are
	// named by yaml tags, and those that the block does not name keep their
	// value. An unknown field is an error.
	Decode func(any) error
}

// Params are what every scenario can set of its keys.
type Params struct {
	Keys         int               // how many there are, at least 1
	Distribution load.Distribution // which of them a transaction touches
	Size         load.Size         // of a value
	Isolates     int               // per location, at least 1; each has a memory of its own
}

// Outcome is how a transaction ended, such as where its answer came from. It is
// declared once, as a constant of the pattern's file, and listed in Pattern.Outcomes.
type Outcome string

// Workload is a pattern at work. Its methods are called by many tasks at once.
type Workload interface {
	// Seed fills the store before anything is measured.
	Seed(ctx context.Context, w *Worker) error
	// Do is transaction i; all that is random in it comes from w.Rand, which
	// is seeded by i. An error is recorded, and the transaction with it, whatever
	// the outcome.
	Do(ctx context.Context, w *Worker, i uint64) (Outcome, error)
}

// Verifier is a Workload that reads the store back after it has settled, to
// observe what was acknowledged and is gone.
type Verifier interface {
	Verify(ctx context.Context, w *Worker) error
}
