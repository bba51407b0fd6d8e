package load

import (
	"fmt"
	"math"
	"math/big"
	"time"

	"kvbench/internal/units"
)

// Sine is a rate that swings about a mean, beginning there and upwards, as vegeta's
// SinePacer does: Mean + Amplitude·sin(2π·t/Period).
type Sine struct {
	Mean, Amplitude Rate // the amplitude is at most the mean
	Period          time.Duration
}

func (s Sine) String() string {
	return fmt.Sprintf("%v ± %v every %v", s.Mean, s.Amplitude, units.ShortDuration(s.Period))
}

// Start implements Curve.
func (s Sine) Start() Rate { return s.Mean }

// End implements Curve.
func (s Sine) End() Rate { return s.Mean }

// Peak implements Curve.
func (s Sine) Peak() float64 { return s.Mean.PerSecond() + s.Amplitude.PerSecond() }

func (s Sine) at(t, _ time.Duration) float64 {
	return s.Mean.PerSecond() + s.Amplitude.PerSecond()*math.Sin(2*math.Pi*float64(t)/float64(s.Period))
}

// total is exact but for a part of a period at the end.
func (s Sine) total(d time.Duration) *big.Rat {
	sum := Hold{s.Mean}.total(d)
	if rest := d % s.Period; rest > 0 {
		swing := new(big.Rat).SetFloat64(s.swing(float64(rest)))
		sum.Add(sum, swing)
	}
	return sum
}

// swing is what the sine alone adds to the integral in a time within a period, in
// nanoseconds: A·P/2π·(1 - cos(2π·t/P)).
func (s Sine) swing(t float64) float64 {
	p := float64(s.Period)
	return s.Amplitude.PerSecond() / float64(time.Second) * p / (2 * math.Pi) * (1 - math.Cos(2*math.Pi*t/p))
}

// mostSteps bounds the search for an inverse: halving alone needs as many.
const mostSteps = 64

// when takes the whole periods out, in each of which the mean is due, and searches the
// rest by Newton's method within bounds that it halves where that leaves them.
func (s Sine) when(k uint64, more float64, _ time.Duration) time.Duration {
	period, mean := float64(s.Period), s.Mean.PerSecond()/float64(time.Second)
	each := mean * period
	periods, n := math.Modf((float64(k) + more) / each)
	n *= each
	low, high, t := 0., period, n/mean
	for range mostSteps {
		over := mean*t + s.swing(t) - n
		if over > 0 {
			high = t
		} else {
			low = t
		}
		rate := mean + s.Amplitude.PerSecond()/float64(time.Second)*math.Sin(2*math.Pi*t/period)
		next := t - over/rate
		if !(low <= next && next <= high) { // a rate of 0 leaves them too
			next = low + (high-low)/2
		}
		step := math.Abs(next - t)
		if t = next; step < 0.1 {
			break
		}
	}
	return time.Duration(periods*period + t)
}

func (s Sine) lasting(of, to time.Duration) Curve {
	s.Period = max(time.Duration(math.Round(float64(s.Period)/float64(of)*float64(to))), 1)
	return s
}
