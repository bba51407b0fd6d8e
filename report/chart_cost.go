package report

import (
	"fmt"
	"image/color"
)

// costBars has a row for every variant: what a million transactions cost, in US
// dollars, by kind of operation.
func costBars(s *Scenario) stack {
	out := stack{
		names:   []string{"reads", "writes", "deletes", "lists"},
		colours: []color.RGBA{partColour(0), partColour(1), partColour(2), partColour(3)},
		format:  dollars,
	}
	for i := range s.Variants {
		v := &s.Variants[i]
		label := "no transactions"
		if v.Transactions > 0 {
			label = fmt.Sprintf("%s · %s operations each", dollars(v.USD), digits(v.ops(), 3))
		}
		out.rows = append(out.rows, stacked{
			name: v.Name, parts: []float64{v.Bill.Reads, v.Bill.Writes, v.Bill.Deletes, v.Bill.Lists}, label: label,
		})
		out.full = max(out.full, v.USD)
	}
	return out
}

func costChart(s *Scenario) (Chart, bool) {
	if !s.any(func(v *Variant) bool { return v.Transactions > 0 }) {
		return Chart{}, false
	}
	bars := costBars(s)
	least, most := s.extremes(func(v *Variant) float64 { return v.USD })
	chart := Chart{
		Name: "cost", Alt: "US dollars per million transactions.",
		Title:    fmt.Sprintf("A million transactions cost %s with %s and %s with %s", dollars(least.USD), least.Name, dollars(most.USD), most.Name),
		subtitle: s.Name + ": US dollars per million transactions, by kind of operation",
		notes:    append(s.chartNotes(false), s.def.Prices().Source+"."),
		height:   bars.height(), body: bars.draw,
	}
	if dollars(least.USD) == dollars(most.USD) {
		chart.Title = fmt.Sprintf("A million transactions cost %s", dollars(least.USD))
	}
	for _, r := range bars.rows {
		chart.Alt += fmt.Sprintf(" %s: %s.", r.name, r.label)
	}
	return chart, true
}
