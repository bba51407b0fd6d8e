package table

import (
	"fmt"
	"strings"

	"kvbench/internal/answer"
	"kvbench/internal/find"
	"kvbench/internal/metric"
	"kvbench/internal/result"
)

// groupRate is the heading of what a search found.
const groupRate = "Highest rate"

// Rates is what a search found of each variant; it has no columns where there is no search.
func Rates(s *answer.Scenario) Table {
	of := map[string]*find.Found{}
	for _, f := range s.Found {
		of[f.Variant] = f
	}
	if len(of) == 0 {
		return Table{}
	}
	value := func(get func(*find.Found) metric.Quantity) func(*result.Variant) metric.Quantity {
		return func(v *result.Variant) metric.Quantity { return get(of[v.Base]) }
	}
	// A word of a variant is a number that stands for it.
	word := func(name, doc string, get func(*find.Found) string) Column {
		var words []string
		return Column{
			Group: groupRate, Name: name, Doc: doc, Decides: true,
			Value: func(v *result.Variant) metric.Quantity {
				text := get(of[v.Base])
				if text == "" {
					return metric.Quantity{}
				}
				words = append(words, text)
				return metric.Of(float64(len(words) - 1))
			},
			Text: func(i float64) string { return words[int(i)] },
		}
	}
	most := Column{
		Group: groupRate, Name: "max rate", Better: metric.Higher, Text: metric.FormatRate, Decides: true,
		Value: value(func(f *find.Found) metric.Quantity { return f.Rate }),
		Doc:   "The highest arrival rate at which the promise was kept: " + strings.Join(s.Def.Find.While, ", ") + ".",
	}
	lower := Column{
		Group: groupRate, Name: "kept for sure", Text: metric.FormatRate, Decides: true,
		Value: value(func(f *find.Found) metric.Quantity { return f.Lower }),
		Doc:   "The highest rate up to it at which the 99% interval of what is promised lies within the promise.",
	}
	upper := Column{
		Group: groupRate, Name: "broken for sure", Text: metric.FormatRate, Decides: true,
		Value: value(func(f *find.Found) metric.Quantity { return f.Upper }),
		Doc:   "The lowest rate above it at which that interval lies beyond the promise.",
	}
	t := ofVariants(s, found(s), []Column{
		most, lower, upper,
		word("confirmed", "Whether the promise was kept at it with random seeds that the search had not used.", func(f *find.Found) string {
			switch {
			case f.At == nil:
				return ""
			case f.Confirmed:
				return "yes"
			}
			return "no"
		}),
		word("beyond it", "What of the promise is broken at the lowest rate at which it is.", func(f *find.Found) string {
			if f.Beyond == nil {
				return ""
			}
			return fmt.Sprintf("%s at %s", f.Beyond.Breaks(), metric.FormatRate(f.Beyond.Rate))
		}),
	})
	return t
}

// found are the variants that a search found.
func found(s *answer.Scenario) (out []*result.Variant) {
	for _, v := range ordered(s) {
		if v.Found() {
			out = append(out, v)
		}
	}
	return out
}
