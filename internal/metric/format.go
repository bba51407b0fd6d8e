package metric

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// Format writes a value of a unit for people, to three digits: "411 ms", "1.5 KiB",
// "2.4%", "12.3k", "$1.49".
func (u Unit) Format(v float64) string {
	switch u {
	case Time:
		return FormatTime(v)
	case Size:
		return FormatSize(v)
	case Share:
		return FormatShare(v)
	case Percent:
		return FormatCount(v) + "%"
	case Money:
		return FormatMoney(v)
	case PerSecond:
		return FormatRate(v)
	}
	return FormatCount(v)
}

// FormatRate writes a rate a second: "512/s", and where it is below one a minute's or an
// hour's: "30/min".
func FormatRate(v float64) string {
	switch {
	case v >= 1 || v == 0:
		return Digits(v, 4) + "/s"
	case v*60 >= 1:
		return Digits(v*60, 4) + "/min"
	}
	return Digits(v*3600, 4) + "/h"
}

// Apart writes two values of a unit that are not the same so that they read differently,
// with up to three digits more where it takes them: "$0.902" and "$0.905".
func (u Unit) Apart(a, b float64) (string, string) {
	x, y := u.Format(a), u.Format(b)
	for more := 1; more <= 3 && x == y && a != b; more++ {
		switch u {
		case Time:
			x, y = formatTime(a, 3+more), formatTime(b, 3+more)
		case Money:
			x, y = "$"+strconv.FormatFloat(a, 'f', 2+more, 64), "$"+strconv.FormatFloat(b, 'f', 2+more, 64)
		default:
			return x, y
		}
	}
	return x, y
}

// FormatTime writes nanoseconds: "0 s", "340 ns", "1.2 ms", "61 s", "5.2 min", "3.4 h".
func FormatTime(ns float64) string { return formatTime(ns, 3) }

func formatTime(ns float64, digits int) string {
	if ns == 0 {
		return "0 s"
	}
	if ns < 0 {
		return "-" + formatTime(-ns, digits)
	}
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
		if ns/float64(u.unit) < u.below {
			return Digits(ns/float64(u.unit), digits) + " " + u.name
		}
	}
	return None // it is no number
}

// FormatCount writes a number, with k, M and G for large ones.
func FormatCount(v float64) string {
	switch size := math.Abs(v); {
	case size >= 999.5e6:
		return Digits(v/1e9, 3) + "G"
	case size >= 999.5e3:
		return Digits(v/1e6, 3) + "M"
	case size >= 9999.5:
		return Digits(v/1e3, 3) + "k"
	}
	return Digits(v, 3)
}

// FormatSize writes a number of bytes: "512 B", "1.5 KiB".
func FormatSize(v float64) string {
	for _, u := range []string{"B", "KiB", "MiB"} {
		if v < 1023.5 {
			return Digits(v, 3) + " " + u
		}
		v /= 1024
	}
	return Digits(v, 3) + " GiB"
}

// FormatShare writes a fraction in percent: "0%", "0.012%", "2.4%", "100%". Only
// nothing is 0% and only all is 100%.
func FormatShare(share float64) string {
	switch {
	case share == 0:
		return "0%"
	case 0 < share && share < 0.0001:
		return "<0.01%"
	case share < 1 && share > 0.999:
		return ">99.9%"
	}
	return Digits(100*share, 2+min(1, int(math.Abs(share)*10))) + "%"
}

// FormatMoney writes an amount of US dollars: cents, and below a cent two significant
// digits, so that only nothing reads as zero: "$0", "$0.000001", "$12.50".
func FormatMoney(usd float64) string {
	switch size := math.Abs(usd); {
	case usd < 0:
		return "-" + FormatMoney(size)
	case size == 0:
		return "$0"
	case size < 0.01:
		text := strconv.FormatFloat(size, 'f', 1-int(math.Floor(math.Log10(size))), 64)
		return "$" + strings.TrimRight(text, "0")
	}
	return "$" + strconv.FormatFloat(usd, 'f', 2, 64)
}

// FormatChange writes a ratio as a change in percent, from three times on as a factor:
// "+5%", "−50%", "3×".
func FormatChange(ratio float64) string {
	switch change := 100 * (ratio - 1); {
	case ratio >= 3:
		return Digits(ratio, 2) + "×"
	case math.Abs(change) < 0.05:
		return "0%"
	case change < 0:
		return "−" + Digits(-change, 2) + "%"
	default:
		return "+" + Digits(change, 2) + "%"
	}
}

// Digits writes v to n significant digits without trailing zeros; whole numbers keep
// all of theirs.
func Digits(v float64, n int) string {
	switch {
	case v == 0:
		return "0"
	case !Of(v).Known():
		return None
	}
	decimals := max(0, n-1-int(math.Floor(math.Log10(math.Abs(v)))))
	s := strconv.FormatFloat(v, 'f', decimals, 64)
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	return s
}

// Grouped writes a whole number with commas.
func Grouped(n uint64) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
