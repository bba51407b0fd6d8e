package chart

import (
	"fmt"
	"image/color"

	"kvbench/internal/metric"
	"kvbench/internal/result"
	"kvbench/internal/runfile"
	"kvbench/report/chart/kit"
)

// cost shows what a million transactions cost, in US dollars, by kind of operation; there
// is none of it where the store has no price list.
func cost(s *result.Scenario) (*Chart, error) {
	if len(ran(s)) == 0 || s.Def.Prices().None {
		return nil, nil
	}
	bars := kit.Stack{
		Names:   []string{"reads", "writes", "deletes", "lists"},
		Colours: []color.RGBA{kit.PartColour(0), kit.PartColour(1), kit.PartColour(2), kit.PartColour(3)},
		Format:  metric.FormatMoney,
	}
	operations, _ := s.Metric(runfile.Ops)
	for _, v := range s.Variants {
		if len(v.Repeats) == 0 {
			continue
		}
		label, bill := "no transactions", v.Cost().Million
		if v.Ran() {
			ops, _ := v.Whole.Value(metric.Figure{Metric: operations, Stat: metric.Mean})
			each := ops.Text(func(n float64) string { return metric.Digits(n, 3) }) + " operations"
			if each == "1 operations" {
				each = "1 operation"
			}
			label = bill.Total().Text(metric.FormatMoney) + " · " + each + " each"
		}
		bars.Rows = append(bars.Rows, kit.StackRow{
			Name: v.Name, Position: v.Index, Parts: []float64{bill.Reads, bill.Writes, bill.Deletes, bill.Lists}, Label: label,
		})
		bars.Full = max(bars.Full, bill.Total().Or(0))
	}
	least, most := extremes(s, million)
	low, high := million(least).Text(metric.FormatMoney), million(most).Text(metric.FormatMoney)
	chart := &Chart{Tells: low != high, Chart: kit.Chart{
		Name: "cost", Alt: "US dollars per million transactions.",
		Title:    fmt.Sprintf("A million transactions: %s %s, %s %s", least.Name, low, most.Name, high),
		Subtitle: s.Def.Name + ": US dollars per million transactions, by kind of operation",
		Notes:    append(notes(s, false), s.Def.Prices().Source+"."),
		Height:   bars.Height(), Body: bars.Draw,
	}}
	if low == high {
		chart.Title = "A million transactions cost " + low
	}
	for _, r := range bars.Rows {
		chart.Alt += fmt.Sprintf(" %s: %s.", r.Name, r.Label)
	}
	return chart, nil
}

// million is what a million transactions of a variant cost.
func million(v *result.Variant) metric.Quantity { return v.Cost().Million.Total() }
