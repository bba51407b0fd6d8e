package comparison

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"kvbench/internal/compare"
	"kvbench/internal/metric"
	"kvbench/internal/record"
)

const (
	// sharedBy is in how many variants at least a change is that is shared.
	sharedBy = 3
	// maxShared is how many shared changes are shown.
	maxShared = 4
)

// sharedChange is a change that most variants have which have the figure at all: a
// store that answers more slowly shows as one line and not as hundreds.
type sharedChange struct {
	Figure       string // "get p50"
	Variants, Of int    // how many have the change, of how many that have the figure
	Ratio        float64
	Least, Most  float64 // the ratios of those that have it
}

// sharedChanges are the changes of a verdict that most variants share, the most widely
// shared first, and of each series the percentile that most have. The parts of a
// response are left out.
func sharedChanges(c *compare.Comparison, verdict compare.Verdict) []sharedChange {
	type figure struct{ series, statistic string }
	part := map[string]bool{}
	for _, s := range record.Standard() {
		part[s.Name] = s.Of == "response"
	}
	var order []figure
	all, ratios := map[figure]int{}, map[figure][]float64{}
	for i := range c.Deltas {
		d := &c.Deltas[i]
		if d.SameAs != "" || part[d.Series] {
			continue
		}
		f := figure{d.Series, string(d.Statistic)}
		if all[f] == 0 {
			order = append(order, f)
		}
		all[f]++
		if d.Verdict == verdict && d.Ratio != nil {
			ratios[f] = append(ratios[f], *d.Ratio)
		}
	}
	slices.SortStableFunc(order, func(a, b figure) int { return cmp.Compare(len(ratios[b]), len(ratios[a])) })
	var out []sharedChange
	told := map[string]bool{}
	for _, f := range order {
		r := ratios[f]
		if told[f.series] || len(r) < sharedBy || 2*len(r) <= all[f] {
			continue
		}
		slices.Sort(r)
		s := sharedChange{
			Figure: figureName(f.series, f.statistic), Variants: len(r), Of: all[f],
			Ratio: r[len(r)/2], Least: r[0], Most: r[len(r)-1],
		}
		if max(s.Ratio, 1/s.Ratio) < 1+c.MinEffect { // real, and too small to lead with
			continue
		}
		told[f.series] = true
		out = append(out, s)
	}
	return out[:min(len(out), maxShared)]
}

// String is "get p50 +20% in 66 of 75 variants (+19% to +22%)".
func (s sharedChange) String() string {
	text := fmt.Sprintf("%s %s in %d of %s", s.Figure, metric.FormatChange(s.Ratio), s.Variants, plural(s.Of, "variant"))
	if least, most := metric.FormatChange(s.Least), metric.FormatChange(s.Most); least != most {
		text += " (" + least + " to " + most + ")"
	}
	return text
}

// sharedSentence says what most variants share of what became worse, or else of what
// became better; it is empty where that is nothing.
func sharedSentence(c *compare.Comparison) string {
	for _, verdict := range []compare.Verdict{compare.Worse, compare.Better} {
		if shared := sharedChanges(c, verdict); shared != nil {
			texts := make([]string, len(shared))
			for i, s := range shared {
				texts[i] = s.String()
			}
			return capital(string(verdict)) + " in most variants: " + strings.Join(texts, "; ") + "."
		}
	}
	return ""
}
