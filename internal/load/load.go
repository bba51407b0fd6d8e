// Package load decides when a transaction is due and which key it touches. All
// that is random in it is a function of a seed.
package load

import (
	"fmt"
	"strings"
	"time"

	"kvbench/internal/units"
)

// Load says how transactions follow each other, how many there are and for how long.
type Load struct {
	Shape Shape
	// Duration bounds the measured time, Transactions the number of measured
	// transactions; the first that is reached ends the run. Zero is no bound,
	// and at least one of them is set. Of stages, Duration is how long they all last.
	Duration     time.Duration
	Transactions uint64
	// WarmUp is how long the load runs before measuring begins: the same load, or that
	// with which the first stage begins.
	WarmUp time.Duration
	// Until ends the run before its bounds are reached; nil where only they do.
	Until *Stable
}

// Stable ends a run when the median and the 99th percentile of the response have stayed
// within Tolerance, a share above 0, of themselves for some time.
type Stable struct{ Tolerance float64 }

// Shape is how transactions follow each other. The shapes are Closed, a loop of workers,
// and Open, whose transactions are due on a clock.
type Shape interface {
	fmt.Stringer
	// Mean is how many transactions a second it asks for on average, where each takes
	// so many seconds; infinite where nothing takes any time.
	Mean(service float64) float64
	// Most is the most transactions a second that it can ask for, whatever they take;
	// infinite where only the store tells.
	Most() float64
	// AtOnce is how many transactions run at once at most, where each takes so many
	// seconds.
	AtOnce(service float64) float64
	// planned is when the last of so many transactions is due by the plan, counted from
	// the beginning; ok is false where the plan does not tell.
	planned(transactions uint64) (last time.Duration, ok bool)
	// check refuses what the shape can't do in the times of a load.
	check(l Load) *BoundError
	// lasting is the shape of a load that takes to of what took of before.
	lasting(of, to time.Duration) Shape
}

// Open is the load's shape where that is an open loop.
func (l Load) Open() (Open, bool) { o, ok := l.Shape.(Open); return o, ok }

// Closed is the load's shape where that is a closed loop.
func (l Load) Closed() (Closed, bool) { c, ok := l.Shape.(Closed); return c, ok }

// Stages are the load's stages; none where it has one rate or is a closed loop.
func (l Load) Stages() Stages {
	o, _ := l.Open()
	s, _ := o.Profile.(Stages)
	return s
}

// Rate is the planned rate of an open loop in transactions a second, the mean where it
// changes; 0 of a closed loop, which plans none.
func (l Load) Rate() float64 {
	o, open := l.Open()
	if !open {
		return 0
	}
	return o.Profile.Mean()
}

// RateAt is the planned rate in transactions a second at a time since measuring began;
// ok is false of a closed loop, which plans none.
func (l Load) RateAt(t time.Duration) (rate float64, ok bool) {
	o, ok := l.Open()
	if !ok {
		return 0, false
	}
	return o.Profile.At(t), true
}

// Lasting is the load with another duration, which alone bounds it. Stages and their
// periods become longer or shorter in proportion, and keep their rates; a warm-up becomes
// shorter in proportion.
func (l Load) Lasting(d time.Duration) Load {
	if l.Duration > d {
		l.WarmUp = time.Duration(float64(l.WarmUp) * d.Seconds() / l.Duration.Seconds())
	}
	l.Shape = l.Shape.lasting(l.Duration, d)
	l.Duration, l.Transactions = d, 0
	return l
}

// String describes the load in a phrase.
func (l Load) String() string {
	parts := []string{l.Shape.String()}
	if l.Duration > 0 {
		bound := "for %v"
		if l.Until != nil {
			bound = "for at most %v"
		}
		parts = append(parts, fmt.Sprintf(bound, units.ShortDuration(l.Duration)))
	}
	if l.Transactions > 0 {
		parts = append(parts, fmt.Sprintf("%d transactions", l.Transactions))
	}
	if l.Until != nil {
		parts = append(parts, fmt.Sprintf("until p50 and p99 are stable within %s", units.FormatShare(l.Until.Tolerance)))
	}
	if l.WarmUp > 0 {
		parts = append(parts, fmt.Sprintf("after a warm-up of %v", units.ShortDuration(l.WarmUp)))
	}
	return strings.Join(parts, ", ")
}
