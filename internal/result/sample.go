package result

import (
	"fmt"
	"slices"

	"kvbench/internal/metric"
	"kvbench/internal/record"
	"kvbench/internal/runfile"
	"kvbench/internal/sparse"
)

// Sample is what stretches of the measured time gave together: all repeats of a
// variant, one of them or a part.
type Sample struct {
	def    *runfile.Definition
	parts  []*runfile.Interval
	counts record.Snapshot // without its histograms
	stats  []Stats         // by the scenario's series
	never  string          // what its variant can't have
	rate   metric.Quantity // what a search found of its variant
}

// Stats are the statistics of one series. Where nothing was observed all are 0.
type Stats struct {
	Count                              uint64
	Mean                               float64
	Min, P50, P90, P95, P99, P999, Max int64
	// Outside is how many of the values lie outside the range of a histogram: of those
	// no more is known than Min and Max.
	Outside uint64
	// Exact says that Min and Max are values that were seen, not ends of buckets.
	Exact bool
}

func statsOf(h *sparse.Histogram) Stats {
	return Stats{
		Count: uint64(h.Count()), Mean: h.Mean(), Min: h.Min(), Max: h.Max(), Outside: uint64(h.Outside()), Exact: h.Exact(),
		P50: h.Percentile(50), P90: h.Percentile(90), P95: h.Percentile(95), P99: h.Percentile(99), P999: h.Percentile(99.9),
	}
}

// Value is a percentile, or Min, Max or Mean.
func (s *Stats) Value(stat metric.Stat) (v float64, ok bool) {
	switch stat {
	case metric.Mean:
		return s.Mean, true
	case metric.Min:
		return float64(s.Min), true
	case metric.P50:
		return float64(s.P50), true
	case metric.P90:
		return float64(s.P90), true
	case metric.P95:
		return float64(s.P95), true
	case metric.P99:
		return float64(s.P99), true
	case metric.P999:
		return float64(s.P999), true
	case metric.Max:
		return float64(s.Max), true
	}
	return 0, false
}

// Stretch is the sample of successive intervals.
func Stretch(def *runfile.Definition, intervals []runfile.Interval) (*Sample, error) {
	memory := newAdder(def)
	for i := range intervals {
		if _, err := memory.add(&intervals[i]); err != nil {
			return nil, err
		}
	}
	return memory.whole(), nil
}

// Join takes samples of one scenario together.
func Join(samples ...*Sample) (*Sample, error) {
	memory := newAdder(samples[0].def)
	for _, s := range samples {
		for _, part := range s.parts {
			if _, err := memory.add(part); err != nil {
				return nil, err
			}
		}
	}
	whole := memory.whole()
	whole.never = samples[0].never
	return whole, nil
}

// Transactions is how many ended, in whatever outcome.
func (s *Sample) Transactions() (n uint64) {
	for _, o := range s.counts.Outcomes {
		n += o
	}
	return n
}

// Series are the statistics of a series, by its index.
func (s *Sample) Series(i int) *Stats { return &s.stats[i] }

// Billed is what the store charges for.
func (s *Sample) Billed() record.Billed { return s.counts.Billed }

// ErrorCodes counts errors by their code.
func (s *Sample) ErrorCodes() map[string]uint64 { return s.counts.Errors }

// Distribution is the histogram of a series, by its index. It is read anew each time:
// those of all series at once would be the most that a report keeps.
func (s *Sample) Distribution(series int) (*sparse.Histogram, error) {
	sum, next := &sparse.Histogram{}, &sparse.Histogram{}
	for i, part := range s.parts {
		into := next
		if i == 0 {
			into = sum
		}
		if err := part.Read(series, into); err != nil {
			return nil, err
		}
		if i > 0 {
			sum.Merge(next)
		}
	}
	return sum, nil
}

// adder adds up the histograms of stretches, by their series. Its memory is for one
// sample after the other.
type adder struct {
	def        *runfile.Definition
	sums, next []sparse.Histogram
	counts     record.Snapshot
	parts      []*runfile.Interval
	last       []Stats // of the last part
}

func newAdder(def *runfile.Definition) *adder {
	a := &adder{def: def, sums: make([]sparse.Histogram, len(def.Series)), next: make([]sparse.Histogram, len(def.Series))}
	a.reset()
	return a
}

func (a *adder) reset() {
	for i := range a.sums {
		a.sums[i].Reset()
	}
	a.counts, a.parts = record.Snapshot{Outcomes: make([]uint64, len(a.def.Outcomes))}, nil
}

// add adds a stretch and returns what it is alone.
func (a *adder) add(part *runfile.Interval) (*Sample, error) {
	if n := len(part.Outcomes); n > len(a.def.Outcomes) {
		return nil, fmt.Errorf("%d outcomes where its scenario has %d", n, len(a.def.Outcomes))
	}
	if n := len(part.Histograms); n > len(a.def.Series) {
		return nil, fmt.Errorf("%d series where its scenario has %d", n, len(a.def.Series))
	}
	one := &Sample{def: a.def, parts: []*runfile.Interval{part}, stats: make([]Stats, len(a.next))}
	one.counts = record.Snapshot{Outcomes: make([]uint64, len(a.def.Outcomes))}
	counts := part.Snapshot
	counts.Histograms = nil
	one.counts.Merge(&counts)
	a.counts.Merge(&counts)
	for i := range a.next {
		if err := part.Read(i, &a.next[i]); err != nil {
			return nil, err
		}
		one.stats[i] = statsOf(&a.next[i])
		if a.sums[i].Count() == 0 {
			a.sums[i], a.next[i] = a.next[i], a.sums[i]
		} else {
			a.sums[i].Merge(&a.next[i])
		}
	}
	a.parts, a.last = append(a.parts, part), one.stats
	return one, nil
}

// whole is all that was added.
func (a *adder) whole() *Sample {
	s := &Sample{def: a.def, parts: a.parts, counts: a.counts}
	if len(a.parts) == 1 {
		s.stats = a.last
		return s
	}
	s.stats = make([]Stats, len(a.sums))
	for i := range a.sums {
		s.stats[i] = statsOf(&a.sums[i])
	}
	return s
}

// Counter counts what was observed in one interval after the other, in the same memory.
type Counter struct {
	Def    *runfile.Definition
	memory sparse.Histogram
}

// Count is how often a metric that has a series was observed in an interval, and how many
// there were of what it is a share of.
func (c *Counter) Count(iv *runfile.Interval, m metric.Metric) (n, whole uint64, err error) {
	if n, err = c.count(iv, c.Def.Series[m.Series].Name); err != nil || m.Of == "" {
		return n, 0, err
	}
	whole, err = c.count(iv, m.Of)
	return n, whole, err
}

// count is how many observations of a series an interval has, or transactions that ended
// in an outcome.
func (c *Counter) count(iv *runfile.Interval, name string) (n uint64, err error) {
	i := slices.IndexFunc(c.Def.Series, func(s record.Series) bool { return s.Name == name })
	switch {
	case i == record.Response: // every transaction has one
		for _, ended := range iv.Outcomes {
			n += ended
		}
		return n, nil
	case i >= 0:
		err := iv.Read(i, &c.memory)
		return uint64(c.memory.Count()), err
	}
	if i = slices.Index(c.Def.Outcomes, name); i >= 0 {
		return iv.Outcomes[i], nil
	}
	return 0, nil
}
