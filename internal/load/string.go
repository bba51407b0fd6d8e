package load

import (
	"fmt"
	"strings"

	"kvbench/internal/units"
)

// String describes the load in a phrase.
func (l Load) String() string {
	var parts []string
	if !l.Rate.IsZero() {
		arrivals := "constant"
		if l.Poisson {
			arrivals = "Poisson"
		}
		parts = append(parts, fmt.Sprintf("open loop, %v %s", l.Rate, arrivals))
		if l.MaxInFlight > 0 {
			parts = append(parts, fmt.Sprintf("at most %d in flight", l.MaxInFlight))
		}
	} else {
		parts = append(parts, fmt.Sprintf("closed loop, %d workers", l.Workers))
		if l.Think > 0 {
			parts = append(parts, fmt.Sprintf("think time %v", units.ShortDuration(l.Think)))
		}
	}
	if l.Duration > 0 {
		parts = append(parts, fmt.Sprintf("for %v", units.ShortDuration(l.Duration)))
	}
	if l.Transactions > 0 {
		parts = append(parts, fmt.Sprintf("%d transactions", l.Transactions))
	}
	if l.WarmUp > 0 {
		parts = append(parts, fmt.Sprintf("after a warm-up of %v", units.ShortDuration(l.WarmUp)))
	}
	return strings.Join(parts, ", ")
}
