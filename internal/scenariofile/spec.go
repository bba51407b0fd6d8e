package scenariofile

import (
	"time"

	"kvbench/internal/bench"
	"kvbench/internal/load"

	"go.yaml.in/yaml/v4"
)

// The structs below are the format of a scenario file: the tables of docs/scenarios.md and
// the JSON Schema are made from them. See decoder for what their tags mean.

// fileSpec is the file.
type fileSpec struct {
	Driver    string     `yaml:"driver" doc:"URL of the store of every scenario that does not name its own: scheme://..., each parameter at most once, no password"`
	Seed      uint64     `yaml:"seed" doc:"all that is random in a run follows from it"`
	Clock     string     `yaml:"clock" oneof:"auto,virtual,wall" doc:"the clock of every scenario that does not name its own"`
	Scenarios *yaml.Node `yaml:"scenarios" kind:"list" required:"true" doc:"the scenarios, at least one"` // a list of scenarioSpec
}

// scenarioSpec is one scenario.
type scenarioSpec struct {
	Name     string     `yaml:"name" required:"true" doc:"at most 60 lower-case letters, digits and dashes, unique in the file"`
	Question string     `yaml:"question" required:"true" doc:"what the scenario answers, in at most 300 characters"`
	Pattern  string     `yaml:"pattern" required:"true" doc:"a pattern's name; kvbench list names them all"`
	Variants []string   `yaml:"variants" unset:"all" doc:"the pattern's variants that run, each at most once, in the pattern's order"`
	Driver   string     `yaml:"driver" unset:"the file's" doc:"URL of the store; kvbench list DRIVER tells its options"`
	Clock    string     `yaml:"clock" unset:"the file's" oneof:"auto,virtual,wall" doc:"virtual time costs nothing to wait in, wall is the machine's clock, auto is virtual where the store can"`
	Load     loadSpec   `yaml:"load" required:"true" doc:"when transactions are due and how many there are, see below"`
	Keys     keysSpec   `yaml:"keys" unset:"1,000 keys of 1 KiB, all alike" doc:"which keys there are and how they are touched, see below"`
	Isolates int        `yaml:"isolates" min:"1" max:"1000" doc:"how many isolates each location has; each has a memory of its own"`
	Repeat   int        `yaml:"repeat" min:"1" max:"1000" doc:"how often each variant runs"`
	Plan     string     `yaml:"plan" oneof:"paid,free" doc:"how many operations of KV one transaction may make: 10,000, or 1,000 with free"`
	Errors   share      `yaml:"errors" max:"100%" doc:"how many of a variant's transactions may end in an error; with more, the run has failed"`
	With     *yaml.Node `yaml:"with" unset:"the pattern's" doc:"the pattern's own settings; kvbench list PATTERN tells them"`                                   // the pattern knows its fields
	Sweep    *yaml.Node `yaml:"sweep" unset:"none" doc:"one or two settings of load, keys, with or driver, or isolates, each with a list of values, see below"` // see axes
	Find     findSpec   `yaml:"find" unset:"none" doc:"looks for the highest arrival rate that keeps a promise, see below"`
	Expect   []string   `yaml:"expect" unset:"none" doc:"expectations that the run is held against, see below"`
	Choose   chooseSpec `yaml:"choose" unset:"none" doc:"what an engineer would take a variant by, see below"`
}

// chooseSpec is what a variant is chosen by.
type chooseSpec struct {
	Promise []string `yaml:"promise" unset:"none" doc:"expectations without a variant, which each variant has to meet; where no statistic is named and the value is in percent, the share is meant"`
	Prefer  []string `yaml:"prefer" required:"true" doc:"figures, what matters most first: a latency, a cost, an anomaly"`
	Given   []string `yaml:"given" unset:"none" doc:"settings of the sweep that nobody chooses, such as how often is written; those of load, keys and isolates are given anyway. A choice is made at each of their values"`
}

// findSpec is what a search looks for.
type findSpec struct {
	MaxRate maxRateSpec `yaml:"max-rate" required:"true" doc:"the highest arrival rate at which a promise is kept"`
}

// maxRateSpec is a search for the highest rate.
type maxRateSpec struct {
	While  []string  `yaml:"while" unset:"the promise of choose" doc:"expectations without a variant, which each variant has to meet at the rate; where no statistic is named and the value is in percent, the share is meant"`
	From   load.Rate `yaml:"from" max:"10000000/s" doc:"the first rate that is tried: it is doubled until the promise is broken"`
	To     load.Rate `yaml:"to" max:"10000000/s" doc:"the highest rate that is tried"`
	Within share     `yaml:"within" min:"1%" max:"100%" doc:"how far apart the highest rate that keeps the promise and the lowest that breaks it may be in the end, as a share of the former"`
}

