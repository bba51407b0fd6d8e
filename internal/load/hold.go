package load

import (
	"math/big"
	"time"
)

// Hold is a rate that stays: a step, a soak, a spike or, at 0, a pause.
type Hold struct{ Rate Rate }

func (h Hold) String() string { return h.Rate.String() }

// Start implements Curve.
func (h Hold) Start() Rate { return h.Rate }

// End implements Curve.
func (h Hold) End() Rate { return h.Rate }

// Peak implements Curve.
func (h Hold) Peak() float64 { return h.Rate.PerSecond() }

func (h Hold) at(_, _ time.Duration) float64 {
	return h.Rate.PerSecond()
}

func (h Hold) total(d time.Duration) *big.Rat {
	return new(big.Rat).Mul(h.Rate.exact(), new(big.Rat).SetInt64(int64(d)))
}

func (h Hold) when(k uint64, more float64, _ time.Duration) time.Duration {
	if h.Rate.IsZero() {
		return 0
	}
	return h.Rate.at(k) + time.Duration(more*float64(h.Rate.Per)/float64(h.Rate.Count))
}

func (h Hold) lasting(_, _ time.Duration) Curve { return h }

// exact is the rate a nanosecond.
func (r Rate) exact() *big.Rat {
	if r.IsZero() {
		return new(big.Rat)
	}
	return new(big.Rat).SetFrac(new(big.Int).SetUint64(r.Count), big.NewInt(int64(r.Per)))
}
