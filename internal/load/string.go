package load

import (
	"fmt"
	"strings"
	"time"
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
			parts = append(parts, fmt.Sprintf("think time %v", short(l.Think)))
		}
	}
	if l.Duration > 0 {
		parts = append(parts, fmt.Sprintf("for %v", short(l.Duration)))
	}
	if l.Transactions > 0 {
		parts = append(parts, fmt.Sprintf("%d transactions", l.Transactions))
	}
	if l.WarmUp > 0 {
		parts = append(parts, fmt.Sprintf("after a warm-up of %v", short(l.WarmUp)))
	}
	return strings.Join(parts, ", ")
}

// short is d without the zeros that Duration.String ends with: 10m, not 10m0s.
func short(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}
