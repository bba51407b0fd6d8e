package report

import (
	"fmt"
	"slices"
	"time"

	"kvbench/internal/record"
	"kvbench/internal/runfile"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// track is a variant's response time as its first repeat went on.
type track struct {
	Variant  string
	Position int // in the scenario
	Moments  []moment
}

// moment is what a stretch of the measured time saw.
type moment struct {
	From, To     time.Duration
	Transactions uint64
	P50, P99     int64 // ns; 0 where there are no transactions
}

// mostMoments is how many moments a track has at most; where there are more
// intervals, neighbours are taken together.
const mostMoments = 60

// latencyTracks has a track for every variant that has intervals and transactions.
func latencyTracks(s *Scenario) []track {
	var out []track
	for i := range s.Variants {
		v := &s.Variants[i]
		if len(v.intervals) == 0 || v.Transactions == 0 {
			continue
		}
		t := track{Variant: v.Name, Position: i}
		for group := range slices.Chunk(v.intervals, (len(v.intervals)+mostMoments-1)/mostMoments) {
			t.Moments = append(t.Moments, momentOf(group))
		}
		out = append(out, t)
	}
	return out
}

// momentOf takes neighbouring intervals together.
func momentOf(intervals []runfile.Interval) moment {
	m := moment{From: intervals[0].From, To: intervals[len(intervals)-1].To}
	sum := record.NewTotal()
	for i := range intervals {
		if h := intervals[i].Histograms[record.Response]; h != nil {
			sum.Merge(h)
		}
	}
	if m.Transactions = uint64(sum.TotalCount()); m.Transactions > 0 {
		m.P50, m.P99 = sum.ValueAtPercentile(50), sum.ValueAtPercentile(99)
	}
	return m
}

// trackHeight is that of a panel with all around it.
const trackHeight vg.Length = 150

// trackColumns is how many panels stand beside each other.
const trackColumns = 2

func timelineChart(s *Scenario) (Chart, bool) {
	tracks := latencyTracks(s)
	if len(tracks) == 0 {
		return Chart{}, false
	}
	var values []float64
	end := time.Duration(1)
	for _, t := range tracks {
		for _, m := range t.Moments {
			end = max(end, m.To)
			if m.Transactions > 0 {
				values = append(values, float64(m.P50), float64(m.P99))
			}
		}
	}
	chart := Chart{
		Name: "timeline", Title: timelineTitle(s, tracks), Alt: "Lines of " + s.responseTime() + " over time.",
		subtitle: s.Name + ": " + s.responseTime() + " on a log scale, as the run went on: p99 the thick line, p50 the thin one",
		height:   tracksHeight(len(tracks)),
		notes:    s.chartNotes(slices.Contains(values, 0)),
	}
	for _, t := range tracks {
		best, worst := t.extremes()
		chart.Alt += fmt.Sprintf(" %s: p99 between %s and %s.", t.Variant, duration(best.P99), duration(worst.P99))
	}
	x, y := timeAxis(end), logAxis("ns", values, 5)
	chart.body = func(c draw.Canvas) {
		for i, at := range places(c, len(tracks)) {
			tracks[i].draw(at, x, y)
		}
	}
	return chart, true
}

// tracksHeight is what n panels need.
func tracksHeight(n int) vg.Length {
	columns := min(trackColumns, n)
	return trackHeight * vg.Length((n+columns-1)/columns)
}

// places divides a canvas among n panels, row by row.
func places(c draw.Canvas, n int) []draw.Canvas {
	out := make([]draw.Canvas, n)
	columns := min(trackColumns, n)
	whole := c.Max.X - c.Min.X
	width := whole / vg.Length(columns)
	var row draw.Canvas
	for i := range out {
		if i%columns == 0 {
			row, c = cutTop(c, trackHeight)
		}
		left := vg.Length(i%columns) * width
		out[i] = draw.Crop(row, left, left+width-whole, 0, 0)
	}
	return out
}

// extremes returns the moments with the least and the greatest p99.
func (t track) extremes() (best, worst moment) {
	for _, m := range t.Moments {
		if m.Transactions == 0 {
			continue
		}
		if best.Transactions == 0 || m.P99 < best.P99 {
			best = m
		}
		if worst.Transactions == 0 || m.P99 > worst.P99 {
			worst = m
		}
	}
	return best, worst
}

// timelineTitle names the worst moment of all.
func timelineTitle(s *Scenario, tracks []track) string {
	var worst moment
	var name string
	for _, t := range tracks {
		if _, m := t.extremes(); m.Transactions > 0 && (worst.Transactions == 0 || m.P99 > worst.P99) {
			worst, name = m, t.Variant
		}
	}
	if worst.Transactions == 0 {
		return "No interval has a transaction"
	}
	return fmt.Sprintf("The worst moment: p99 of %s is %s%s from %s to %s", name, duration(worst.P99), s.modelled(),
		duration(int64(worst.From)), duration(int64(worst.To)))
}

// draw draws one panel. A stretch without transactions is a gap.
func (t track) draw(c draw.Canvas, x, y axis) {
	colour := variantColour(t.Position)
	name := bold(lettering(bodySize, ink))
	name.Color = colour
	p := panel{Canvas: draw.Crop(c, 56, -18, 34, -24), x: x, y: y}
	c.FillText(name, vg.Point{X: p.Min.X, Y: c.Max.Y - 9}, t.Variant)
	p.rules(true)
	p.marksX(true)
	for _, line := range []struct {
		of    func(moment) int64
		width vg.Length
	}{
		{func(m moment) int64 { return m.P99 }, 2.25},
		{func(m moment) int64 { return m.P50 }, 1},
	} {
		var xs, ys []float64
		flush := func() {
			if len(xs) > 0 {
				p.line(stroke(colour, line.width), xs, ys)
			}
			xs, ys = nil, nil
		}
		for _, m := range t.Moments {
			if m.Transactions == 0 {
				flush()
				continue
			}
			xs, ys = append(xs, float64(m.From+m.To)/2), append(ys, float64(line.of(m)))
		}
		flush()
	}
}

// timeAxis spans the measured time, with ticks at round times.
func timeAxis(end time.Duration) axis {
	steps := []float64{float64(end)}
	for _, d := range []time.Duration{
		time.Millisecond, 10 * time.Millisecond, 100 * time.Millisecond, 500 * time.Millisecond,
		time.Second, 2 * time.Second, 5 * time.Second, 10 * time.Second, 15 * time.Second, 30 * time.Second,
		time.Minute, 2 * time.Minute, 5 * time.Minute, 10 * time.Minute, 15 * time.Minute, 30 * time.Minute,
		time.Hour, 2 * time.Hour, 4 * time.Hour, 8 * time.Hour, 24 * time.Hour,
	} {
		steps = append(steps, float64(d))
	}
	slices.Sort(steps)
	const labels = 5
	return linearAxis(float64(end), steps, labels, func(v float64) string {
		d := time.Duration(v)
		if d == 0 {
			return "0"
		}
		if d >= time.Minute && d < 2*time.Minute {
			return digits(d.Minutes(), 3) + " min"
		}
		return duration(int64(d))
	})
}
