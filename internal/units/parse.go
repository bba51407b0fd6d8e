// Package units reads and writes the values that people write with a unit: a
// duration, a size, a rate, a share.
package units

import (
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"
	"time"
	"unicode"

	"kvbench/internal/suggest"
)

// Error says why a text is not the value it should be.
type Error struct {
	Text string // as it was written
	Want string // what it should be: "a duration"
	Why  string // what is wrong with it; may be empty
	Hint string // what would be right; may be empty
}

func (e *Error) Error() string {
	s := e.Message()
	if e.Hint != "" {
		s += "; " + e.Hint
	}
	return s
}

// Message is the error without the hint.
func (e *Error) Message() string {
	s := fmt.Sprintf("%q is not %s", e.Text, e.Want)
	if e.Why != "" {
		s += ": " + e.Why
	}
	return s
}

const durationHint = "write it like 250ms, 10s, 1m30s or 2h"

// ParseDuration reads a duration in Go's notation ("250ms", "1h30m"), 0 or
// longer.
func ParseDuration(s string) (time.Duration, error) {
	bad := &Error{Text: s, Want: "a duration", Hint: durationHint}
	d, err := time.ParseDuration(s)
	if err == nil && d >= 0 {
		return d, nil
	}
	number, unit := split(s)
	switch {
	case err == nil:
		bad.Why = "it is negative"
	case number != "" && unit == "":
		bad.Why = "it has no unit"
	case number != "" && (unit == "d" || unit == "day" || unit == "days"):
		bad.Why = "the largest unit is the hour"
	}
	return 0, bad
}

// unit is a name for so many of the base unit.
type unit struct {
	name   string
	factor float64
}

var (
	sizes = []unit{
		{"B", 1}, {"kB", 1e3}, {"KiB", 1 << 10}, {"MB", 1e6}, {"MiB", 1 << 20}, {"GB", 1e9}, {"GiB", 1 << 30},
	}
	rates  = []unit{{"/s", 1}, {"/min", 1. / 60}, {"/h", 1. / 3600}}
	shares = []unit{{"%", 0.01}}
)

// meant are units that are not there, and which of rates is meant by them.
func meant(name string) string {
	switch strings.ToLower(name) {
	case "/sec", "/second", "ps":
		return "/s"
	case "/m", "/minute", "pm":
		return "/min"
	case "/hr", "/hour", "ph":
		return "/h"
	}
	return ""
}

// ParseSize reads a size in bytes ("512B", "1KiB", "1.5MB"): a whole number of
// them, 0 or more. k and M are powers of 1000, Ki and Mi of 1024.
func ParseSize(s string) (int, error) {
	bad := &Error{Text: s, Want: "a size", Hint: "write it like 512B, 10KiB or 1MB"}
	n, err := parse(s, sizes, bad)
	if err != nil {
		return 0, err
	}
	if n != math.Trunc(n) {
		bad.Why = "it is not a whole number of bytes"
		return 0, bad
	}
	if n > 1<<53 {
		bad.Why = "it is too large"
		return 0, bad
	}
	return int(n), nil
}

// ParseRate reads a rate in transactions ("200/s", "30/min", "0.5/h"), above 0,
// as a whole number of them in a time.
func ParseRate(s string) (count uint64, per time.Duration, err error) {
	count, per, err = ParseLevel(s)
	if err == nil && count == 0 {
		err = &Error{Text: s, Want: "a rate", Hint: rateHint, Why: "it must be above 0"}
	}
	return count, per, err
}

const rateHint = "write it like 200/s, 30/min or 5/h"

