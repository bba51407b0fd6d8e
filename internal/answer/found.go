package answer

import (
	"fmt"

	"kvbench/internal/find"
	"kvbench/internal/metric"
	"kvbench/internal/result"
)

// unsure are what a reader has to know of what a search found.
func unsure(s *result.Scenario, found []*find.Found) (out []string) {
	for _, f := range found {
		name := s.Def.Name + "/" + f.Variant
		switch rate := f.Rate.Text(metric.FormatRate); {
		case len(f.Steps) == 0:
			out = append(out, name+": no step of the search ran to its end.")
		case f.At == nil:
			out = append(out, fmt.Sprintf("%s: the promise is broken at %s already, the first rate of the search: %s. "+
				"Lower rates are tried with a lower from; where caches are cold at so low a rate, higher ones with a higher.",
				name, metric.FormatRate(f.Steps[0].Rate), f.Steps[0].Breaks()))
		case !f.Confirmed:
			out = append(out, fmt.Sprintf("%s: %s is not confirmed on other seeds.", name, rate))
		case f.Topped:
			out = append(out, fmt.Sprintf("%s: the promise is kept at %s, the last rate of the search: the highest is beyond it.", name, rate))
		}
	}
	return out
}
