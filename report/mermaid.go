package report

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"kvbench/internal/compare"
	"kvbench/internal/printable"
)

// mermaidBars draws bars, longest value to the right, as a Mermaid chart: GitHub
// draws those within Markdown, in a job's summary too, where it shows no picture
// that stands nowhere else. Mermaid writes no values at its bars, so they are in the
// labels. It is empty without values that differ.
func mermaidBars(title, axis string, labels []string, values []float64) string {
	if len(values) == 0 || slices.Min(values) == slices.Max(values) {
		return ""
	}
	quoted, numbers := make([]string, len(labels)), make([]string, len(values))
	for i := range labels {
		quoted[i], numbers[i] = mermaidText(labels[i]), mermaidNumber(values[i])
	}
	height := 110 + 34*len(values)
	return fmt.Sprintf("\n```mermaid\n---\nconfig:\n  xyChart:\n    width: 900\n    height: %d\n  themeVariables:\n    xyChart:\n      plotColorPalette: \"#4c78a8\"\n---\nxychart-beta horizontal\n"+
		"  title %s\n  x-axis [%s]\n  y-axis %s 0 --> %s\n  bar [%s]\n```\n",
		height, mermaidText(title), strings.Join(quoted, ", "), mermaidText(axis),
		mermaidNumber(slices.Max(values)), strings.Join(numbers, ", "))
}

// mermaidText quotes a text, in which there can be no quote.
func mermaidText(s string) string {
	return `"` + strings.ReplaceAll(printable.Line(s), `"`, "'") + `"`
}

// mermaidNumber has four digits, and no exponent, which Mermaid does not read.
func mermaidNumber(v float64) string {
	rounded, _ := strconv.ParseFloat(strconv.FormatFloat(v, 'g', 4, 64), 64) // can't fail
	return strconv.FormatFloat(rounded, 'f', -1, 64)
}

// mermaid draws what a scenario's answer stands on: p99 of the response, and the
// mark in which its variants are furthest apart.
func (s *Scenario) mermaid() string {
	ran := slices.DeleteFunc(slices.Clone(s.Variants), func(v Variant) bool { return v.Transactions == 0 })
	bars := func(title, axis string, of func(*Variant) (float64, string)) string {
		var labels []string
		var values []float64
		for i := range ran {
			x, text := of(&ran[i])
			labels, values = append(labels, ran[i].Name+"  "+text), append(values, x)
		}
		return mermaidBars(title, axis, labels, values)
	}
	out := bars("p99 of the "+s.responseTime()+", lower is better", "ms", func(v *Variant) (float64, string) {
		return s.p99()(v) / 1e6, nanoseconds(s.p99()(v)) // alike, and not drawn, where no latency is modelled
	})
	if mark, apart := tellingMark(s, markPanels(s)); apart > 0 {
		out += bars(mark.Name+", share of the "+s.whole(mark.Of)+", lower is better", "%", func(v *Variant) (float64, string) {
			share := v.Series[mark.Name].Share.Or(0)
			return 100 * share, percent(share)
		})
	}
	return out
}

// mermaidChanges is how many figures a chart of a comparison has at most.
const mermaidChanges = 12

// changesChart draws how far the figures are off that are worse, worst first.
// modelled says what of them is, if anything.
func changesChart(worse []*compare.Delta, modelled string) string {
	var labels []string
	var values []float64
	for _, d := range worse {
		if d.Ratio != nil && len(labels) < mermaidChanges {
			change, _ := changeOf(d)
			labels = append(labels, fmt.Sprintf("%s/%s %s  %s", d.Scenario, d.Variant, seriesOf(d), change))
			values = append(values, *d.Ratio)
		}
	}
	if len(values) == 0 {
		return ""
	}
	// With base itself there is always something to hold the others against.
	title := "Worse: head as a multiple of base"
	if modelled != "" {
		title += "; " + modelled
	}
	return mermaidBars(title, "times base", append(labels, "base"), append(values, 1))
}
