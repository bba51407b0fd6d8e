package answer

import (
	"fmt"
	"slices"
	"strings"

	"kvbench/internal/metric"
	"kvbench/internal/result"
	"kvbench/internal/runfile"
)

// behindShare is the share of the transactions due that may begin after the measured time
// before a reader has to know: a few do on the wall clock.
const behindShare = 0.01

// behind says that the rate of the load was not met; empty where it was.
func behind(v *result.Variant) string {
	b, late := v.Behind()
	if !late || float64(b.Late) <= behindShare*float64(b.Due) {
		return ""
	}
	def := v.Scenario.Def
	why := "the load generator was too slow"
	if w := def.Workload; w != nil && w.Load.InFlight > 0 {
		why = fmt.Sprintf("at most %s run at once", metric.Grouped(uint64(w.Load.InFlight)))
	}
	return fmt.Sprintf("%s/%s: the rate was not met: %s of %s/s, as %s of %s transactions that were due began only after the measured time: %s.",
		def.Name, v.Name, b.Share.Text(metric.FormatShare), metric.Digits(def.Rate, 3), metric.Grouped(b.Late), metric.Grouped(b.Due), why)
}

// ended says when and why each variant ended whose load ends when its response is stable.
func ended(s *result.Scenario) (out []string) {
	for _, v := range s.Variants {
		var after []string
		for _, r := range v.Repeats {
			if r.Stable != nil && *r.Stable {
				after = append(after, metric.FormatTime(float64(r.Total.To)))
			}
		}
		if after != nil {
			out = append(out, fmt.Sprintf("%s/%s ended after %s: p50 and p99 were stable within %s.",
				s.Def.Name, v.Name, strings.Join(after, ", "), metric.FormatShare(tolerance(s.Def))))
		}
	}
	return out
}

// unsteady says of which variants the response was not stable when the longest time was
// over; empty where it was.
func unsteady(s *result.Scenario) string {
	var names []string
	for _, v := range s.Variants {
		if slices.ContainsFunc(v.Repeats, func(r result.Repeat) bool { return r.Stable != nil && !*r.Stable && r.Complete }) {
			names = append(names, v.Name)
		}
	}
	if names == nil {
		return ""
	}
	return fmt.Sprintf("%s: p50 and p99 of %s were not stable within %s when the longest duration was over: measure for longer, at a higher rate, or allow more.",
		s.Def.Name, strings.Join(names, ", "), metric.FormatShare(tolerance(s.Def)))
}

func tolerance(def *runfile.Definition) float64 {
	if def.Workload == nil {
		return 0
	}
	return def.Workload.Load.Stable
}
