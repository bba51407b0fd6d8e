package load

import (
	"fmt"
	"math"
	"math/bits"
	"time"
)

// Rate is how many transactions are due in a time, kept as two whole numbers so
// that constant arrivals are exact. A Count of 0 is a rate of none. A Rate is the Profile
// of a load whose rate stays.
type Rate struct {
	Count uint64        `json:"count"`
	Per   time.Duration `json:"per_ns"`
}

// PerSecond is n transactions a second.
func PerSecond(n uint64) Rate { return Rate{Count: n, Per: time.Second} }

// IsZero reports whether nothing is due.
func (r Rate) IsZero() bool { return r.Count == 0 }

// PerSecond is the rate in transactions a second; 0 for none.
func (r Rate) PerSecond() float64 {
	return r.in(time.Second)
}

// String writes the rate per second, or where that is less than one per minute or
// per hour.
func (r Rate) String() string {
	if r.IsZero() {
		return "0/s"
	}
	for _, unit := range []struct {
		name string
		d    time.Duration
	}{{"s", time.Second}, {"min", time.Minute}} {
		if n := r.in(unit.d); n >= 1 {
			return fmt.Sprintf("%g/%s", n, unit.name)
		}
	}
	return fmt.Sprintf("%g/h", r.in(time.Hour))
}

// in is how many transactions are due in a time.
func (r Rate) in(d time.Duration) float64 {
	if r.IsZero() {
		return 0
	}
	return float64(r.Count) * float64(d) / float64(r.Per)
}

// at is when arrival i of a constant rate is due, rounded down to the nanosecond;
// the longest duration there is when it is due after that.
func (r Rate) at(i uint64) time.Duration {
	high, low := bits.Mul64(i, uint64(r.Per))
	if high >= r.Count {
		return math.MaxInt64
	}
	due, _ := bits.Div64(high, low, r.Count)
	return time.Duration(min(due, math.MaxInt64))
}

// from is the first arrival of a constant rate that is due at a time or after it.
func (r Rate) from(t time.Duration) uint64 {
	high, low := bits.Mul64(uint64(t), r.Count)
	if high >= uint64(r.Per) {
		return math.MaxUint64
	}
	i, _ := bits.Div64(high, low, uint64(r.Per))
	for r.at(i) < t { // at rounds down
		i++
	}
	return i
}
