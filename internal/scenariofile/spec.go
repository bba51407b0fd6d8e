package scenariofile

import (
	"time"

	"kvbench/internal/bench"
	"kvbench/internal/load"

	"go.yaml.in/yaml/v4"
)

// The structs below are the format of a scenario file, and docs/scenarios.md
// is its reference: a test keeps them in step.

// fileSpec is the file.
type fileSpec struct {
	Driver    string     `yaml:"driver"`
	Seed      uint64     `yaml:"seed"`
	Clock     string     `yaml:"clock" oneof:"auto,virtual,wall"`
	Scenarios *yaml.Node `yaml:"scenarios" required:"true"` // a list of scenarioSpec
}

// scenarioSpec is one scenario.
type scenarioSpec struct {
	Name     string     `yaml:"name" required:"true"`
	Question string     `yaml:"question" required:"true"`
	Pattern  string     `yaml:"pattern" required:"true"`
	Variants []string   `yaml:"variants"`
	Driver   string     `yaml:"driver"`
	Clock    string     `yaml:"clock" oneof:"auto,virtual,wall"`
	Load     loadSpec   `yaml:"load" required:"true"`
	Keys     keysSpec   `yaml:"keys"`
	Isolates int        `yaml:"isolates" min:"1" max:"1000"`
	Repeat   int        `yaml:"repeat" min:"1" max:"1000"`
	Plan     string     `yaml:"plan" oneof:"paid,free"`
	Errors   share      `yaml:"errors" max:"100%"`
	With     *yaml.Node `yaml:"with"` // the pattern knows its fields
	Expect   []string   `yaml:"expect"`
	Choose   chooseSpec `yaml:"choose"`
}

// chooseSpec is what a variant is chosen by.
type chooseSpec struct {
	Promise []string `yaml:"promise"`
	Prefer  []string `yaml:"prefer" required:"true"`
}

// loadSpec is when transactions are due and how many there are.
type loadSpec struct {
	Rate         load.Rate     `yaml:"rate" max:"10000000/s"`
	Arrivals     string        `yaml:"arrivals" oneof:"constant,poisson"`
	MaxInFlight  int           `yaml:"max-in-flight" was:"in-flight" max:"1000000"`
	Workers      int           `yaml:"workers" min:"1" max:"100000"`
	Think        time.Duration `yaml:"think" max:"9600h"`
	Duration     time.Duration `yaml:"duration" min:"1ms" max:"9600h"`
	Transactions uint64        `yaml:"transactions" min:"1"`
	WarmUp       time.Duration `yaml:"warm-up" max:"9600h"`
}

// keysSpec is which keys there are and how they are touched.
type keysSpec struct {
	Count        int               `yaml:"count" min:"1" max:"100000000"`
	Distribution load.Distribution `yaml:"distribution" was:"popularity"`
	Size         load.Size         `yaml:"size"`
}

// defaultFile is what a file says that says nothing.
func defaultFile() fileSpec {
	return fileSpec{Driver: "embedded://", Seed: 1, Clock: "auto"}
}

// defaultScenario is what a scenario says that says nothing: uniformly popular
// keys with values of 1 KiB, one isolate per location, one repeat, constant
// arrivals, the paid plan, and the errors that are allowed everywhere.
func defaultScenario(f fileSpec) scenarioSpec {
	return scenarioSpec{
		Driver:   f.Driver,
		Clock:    f.Clock,
		Load:     loadSpec{Arrivals: "constant"},
		Keys:     keysSpec{Count: 1000, Size: load.Size{Min: 1 << 10, Max: 1 << 10}},
		Isolates: 1,
		Repeat:   1,
		Plan:     "paid",
		Errors:   bench.DefaultMaxErrors,
	}
}

// load is the engine's form of the spec; a load with neither a rate nor a
// number of workers is a closed loop of one.
func (s loadSpec) load() load.Load {
	l := load.Load{
		Rate:         s.Rate,
		Poisson:      !s.Rate.IsZero() && s.Arrivals == "poisson",
		MaxInFlight:  s.MaxInFlight,
		Workers:      s.Workers,
		Think:        s.Think,
		Duration:     s.Duration,
		Transactions: s.Transactions,
		WarmUp:       s.WarmUp,
	}
	if s.Rate.IsZero() {
		l.Workers = max(l.Workers, 1)
	}
	return l
}

// params is the engine's form of what every scenario can set of its keys.
func (s scenarioSpec) params() bench.Params {
	return bench.Params{Keys: s.Keys.Count, Distribution: s.Keys.Distribution, Size: s.Keys.Size, Isolates: s.Isolates}
}
