package load

import (
	"math"
	"math/rand/v2"
	"time"
)

// Schedule says when transaction i is due, counted from the start of the load.
// The same i always gives the same answer. It is not for concurrent use.
type Schedule func(i uint64) time.Duration

// Schedule returns the schedule of an open loop, or nil for a closed one.
func (l Load) Schedule(seed uint64) Schedule {
	switch {
	case l.Rate.IsZero():
		return nil
	case l.Poisson:
		return poisson(l.Rate, seed)
	}
	return l.Rate.at
}

// poisson returns a Poisson process: exponential gaps of mean 1/rate. It
// remembers where it was, so calls in order cost one step each.
func poisson(rate Rate, seed uint64) Schedule {
	var (
		source rand.PCG
		random = rand.New(&source)
		next   uint64  // the arrival that at belongs to
		at     float64 // nanoseconds
	)
	mean := float64(rate.Per) / float64(rate.Count)
	restart := func() {
		Seed(&source, seed, 0)
		next, at = 0, random.ExpFloat64()*mean
	}
	restart()
	return func(i uint64) time.Duration {
		if i < next {
			restart()
		}
		for ; next < i; next++ {
			at += random.ExpFloat64() * mean
		}
		return time.Duration(min(at, math.MaxInt64/2))
	}
}

// Seed seeds a source for transaction i of a run, so that neighbouring
// transactions have nothing in common.
func Seed(source *rand.PCG, seed, i uint64) {
	source.Seed(Mix(seed^Mix(i)), Mix(i+0x9e3779b97f4a7c15))
}

// Mix scatters the bits of x: the finaliser of SplitMix64 (Steele, Lea and
// Flood 2014). It is a bijection.
func Mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
