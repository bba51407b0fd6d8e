package table

import (
	"fmt"
	"slices"
	"strings"

	"kvbench/internal/metric"
	"kvbench/internal/result"
)

// Unseen says which anomalies no variant has, and which there was nothing to see in, which
// says nothing of them: a phrase for each of the two, and none where all were seen.
func Unseen(s *result.Scenario) []string {
	seen := s.Seen(metric.Anomaly)
	var none, wholes []string
	unsaid := map[string][]string{} // by what they are shares of
	for _, m := range s.Of(metric.Anomaly) {
		switch could := func(v *result.Variant) bool { _, ok := v.Whole.Share(m).Value(); return ok }; {
		case slices.ContainsFunc(seen, func(o metric.Metric) bool { return o.ID == m.ID }):
		case slices.ContainsFunc(s.Variants, could):
			none = append(none, m.ID)
		default:
			if unsaid[m.Among] == nil {
				wholes = append(wholes, m.Among)
			}
			unsaid[m.Among] = append(unsaid[m.Among], m.ID)
		}
	}
	var out []string
	if none != nil {
		out = append(out, "Not observed: "+strings.Join(none, ", "))
	}
	for _, of := range wholes {
		out = append(out, fmt.Sprintf("Nothing can be said of %s: the count of %s is 0", strings.Join(unsaid[of], ", "), of))
	}
	return out
}
