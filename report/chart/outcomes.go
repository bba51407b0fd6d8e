package chart

import (
	"fmt"
	"strings"

	"kvbench/internal/metric"
	"kvbench/internal/result"
	"kvbench/report/chart/kit"
)

// alike is how far apart shares are at most that decide nothing.
const alike = 0.005

// outcomes shows in which share of the transactions each outcome came about.
func outcomes(s *result.Scenario) (*Chart, error) {
	if len(ran(s)) == 0 {
		return nil, nil
	}
	bars := kit.Stack{Names: s.Def.Outcomes, Full: 1, Format: metric.FormatShare}
	for i := range s.Def.Outcomes {
		colour := kit.PartColour(i)
		if i == s.Def.ErrorOutcome() {
			colour = kit.WarningRed
		}
		bars.Colours = append(bars.Colours, colour)
	}
	all := s.Of(metric.Outcome)
	for _, v := range s.Variants {
		if len(v.Repeats) == 0 {
			continue
		}
		row := kit.StackRow{Name: v.Name, Position: v.Index, Label: metric.Grouped(v.Whole.Transactions()) + " transactions"}
		for _, m := range all {
			row.Parts = append(row.Parts, v.Whole.Share(m).Or(0))
		}
		bars.Rows = append(bars.Rows, row)
	}
	title, tells := outcomesTitle(s, all)
	chart := &Chart{Tells: tells, Chart: kit.Chart{
		Name: "outcomes", Title: title, Alt: "How transactions ended.",
		Subtitle: s.Def.Name + ": share of each variant's transactions by how they ended",
		Notes:    notes(s, false), Height: bars.Height(), Body: bars.Draw,
	}}
	for _, r := range bars.Rows {
		var parts []string
		for k, share := range r.Parts {
			parts = append(parts, bars.Names[k]+" "+metric.FormatShare(share))
		}
		chart.Alt += fmt.Sprintf(" %s: %s.", r.Name, strings.Join(parts, ", "))
	}
	return chart, nil
}

// outcomesTitle names the outcome in which the variants are furthest apart.
func outcomesTitle(s *result.Scenario, all []metric.Metric) (title string, tells bool) {
	best := alike
	for _, m := range all {
		share := shareOf(m)
		least, most := extremes(s, share)
		if apart := share(most).Or(0) - share(least).Or(0); apart > best {
			best, tells = apart, true
			title = fmt.Sprintf("%s: %s %s, %s %s", m.Name(), most.Name, share(most).Text(metric.FormatShare), least.Name, orNone(share(least)))
		}
	}
	switch {
	case tells:
		return title, true
	case len(ran(s)) > 1:
		return "Transactions end alike with every variant", false
	}
	return "How transactions ended", false
}
