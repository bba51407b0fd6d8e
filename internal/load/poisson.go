package load

import (
	"math"
	"math/rand/v2"
	"time"
)

// Poisson makes arrivals independent of each other: gaps are exponential, of mean 1/rate.
// Of a rate that changes it is a process of rate 1 whose time is the integral of the rate
// (time change; Çinlar 1975, Introduction to Stochastic Processes, 4.7).
type Poisson struct{}

// Name implements Arrivals.
func (Poisson) Name() string { return "poisson" }

func (Poisson) String() string { return "Poisson" }

func (Poisson) exact() bool { return false }

// schedule remembers where it was, so calls in order cost one step each.
func (Poisson) schedule(c course, seed uint64) Schedule {
	var (
		source rand.PCG
		random = rand.New(&source)
		next   uint64        // the arrival that sum belongs to
		sum    float64       // see course
		due    time.Duration // of next: where rounding would make it earlier than the one before, as that
		unit   = c.unit()
	)
	when := func() time.Duration { return time.Duration(min(c.at(sum), math.MaxInt64/2)) }
	restart := func() {
		Seed(&source, seed, 0)
		next, sum = 0, random.ExpFloat64()*unit
		due = when()
	}
	restart()
	return func(i uint64) time.Duration {
		if i < next {
			restart()
		}
		for ; next < i; next++ {
			sum += random.ExpFloat64() * unit
			due = max(due, when())
		}
		return due
	}
}
