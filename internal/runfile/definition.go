package runfile

import "kvbench/kv"

// Latency says what the latencies of a scenario are.
type Latency string

const (
	// Measured: what a clock on the wall showed.
	Measured Latency = "measured"
	// Modelled: drawn from a distribution, at least in part, by the store or by the
	// pattern.
	Modelled Latency = "modelled"
	// NotModelled: in virtual time, with nothing that draws any. They say nothing.
	NotModelled Latency = "no latency modelled"
)

// Words are what a latency is, with the noun.
func (l Latency) Words() string {
	if l == NotModelled {
		return string(l)
	}
	return string(l) + " latency"
}

// Latency says what the scenario's latencies are. It is the one answer to that
// question.
func (d *Definition) Latency() Latency {
	switch {
	case d.Capabilities.Modelled || len(d.Models) > 0:
		return Modelled
	case d.Clock == "virtual":
		return NotModelled
	}
	return Measured
}

// Prices are those of the scenario's store. A run file that holds none is of a
// time when there was but one price list.
func (d *Definition) Prices() kv.Prices {
	if d.Capabilities.Prices == (kv.Prices{}) {
		return kv.ClassicPrices()
	}
	return d.Capabilities.Prices
}
