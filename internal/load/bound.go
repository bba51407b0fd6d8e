package load

import (
	"fmt"
	"math"
	"math/bits"
	"time"

	"kvbench/internal/units"
)

// MaxTime bounds the measured time, and the warm-up before it: 400 days each, as
// long a time as a latency or an age can be told apart.
const MaxTime = 400 * 24 * time.Hour

// MinTime is the shortest measured time, that of a scenario file too: what is shorter
// holds hardly a call.
const MinTime = time.Millisecond

// BoundError says which field of a load, by its name in a scenario file, plans
// more than can be run, or nothing.
type BoundError struct {
	Field   string
	Message string
	Hint    string // what would be right
}

func (e *BoundError) Error() string { return e.Message + "; " + e.Hint }

// Check refuses a load that plans a time beyond MaxTime, so many repeats of one
// that together are longer than a time.Duration, and one in whose measured time no
// transaction is due. Its error is a *BoundError.
func (l Load) Check(repeats int) error {
	for _, f := range []struct {
		name string
		d    time.Duration
	}{{"duration", l.Duration}, {"warm-up", l.WarmUp}, {"think", l.Think}} {
		if f.d > MaxTime || f.d < 0 {
			return &BoundError{
				f.name, fmt.Sprintf("a %s of %v is too long", f.name, units.ShortDuration(f.d)),
				fmt.Sprintf("it may be at most %v, which is 400 days", units.ShortDuration(MaxTime)),
			}
		}
	}
	planned := l.planned()
	if planned > MaxTime {
		return &BoundError{
			"transactions", fmt.Sprintf("%d transactions %s take longer than %v", l.Transactions, l.pace(), units.ShortDuration(MaxTime)),
			"ask for fewer, or bound them by a duration",
		}
	}
	if once := l.WarmUp + planned; once > 0 && time.Duration(max(repeats, 1)) > math.MaxInt64/once {
		return &BoundError{
			"repeat", fmt.Sprintf("%d repeats of %v are longer than %d years", repeats, units.ShortDuration(once), math.MaxInt64/(365*24*time.Hour)),
			fmt.Sprintf("ask for at most %d", math.MaxInt64/once),
		}
	}
	if !l.Rate.IsZero() && !l.Poisson && l.Duration > 0 {
		if first := l.Rate.at(l.Rate.from(l.WarmUp)); first >= l.WarmUp+l.Duration {
			return &BoundError{
				"rate", fmt.Sprintf("at %v no transaction is due in the measured time of %v after a warm-up of %v",
					l.Rate, units.ShortDuration(l.Duration), units.ShortDuration(l.WarmUp)),
				fmt.Sprintf("measure for longer than %v, or at a higher rate", units.ShortDuration(first-l.WarmUp)),
			}
		}
	}
	return nil
}

// planned is how long the measured time is by the plan: what its duration says, and
// its transactions where they end it. Where neither tells it is 0, as in a closed
// loop of so many transactions without a pause.
func (l Load) planned() time.Duration {
	d := l.Duration
	if l.Transactions == 0 {
		return d
	}
	var n time.Duration
	switch {
	case !l.Rate.IsZero():
		n = l.Rate.at(l.Transactions - 1)
	case l.Think > 0:
		n = Rate{Count: uint64(max(l.Workers, 1)), Per: l.Think}.at(l.Transactions - 1)
	default:
		return d
	}
	if d > 0 {
		return min(d, n)
	}
	return n
}

// pace says in words how transactions follow each other.
func (l Load) pace() string {
	if l.Rate.IsZero() {
		return fmt.Sprintf("of %d workers that pause for %v after each", max(l.Workers, 1), units.ShortDuration(l.Think))
	}
	return "at " + l.Rate.String()
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
