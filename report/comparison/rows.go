package comparison

import (
	"fmt"
	"slices"
	"strings"

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

// verdictGroups sorts a comparison by what matters most: what became worse, then better,
// changed and what can't be told, each in the order of compare.Heavier. same is the rest. What can't differ from another figure is left out.
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
		slices.SortStableFunc(g.Deltas, compare.Heavier)
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

// verdictCounts counts the verdicts in a sentence.
func verdictCounts(c *compare.Comparison) string {
	shown, same := verdictGroups(c)
	var parts []string
	for _, g := range shown {
		if n := len(g.Deltas); n > 0 {
			parts = append(parts, metric.Grouped(uint64(n))+" "+g.Name)
		}
	}
	if n := len(same); n > 0 {
		parts = append(parts, metric.Grouped(uint64(n))+" the same")
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
		base, head := most.Unit.Apart(most.Base, most.Head)
		return fmt.Sprintf("%s in %s of %s, most in %s/%s: %s %s → %s (%s).",
			capital(g.Name), plural(len(variants), "variant"), plural(len(scenarios), "scenario"),
			most.Scenario, most.Variant, seriesOf(most), base, head, change)
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

// changeOf is the change of a delta, and the interval that it lies in.
func changeOf(d *compare.Delta) (change, interval string) {
	switch {
	case d.Ratio == nil:
		change = "from 0"
	default:
		change = metric.FormatChange(*d.Ratio)
	}
	switch {
	case d.Samples == compare.Totals:
		interval = "exact"
	case d.Low != nil && d.High != nil:
		interval = metric.FormatChange(*d.Low) + " to " + metric.FormatChange(*d.High)
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

// sameLine sums up what did not change.
func sameLine(c *compare.Comparison, same []*compare.Delta) string {
	variants := map[string]bool{}
	for _, d := range same {
		variants[d.Scenario+"/"+d.Variant] = true
	}
	return fmt.Sprintf("%s in %s; latencies to within %s", plural(len(same), "figure"), plural(len(variants), "variant"), metric.FormatShare(c.MinEffect))
}
