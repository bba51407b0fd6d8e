package comparison

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"kvbench/internal/compare"
	"kvbench/internal/metric"
)

// unsure is the name of the verdict that can't be told.
const unsure = "can't tell"

// verdictGroup is the deltas of a comparison that a reader takes in together.
type verdictGroup struct {
	Name   string // of the verdict, in a word or two
	Deltas []*compare.Delta
}

// verdictGroups sorts a comparison by what matters most: what became worse, the largest
// change first, then better, changed and what can't be told, the most uncertain
// first. same is the rest. What can't differ from another figure is left out.
func verdictGroups(c *compare.Comparison) (shown []verdictGroup, same []*compare.Delta) {
	shown = []verdictGroup{{Name: "worse"}, {Name: "better"}, {Name: "changed"}, {Name: unsure}}
	for i := range c.Deltas {
		d := &c.Deltas[i]
		switch {
		case d.SameAs != "":
		case d.Verdict == compare.Same:
			same = append(same, d)
		default:
			n := slices.IndexFunc(shown, func(g verdictGroup) bool { return g.Name == verdictName(d) })
			shown[n].Deltas = append(shown[n].Deltas, d)
		}
	}
	for _, g := range shown {
		slices.SortStableFunc(g.Deltas, func(a, b *compare.Delta) int { return cmp.Compare(weight(b), weight(a)) })
	}
	return shown, same
}

func verdictName(d *compare.Delta) string {
	switch {
	case d.Changed && d.Verdict == compare.Unsure:
		return "changed"
	case d.Verdict == compare.Unsure:
		return unsure
	}
	return string(d.Verdict)
}

// weight is how much a reader should mind a change, whichever way it goes: how far its
// ratio is from 1. A share or a price that is next to nothing is next to nothing still
// when it trebles; and what comes from nothing has no ratio, so that a duration then
// counts by its milliseconds.
func weight(d *compare.Delta) float64 {
	least := 0.0
	switch zero := min(d.Base, d.Head) == 0; {
	case d.Unit == metric.Share:
		least = 0.001
	case d.Unit == metric.Money:
		least = 0.01
	case zero && d.Unit == metric.Time:
		least = float64(time.Millisecond)
	case zero:
		least = 0.01
	}
	return math.Abs(math.Log((d.Head + least) / (d.Base + least)))
}

// differences says every difference of the definitions once, with the scenarios that
// have it.
func differences(c *compare.Comparison) []string {
	var texts []string
	scenarios := map[string][]string{}
	for _, d := range c.Differences {
		scenario, what := d.Scenario, d.What()
		if _, seen := scenarios[what]; !seen {
			texts = append(texts, what)
		}
		scenarios[what] = append(scenarios[what], scenario)
	}
	for i, what := range texts {
		if names := scenarios[what]; names[0] != "" {
			texts[i] = some(names) + ": " + what
		}
	}
	return texts
}

// verdictCounts counts the verdicts in a sentence.
func verdictCounts(c *compare.Comparison) string {
	shown, same := verdictGroups(c)
	var parts []string
	for _, g := range shown {
		if n := len(g.Deltas); n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, g.Name))
		}
	}
	if n := len(same); n > 0 {
		parts = append(parts, fmt.Sprintf("%d the same", n))
	}
	return strings.Join(parts, ", ")
}

// mostSentence says where a comparison is worse and where most, or else where most
// better; it is empty where neither is.
func mostSentence(c *compare.Comparison) string {
	shown, _ := verdictGroups(c)
	for _, g := range shown[:2] { // worse and better
		if len(g.Deltas) == 0 {
			continue
		}
		variants, scenarios := map[[2]string]bool{}, map[string]bool{}
		for _, d := range g.Deltas {
			variants[[2]string{d.Scenario, d.Variant}], scenarios[d.Scenario] = true, true
		}
		most := g.Deltas[0]
		change, _ := changeOf(most)
		return fmt.Sprintf("%s in %s of %s, most in %s/%s: %s %s → %s (%s).",
			capital(g.Name), plural(len(variants), "variant"), plural(len(scenarios), "scenario"),
			most.Scenario, most.Variant, seriesOf(most), most.Unit.Format(most.Base), most.Unit.Format(most.Head), change)
	}
	return ""
}

// seriesOf is what a delta is of: a series and its statistic.
func seriesOf(d *compare.Delta) string { return figureName(d.Series, string(d.Statistic)) }

func figureName(series, statistic string) string {
	if statistic == "mean" {
		return series
	}
	return series + " " + statistic
}

