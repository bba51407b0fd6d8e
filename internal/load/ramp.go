package load

import (
	"fmt"
	"math"
	"math/big"
	"time"
)

// Ramp is a rate that changes evenly from one to another.
type Ramp struct{ From, To Rate }

func (r Ramp) String() string { return fmt.Sprintf("%v to %v", r.From, r.To) }

// Start implements Curve.
func (r Ramp) Start() Rate { return r.From }

// End implements Curve.
func (r Ramp) End() Rate { return r.To }

// Peak implements Curve.
func (r Ramp) Peak() float64 { return max(r.From.PerSecond(), r.To.PerSecond()) }

func (r Ramp) at(t, d time.Duration) float64 {
	from, to := r.From.PerSecond(), r.To.PerSecond()
	return from + (to-from)*t.Seconds()/d.Seconds()
}

func (r Ramp) total(d time.Duration) *big.Rat {
	sum := new(big.Rat).Add(r.From.exact(), r.To.exact())
	return sum.Mul(sum, big.NewRat(int64(d), 2))
}

// when solves n = a·t + s·t²/2 for t, where a is the rate at first and s its slope, in the
// form that keeps its digits where a is large beside s·t.
func (r Ramp) when(k uint64, more float64, d time.Duration) time.Duration {
	n := float64(k) + more
	if n == 0 && r.From.IsZero() {
		return 0
	}
	a := r.From.PerSecond() / float64(time.Second)
	s := (r.To.PerSecond()/float64(time.Second) - a) / float64(d)
	return time.Duration(2 * n / (a + math.Sqrt(max(a*a+2*s*n, 0))))
}

func (r Ramp) lasting(_, _ time.Duration) Curve { return r }
