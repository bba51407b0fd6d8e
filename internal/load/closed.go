package load

import (
	"fmt"
	"math"
	"time"

	"kvbench/internal/units"
)

// Closed is a loop of workers: each begins a transaction when its last has ended.
type Closed struct {
	Workers int           // at least 1
	Think   time.Duration // how long a worker pauses after a transaction
}

func (c Closed) String() string {
	text := fmt.Sprintf("closed loop, %d workers", c.Workers)
	if c.Think > 0 {
		text += fmt.Sprintf(", think time %v", units.ShortDuration(c.Think))
	}
	return text
}

// Mean implements Shape.
func (c Closed) Mean(service float64) float64 {
	return c.per(service + c.Think.Seconds())
}

// Most implements Shape.
func (c Closed) Most() float64 { return c.per(c.Think.Seconds()) }

// per is the rate where a worker needs so many seconds for each.
func (c Closed) per(seconds float64) float64 {
	if seconds <= 0 {
		return math.Inf(1)
	}
	return float64(c.Workers) / seconds
}

// AtOnce implements Shape.
func (c Closed) AtOnce(float64) float64 { return float64(c.Workers) }

func (c Closed) planned(transactions uint64) (time.Duration, bool) {
	if c.Think <= 0 {
		return 0, false
	}
	return Rate{Count: uint64(max(c.Workers, 1)), Per: c.Think}.at(transactions - 1), true
}

func (c Closed) check(Load) *BoundError {
	if c.Think > MaxTime || c.Think < 0 {
		return tooLong("think", c.Think)
	}
	return nil
}

func (c Closed) lasting(_, _ time.Duration) Shape { return c }

// pace says in words how transactions follow each other.
func (c Closed) pace() string {
	return fmt.Sprintf("of %d workers that pause for %v after each", max(c.Workers, 1), units.ShortDuration(c.Think))
}
