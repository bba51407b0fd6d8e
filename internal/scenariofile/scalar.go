package scenariofile

import (
	"encoding"
	"reflect"
	"strconv"
	"strings"
	"time"

	"kvbench/internal/load"
	"kvbench/internal/quantile"
	"kvbench/internal/suggest"
	"kvbench/internal/units"
)

// share is a part of something, written in percent: 1 would be 100% to one reader and 1% to
// another. A float64 is one too, written 10% or 0.1.
type share float64

// scalarParser reads the single values of one type.
type scalarParser struct {
	want  string // what a value is: "a duration"
	plain bool   // it must not be quoted
	parse func(string) (any, error)
}

// parserOf returns the parser of a type; nil when its values are not single.
func parserOf(t reflect.Type) *scalarParser {
	switch t {
	case reflect.TypeFor[time.Duration]():
		return &scalarParser{"a duration", false, parseAs(units.ParseDuration)}
	case reflect.TypeFor[load.Rate]():
		return &scalarParser{"a rate", false, parseAs(parseRate)}
	case reflect.TypeFor[level]():
		return &scalarParser{"a rate", false, parseAs(parseLevel)}
	case reflect.TypeFor[share]():
		return &scalarParser{"a share", false, parseAs(units.ParseShare)}
	case reflect.TypeFor[load.Size]():
		return &scalarParser{"a size", false, parseAs(ParseSize)}
	case reflect.TypeFor[load.Distribution]():
		return &scalarParser{"a distribution", false, parseAs(ParseDistribution)}
	}
	if reflect.PointerTo(t).Implements(reflect.TypeFor[encoding.TextUnmarshaler]()) {
		return &scalarParser{"a single value", false, func(s string) (any, error) {
			v := reflect.New(t)
			err := v.Interface().(encoding.TextUnmarshaler).UnmarshalText([]byte(s))
			return v.Elem().Interface(), err
		}}
	}
	switch t.Kind() {
	case reflect.String:
		return &scalarParser{"a text", false, func(s string) (any, error) { return s, nil }}
	case reflect.Bool:
		return &scalarParser{"true or false", true, parseAs(parseBool)}
	case reflect.Int:
		return &scalarParser{"a whole number", true, parseAs(parseWhole[int])}
	case reflect.Uint64:
		return &scalarParser{"a whole number", true, parseAs(parseWhole[uint64])}
	case reflect.Float64:
		return &scalarParser{"a share", false, parseAs(units.ParseFraction)}
	}
	return nil
}

func parseAs[T any](parse func(string) (T, error)) func(string) (any, error) {
	return func(s string) (any, error) { return parse(s) }
}

func parseRate(s string) (load.Rate, error) {
	count, per, err := units.ParseRate(s)
	return load.Rate{Count: count, Per: per}, err
}

func parseBool(s string) (bool, error) {
	if s == "true" || s == "false" {
		return s == "true", nil
	}
	return false, &units.Error{Text: s, Want: "true or false"}
}

// parseWhole reads a whole number, 0 or more, in decimal digits; underscores
// may stand between them.
func parseWhole[T int | uint64](s string) (T, error) {
	bad := &units.Error{Text: s, Want: "a whole number", Hint: "write it like 1000 or 1_000"}
	if strings.Trim(s, "_") != s || strings.Contains(s, "__") || strings.Trim(s, "0123456789_") != "" {
		return 0, bad
	}
	n, err := strconv.ParseUint(strings.ReplaceAll(s, "_", ""), 10, 64)
	if err != nil || T(n) < 0 {
		return 0, bad
	}
	return T(n), nil
}

// maxDuration bounds every duration of a file that has no bound of its own, so that no
// sum of a few of them and a time of a run overflows: ten years.
const maxDuration = "87600h"

// maxLatency bounds the times of a distribution: a transaction may draw thousands of them.
const maxLatency = 24 * time.Hour

// check holds a value against the tag of its field.
func (p *scalarParser) check(text string, value any, tag reflect.StructTag) error {
	if tag.Get("required") != "" && strings.TrimSpace(text) == "" {
		return &units.Error{Text: text, Want: p.want, Why: "it is empty"}
	}
	if words, ok := tag.Lookup("oneof"); ok {
		known := strings.Split(words, ",")
		for _, w := range known {
			if w == text {
				return nil
			}
		}
		hint := suggest.Mean(text, "write one of", known)
		return &units.Error{Text: text, Want: "known here", Hint: hint}
	}
	low, high := bounds(reflect.TypeOf(value), tag)
	if low != "" && numberOf(value) < numberOf(p.must(low)) || high != "" && numberOf(value) > numberOf(p.must(high)) {
		hint := "at least " + low
		switch {
		case low != "" && high != "":
			hint = "between " + low + " and " + high
		case high != "":
			hint = "at most " + high
		}
		return &units.Error{Text: text, Want: "in range", Hint: "it may be " + hint}
	}
	return nil
}

// must parses what a tag holds.
func (p *scalarParser) must(s string) any {
	v, err := p.parse(s)
	if err != nil {
		panic("scenarios: a struct tag is wrong: " + err.Error())
	}
	return v
}

// numberOf is what a value is compared by.
func numberOf(v any) float64 {
	switch x := v.(type) {
	case load.Rate:
		return x.PerSecond()
	case level:
		return x.rate().PerSecond()
	case load.Size:
		return float64(x.Max)
	case quantile.Dist:
		return float64(x.Max())
	}
	switch r := reflect.ValueOf(v); {
	case r.CanInt():
		return float64(r.Int())
	case r.CanUint():
		return float64(r.Uint())
	default:
		return r.Float()
	}
}
