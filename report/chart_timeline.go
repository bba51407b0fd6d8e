package report

import (
	"fmt"
	"slices"
	"time"

	"kvbench/internal/record"
	"kvbench/internal/runfile"
	"kvbench/internal/sparse"
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
	Max          int64
	responses    *sparse.Histogram // nil where there are none
	Marked       uint64            // observations of the mark that the chart shows
	MarkedOf     uint64            // of so many
}

// share is that of the mark.
func (m moment) share() float64 {
	if m.MarkedOf == 0 {
		return 0
	}
	return float64(m.Marked) / float64(m.MarkedOf)
}

// mostMoments is how many moments a track has at most; where there are more
// intervals, neighbours are taken together.
const mostMoments = 60

// latencyTracks has a track for every variant that has intervals and
// transactions; mark is what its moments count beside the latency.
func latencyTracks(s *Scenario, mark record.Series) ([]track, error) {
	var out []track
	for i := range s.Variants {
		v := &s.Variants[i]
		if len(v.intervals) == 0 || v.Transactions == 0 {
			continue
		}
		t := track{Variant: v.Name, Position: i}
		for group := range slices.Chunk(v.intervals, (len(v.intervals)+mostMoments-1)/mostMoments) {
			m, err := s.momentOf(group, mark)
			if err != nil {
				return nil, fmt.Errorf("%s/%s: %w", s.Name, v.Name, err)
			}
			t.Moments = append(t.Moments, m)
		}
		out = append(out, t)
	}
	return out, nil
}

// momentOf takes neighbouring intervals together.
func (s *Scenario) momentOf(intervals []runfile.Interval, mark record.Series) (moment, error) {
	m := moment{From: intervals[0].From, To: intervals[len(intervals)-1].To}
	for i := range intervals {
		iv := &intervals[i]
		h, err := iv.Sparse(record.Response)
		switch {
		case err != nil:
			return m, err
		case m.responses == nil:
			m.responses = h
		case h != nil:
			m.responses.Merge(h)
		}
		marked, err := s.observed(iv, mark.Name)
		if err != nil {
			return m, err
		}
		of, err := s.observed(iv, mark.Of)
		if err != nil {
			return m, err
		}
		m.Marked, m.MarkedOf = m.Marked+marked, m.MarkedOf+of
	}
	if m.Transactions = uint64(m.responses.Count()); m.Transactions > 0 {
		m.P50, m.P99, m.Max = m.responses.Percentile(50), m.responses.Percentile(99), m.responses.Max()
	}
	return m, nil
}

// observed is how many observations of a series an interval has, or
// transactions that ended in an outcome.
func (s *Scenario) observed(iv *runfile.Interval, name string) (uint64, error) {
	for i, series := range s.def.Series {
		if i == record.Response && series.Name == name { // every transaction has one
			var n uint64
			for _, ended := range iv.Outcomes {
				n += ended
			}
			return n, nil
		}
		if series.Name == name {
			h, err := iv.Sparse(i)
			return uint64(h.Count()), err
		}
	}
	if i := slices.Index(s.def.Outcomes, name); i >= 0 {
		return iv.Outcomes[i], nil
	}
	return 0, nil
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

// usual is the median of the moments' p99; 0 where there is none.
func (t track) usual() int64 {
	var all []int64
	for _, m := range t.Moments {
		if m.Transactions > 0 {
			all = append(all, m.P99)
		}
	}
	if all == nil {
		return 0
	}
	slices.Sort(all)
	return all[len(all)/2]
}

// standsOut is how many times its usual p99 a moment has at least that a title names.
const standsOut = 2

// timelineTitle names the moment that stands out most from the others of its
// variant, or says that none does.
func timelineTitle(s *Scenario, tracks []track) string {
	var title string
	most := -1.0
	for _, t := range tracks {
		_, worst := t.extremes()
		if worst.Transactions == 0 {
			continue
		}
		usual := t.usual()
		ratio := 1.0
		if worst.P99 > 0 {
			ratio = float64(worst.P99) / float64(usual) // infinite where that is 0
		}
		if ratio <= most {
			continue
		}
		most = ratio
		when := fmt.Sprintf("from %s to %s", duration(int64(worst.From)), duration(int64(worst.To)))
		if worst.From == 0 {
			when = "in the first " + duration(int64(worst.To))
		}
		title = fmt.Sprintf("p99 of %s is %s%s %s, and %s usually", t.Variant, duration(worst.P99), s.modelled(), when, duration(usual))
	}
	switch {
	case most < 0:
		return "No interval has a transaction"
	case most <= sameRatio:
		return "Steady: p99 is the same at every moment" + s.modelled()
	case most < standsOut:
		return fmt.Sprintf("Steady: no moment's p99 is above %s its usual one%s", times(most), s.modelled())
	}
	return title
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

// clockTime formats a time since measuring began for reading off: "02:10",
// "1:02:10", and below a minute "12.5 s".
func clockTime(d time.Duration) string {
	if d < time.Minute {
		return duration(int64(d))
	}
	s := int64(d.Round(time.Second) / time.Second)
	if s < 3600 {
		return fmt.Sprintf("%02d:%02d", s/60, s%60)
	}
	return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
}
