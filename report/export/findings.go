package export

import (
	"fmt"
	"strings"

	"kvbench/internal/answer"
	"kvbench/internal/metric"
)

// Finding is what a detector found of a kind at a place.
type Finding struct {
	Kind  string `json:"kind"`
	Group string `json:"group" jsonschema:"enum=hazard,enum=staleness,enum=advice"`
	// Place is file:line:column; empty where the call has none.
	Place string `json:"place"`
	// Other is the other place that is involved: where what was overwritten was written.
	Other      string          `json:"other"`
	Suppressed bool            `json:"suppressed"`
	Count      uint64          `json:"count"`
	Of         string          `json:"of"` // what it is a share of: put, delete, or invocation
	Share      metric.Quantity `json:"share"`
	Unit       string          `json:"unit" jsonschema:"enum=ns,enum=count"`
	Min        int64           `json:"min"`
	Median     int64           `json:"median"`
	Max        int64           `json:"max"`
	Doc        string          `json:"doc"`
	Do         string          `json:"do"`
	// Story is how the one of the greatest size came about, a line a step.
	Story []string `json:"story"`
}

func findings(s *answer.Scenario, variant string) []Finding {
	var out []Finding
	for _, f := range s.Findings(true) {
		if f.Variant != variant {
			continue
		}
		out = append(out, Finding{
			Kind: f.ID, Group: f.Group, Place: f.Site.String(), Other: f.Other.String(), Suppressed: f.Suppressed,
			Count: f.Count, Of: f.Of, Share: f.Share, Unit: string(f.Unit), Min: f.Least, Median: f.Median, Max: f.Most,
			Doc: f.Doc, Do: f.Do, Story: append([]string{}, answer.Story(f.Example)...),
		})
	}
	return out
}

// findingsText is what was found as lines of text.
func findingsText(s *answer.Scenario) string {
	var out strings.Builder
	for _, f := range s.Findings(false) {
		fmt.Fprintf(&out, "%s: %s\n", f.Line(), f.Do)
		for _, line := range answer.Story(f.Example) {
			fmt.Fprintf(&out, "    %s\n", line)
		}
	}
	return out.String()
}
