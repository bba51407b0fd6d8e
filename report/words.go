package report

import (
	"fmt"
	"slices"
	"strings"

	"kvbench/internal/record"
)

// names lists some of all variants: by name up to three, all but one or two by
// those, and else by their number.
func names(some, all []*Variant) string {
	var others []string
	var text []string
	for _, v := range all {
		if slices.Contains(some, v) {
			text = append(text, v.Name)
		} else {
			others = append(others, v.Name)
		}
	}
	switch {
	case len(some) <= 3:
		return enumerate(text)
	case len(others) == 0:
		return "all variants"
	case len(others) <= 2:
		return "all but " + enumerate(others)
	}
	return fmt.Sprintf("%d of %d variants", len(some), len(all))
}

// are is the names of some of all variants, and the verb.
func are(some, all []*Variant) string {
	if len(some) == 1 {
		return some[0].Name + " is"
	}
	return names(some, all) + " are"
}

// enumerate joins words to "a", "a and b", "a, b and c".
func enumerate(words []string) string {
	last := len(words) - 1
	if last < 1 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:last], ", ") + " and " + words[last]
}

// capitalised is a word of ASCII with a capital, to begin a sentence.
func capitalised(word string) string { return strings.ToUpper(word[:1]) + word[1:] }

// times and part write a ratio and a fraction to two digits, as suits a
// sentence; nanoseconds writes a duration.
func times(ratio float64) string    { return digits(ratio, 2) + "×" }
func part(fraction float64) string  { return digits(100*fraction, 2) + " %" }
func nanoseconds(ns float64) string { return duration(int64(ns)) }

// seriesNames lists series by their names.
func seriesNames(series []record.Series) string {
	text := make([]string, len(series))
	for i, m := range series {
		text[i] = m.Name
	}
	return strings.Join(text, ", ")
}

// orNone is a share in a sentence.
func orNone(share float64) string {
	if share == 0 {
		return "none"
	}
	return percent(share)
}
