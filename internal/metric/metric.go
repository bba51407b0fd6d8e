package metric

import (
	"slices"
	"strings"
)

// Unit is what the values of a metric are. The text of one is as run files have it.
type Unit string

const (
	Time    Unit = "ns"
	Size    Unit = "bytes"
	Count   Unit = "count"
	Share   Unit = "share"   // a fraction
	Percent Unit = "percent" // a fraction times 100, as a series of whole numbers has it
	Money   Unit = "usd"
	// PerSecond is a rate, in transactions a second.
	PerSecond Unit = "per-second"
)

// Class is what a metric tells.
type Class uint8

const (
	Latency  Class = iota // how long a transaction took, or a part of it
	Call                  // how long one call took, of the store or of an origin
	Outcome               // how transactions ended
	Anomaly               // what went wrong, a share of what could have
	Gauge                 // a size that is neither right nor wrong
	Failure               // errors
	Cost                  // calls and dollars per transaction
	Capacity              // how much a variant can do
)

// Better says which way a metric is better.
type Better int8

const (
	Lower   Better = -1
	Neither Better = 0
	Higher  Better = 1
)

// Metric is one thing that a run tells of every variant.
type Metric struct {
	// ID names it, as an expectation does: "response", "lost-update", "outcome.kv",
	// "errors", "call-errors.429", "ops.get", "usd-per-million".
	ID    string
	Class Class
	Unit  Unit // of its values; of an outcome, of errors and calls it is Count
	// Of names the metric that its share is a share of: Transactions, Calls, a series
	// or an outcome. Empty where it is a share of nothing.
	Of     string
	Among  string // what Of is, in words: "transactions", "listings", "put calls"
	Better Better
	Doc    string // what one value of it means
	Each   string // what it has a value for each of, where the name does not say so
	Says   string // what a variant does that has it, with {share} for how often; may be empty
	Role   string // what a chart knows it by: see record.Role
	Series int    // index of its series; -1 where it is none
}

// What shares are shares of that is no metric itself.
const (
	Transactions = "transactions"
	Calls        = "calls"
)

// Stat is a statistic of a metric.
type Stat string

const (
	N    Stat = "count" // how often it was observed
	Part Stat = "share" // N as a share of Metric.Of
	Mean Stat = "mean"
	Min  Stat = "min"
	P50  Stat = "p50"
	P90  Stat = "p90"
	P95  Stat = "p95"
	P99  Stat = "p99"
	P999 Stat = "p999"
	Max  Stat = "max"
	// Per is how often it was observed in a transaction.
	Per Stat = "per-transaction"
)

// Stats are the statistics that an expectation may ask a series for.
func Stats() []Stat { return []Stat{N, Part, Mean, Min, P50, P90, P95, P99, P999, Max} }

// Rank is the percentile that a statistic is; ok is false where it is none.
func (s Stat) Rank() (p float64, ok bool) {
	switch s {
	case P50:
		return 50, true
	case P90:
		return 90, true
	case P95:
		return 95, true
	case P99:
		return 99, true
	case P999:
		return 99.9, true
	}
	return 0, false
}

// Figure is one statistic of a metric: what a table has a column for.
type Figure struct {
	Metric
	Stat Stat
}

// Name is the figure as an expectation has it: response.p99, lost-update.share,
// usd-per-million.
func (f Figure) Name() string {
	if f.Stat == Mean && (f.Class == Cost || f.Class == Capacity) {
		return f.ID
	}
	return f.ID + "." + string(f.Stat)
}

// Kind is the unit of the figure's values.
func (f Figure) Kind() Unit {
	switch f.Stat {
	case N, Per:
		return Count
	case Part:
		return Share
	}
	return f.Unit
}

// Text is a value of the figure for people, None where there is none.
func (f Figure) Text(q Quantity) string { return q.Text(f.Kind().Format) }

// Find is the metric with an ID.
func Find(all []Metric, id string) (Metric, bool) {
	if i := slices.IndexFunc(all, func(m Metric) bool { return m.ID == id }); i >= 0 {
		return all[i], true
	}
	return Metric{}, false
}

// IDs are those of metrics.
func IDs(all []Metric) []string {
	out := make([]string, len(all))
	for i, m := range all {
		out[i] = m.ID
	}
	return out
}

// Name is the last part of an ID: "kv" of "outcome.kv".
func (m Metric) Name() string {
	if _, name, ok := strings.Cut(m.ID, "."); ok {
		return name
	}
	return m.ID
}

// String is the class in a word.
func (c Class) String() string {
	switch c {
	case Latency:
		return "latency"
	case Call:
		return "call"
	case Outcome:
		return "outcome"
	case Anomaly:
		return "anomaly"
	case Gauge:
		return "gauge"
	case Failure:
		return "failure"
	case Cost:
		return "cost"
	case Capacity:
		return "capacity"
	}
	return ""
}
