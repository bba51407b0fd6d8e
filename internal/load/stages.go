package load

import (
	"fmt"
	"math"
	"math/big"
	"time"

	"kvbench/internal/units"
)

// MaxStages is how many stages a load may have.
const MaxStages = 100

// MaxRate is the highest rate of a stage, in transactions a second: gaps are far longer
// than what a float64 leaves of a time of 400 days in nanoseconds.
const MaxRate = 10_000_000

// Stages are the Profile of a load whose rate changes: one after the other.
type Stages []Stage

// Stage is a part of the measured time with a rate of its own.
type Stage struct {
	Name  string        // empty: it has no figures of its own
	For   time.Duration // above 0
	Curve Curve
}

// Curve is a rate over a stage: a Hold, a Ramp or a Sine. The stage lasts d.
type Curve interface {
	fmt.Stringer
	// Start and End are the rates at the ends of the stage; of a Sine its mean.
	Start() Rate
	End() Rate
	// Peak is the highest rate in transactions a second.
	Peak() float64
	// at is the rate a second at a time from the beginning of the stage.
	at(t, d time.Duration) float64
	// total is the integral over the stage, exact where the rate is a whole number or
	// changes evenly.
	total(d time.Duration) *big.Rat
	// when is the inverse of the integral: the time from the beginning of the stage at
	// which it is k + more, more from 0 to 1, rounded down.
	when(k uint64, more float64, d time.Duration) time.Duration
	// lasting is the curve of a stage that takes to of what took of before.
	lasting(of, to time.Duration) Curve
}

// Borders are where the stages end, counted from when measuring begins.
func (s Stages) Borders() []time.Duration {
	out := make([]time.Duration, len(s))
	var at time.Duration
	for i := range s {
		at += s[i].For
		out[i] = at
	}
	return out
}

// Lasts is how long all take together; beyond the longest duration, that.
func (s Stages) Lasts() (sum time.Duration) {
	for i := range s {
		if sum += s[i].For; sum < 0 {
			return math.MaxInt64
		}
	}
	return sum
}

func (s Stages) String() string {
	low, high := math.Inf(1), 0.
	for i := range s {
		c := s[i].Curve
		if wave, ok := c.(Sine); ok {
			low = min(low, wave.Mean.PerSecond()-wave.Amplitude.PerSecond())
		}
		low, high = min(low, c.Start().PerSecond(), c.End().PerSecond()), max(high, c.Peak())
	}
	return fmt.Sprintf("%d stages of %s to %s/s", len(s), units.FormatNumber(max(low, 0)), units.FormatNumber(high))
}

// Mean implements Profile.
func (s Stages) Mean() float64 {
	sum := new(big.Rat)
	for i := range s {
		sum.Add(sum, s[i].Curve.total(s[i].For))
	}
	n, _ := sum.Float64()
	return n / s.Lasts().Seconds()
}

// Peak implements Profile.
func (s Stages) Peak() (peak float64) {
	for i := range s {
		peak = max(peak, s[i].Curve.Peak())
	}
	return peak
}

// At implements Profile. After the last stage it is the rate with which that ends.
func (s Stages) At(t time.Duration) float64 {
	for i := range s {
		if t < s[i].For || i == len(s)-1 {
			return s[i].Curve.at(min(max(t, 0), s[i].For), s[i].For)
		}
		t -= s[i].For
	}
	return 0
}

func (s Stages) planned(uint64) (time.Duration, bool) { return 0, false } // their own time bounds them

func (s Stages) check(l Load, a Arrivals) *BoundError {
	c := s.course(l.WarmUp).(*way)
	begin := s[0].Curve.Start()
	switch {
	case l.WarmUp > 0 && begin.IsZero():
		return &BoundError{"warm-up", "nothing is due in the warm-up: it has the rate with which the first stage begins, which is 0/s", "begin with a stage that has a rate, or remove the warm-up"}
	case a.exact() && c.parts[len(c.parts)-1].end <= c.measured, s.Peak() == 0:
		return &BoundError{"stages", "no transaction is due in any stage", "make one longer, or its rate higher"}
	}
	return nil
}

func (s Stages) lasting(of, to time.Duration) Profile {
	out := make(Stages, len(s))
	var before, begins time.Duration // the end of a stage as it was, and as it is
	for i, stage := range s {
		before += stage.For
		end := time.Duration(math.Round(float64(before) / float64(of) * float64(to)))
		if i == len(s)-1 {
			end = to
		}
		stage.Curve = stage.Curve.lasting(of, to)
		stage.For, begins = max(end-begins, 1), max(end, begins+1)
		out[i] = stage
	}
	return out
}
