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
	for _, c := range []struct {
		name    string
		l       Load
		repeats int
		field   string // empty: it is right
	}{
		{"the longest", Load{Rate: hourly, Duration: MaxTime, WarmUp: MaxTime}, 1, ""},
		{"too long", Load{Rate: hourly, Duration: MaxTime + 1}, 1, "duration"},
		{"the issue's", Load{Rate: hourly, Duration: 2562047 * time.Hour, WarmUp: 2562047 * time.Hour}, 1, "duration"},
		{"warm-up", Load{Workers: 1, Duration: time.Hour, WarmUp: year * 2}, 1, "warm-up"},
		{"think", Load{Workers: 1, Transactions: 1, Think: year * 2}, 1, "think"},
		{"most repeats", Load{Rate: hourly, Duration: MaxTime, WarmUp: MaxTime}, 133, ""},
		{"too many repeats", Load{Rate: hourly, Duration: MaxTime, WarmUp: MaxTime}, 134, "repeat"},
		{"as many as last", Load{Rate: hourly, Transactions: 9601}, 1, ""},
		{"one more", Load{Rate: hourly, Transactions: 9602}, 1, "transactions"},
		{"far more", Load{Rate: hourly, Transactions: math.MaxUint64}, 1, "transactions"},
		{"a duration bounds them", Load{Rate: hourly, Transactions: math.MaxUint64, Duration: time.Hour}, 1, ""},
		{"pauses", Load{Workers: 2, Think: time.Hour, Transactions: 19201}, 1, ""},
		{"more pauses", Load{Workers: 2, Think: time.Hour, Transactions: 19202}, 1, "transactions"},
		{"no pauses", Load{Workers: 2, Transactions: math.MaxUint64}, 1, ""},
		{"one is due", Load{Rate: hourly, Duration: time.Minute}, 1, ""},
		{"none is due", Load{Rate: hourly, Duration: time.Minute, WarmUp: time.Minute}, 1, "rate"},
		{"due at the end", Load{Rate: hourly, Duration: 59 * time.Minute, WarmUp: time.Minute}, 1, "rate"},
		{"due just before", Load{Rate: hourly, Duration: 59*time.Minute + 1, WarmUp: time.Minute}, 1, ""},
		{"by chance", Load{Rate: hourly, Poisson: true, Duration: time.Minute, WarmUp: time.Minute}, 1, ""},
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
