package chart

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"sort"
	"time"

	"kvbench/internal/metric"
	"kvbench/internal/record"
	"kvbench/internal/result"
	"kvbench/internal/sparse"
	"kvbench/report/chart/kit"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// ageCurve is which share of a variant's answers was wrong for longer than an age.
type ageCurve struct {
	variant *result.Variant
	Stats   *result.Stats
	Whole   float64   // the share of all that were wrong
	Ages    []float64 // ns, rising
	Share   []float64 // of the answers that were wrong for longer, falling to 0
}

// ageSteps is how many points a curve has for each power of ten.
const ageSteps = 12

// ageCurves has a curve for every variant that has the anomaly.
func ageCurves(s *result.Scenario, m metric.Metric) ([]ageCurve, error) {
	var out []ageCurve
	var ages []*sparse.Histogram // of out
	from := int64(math.MaxInt64)
	for _, v := range ran(s) {
		st, share := v.Whole.Series(m.Series), v.Whole.Share(m).Or(0)
		if st.Count == 0 || share == 0 {
			continue
		}
		h, err := v.Whole.Distribution(m.Series)
		if err != nil {
			return nil, err
		}
		out, ages = append(out, ageCurve{variant: v, Stats: st, Whole: share}), append(ages, h)
		from = min(from, h.Percentile(2)) // the rest is nothing to look at
	}
	for i := range out {
		c := &out[i]
		c.Ages, c.Share = longerThan(ages[i], float64(from), c.Whole)
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
		return c.Whole
	}
	part := (age - c.Ages[k-1]) / (c.Ages[k] - c.Ages[k-1])
	return c.Share[k-1] + part*(c.Share[k]-c.Share[k-1])
}

const agePanel vg.Length = 254 // without what the anomaly means

// staleness shows for each anomaly that has an age how much was wrong for longer than
// which.
func staleness(s *result.Scenario) (*Chart, error) {
	var kinds []metric.Metric
	var curves [][]ageCurve
	for _, m := range s.Seen(metric.Anomaly) {
		if record.Role(m.Role) != record.Age {
			continue
		}
		c, err := ageCurves(s, m)
		if err != nil {
			return nil, err
		}
		if c != nil {
			kinds, curves = append(kinds, m), append(curves, c)
		}
	}
	if kinds == nil {
		return nil, nil
	}
	title, tells := stalenessTitle(s, kinds[0], curves[0])
	chart := &Chart{Tells: tells, Chart: kit.Chart{
		Name: "staleness", Title: title, Alt: "Lines of the share of wrong answers by their age.",
		Subtitle: s.Def.Name + ": share of answers wrong for longer than an age, by that age on a log scale; lower is better",
		Notes:    notes(s, slices.ContainsFunc(slices.Concat(curves...), func(c ageCurve) bool { return c.Ages[0] <= 0 })),
	}}
	docs := make([][]string, len(kinds)) // in lines
	height := func(i int) vg.Length { return agePanel + docLine*vg.Length(len(docs[i])) }
	for i, m := range kinds {
		docs[i] = kit.Wrap(kit.Lettering(kit.NoteSize, kit.MutedInk), m.Doc)
		chart.Height += height(i)
		for _, v := range ran(s) {
			chart.Alt += fmt.Sprintf(" %s of %s: %s.", m.ID, v.Name, inWords(m, v))
		}
	}
	chart.Body = func(c draw.Canvas) {
		for i := range kinds {
			var top draw.Canvas
			top, c = kit.CutTop(c, height(i))
			drawAges(top, kinds[i], docs[i], curves[i])
		}
	}
	return chart, nil
}

// stalenessTitle says how much is still wrong after a minute, or after the median age, of
// the variant with the most and the one with the least of it.
func stalenessTitle(s *result.Scenario, m metric.Metric, curves []ageCurve) (title string, tells bool) {
	worst := slices.MaxFunc(curves, func(a, b ageCurve) int { return cmp.Compare(a.Whole, b.Whole) })
	age := float64(time.Minute)
	if float64(worst.Stats.Max) < age {
		age = float64(worst.Stats.P50)
	}
	by := func(a, b ageCurve) int { return cmp.Compare(a.at(age), b.at(age)) }
	most, least := slices.MaxFunc(curves, by), slices.MinFunc(curves, by)
	title = fmt.Sprintf("%s over %s: %s %s", m.ID, metric.FormatTime(age), most.variant.Name, metric.FormatShare(most.at(age)))
	if never, _ := extremes(s, shareOf(m)); shareOf(m)(never).Or(1) == 0 {
		return title + ", " + never.Name + " none", true
	}
	low := metric.FormatShare(least.at(age))
	if least.variant == most.variant || low == metric.FormatShare(most.at(age)) {
		return title, false
	}
	return title + fmt.Sprintf(", %s %s", least.variant.Name, low), true
}

func drawAges(c draw.Canvas, m metric.Metric, doc []string, curves []ageCurve) {
	plain, muted := kit.Lettering(kit.BodySize, kit.Ink), kit.Lettering(kit.NoteSize, kit.MutedInk)
	head, c := kit.CutTop(c, 22+docLine*vg.Length(len(doc)))
	head.FillText(kit.Bold(plain), vg.Point{X: head.Min.X, Y: head.Max.Y - 9}, m.ID)
	for i, line := range doc {
		head.FillText(muted, vg.Point{X: head.Min.X, Y: head.Max.Y - 26 - docLine*vg.Length(i)}, line)
	}
	var values []float64
	top := 0.0
	for _, k := range curves {
		values = append(values, k.Ages...)
		top = max(top, k.Whole)
	}
	x := kit.LogAxis(m.Unit, values, 7)
	x.Min = max(x.Min, slices.Min(values)) // an age of 0 has a tick of its own below all others
	x.Ticks = slices.DeleteFunc(x.Ticks, func(t plot.Tick) bool { return t.Value < x.Min })
	steps := []float64{0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1}
	set := kit.LineSet{
		X: x, Y: kit.LinearAxis(kit.RoundUp(top), steps, 5, metric.FormatShare), Link: m.ID, Foot: "for longer than", Steps: true,
	}
	for _, k := range curves {
		l := kit.Labelled{
			Variant: k.variant.Name, Position: k.variant.Index, Xs: k.Ages, Ys: k.Share,
			Figure: metric.FormatShare(k.Whole) + ", p99 " + metric.FormatTime(float64(k.Stats.P99)),
		}
		for i := range l.Xs {
			l.Texts = append(l.Texts, fmt.Sprintf("over %s: %s", metric.FormatTime(l.Xs[i]), metric.FormatShare(l.Ys[i])))
		}
		set.Lines = append(set.Lines, l)
	}
	set.Draw(c)
}
