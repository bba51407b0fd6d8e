// Package load decides when a transaction is due and which key it touches. All
// that is random in it is a function of a seed.
package load

import "time"

// Load says when transactions are due and how many there are.
type Load struct {
	// Rate is the arrival rate of an open loop. Zero makes a closed loop of
	// Workers.
	Rate Rate
	// Poisson makes the gaps of an open loop exponential instead of constant.
	Poisson bool
	// MaxInFlight is the most transactions of an open loop that run at once; zero
	// sets no bound. What the bound holds back is timed from when it was due.
	MaxInFlight int
	// Workers is how many tasks of a closed loop run transactions one after
	// the other; at least 1.
	Workers int
	// Think is how long a worker of a closed loop pauses after a transaction.
	Think time.Duration
	// Duration bounds the measured time, Transactions the number of measured
	// transactions; the first that is reached ends the run. Zero is no bound,
	// and at least one of them is set.
	Duration     time.Duration
	Transactions uint64
	// WarmUp is how long the same load runs before measuring begins.
	WarmUp time.Duration
}
