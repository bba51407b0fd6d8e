package table

import (
	"fmt"
	"strings"

	"kvbench/internal/metric"
	"kvbench/internal/result"
)

// mostErrors is how many texts of errors are told of a scenario.
const mostErrors = 12

// Errors says of each text of an error which variants had it as their first, and how many
// of their transactions ended in any. A variant that failed of them tells it in its own words.
func Errors(s *result.Scenario) (out []string) {
	var texts []string
	variants := map[string][]string{}
	for _, v := range s.Variants {
		text := v.FirstError()
		if text == "" || strings.Contains(v.Missing, text) {
			continue
		}
		if variants[text] == nil {
			texts = append(texts, text)
		}
		share := ""
		if n := v.Whole.Outcome(len(v.Def.Outcomes) - 1); n > 0 {
			share = " (" + metric.FormatShare(float64(n)/float64(v.Whole.Transactions())) + ")"
		}
		variants[text] = append(variants[text], v.Name+share)
	}
	for i, text := range texts {
		if i == mostErrors {
			return append(out, fmt.Sprintf("%d more first errors are in the JSON", len(texts)-i))
		}
		out = append(out, fmt.Sprintf("The first error of %s: %s", strings.Join(variants[text], ", "), text))
	}
	return out
}
