package units

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// FormatNumber writes a number with three significant digits, or all of the
// whole number's.
func FormatNumber(n float64) string {
	if n >= 1000 || n <= -1000 || n == float64(int64(n)) {
		return strconv.FormatFloat(n, 'f', 0, 64)
	}
	return strconv.FormatFloat(n, 'g', 3, 64)
}

// FormatDuration writes nanoseconds with three significant digits and the unit
// that suits them: "1.23ms", "12.3s", "1h23m0s".
func FormatDuration(ns float64) string {
	d := time.Duration(ns)
	for unit := time.Duration(1); unit < time.Minute; unit *= 10 {
		if d.Abs() < 1000*unit {
			return d.Round(unit).String()
		}
	}
	return d.Round(time.Second).String()
}

// ShortDuration writes a duration exactly, without the zeros that its String ends with:
// "10m", not "10m0s".
func ShortDuration(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

// FormatSize writes a size in bytes: "512B", "1.5KiB".
func FormatSize(bytes float64) string {
	of := []unit{{"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}}
	for _, u := range of {
		if bytes >= u.factor {
			return FormatNumber(bytes/u.factor) + u.name
		}
	}
	return FormatNumber(bytes) + "B"
}

// FormatShare writes a fraction in percent: "0.12%".
func FormatShare(fraction float64) string { return FormatNumber(fraction*100) + "%" }

// FormatUSD writes an amount of money in US dollars: cents, and below a cent two
// significant digits, so that only nothing reads as zero: "$0", "$0.000001", "$12.50".
func FormatUSD(usd float64) string {
	switch size := math.Abs(usd); {
	case usd < 0:
		return "-" + FormatUSD(size)
	case size == 0:
		return "$0"
	case size < 0.01:
		text := strconv.FormatFloat(size, 'f', 1-int(math.Floor(math.Log10(size))), 64)
		return "$" + strings.TrimRight(text, "0")
	}
	return "$" + strconv.FormatFloat(usd, 'f', 2, 64)
}
