package load

import (
	"fmt"
	"time"

	"kvbench/internal/units"
)

// Mean implements Profile.
func (r Rate) Mean() float64 { return r.PerSecond() }

// Peak implements Profile.
func (r Rate) Peak() float64 { return r.PerSecond() }

// At implements Profile.
func (r Rate) At(time.Duration) float64 { return r.PerSecond() }

func (r Rate) course(time.Duration) course { return steady{r} }

// steady is the course of a rate that stays.
type steady struct{ Rate }

func (s steady) when(i uint64) time.Duration { return s.Rate.at(i) }

// unit is the mean gap in nanoseconds, so that a sum of them is a time.
func (s steady) unit() float64 { return float64(s.Per) / float64(s.Count) }

func (s steady) at(sum float64) float64 { return sum }

func (r Rate) planned(transactions uint64) (time.Duration, bool) { return r.at(transactions - 1), true }

func (r Rate) check(l Load, a Arrivals) *BoundError {
	if !a.exact() || l.Duration == 0 {
		return nil
	}
	first := r.at(r.from(l.WarmUp))
	if first < l.WarmUp+l.Duration {
		return nil
	}
	return &BoundError{
		"rate", fmt.Sprintf("at %v no transaction is due in the measured time of %v after a warm-up of %v",
			r, units.ShortDuration(l.Duration), units.ShortDuration(l.WarmUp)),
		fmt.Sprintf("measure for longer than %v, or at a higher rate", units.ShortDuration(first-l.WarmUp)),
	}
}

func (r Rate) lasting(_, _ time.Duration) Profile { return r }
