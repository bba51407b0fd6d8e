package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"sort"
	"time"

	"kvbench/internal/record"
	"kvbench/internal/sparse"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// ageMarks are the marks whose size says for how long an answer had been wrong.
var ageMarks = []string{
	"stale-read", "cached-error", "expired-served", "revoked-served", "lost-session", "torn-read", "ghost-id", "wrong-fallback",
}

// ageCurve is which share of a variant's answers was wrong for longer than an age.
type ageCurve struct {
	Variant  string
	Position int // in the scenario
	Stats    Stats
	Ages     []float64 // ns, rising
	Share    []float64 // of the answers that were wrong for longer, falling to 0
}

// ageSteps is how many points a curve has for each power of ten.
const ageSteps = 12

// ageCurves has a curve for every variant that has the mark.
func ageCurves(s *Scenario, mark record.Series) ([]ageCurve, error) {
	index := slices.IndexFunc(s.def.Series, func(m record.Series) bool { return m.Name == mark.Name })
	var out []ageCurve
	var ages []*sparse.Histogram // of out
	from := int64(math.MaxInt64)
	for i := range s.Variants {
		v := &s.Variants[i]
		if st := v.Series[mark.Name]; st.Count > 0 && st.Share.Or(0) > 0 {
			h, err := v.histogram(index)
			if err != nil {
				return nil, err
			}
			out, ages = append(out, ageCurve{Variant: v.Name, Position: i, Stats: st}), append(ages, h)
			from = min(from, h.Percentile(2)) // the rest is nothing to look at
		}
	}
	for i := range out {
		c := &out[i]
		c.Ages, c.Share = longerThan(ages[i], float64(from), c.Stats.Share.Or(0))
	}
	return out, nil
}

// longerThan returns, for ages in equal steps on a log scale from one on, the
// share of all that is larger; all have the mark in the share of whole. It
// ends at the largest.
func longerThan(h *sparse.Histogram, from, whole float64) (ages, share []float64) {
	bars := h.Buckets()
	largest := float64(h.Max())
	n, seen, k := float64(h.Count()), int64(0), 0
	first := math.Floor(math.Log10(max(from, float64(time.Millisecond)))*ageSteps) / ageSteps
	for step := 0; ; step++ {
		age := min(math.Pow(10, first+float64(step)/ageSteps), largest)
		for k < len(bars) && float64(bars[k].From) <= age {
			seen += bars[k].Count
			k++
		}
		ages, share = append(ages, age), append(share, whole*(1-float64(seen)/n))
		if age >= largest {
			return ages, share
		}
	}
}

// at is the share of the answers that were wrong for longer than an age.
func (c ageCurve) at(age float64) float64 {
	k := sort.SearchFloat64s(c.Ages, age)
	if k == len(c.Ages) {
		return 0
	}
	switch {
	case age == c.Ages[k]:
		return c.Share[k]
	case k == 0:
		return c.Stats.Share.Or(0)
	}
	part := (age - c.Ages[k-1]) / (c.Ages[k] - c.Ages[k-1])
	return c.Share[k-1] + part*(c.Share[k]-c.Share[k-1])
}

const agePanel vg.Length = 270

func stalenessChart(s *Scenario) (Chart, bool) {
	var marks []record.Series
	var curves [][]ageCurve
	fired, _ := s.watched()
	for _, m := range fired {
		if m.Unit == "ns" && m.Of != "" && slices.Contains(ageMarks, m.Name) {
			c, err := ageCurves(s, m)
			if err != nil {
				return Chart{Name: "staleness", err: err}, true
			}
			if c != nil {
				marks, curves = append(marks, m), append(curves, c)
			}
		}
	}
	if len(marks) == 0 {
		return Chart{}, false
	}
	chart := Chart{
		Name: "staleness", Title: stalenessTitle(marks[0], s.whole(marks[0].Of), curves[0]), Alt: "Lines of the share of wrong answers by their age.",
		subtitle: s.Name + ": share of the answers that were wrong for longer than an age, by that age on a log scale; lower is better",
		height:   agePanel * vg.Length(len(marks)),
		notes:    s.chartNotes(slices.ContainsFunc(slices.Concat(curves...), func(c ageCurve) bool { return c.Ages[0] <= 0 })),
	}
	for i, m := range marks {
		var names []string
		for _, c := range curves[i] {
			names = append(names, c.Variant)
			chart.Alt += fmt.Sprintf(" %s of %s: %s.", m.Name, c.Variant, markText(m, c.Stats))
		}
		for _, v := range s.Variants {
			if v.Transactions > 0 && !slices.Contains(names, v.Name) {
				chart.Alt += fmt.Sprintf(" %s of %s: none.", m.Name, v.Name)
			}
		}
	}
	chart.body = func(c draw.Canvas) {
		for i := range marks {
			var top draw.Canvas
			top, c = cutTop(c, agePanel)
			drawAges(top, marks[i], curves[i])
		}
	}
	return chart, true
}

// stalenessTitle says how much of the whole is still wrong after the median age of
// all.
func stalenessTitle(m record.Series, whole string, curves []ageCurve) string {
	byShare := func(a, b ageCurve) int { return cmp.Compare(a.Stats.Share.Or(0), b.Stats.Share.Or(0)) }
	most, least := slices.MaxFunc(curves, byShare), slices.MinFunc(curves, byShare)
	of := float64(time.Minute)
	if float64(most.Stats.Max) < of {
		of = float64(most.Stats.P50)
	}
	title := fmt.Sprintf("%s beyond %s: %s of %s with %s", m.Name, duration(int64(of)), percent(most.at(of)), whole, most.Variant)
	switch {
	case least.Variant == most.Variant:
	case percent(least.at(of)) == percent(most.at(of)):
		title = fmt.Sprintf("%s beyond %s: %s of %s, whichever variant has any", m.Name, duration(int64(of)), percent(most.at(of)), whole)
	default:
		title += fmt.Sprintf(", %s with %s", percent(least.at(of)), least.Variant)
	}
	return title
}

func drawAges(c draw.Canvas, m record.Series, curves []ageCurve) {
	head, c := cutTop(c, 38)
	head.FillText(bold(lettering(bodySize, ink)), vg.Point{X: head.Min.X, Y: head.Max.Y - 9}, m.Name)
	head.FillText(lettering(noteSize, mutedInk), vg.Point{X: head.Min.X, Y: head.Max.Y - 26}, m.Doc)
	var values []float64
	top := 0.0
	for _, k := range curves {
		values = append(values, k.Ages...)
		top = max(top, k.Stats.Share.Or(0))
	}
	x := logAxis(m.Unit, values, 7)
	x.min = max(x.min, slices.Min(values)) // an age of 0 has a tick of its own below all others
	x.ticks = slices.DeleteFunc(x.ticks, func(t plot.Tick) bool { return t.Value < x.min })
	set := lineSet{
		x: x, y: linearAxis(roundUp(top), []float64{0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1}, 5, percent),
		link: m.Name, foot: "for longer than", steps: true,
	}
	for _, k := range curves {
		l := labelled{
			variant: k.Variant, position: k.Position, xs: k.Ages, ys: k.Share,
			figure: k.Stats.Share.Text(percent) + ", max " + duration(k.Stats.Max),
		}
		for i := range l.xs {
			l.texts = append(l.texts, fmt.Sprintf("over %s: %s", duration(int64(l.xs[i])), percent(l.ys[i])))
		}
		set.lines = append(set.lines, l)
	}
	set.draw(c)
}
