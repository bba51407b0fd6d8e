package report

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"kvbench/internal/runfile"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// grown is a scenario of a family whose members differ in their number of keys.
type grown struct {
	Keys     uint64
	Scenario *Scenario
}

// families are the sets of scenarios that differ in nothing but their number of keys,
// by rising count: all that bears on their figures is the same but for it. A file of
// format 1 does not say it in types, and has none.
func families(s *Summary) [][]grown {
	var order []string
	byRest := map[string][]grown{}
	for i := range s.Scenarios {
		w := s.Scenarios[i].def.Workload
		if w == nil || len(s.Scenarios[i].Variants) == 0 {
			continue
		}
		rest := withoutKeyCount(s.Scenarios[i].def)
		if byRest[rest] == nil {
			order = append(order, rest)
		}
		byRest[rest] = append(byRest[rest], grown{uint64(w.Keys.Count), &s.Scenarios[i]})
	}
	var out [][]grown
	for _, rest := range order {
		family := byRest[rest]
		slices.SortStableFunc(family, func(a, b grown) int { return cmp.Compare(a.Keys, b.Keys) })
		if family[0].Keys < family[len(family)-1].Keys {
			out = append(out, family)
		}
	}
	return out
}

// withoutKeyCount is what bears on a scenario's figures but the number of keys, in a
// form that can be compared.
func withoutKeyCount(def *runfile.Definition) string {
	w := *def.Workload
	w.Keys.Count = 0
	text, err := json.Marshal([]any{def.Pattern, def.Driver, def.Clock, def.Repeats, def.Variants, w})
	if err != nil { // the run file was JSON
		panic("report: " + err.Error())
	}
	return string(text)
}

const growthPanel vg.Length = 270

// growthChart shows a family of scenarios.
func growthChart(family []grown) Chart {
	first, last := family[0], family[len(family)-1]
	s := last.Scenario
	chart := Chart{
		Scenario: first.Scenario.Name, Name: "growth", Title: growthTitle(family), Alt: "Lines of p99 and of cost by the number of keys.",
		subtitle: "by the number of keys on a log scale: ",
		height:   2 * growthPanel,
	}
	for i, g := range family {
		if i > 0 {
			chart.subtitle += ", "
		}
		chart.subtitle += g.Scenario.Name
		chart.notes = append(chart.notes, g.Scenario.chartNotes(false)...)
		for _, v := range g.Scenario.Variants {
			if v.Transactions > 0 {
				p99 := string(s.Latency)
				if s.Latency != runfile.NotModelled {
					p99 = "p99 " + duration(v.Series["response"].P99)
				}
				chart.Alt += fmt.Sprintf(" %s at %s keys: %s, %s.", v.Name, grouped(g.Keys), p99, dollars(v.USD))
			}
		}
	}
	slices.Sort(chart.notes)
	chart.notes = slices.Compact(chart.notes)
	panels := []struct {
		title, unit string
		figure      func(*Variant) float64
		format      func(float64) string
	}{
		{"p99 of the " + s.responseTime(), "ns", func(v *Variant) float64 { return float64(v.Series["response"].P99) }, func(v float64) string { return duration(int64(v)) }},
		{"US dollars per million transactions", "", func(v *Variant) float64 { return v.USD * perDollar }, inDollars},
	}
	if s.Latency == runfile.NotModelled {
		panels, chart.height = panels[1:], growthPanel
	}
	chart.body = func(c draw.Canvas) {
		for _, p := range panels {
			var top draw.Canvas
			top, c = cutTop(c, growthPanel)
			head, top := cutTop(top, 22)
			head.FillText(bold(lettering(bodySize, ink)), vg.Point{X: head.Min.X, Y: head.Max.Y - 11}, p.title)
			set := lineSet{link: "keys", foot: "keys", dots: true, lines: growthLines(family, p.figure, p.format)}
			var xs, ys []float64
			for _, l := range set.lines {
				xs, ys = append(xs, l.xs...), append(ys, l.ys...)
			}
			set.x, set.y = keysAxis(xs), logAxis(p.unit, ys, 6)
			if p.unit == "" {
				for i := range set.y.ticks {
					set.y.ticks[i].Label = inDollars(set.y.ticks[i].Value)
				}
			}
			set.draw(top)
		}
	}
	return chart
}

// keysAxis spans numbers of keys, with a tick at each of them.
func keysAxis(xs []float64) axis {
	a := logAxis("count", xs, 8)
	a.min, a.max = slices.Min(xs), slices.Max(xs)
	a.ticks = a.ticks[:0]
	slices.Sort(xs)
	for _, x := range slices.Compact(xs) {
		if last := len(a.ticks) - 1; last >= 0 && a.norm(x)-a.norm(a.ticks[last].Value) < 0.08 {
			continue
		}
		a.ticks = append(a.ticks, plot.Tick{Value: x, Label: grouped(uint64(x))})
	}
	return a
}

// perDollar is a hundredth of a cent, so that an axis of whole numbers holds it.
const perDollar = 1e4

func inDollars(v float64) string {
	if v < 1 {
		return "0"
	}
	return strings.TrimSuffix(dollars(v/perDollar), ".00")
}

// growthLines has a line for every variant of a family's scenarios that was measured.
func growthLines(family []grown, figure func(*Variant) float64, format func(float64) string) []labelled {
	var out []labelled
	for _, g := range family {
		for i := range g.Scenario.Variants {
			v := &g.Scenario.Variants[i]
			if v.Transactions == 0 {
				continue
			}
			k := slices.IndexFunc(out, func(l labelled) bool { return l.variant == v.Name })
			if k < 0 {
				k = len(out)
				out = append(out, labelled{variant: v.Name, position: i})
			}
			l := &out[k]
			l.xs, l.ys = append(l.xs, float64(g.Keys)), append(l.ys, figure(v))
			l.texts = append(l.texts, fmt.Sprintf("%s keys: %s", grouped(g.Keys), format(figure(v))))
			l.figure = format(figure(v))
		}
	}
	return out
}

// growthTitle names the variant that grows most.
func growthTitle(family []grown) string {
	first, last := family[0], family[len(family)-1]
	var most labelled
	worst := 0.0
	for _, l := range growthLines(family, func(v *Variant) float64 { return float64(v.Series["response"].P99) }, func(float64) string { return "" }) {
		if n := len(l.ys); n > 1 && l.ys[0] > 0 && l.ys[n-1]/l.ys[0] > worst {
			worst, most = l.ys[n-1]/l.ys[0], l
		}
	}
	keys := fmt.Sprintf("From %s to %s keys", grouped(first.Keys), grouped(last.Keys))
	switch {
	case last.Scenario.Latency == runfile.NotModelled:
		return keys + ": what a million transactions cost" + last.Scenario.modelled()
	case worst < 1.05:
		return keys + " no variant's p99 grows" + last.Scenario.modelled()
	}
	return fmt.Sprintf("%s p99 of %s grows from %s to %s%s", keys, most.variant,
		duration(int64(most.ys[0])), duration(int64(most.ys[len(most.ys)-1])), last.Scenario.modelled())
}
