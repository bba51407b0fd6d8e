package load

import (
	"errors"
	"math"
	"testing"
	"time"
)

// What a load plans is bounded before it runs; nothing overflows on the way.
func TestCheck(t *testing.T) {
	const year = 365 * 24 * time.Hour
	hourly := Rate{Count: 1, Per: time.Hour}
	constant := Open{Profile: hourly, Arrivals: Constant{}}
	for _, c := range []struct {
		name    string
		l       Load
		repeats int
		field   string // empty: it is right
	}{
		{"the longest", Load{Shape: constant, Duration: MaxTime, WarmUp: MaxTime}, 1, ""},
		{"too long", Load{Shape: constant, Duration: MaxTime + 1}, 1, "duration"},
		{"the issue's", Load{Shape: constant, Duration: 2562047 * time.Hour, WarmUp: 2562047 * time.Hour}, 1, "duration"},
		{"warm-up", Load{Shape: Closed{Workers: 1}, Duration: time.Hour, WarmUp: year * 2}, 1, "warm-up"},
		{"think", Load{Shape: Closed{Workers: 1, Think: year * 2}, Transactions: 1}, 1, "think"},
		{"most repeats", Load{Shape: constant, Duration: MaxTime, WarmUp: MaxTime}, 133, ""},
		{"too many repeats", Load{Shape: constant, Duration: MaxTime, WarmUp: MaxTime}, 134, "repeat"},
		{"as many as last", Load{Shape: constant, Transactions: 9601}, 1, ""},
		{"one more", Load{Shape: constant, Transactions: 9602}, 1, "transactions"},
		{"far more", Load{Shape: constant, Transactions: math.MaxUint64}, 1, "transactions"},
		{"a duration bounds them", Load{Shape: constant, Transactions: math.MaxUint64, Duration: time.Hour}, 1, ""},
		{"pauses", Load{Shape: Closed{Workers: 2, Think: time.Hour}, Transactions: 19201}, 1, ""},
		{"more pauses", Load{Shape: Closed{Workers: 2, Think: time.Hour}, Transactions: 19202}, 1, "transactions"},
		{"no pauses", Load{Shape: Closed{Workers: 2}, Transactions: math.MaxUint64}, 1, ""},
		{"one is due", Load{Shape: constant, Duration: time.Minute}, 1, ""},
		{"none is due", Load{Shape: constant, Duration: time.Minute, WarmUp: time.Minute}, 1, "rate"},
		{"due at the end", Load{Shape: constant, Duration: 59 * time.Minute, WarmUp: time.Minute}, 1, "rate"},
		{"due just before", Load{Shape: constant, Duration: 59*time.Minute + 1, WarmUp: time.Minute}, 1, ""},
		{"by chance", Load{Shape: Open{Profile: hourly, Arrivals: Poisson{}}, Duration: time.Minute, WarmUp: time.Minute}, 1, ""},
	} {
		err := c.l.Check(c.repeats)
		var bad *BoundError
		switch errors.As(err, &bad); {
		case bad == nil && c.field != "":
			t.Errorf("%s: taken", c.name)
		case bad != nil && (bad.Field != c.field || bad.Message == "" || bad.Hint == ""):
			t.Errorf("%s: %s: %v", c.name, bad.Field, err)
		}
	}
}

// The first arrival from a time on is the first that is due then, also where the
// times are rounded.
func TestFrom(t *testing.T) {
	for _, r := range []Rate{PerSecond(3), PerSecond(29), {Count: 7, Per: time.Minute}, {Count: 1, Per: time.Hour}} {
		for _, at := range []time.Duration{0, 1, time.Second, time.Second + 1, 59 * time.Second, time.Minute, MaxTime} {
			i := r.from(at)
			if r.at(i) < at || i > 0 && r.at(i-1) >= at {
				t.Errorf("%v from %v: arrival %d at %v", r, at, i, r.at(i))
			}
		}
	}
}

// Runs of neighbouring seeds share no repeat but the first of their own, and a
// store never draws from a transaction's seed.
func TestRepeatSeeds(t *testing.T) {
	seen := map[uint64]bool{}
	for seed := range uint64(200) {
		for repeat := range 50 {
			s := RepeatSeed(seed, repeat)
			if repeat == 0 && s != seed {
				t.Errorf("repeat 0 of seed %d runs %d", seed, s)
			}
			for _, drawn := range []uint64{s, StoreSeed(s)} {
				if seen[drawn] {
					t.Fatalf("seed %d, repeat %d: %d is drawn from twice", seed, repeat, drawn)
				}
				seen[drawn] = true
			}
		}
	}
}
