package runfile

import (
	"time"

	"kvbench/internal/load"
)

// Workload is what a scenario sets, in types, so that nobody has to read it out of a
// text: its load, its keys and the pattern's own settings.
type Workload struct {
	Load     Load   `json:"load"`
	Keys     Keys   `json:"keys"`
	Isolates int    `json:"isolates"` // per location; at least 1
	Plan     string `json:"plan"`     // "paid" or "free": whose limits a Worker's invocation has
	// Settings are the pattern's own, defaults filled in, in the pattern's order.
	Settings []Setting `json:"settings"`
}

// Load is when transactions are due and how many there are.
type Load struct {
	Rate     *load.Rate `json:"rate,omitempty"`     // of an open loop that has one; else nil
	Stages   []Stage    `json:"stages,omitempty"`   // of an open loop whose rate changes
	Arrivals string     `json:"arrivals,omitempty"` // of an open loop: "constant" or "poisson"
	// InFlight is the most transactions of an open loop that run at once; 0 sets no
	// bound.
	InFlight int `json:"in_flight,omitempty"`
	// Workers is how many tasks a closed loop has, Think how long each pauses after a
	// transaction; 0 in an open loop.
	Workers int           `json:"workers,omitempty"`
	Think   time.Duration `json:"think_ns,omitempty"`
	// Duration bounds the measured time, Transactions the number of transactions; 0 is
	// no bound, and one of them is set.
	Duration     time.Duration `json:"duration_ns,omitempty"`
	Transactions uint64        `json:"transactions,omitempty"`
	WarmUp       time.Duration `json:"warm_up_ns,omitempty"` // before measuring begins
	// Stable is the tolerance within which the response has to be for the run to end
	// before its Duration; 0 where it does not.
	Stable float64 `json:"until_stable_within,omitempty"`
}

// Stage is a part of the measured time with a rate of its own.
type Stage struct {
	Name string        `json:"name,omitempty"` // empty: it has no figures of its own
	From time.Duration `json:"from_ns"`        // since measuring began
	To   time.Duration `json:"to_ns"`
	// Rate is that at the beginning, or the mean of a sine; End that at the end.
	Rate load.Rate `json:"rate"`
	End  load.Rate `json:"end_rate"`
	// Amplitude and Period are a sine's; nil and 0 of any other.
	Amplitude *load.Rate    `json:"amplitude,omitempty"`
	Period    time.Duration `json:"period_ns,omitempty"`
}

// Keys are which keys there are and how they are touched.
type Keys struct {
	Count      int        `json:"count"`
	Popularity Popularity `json:"popularity"`
	Size       Size       `json:"size"` // of a value
}

// Popularity is how often each key is touched.
type Popularity struct {
	Kind string `json:"kind"` // "uniform", "zipfian", "hotspot" or "latest"
	// Exponent is that of zipfian and latest, above 0.
	Exponent float64 `json:"exponent,omitempty"`
	// HotKeys is the share of the keys that are hot and HotShare the share of the
	// touches that fall on them, each between 0 and 1: of hotspot.
	HotKeys  float64 `json:"hot_keys,omitempty"`
	HotShare float64 `json:"hot_share,omitempty"`
}

// Size is a size in bytes: the same for all where Min and Max are equal, else uniform
// between them.
type Size struct {
	Min int `json:"min"`
	Max int `json:"max"`
}

var popularityKinds = map[load.DistributionKind]string{
	load.Uniform: "uniform", load.Zipfian: "zipfian", load.Hotspot: "hotspot", load.Latest: "latest",
}

// LoadOf is a load of the engine's as the file has it.
func LoadOf(l load.Load) Load {
	out := Load{Duration: l.Duration, Transactions: l.Transactions, WarmUp: l.WarmUp}
	if l.Until != nil {
		out.Stable = l.Until.Tolerance
	}
	switch shape := l.Shape.(type) {
	case load.Closed:
		out.Workers, out.Think = shape.Workers, shape.Think
	case load.Open:
		out.InFlight, out.Arrivals = shape.MaxInFlight, shape.Arrivals.Name()
		if rate, steady := shape.Profile.(load.Rate); steady {
			out.Rate = &rate
		}
		out.Stages = stagesOf(l.Stages())
	}
	return out
}

func stagesOf(stages load.Stages) (out []Stage) {
	var from time.Duration
	for i, to := range stages.Borders() {
		curve := stages[i].Curve
		s := Stage{Name: stages[i].Name, From: from, To: to, Rate: curve.Start(), End: curve.End()}
		if sine, ok := curve.(load.Sine); ok {
			s.Amplitude, s.Period = &sine.Amplitude, sine.Period
		}
		out = append(out, s)
		from = to
	}
	return out
}

// PopularityOf is a popularity of the engine's as the file has it.
func PopularityOf(p load.Distribution) Popularity {
	return Popularity{Kind: popularityKinds[p.Kind], Exponent: p.Exponent, HotKeys: p.HotKeys, HotShare: p.HotShare}
}
