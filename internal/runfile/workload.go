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
	Rate     *load.Rate `json:"rate,omitempty"`     // of an open loop; nil in a closed one
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
	if l.Rate.IsZero() {
		out.Workers, out.Think = l.Workers, l.Think
		return out
	}
	out.Rate, out.InFlight, out.Arrivals = &l.Rate, l.MaxInFlight, "constant"
	if l.Poisson {
		out.Arrivals = "poisson"
	}
	return out
}

// PopularityOf is a popularity of the engine's as the file has it.
func PopularityOf(p load.Distribution) Popularity {
	return Popularity{Kind: popularityKinds[p.Kind], Exponent: p.Exponent, HotKeys: p.HotKeys, HotShare: p.HotShare}
}
