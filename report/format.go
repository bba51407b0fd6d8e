package report

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"kvbench/internal/metric"
	"kvbench/internal/units"
)

// value formats a value in its unit to three digits.
func value(v float64, unit string) string {
	switch unit {
	case "ns":
		return duration(int64(v))
	case "bytes":
		return size(v)
	case "percent":
		return number(v) + " %"
	}
	return number(v)
}

// duration formats nanoseconds to three digits: "340 ns", "1.2 ms", "61 s",
// "5.2 min", "3.4 h".
func duration(ns int64) string {
	v := float64(ns)
	for _, u := range []struct {
		name  string
		below float64
		unit  time.Duration
	}{
		{"ns", 999.5, time.Nanosecond},
		{"µs", 999.5, time.Microsecond},
		{"ms", 999.5, time.Millisecond},
		{"s", 119.5, time.Second},
		{"min", 119.5, time.Minute},
		{"h", math.Inf(1), time.Hour},
	} {
		if v/float64(u.unit) < u.below {
			return digits(v/float64(u.unit), 3) + " " + u.name
		}
	}
	return ""
}

// number formats a number to three digits, with k, M and G for large ones.
func number(v float64) string {
	switch {
	case v >= 999.5e6:
		return digits(v/1e9, 3) + "G"
	case v >= 999.5e3:
		return digits(v/1e6, 3) + "M"
	case v >= 9999.5:
		return digits(v/1e3, 3) + "k"
	}
	return digits(v, 3)
}

// size formats a number of bytes.
func size(v float64) string {
	for _, u := range []string{"B", "KiB", "MiB"} {
		if v < 1023.5 {
			return digits(v, 3) + " " + u
		}
		v /= 1024
	}
	return digits(v, 3) + " GiB"
}

// percent formats a share: "0", "0.012 %", "2.4 %", "100 %". Only nothing is 0
// and only all is 100.
func percent(share float64) string {
	switch {
	case share == 0:
		return "0"
	case share < 0.0001:
		return "<0.01 %"
	case share < 1 && share > 0.999:
		return ">99.9 %"
	}
	return digits(100*share, 2+min(1, int(share*10))) + " %"
}

// dollars formats an amount of money.
func dollars(v float64) string { return units.FormatUSD(v) }

// digits formats v to n significant digits without trailing zeros; whole
// numbers keep all of theirs.
func digits(v float64, n int) string {
	switch {
	case v == 0:
		return "0"
	case !metric.Of(v).Known():
		return metric.None
	}
	decimals := max(0, n-1-int(math.Floor(math.Log10(math.Abs(v)))))
	s := strconv.FormatFloat(v, 'f', decimals, 64)
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	return s
}

// grouped formats a whole number with commas.
func grouped(n uint64) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
