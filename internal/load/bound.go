package load

import (
	"fmt"
	"math"
	"time"

	"kvbench/internal/units"
)

// MaxTime bounds the measured time, and the warm-up before it: 400 days each, as
// long a time as a latency or an age can be told apart.
const MaxTime = 400 * 24 * time.Hour

// MinTime is the shortest measured time, that of a scenario file too, and of a stage:
// what is shorter holds hardly a call.
const MinTime = time.Millisecond

// BoundError says which field of a load, by its name in a scenario file, plans
// more than can be run, or nothing.
type BoundError struct {
	Field   string
	Message string
	Hint    string // what would be right
}

func (e *BoundError) Error() string { return e.Message + "; " + e.Hint }

func tooLong(field string, d time.Duration) *BoundError {
	return &BoundError{
		field, fmt.Sprintf("a %s of %v is too long", field, units.ShortDuration(d)),
		fmt.Sprintf("it may be at most %v, which is 400 days", units.ShortDuration(MaxTime)),
	}
}

// Check refuses a load that plans a time beyond MaxTime, so many repeats of one
// that together are longer than a time.Duration, and one in whose measured time no
// transaction is due. Its error is a *BoundError.
func (l Load) Check(repeats int) error {
	for _, f := range []struct {
		name string
		d    time.Duration
	}{{"duration", l.Duration}, {"warm-up", l.WarmUp}} {
		if f.d > MaxTime || f.d < 0 {
			if f.name == "duration" && l.Stages() != nil {
				return &BoundError{"stages", fmt.Sprintf("the stages last longer than %v in all", units.ShortDuration(MaxTime)), "make them shorter"}
			}
			return tooLong(f.name, f.d)
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
	if bad := l.Shape.check(l); bad != nil {
		return bad
	}
	return nil
}

// planned is how long the measured time is by the plan: what its duration says, and
// its transactions where they end it. Where neither tells it is 0, as in a closed
// loop of so many transactions without a pause.
func (l Load) planned() time.Duration {
	if l.Transactions == 0 {
		return l.Duration
	}
	switch n, told := l.Shape.planned(l.Transactions); {
	case !told:
		return l.Duration
	case l.Duration > 0:
		return min(l.Duration, n)
	default:
		return n
	}
}

// pace says in words how transactions follow each other.
func (l Load) pace() string {
	if c, closed := l.Closed(); closed {
		return c.pace()
	}
	return fmt.Sprintf("at %v", l.Shape.(Open).Profile)
}