// loadSpec is when transactions are due and how many there are.
type loadSpec struct {
	Rate         load.Rate     `yaml:"rate" unset:"a closed loop" max:"10000000/s" doc:"transactions per second, minute or hour, above 0: 200/s, 30/min, 5/h"`
	Stages       []stageSpec   `yaml:"stages" unset:"one rate, or a closed loop" doc:"a rate that changes: one stage after the other, see below; in place of rate and duration"`
	Arrivals     string        `yaml:"arrivals" oneof:"constant,poisson" doc:"the gaps between transactions; only with rate or stages"`
	MaxInFlight  int           `yaml:"max-in-flight" was:"in-flight" max:"1000000" doc:"the most transactions that run at once, 0 for no bound; only with rate or stages"`
	Workers      int           `yaml:"workers" unset:"1" min:"1" max:"100000" doc:"how many run one transaction after the other; not with rate or stages"`
	Think        time.Duration `yaml:"think" max:"9600h" doc:"how long a worker pauses after a transaction; not with rate or stages"`
	Duration     time.Duration `yaml:"duration" unset:"no bound" min:"1ms" max:"9600h" doc:"the time that is measured, or with until the most of it; 9600h are 400 days; not with stages"`
	Transactions uint64        `yaml:"transactions" unset:"no bound" min:"1" doc:"the transactions that are measured"`
	WarmUp       time.Duration `yaml:"warm-up" max:"9600h" doc:"how long the same load runs before anything is measured; of stages, at the rate with which the first begins"`
	Until        string        `yaml:"until" unset:"its bounds are reached" oneof:"stable" doc:"ends the run before duration when p50 and p99 of the response are stable, see below; not with stages"`
	Tolerance    share         `yaml:"tolerance" min:"1%" max:"100%" doc:"within which they are stable; only with until"`
}

// keysSpec is which keys there are and how they are touched.
type keysSpec struct {
	Count        int               `yaml:"count" min:"1" max:"100000000" doc:"how many there are, as far as this machine has the memory"`
	Distribution load.Distribution `yaml:"distribution" was:"popularity" doc:"uniform; zipfian(s); latest(s), which is zipfian with the last key touched most; hotspot(k, t), where the share t of the touches falls on the share k of the keys"`
	Size         load.Size         `yaml:"size" doc:"size of a value, or a range from which each key has one: uniform(100B, 10KiB)"`
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
		Load:     loadSpec{Arrivals: load.Constant{}.Name(), Tolerance: 0.05},
		Keys:     keysSpec{Count: 1000, Size: load.Size{Min: 1 << 10, Max: 1 << 10}},
		Isolates: 1,
		Repeat:   1,
		Find:     findSpec{maxRateSpec{From: load.PerSecond(10), To: load.PerSecond(100_000), Within: 0.05}},
		Plan:     "paid",
		Errors:   bench.DefaultMaxErrors,
	}
}

// load is the engine's form of the spec; a load with neither a rate nor stages nor a
// number of workers is a closed loop of one.
func (s loadSpec) load(stages load.Stages) load.Load {
	l := load.Load{Duration: s.Duration, Transactions: s.Transactions, WarmUp: s.WarmUp}
	if s.Until != "" {
		l.Until = &load.Stable{Tolerance: float64(s.Tolerance)}
	}
	open := load.Open{Profile: s.Rate, MaxInFlight: s.MaxInFlight}
	for _, a := range load.AllArrivals() {
		if a.Name() == s.Arrivals {
			open.Arrivals = a
		}
	}
	switch {
	case len(stages) > 0:
		open.Profile = stages
		l.Shape, l.Duration = open, stages.Lasts()
	case !s.Rate.IsZero():
		l.Shape = open
	default:
		l.Shape = load.Closed{Workers: max(s.Workers, 1), Think: s.Think}
	}
	return l
}

// params is the engine's form of what every scenario can set of its keys.
func (s scenarioSpec) params() bench.Params {
	return bench.Params{Keys: s.Keys.Count, Distribution: s.Keys.Distribution, Size: s.Keys.Size, Isolates: s.Isolates}
}
