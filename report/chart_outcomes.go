package report

import (
	"fmt"
	"strings"
)

// outcomeBars has a row for every variant: in which share of its transactions
// each outcome came about.
func outcomeBars(s *Scenario) stack {
	out := stack{names: s.def.Outcomes, full: 1, format: percent}
	for i, name := range s.def.Outcomes {
		colour := partColour(i)
		if name == "error" {
			colour = warningRed
		}
		out.colours = append(out.colours, colour)
	}
	for i := range s.Variants {
		v := &s.Variants[i]
		row := stacked{name: v.Name, label: grouped(v.Transactions) + " transactions"}
		for _, name := range s.def.Outcomes {
			row.parts = append(row.parts, v.outcomeShare(name))
		}
		out.rows = append(out.rows, row)
	}
	return out
}

func outcomesChart(s *Scenario) (Chart, bool) {
	if !s.any(func(v *Variant) bool { return v.Transactions > 0 }) {
		return Chart{}, false
	}
	bars := outcomeBars(s)
	chart := Chart{
		Name: "outcomes", Title: outcomesTitle(s), Alt: "How transactions ended.",
		subtitle: s.Name + ": how transactions ended, as a share of all of a variant",
		notes:    s.chartNotes(false), height: bars.height(), body: bars.draw,
	}
	for _, r := range bars.rows {
		var parts []string
		for k, share := range r.parts {
			parts = append(parts, bars.names[k]+" "+percent(share))
		}
		chart.Alt += fmt.Sprintf(" %s: %s.", r.name, strings.Join(parts, ", "))
	}
	return chart, true
}

// alike is how far apart shares are at most that a title calls alike.
const alike = 0.005

// outcomesTitle names the outcome in which the variants are furthest apart.
func outcomesTitle(s *Scenario) string {
	best, title := -1.0, ""
	var all []string
	for _, name := range s.def.Outcomes {
		share := func(v *Variant) float64 { return v.outcomeShare(name) }
		least, most := s.extremes(share)
		if share(most) > 0 {
			all = append(all, percent(share(most))+" "+name)
		}
		if apart := share(most) - share(least); apart > best {
			best = apart
			title = fmt.Sprintf("%s of the transactions of %s end in “%s”, %s of those of %s",
				percent(share(most)), most.Name, name, orNone(share(least)), least.Name)
		}
	}
	switch {
	case len(s.Variants) == 1:
		return "How transactions end: " + strings.Join(all, ", ")
	case best < alike:
		return "Transactions end alike with every variant: at most " + strings.Join(all, ", ")
	}
	return title
}

// extremes returns the variants with the least and the most of a figure, among
// those that have transactions; nil when none has.
func (s *Scenario) extremes(figure func(*Variant) float64) (least, most *Variant) {
	for i := range s.Variants {
		v := &s.Variants[i]
		if v.Transactions == 0 {
			continue
		}
		if least == nil || figure(v) < figure(least) {
			least = v
		}
		if most == nil || figure(v) > figure(most) {
			most = v
		}
	}
	return least, most
}
