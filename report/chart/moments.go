package chart

import (
	"fmt"
	"slices"
	"time"

	"kvbench/internal/metric"
	"kvbench/internal/record"
	"kvbench/internal/result"
	"kvbench/internal/runfile"
	"kvbench/internal/sparse"
)

// track is a variant's response time as its first repeat went on.
type track struct {
	variant *result.Variant
	Moments []moment
}

// moment is what a stretch of the measured time saw.
type moment struct {
	From, To     time.Duration
	Transactions uint64
	P50, P99     int64 // ns; 0 where there are no transactions
	Max          int64
	responses    []mass
	Seen         uint64          // observations of the anomaly that the chart shows
	Share        metric.Quantity // of it
}

// mass is how many responses lie around a value: what a heat map needs of a bucket, in half
// the memory.
type mass struct {
	middle float64 // ns
	count  int64
}

// mostMoments is how many moments a track has at most; where there are more intervals,
// neighbours are taken together.
const mostMoments = 60

// tracks has a track for every variant that has intervals and transactions; m is what
// its moments count beside the latency, if it has an ID.
func tracks(s *result.Scenario, m metric.Metric) ([]track, error) {
	var out []track
	memory := momentMemory{counter: result.Counter{Def: s.Def}}
	for _, v := range ran(s) {
		intervals := v.Repeats[0].Intervals
		if len(intervals) == 0 {
			continue
		}
		t := track{variant: v}
		for group := range slices.Chunk(intervals, (len(intervals)+mostMoments-1)/mostMoments) {
			moment, err := momentOf(group, m, &memory)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", v.Name, err)
			}
			t.Moments = append(t.Moments, moment)
		}
		out = append(out, t)
	}
	return out, nil
}

// momentMemory is what one moment after the other is read with.
type momentMemory struct {
	counter   result.Counter
	sum, next sparse.Histogram
}

// momentOf takes neighbouring intervals together.
func momentOf(intervals []runfile.Interval, of metric.Metric, memory *momentMemory) (moment, error) {
	m := moment{From: intervals[0].From, To: intervals[len(intervals)-1].To}
	var seen, whole uint64
	for i := range intervals {
		iv := &intervals[i]
		into := &memory.next
		if i == 0 {
			into = &memory.sum
		}
		if err := iv.Read(record.Response, into); err != nil {
			return m, err
		}
		if i > 0 {
			memory.sum.Merge(into)
		}
		if of.ID == "" {
			continue
		}
		n, all, err := memory.counter.Count(iv, of)
		if err != nil {
			return m, err
		}
		seen, whole = seen+n, whole+all
	}
	m.Seen, m.Share = seen, metric.Ratio(float64(seen), float64(whole))
	if m.Transactions = uint64(memory.sum.Count()); m.Transactions > 0 {
		m.P50, m.P99, m.Max = memory.sum.Percentile(50), memory.sum.Percentile(99), memory.sum.Max()
	}
	m.responses = make([]mass, len(memory.sum.Buckets()))
	for i, b := range memory.sum.Buckets() {
		m.responses[i] = mass{float64(b.From)/2 + float64(b.To)/2, b.Count}
	}
	return m, nil
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

// timelineTitle names the moment that stands out most from the others of its variant, or
// says that none does.
func timelineTitle(s *result.Scenario, all []track) (title string, tells bool) {
	most := 0.0
	for _, t := range all {
		_, worst := t.extremes()
		// Where the usual p99 is 0 any other stands out.
		ratio := metric.Ratio(float64(worst.P99), float64(t.usual())).Or(standsOut)
		if worst.P99 == 0 || ratio <= most {
			continue
		}
		most = ratio
		when := fmt.Sprintf("from %s to %s", metric.FormatTime(float64(worst.From)), metric.FormatTime(float64(worst.To)))
		if worst.From == 0 {
			when = "in the first " + metric.FormatTime(float64(worst.To))
		}
		title = fmt.Sprintf("%s: p99 %s%s %s", t.variant.Name, metric.FormatTime(float64(worst.P99)), modelled(s), when)
	}
	if most < standsOut {
		return "p99 is steady" + modelled(s), false
	}
	return title, true
}

// clockTime formats a time since measuring began for reading off: "02:10", "1:02:10",
// and below a minute "12.5 s".
func clockTime(d time.Duration) string {
	if d < time.Minute {
		return metric.FormatTime(float64(d))
	}
	s := int64(d.Round(time.Second) / time.Second)
	if s < 3600 {
		return fmt.Sprintf("%02d:%02d", s/60, s%60)
	}
	return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
}