// ParseLevel is ParseRate of a rate that may be 0.
func ParseLevel(s string) (count uint64, per time.Duration, err error) {
	bad := &Error{Text: s, Want: "a rate", Hint: rateHint}
	if n, err := parse(s, rates, bad); err != nil {
		if number, name := split(s); meant(name) != "" {
			bad.Hint = fmt.Sprintf("did you mean %q?", number+meant(name))
		}
		return 0, 0, bad
	} else if n < 0 {
		bad.Why = "it must be above 0"
		return 0, 0, bad
	}
	number, name := split(s)
	for _, u := range rates {
		if u.name == name {
			per = time.Duration(math.Round(float64(time.Second) / u.factor))
		}
	}
	exact, _ := new(big.Rat).SetString(strings.ReplaceAll(number, "_", "")) // a number, as parse has found
	exact.Quo(exact, new(big.Rat).SetInt64(int64(per)))                     // a nanosecond
	if !exact.Num().IsUint64() || !exact.Denom().IsInt64() {
		bad.Why = "it has too many digits"
		return 0, 0, bad
	}
	return exact.Num().Uint64(), time.Duration(exact.Denom().Int64()), nil
}

// ParseShare reads a share written in percent ("0.5%") and returns it as a
// fraction, 0 or more.
func ParseShare(s string) (float64, error) {
	return parse(s, shares, &Error{Text: s, Want: "a share", Hint: "write it like 1% or 0.05%"})
}

// ParseFraction reads a share written in percent ("10%") or as a fraction ("0.1"), and
// returns it as a fraction, 0 or more.
func ParseFraction(s string) (float64, error) {
	number, name := split(s)
	bad := &Error{Text: s, Want: "a share", Hint: "write it like 10% or 0.1"}
	if name == "" {
		return parseNumber(number, bad)
	}
	return parse(s, shares, bad)
}

// ParseNumber reads a decimal number without a sign or an exponent, 0 or more.
// Underscores may stand between digits.
func ParseNumber(s string) (float64, error) {
	bad := &Error{Text: s, Want: "a number", Hint: "write it like 10, 1_000 or 0.25"}
	number, rest := split(s)
	if rest != "" {
		return 0, bad
	}
	return parseNumber(number, bad)
}

// ParseUSD reads an amount of money in US dollars, with or without their sign ("1",
// "$0.25"), 0 or more.
func ParseUSD(s string) (float64, error) {
	usd, err := ParseNumber(strings.TrimPrefix(s, "$"))
	if err != nil || math.IsInf(usd, 0) || math.IsNaN(usd) {
		return 0, &Error{Text: s, Want: "an amount", Why: "want 0 or more, in US dollars", Hint: "write it like 1, 0.25 or $10"}
	}
	return usd, nil
}

func parse(s string, of []unit, bad *Error) (float64, error) {
	number, name := split(s)
	n, err := parseNumber(number, bad)
	if err != nil {
		return 0, err
	}
	names := make([]string, len(of))
	for i, u := range of {
		if u.name == name {
			if u.factor < 1 { // 60/min is exactly 1/s
				return n / math.Round(1/u.factor), nil
			}
			return n * u.factor, nil
		}
		names[i] = u.name
	}
	if name == "" {
		bad.Why = "it has no unit"
	} else {
		bad.Why = fmt.Sprintf("there is no unit %q", name)
		if near := suggest.Nearest(name, names); near != "" {
			bad.Hint = fmt.Sprintf("did you mean %q?", near)
		}
	}
	return 0, bad
}

// split cuts s where its number ends.
func split(s string) (number, rest string) {
	end := strings.IndexFunc(s, func(r rune) bool {
		return !unicode.In(r, unicode.Nd) && r != '.' && r != '_'
	})
	if end < 0 {
		end = len(s)
	}
	return s[:end], s[end:]
}

func parseNumber(s string, bad *Error) (float64, error) {
	if s == "" || s[0] == '_' || s[len(s)-1] == '_' || strings.Contains(s, "__") ||
		strings.Contains(s, "_.") || strings.Contains(s, "._") {
		return 0, bad
	}
	n, err := strconv.ParseFloat(strings.ReplaceAll(s, "_", ""), 64)
	if err != nil {
		return 0, bad // only too large a number, or two points, get here
	}
	return n, nil
}
