package bench

import (
	"kvbench/internal/load"
	"kvbench/kv"
)

// Scenario is one question to be answered by running a pattern's variants
// under one load.
type Scenario struct {
	Name     string
	Question string
	Pattern  *Pattern
	Variants []Variant // those of the pattern that are to run, in its order
	Driver   string    // URL of its store
	Clock    string    // "auto", "virtual" or "wall"
	Load     load.Load
	Knobs    Knobs
	Repeat   int // at least 1
	Decode   func(any) error
	Free     bool // plan: a transaction may make no more operations than the free plan allows
	Expect   []string
	YAML     string // the definition as it was written
}

// Setup is what the workload of a variant is made from.
func (s *Scenario) Setup(v Variant, traits kv.Traits, seed uint64) Setup {
	return Setup{
		Variant: v.Name, Knobs: s.Knobs, Seed: seed, Locations: max(traits.Locations, 1), Free: s.Free, Decode: s.Decode,
	}
}

// Operations is how many operations of the store one transaction may make: those
// of one invocation of a Worker.
func (s *Scenario) Operations() int {
	if s.Free {
		return FreeOperations
	}
	return PaidOperations
}
