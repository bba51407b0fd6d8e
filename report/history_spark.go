package report

import (
	"fmt"
	"html/template"
	"strings"
)

// The size of a line's small picture, in CSS pixels.
const (
	sparkWidth  = 360.0
	sparkHeight = 44.0
	sparkPad    = 5.0
)

// spark draws a line: a dot for each run, a stroke from one to the next, a
// dashed rule at each change and a dotted one where the scenario was redefined.
// Its y axis spans the values, from zero where that is not far.
func (l *Line) spark(runs []string) template.HTML {
	lo, hi := l.span()
	x := func(i int) float64 {
		return sparkPad + (sparkWidth-2*sparkPad)*float64(i)/float64(max(1, len(runs)-1))
	}
	y := func(v float64) float64 {
		if hi == lo {
			return sparkHeight / 2
		}
		return sparkPad + (sparkHeight-2*sparkPad)*(hi-v)/(hi-lo)
	}
	var b, path strings.Builder
	fmt.Fprintf(&b, `<svg role="img" width="%g" height="%g" viewBox="0 0 %[1]g %[2]g" aria-label="%s">`,
		sparkWidth, sparkHeight, svgText(l.describe(runs)))
	for _, s := range l.Changes {
		fmt.Fprintf(&b, `<path class="step" d="M%.1f 0V%g"/>`, (x(s.At)+x(max(0, s.At-1)))/2, sparkHeight)
	}
	letter := "M"
	var dots strings.Builder
	for i, v := range l.Values {
		if v == nil {
			letter = "M"
			continue
		}
		if v.Redefined {
			fmt.Fprintf(&b, `<path class="redefined" d="M%.1f 0V%g"/>`, (x(i)+x(i-1))/2, sparkHeight)
			letter = "M"
		}
		fmt.Fprintf(&path, "%s%.1f %.1f", letter, x(i), y(v.V))
		letter = "L"
		fmt.Fprintf(&dots, `<circle cx="%.1f" cy="%.1f" r="2"><title>%s: %s</title></circle>`, x(i), y(v.V),
			svgText(runs[i]), svgText(l.format(v.V)))
	}
	fmt.Fprintf(&b, `<path class="line" d="%s"/>%s</svg>`, path.String(), dots.String())
	return template.HTML(b.String()) // all text in it was escaped
}

// span is what the y axis spans.
func (l *Line) span() (lo, hi float64) {
	first := true
	for _, v := range l.Values {
		if v == nil {
			continue
		}
		if first {
			lo, hi, first = v.V, v.V, false
		}
		lo, hi = min(lo, v.V), max(hi, v.V)
	}
	if lo > 0 && lo < hi/2 {
		lo = 0
	}
	// Noise of a percent is no mountain.
	if room := hi * 0.1; hi-lo < room {
		middle := (hi + lo) / 2
		lo, hi = middle-room/2, middle+room/2
	}
	return lo, hi
}

// describe is the line in words.
func (l *Line) describe(runs []string) string {
	text := fmt.Sprintf("%s of %s/%s over %d runs", l.Figure, l.Scenario, l.Variant, len(runs))
	if len(l.Changes) == 0 {
		return text + ": no change"
	}
	for _, s := range l.Changes {
		text += fmt.Sprintf("; from %s to %s at %s", l.format(s.Before), l.format(s.After), runs[s.At])
	}
	return text
}