// signed writes a ratio as a change in percent, from three times on as a factor.
func signed(ratio float64) string {
	switch change := 100 * (ratio - 1); {
	case ratio >= 3:
		return metric.Digits(ratio, 2) + "×"
	case math.Abs(change) < 0.05:
		return "0%"
	case change < 0:
		return "−" + metric.Digits(-change, 2) + "%"
	default:
		return "+" + metric.Digits(change, 2) + "%"
	}
}

// changeOf is the change of a delta, and the interval that it lies in.
func changeOf(d *compare.Delta) (change, interval string) {
	switch {
	case d.Ratio == nil:
		change = "from 0"
	default:
		change = signed(*d.Ratio)
	}
	switch {
	case d.Samples == compare.Totals:
		interval = "exact"
	case d.Low != nil && d.High != nil:
		interval = signed(*d.Low) + " to " + signed(*d.High)
	default:
		interval = "no interval"
	}
	return change, interval
}

// evidence says what the verdict of a delta rests on, or what would bring one.
func evidence(d *compare.Delta) string {
	switch {
	case d.Verdict == compare.Unsure && !d.Changed:
		switch n := d.MoreRepeats; {
		case n > 1000:
			return "more than 1,000 further repeats would tell"
		case n == 1:
			return "one more repeat would tell"
		default:
			return fmt.Sprintf("%d more repeats would tell", n)
		}
	case d.Samples == compare.Totals:
		return ""
	case d.P < 0.001:
		return "p < 0.001"
	}
	return "p = " + metric.Digits(d.P, 2)
}

// modelledIn says of which scenarios latencies are modelled; it is empty where none is.
func modelledIn(c *compare.Comparison) string {
	var names []string
	all := true
	for _, d := range c.Deltas {
		if d.Modelled && !slices.Contains(names, d.Scenario) {
			names = append(names, d.Scenario)
		}
	}
	for _, d := range c.Deltas {
		all = all && slices.Contains(names, d.Scenario)
	}
	switch {
	case names == nil:
		return ""
	case all:
		return "latencies are modelled"
	case len(names) > 4:
		return "latencies are modelled in " + plural(len(names), "scenario")
	}
	return "latencies are modelled in " + strings.Join(names, ", ")
}

var testNames = map[compare.Test]string{
	compare.Signs:   "the permutation of the signs of pairs of repeats (Westfall and Young)",
	compare.RankSum: "the Mann–Whitney test of the repeats (Holm)",
}

// method says in sentences how a verdict came about.
func method(c *compare.Comparison) string {
	text := fmt.Sprintf("A difference is called better or worse from %s on", metric.FormatShare(c.MinEffect))
	if c.Tests > 0 {
		var tests []string
		for _, f := range c.Families {
			if name := testNames[f.Test]; !slices.Contains(tests, name) {
				tests = append(tests, name)
			}
		}
		text += fmt.Sprintf(", and when %s, corrected for %d tests, leaves "+
			"a chance of at most %s that a build compared with itself would show any. Intervals are of 95%%",
			strings.Join(tests, ", or "), c.Tests, metric.FormatShare(c.Alpha))
	}
	if slices.ContainsFunc(c.Deltas, func(d compare.Delta) bool { return d.Samples == compare.Totals }) {
		text += ". In virtual time with the same seed nothing is left to chance: there any difference of an anomaly, " +
			"a count or a price is called"
	}
	return text + "."
}

// plural is a number of things.
func plural(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return metric.Grouped(uint64(n)) + " " + thing + "s"
}

// capital is a word of ASCII with a capital, to begin a sentence.
func capital(word string) string { return strings.ToUpper(word[:1]) + word[1:] }

// apart says how many figures are worse where the definition is another, and how many
// where it is the same; empty where no scenario was redefined.
func apart(c *compare.Comparison) string {
	if len(c.Redefined) == 0 {
		return ""
	}
	worse := map[bool]int{}
	for i := range c.Deltas {
		if d := &c.Deltas[i]; d.Verdict == compare.Worse && d.SameAs == "" {
			worse[d.Redefined]++
		}
	}
	return fmt.Sprintf("Redefined (%s): %d worse. Same definition: %d worse.", some(c.Redefined), worse[true], worse[false])
}

// some lists names, the first three of many.
func some(names []string) string {
	if len(names) > 4 {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:3], ", "), len(names)-3)
	}
	return strings.Join(names, ", ")
}

// same sums up what did not change.
func sameLine(c *compare.Comparison, same []*compare.Delta) string {
	variants := map[string]bool{}
	for _, d := range same {
		variants[d.Scenario+"/"+d.Variant] = true
	}
	return fmt.Sprintf("%s in %s; latencies to within %s", plural(len(same), "figure"), plural(len(variants), "variant"), metric.FormatShare(c.MinEffect))
}
