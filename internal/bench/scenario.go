package bench

import (
	"fmt"

	"kvbench/internal/load"
	"kvbench/internal/runfile"
	"kvbench/kv"
)

// Scenario is one question to be answered by running a pattern's variants
// under one load.
type Scenario struct {
	Name string
	// Point are the settings that a sweep varies, as they are here: each point of a sweep
	// is a scenario of its own, and all have one name. Empty where there is no sweep.
	Point    []runfile.Setting
	Question string
	Pattern  *Pattern
	Variants []Variant // those of the pattern that are to run, in its order
	Driver   string    // URL of its store
	Shown    string    // Driver as it may be shown: ${NAME} stands for a variable whose value may be secret
	Clock    string    // "auto", "virtual" or "wall"
	Load     load.Load
	// Find is what a search looks for; nil where there is none. Load is then that of its first
	// step, for as long as one run of a step may last.
	Find   *runfile.Find
	Params Params
	Repeat int // at least 1
	Decode func(any) error
	Free   bool // plan: a transaction may make no more operations than the free plan allows
	// MaxErrors is the share of a variant's transactions that may end in an error; with
	// more, the variant has failed.
	MaxErrors float64
	Expect    []string
	Choose    *runfile.Choose // what a variant is chosen by; nil where it does not say
	YAML      string          // the definition as it was written
	// Place makes an error of what is wrong with a field, such as keys.size or
	// with.kv-ttl, where the scenario is written, with what would be right; nil where
	// it is written nowhere.
	Place func(field, message, hint string) error
}

// DefaultMaxErrors is the share of transactions that may end in an error where a
// scenario says nothing.
const DefaultMaxErrors = 0.05

// Title is the scenario's name, with its point.
func (s *Scenario) Title() string {
	if len(s.Point) == 0 {
		return s.Name
	}
	return s.Name + " at " + runfile.Words(s.Point)
}

// At is Place, or a plain error where the scenario is written nowhere.
func (s *Scenario) At(field, message, hint string) error {
	if s.Place != nil {
		return s.Place(field, message, hint)
	}
	if hint != "" {
		message += "; " + hint
	}
	return fmt.Errorf("scenario %s: %s: %s", s.Name, field, message)
}

// Setup is what the workload of a variant is made from.
func (s *Scenario) Setup(v Variant, capabilities kv.Capabilities, seed uint64) Setup {
	return Setup{
		Variant: v.Name, Params: s.Params, Seed: seed, Locations: max(capabilities.Locations, 1), Free: s.Free, Decode: s.Decode,
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
