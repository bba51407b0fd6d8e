package scenarios

import (
	"time"

	"kvbench/internal/load"
)

// changing is a truth that is a function of time: each value changes once a period, at a
// point of the period that is its own, so that which version is current, and since when an
// older one is not, follows from the time alone.
type changing struct {
	seed   uint64
	period time.Duration
}

// version is the version of a value at a time; 1 or more.
func (c changing) version(value uint64, at time.Duration) uint64 {
	return uint64((at+c.phase(value))/c.period) + 1
}

// staleFor is how long, at a time, a version of a value had not been current; 0 when it
// still was.
func (c changing) staleFor(value, version uint64, at time.Duration) time.Duration {
	return max(0, at-(time.Duration(version)*c.period-c.phase(value)))
}

func (c changing) phase(value uint64) time.Duration {
	return time.Duration(load.Mix(c.seed^value) % uint64(c.period))
}
