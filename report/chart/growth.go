package chart

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"kvbench/internal/metric"
	"kvbench/internal/result"
	"kvbench/internal/runfile"
	"kvbench/report/chart/kit"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// grown is a scenario of a family whose members differ in their number of keys.
type grown struct {
	Keys     uint64
	Scenario *result.Scenario
}

// Growth returns a chart for each set of scenarios that differ in nothing but their number
// of keys; it belongs to the smallest of them, whose name it has. A file of format 1 does
// not say it in types, and has none.
func Growth(set *result.Set) []Chart {
	var out []Chart
	for _, family := range families(set) {
		out = append(out, growth(family))
	}
	return out
}

// families are those sets, by rising count.
func families(set *result.Set) [][]grown {
	var order []string
	byRest := map[string][]grown{}
	for _, s := range set.Scenarios {
		if s.Def.Workload == nil || len(ran(s)) == 0 {
			continue
		}
		rest := withoutKeyCount(s.Def)
		if byRest[rest] == nil {
			order = append(order, rest)
		}
		byRest[rest] = append(byRest[rest], grown{uint64(s.Def.Workload.Keys.Count), s})
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
		panic("chart: " + err.Error())
	}
	return string(text)
}

// growthPanel is one figure by the number of keys.
type growthPanel struct {
	title  string
	unit   metric.Unit // of the axis
	figure func(*result.Variant) float64
	format func(float64) string
}

const growthHeight vg.Length = 270

func p99(v *result.Variant) float64 { return float64(response(v).P99) }

func growth(family []grown) Chart {
	first, last := family[0], family[len(family)-1]
	latency := last.Scenario.Def.Latency()
	title, tells := growthTitle(family)
	chart := Chart{Tells: tells, Chart: kit.Chart{
		Scenario: first.Scenario.Def.Name, Name: "growth", Title: title, Alt: "Lines of p99 and of cost by the number of keys.",
		Subtitle: "by the number of keys on a log scale: ",
	}}
	for i, g := range family {
		if i > 0 {
			chart.Subtitle += ", "
		}
		chart.Subtitle += g.Scenario.Def.Name
		chart.Notes = append(chart.Notes, notes(g.Scenario, false)...)
		for _, v := range ran(g.Scenario) {
			text := string(latency)
			if latency != runfile.NotModelled {
				text = "p99 " + metric.FormatTime(p99(v))
			}
			chart.Alt += fmt.Sprintf(" %s at %s keys: %s, %s.", v.Name, metric.Grouped(g.Keys), text, million(v).Text(metric.FormatMoney))
		}
	}
	slices.Sort(chart.Notes)
	chart.Notes = slices.Compact(chart.Notes)
	panels := []growthPanel{
		{"p99 of the " + responseTime(last.Scenario), metric.Time, p99, metric.FormatTime},
		{"US dollars per million transactions", metric.Count, func(v *result.Variant) float64 { return million(v).Or(0) * perDollar }, inDollars},
	}
	if latency == runfile.NotModelled {
		panels = panels[1:]
	}
	chart.Height = growthHeight * vg.Length(len(panels))
	chart.Body = func(c draw.Canvas) {
		for _, p := range panels {
			var top draw.Canvas
			top, c = kit.CutTop(c, growthHeight)
			p.draw(top, family)
		}
	}
	return chart
}

func (p growthPanel) draw(c draw.Canvas, family []grown) {
	head, c := kit.CutTop(c, 22)
	head.FillText(kit.Bold(kit.Lettering(kit.BodySize, kit.Ink)), vg.Point{X: head.Min.X, Y: head.Max.Y - 11}, p.title)
	set := kit.LineSet{Link: "keys", Foot: "keys", Dots: true, Lines: growthLines(family, p.figure, p.format)}
	var xs, ys []float64
	for _, l := range set.Lines {
		xs, ys = append(xs, l.Xs...), append(ys, l.Ys...)
	}
	set.X, set.Y = keysAxis(xs), kit.LogAxis(p.unit, ys, 6)
	if p.unit == metric.Count {
		for i := range set.Y.Ticks {
			set.Y.Ticks[i].Label = inDollars(set.Y.Ticks[i].Value)
		}
	}
	set.Draw(c)
}

// keysAxis spans numbers of keys, with a tick at each of them.
func keysAxis(xs []float64) kit.Axis {
	a := kit.LogAxis(metric.Count, xs, 8)
	a.Min, a.Max = slices.Min(xs), slices.Max(xs)
	a.Ticks = a.Ticks[:0]
	slices.Sort(xs)
	for _, x := range slices.Compact(xs) {
		if last := len(a.Ticks) - 1; last >= 0 && a.Norm(x)-a.Norm(a.Ticks[last].Value) < 0.08 {
			continue
		}
		a.Ticks = append(a.Ticks, plot.Tick{Value: x, Label: metric.Grouped(uint64(x))})
	}
	return a
}

// perDollar is a hundredth of a cent, so that an axis of whole numbers holds it.
const perDollar = 1e4

func inDollars(v float64) string {
	if v < 1 {
		return "0"
	}
	return strings.TrimSuffix(metric.FormatMoney(v/perDollar), ".00")
}

// growthLines has a line for every variant of a family's scenarios that was measured.
func growthLines(family []grown, figure func(*result.Variant) float64, format func(float64) string) []kit.Labelled {
	var out []kit.Labelled
	for _, g := range family {
		for _, v := range ran(g.Scenario) {
			k := slices.IndexFunc(out, func(l kit.Labelled) bool { return l.Variant == v.Name })
			if k < 0 {
				k = len(out)
				out = append(out, kit.Labelled{Variant: v.Name, Position: v.Index})
			}
			l := &out[k]
			l.Xs, l.Ys = append(l.Xs, float64(g.Keys)), append(l.Ys, figure(v))
			l.Texts = append(l.Texts, fmt.Sprintf("%s keys: %s", metric.Grouped(g.Keys), format(figure(v))))
			l.Figure = format(figure(v))
		}
	}
	return out
}

// growthTitle names the variant that grows most.
func growthTitle(family []grown) (title string, tells bool) {
	first, last := family[0], family[len(family)-1]
	suffix := modelled(last.Scenario)
	keys := fmt.Sprintf("%s to %s keys", metric.Grouped(first.Keys), metric.Grouped(last.Keys))
	if last.Scenario.Def.Latency() == runfile.NotModelled {
		return keys + ": cost" + suffix, true
	}
	var most kit.Labelled
	worst := 1.05
	for _, l := range growthLines(family, p99, metric.FormatTime) {
		if grows, ok := metric.Ratio(l.Ys[len(l.Ys)-1], l.Ys[0]).Value(); ok && grows > worst {
			worst, most = grows, l
		}
	}
	if most.Ys == nil {
		return keys + ": no p99 grows" + suffix, false
	}
	return fmt.Sprintf("%s: %s p99 %s to %s%s", keys, most.Variant,
		metric.FormatTime(most.Ys[0]), metric.FormatTime(most.Ys[len(most.Ys)-1]), suffix), true
}
