package load

import (
	"fmt"
	"time"
)

// Open is an open loop: transactions are due on a clock, whether or not those before
// them have ended.
type Open struct {
	Profile  Profile // the rate over time
	Arrivals Arrivals
	// MaxInFlight is the most transactions that run at once; zero sets no bound. What
	// the bound holds back is timed from when it was due.
	MaxInFlight int
}

// Profile is a rate over time: a Rate that stays, or Stages.
type Profile interface {
	fmt.Stringer
	// Mean is the rate a second over the measured time, Peak the highest.
	Mean() float64
	Peak() float64
	// At is the rate a second at a time since measuring began; before that, the warm-up's.
	At(t time.Duration) float64
	// course is the rate from the beginning of a load that is not measured for so long.
	course(warmUp time.Duration) course
	// check refuses what is not right in the times of a load.
	check(l Load, a Arrivals) *BoundError
	planned(transactions uint64) (last time.Duration, ok bool)
	lasting(of, to time.Duration) Profile
}

// course is a rate from the beginning of a load.
type course interface {
	// when is when transaction i of constant arrivals is due: the last time at which the
	// integral of the rate is i, rounded down; the longest duration there is where it
	// never comes so far.
	when(i uint64) time.Duration
	// unit is what a step of a process is multiplied with that at takes the sum of; at
	// is the time in nanoseconds then. So a steady rate needs no inverse.
	unit() float64
	at(sum float64) float64
}

// Arrivals is how the transactions of a rate are spread: Constant or Poisson.
type Arrivals interface {
	// Name is as in a scenario file.
	Name() string
	schedule(c course, seed uint64) Schedule
	// exact says that how many are due follows from the rate alone.
	exact() bool
}

// AllArrivals are all there are, the default first.
func AllArrivals() []Arrivals { return []Arrivals{Constant{}, Poisson{}} }

// Schedule says when transaction i is due, counted from the start of the load.
// The same i always gives the same answer. It is not for concurrent use.
type Schedule func(i uint64) time.Duration

// Schedule returns when the transactions are due of a load that runs for so long before
// it is measured.
func (o Open) Schedule(seed uint64, warmUp time.Duration) Schedule {
	return o.Arrivals.schedule(o.Profile.course(warmUp), seed)
}

func (o Open) String() string {
	text := fmt.Sprintf("open loop, %v %s", o.Profile, o.Arrivals)
	if o.MaxInFlight > 0 {
		text += fmt.Sprintf(", at most %d in flight", o.MaxInFlight)
	}
	return text
}

// Mean implements Shape.
func (o Open) Mean(float64) float64 { return o.Profile.Mean() }

// Most implements Shape.
func (o Open) Most() float64 {
	if o.Arrivals.exact() {
		return o.Profile.Peak()
	}
	return 2 * o.Profile.Peak() // by chance they may be a few more than planned
}

// AtOnce implements Shape.
func (o Open) AtOnce(service float64) float64 {
	running := 1 + o.Profile.Peak()*service
	if o.MaxInFlight > 0 {
		running = min(running, float64(o.MaxInFlight))
	}
	return running
}

func (o Open) planned(transactions uint64) (time.Duration, bool) {
	return o.Profile.planned(transactions)
}

func (o Open) check(l Load) *BoundError { return o.Profile.check(l, o.Arrivals) }

func (o Open) lasting(of, to time.Duration) Shape {
	o.Profile = o.Profile.lasting(of, to)
	return o
}
