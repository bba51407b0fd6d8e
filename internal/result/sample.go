package result

import (
	"fmt"
	"slices"
	"strings"

	"kvbench/internal/metric"
	"kvbench/internal/price"
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
	sum := &sparse.Histogram{}
	for _, part := range s.parts {
		one, err := part.Sparse(series)
		if err != nil {
			return nil, err
		}
		if sum.Count() == 0 && one != nil {
			sum = one
			continue
		}
		sum.Merge(one)
	}
	return sum, nil
}

// N is how often a metric was observed: transactions of an outcome, values of a series,
// calls; 0 of a metric that is no count.
func (s *Sample) N(m metric.Metric) uint64 {
	switch {
	case m.Series >= 0:
		return s.stats[m.Series].Count
	case m.ID == runfile.Errors:
		return s.Outcome(s.def.ErrorOutcome())
	case m.ID == runfile.CallErrors:
		return s.failedCalls()
	case m.ID == runfile.Ops:
		return s.Calls()
	}
	kind, name, _ := strings.Cut(m.ID, ".")
	switch kind + "." {
	case runfile.OutcomeID:
		return s.Outcome(slices.Index(s.def.Outcomes, name))
	case runfile.CallErrors + ".", runfile.Errors + ".":
		return s.counts.Errors[name]
	case runfile.Ops + ".":
		return s.whole(name)
	}
	return 0
}

// Outcome is how many transactions ended so; 0 below index 0.
func (s *Sample) Outcome(i int) uint64 {
	if i < 0 {
		return 0
	}
	return s.counts.Outcomes[i]
}

// Calls is how many calls of the store there were.
func (s *Sample) Calls() (n uint64) {
	for i := record.Get; i < min(record.FirstMark, len(s.stats)); i++ {
		n += s.stats[i].Count
	}
	return n
}

func (s *Sample) failedCalls() (n uint64) {
	for code, of := range s.counts.Errors {
		if record.IsCall(code) {
			n += of
		}
	}
	return n
}

// whole is how many there are of what a share is a share of.
func (s *Sample) whole(of string) uint64 {
	switch of {
	case metric.Transactions:
		return s.Transactions()
	case metric.Calls:
		return s.Calls()
	}
	if i := slices.IndexFunc(s.def.Series, func(r record.Series) bool { return r.Name == of }); i >= 0 {
		return s.stats[i].Count
	}
	return s.Outcome(slices.Index(s.def.Outcomes, of))
}

// Share is a metric's count as a share of what it is one of; none where there was none
// of that, or where it is a share of nothing.
func (s *Sample) Share(m metric.Metric) metric.Quantity {
	if m.Of == "" {
		return metric.Quantity{}
	}
	v, _ := s.counted(metric.Figure{Metric: m, Stat: metric.Part}, s.N(m))
	return v
}

// Value is a figure, or none and why it can't be had.
func (s *Sample) Value(f metric.Figure) (v metric.Quantity, missing string) {
	transactions := s.Transactions()
	if transactions == 0 {
		return v, "no transaction was measured"
	}
	n := s.N(f.Metric)
	switch {
	case f.ID == runfile.USD:
		return metric.Of(price.USDPerMillion(s.def.Prices(), s.counts.Billed, transactions)), ""
	case f.Class == metric.Cost, f.Stat == metric.Per:
		return metric.Ratio(float64(n), float64(transactions)), ""
	case f.Series < 0:
		return s.counted(f, n)
	}
	timed := f.Class == metric.Latency || f.Class == metric.Call
	stats := &s.stats[f.Series]
	value, ok := stats.Value(f.Stat)
	switch {
	case timed && ok && s.def.Latency() == runfile.NotModelled:
		return v, string(runfile.NotModelled)
	case !ok, f.Stat == metric.Max && !timed && n == 0: // the size of what never happened is 0
		return s.counted(f, n)
	case n == 0:
		return v, "no " + f.ID + " was observed"
	}
	return metric.Of(value), ""
}

// counted is how often something was observed, or that as a share of what it could have
// been. Of nothing neither can be had: that it did not happen where it could not happen
// says nothing.
func (s *Sample) counted(f metric.Figure, n uint64) (v metric.Quantity, missing string) {
	of := f.Of
	if of == "" {
		of = metric.Transactions
	}
	whole := s.whole(of)
	switch {
	case whole == 0 && of == s.never:
		return metric.Of(0), ""
	case whole == 0:
		return v, "none: no " + strings.TrimSuffix(of, "s") + " was observed, of which it is counted"
	case f.Stat == metric.Part:
		return metric.Ratio(float64(n), float64(whole)), ""
	}
	return metric.Of(float64(n)), ""
}

// adder adds up the histograms of stretches, by their series. Its memory is for one
// sample after the other.
type adder struct {
	def        *runfile.Definition
	sums, next []sparse.Histogram
	counts     record.Snapshot
	parts      []*runfile.Interval
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
	a.parts = append(a.parts, part)
	return one, nil
}

// whole is all that was added.
func (a *adder) whole() *Sample {
	s := &Sample{def: a.def, parts: a.parts, counts: a.counts, stats: make([]Stats, len(a.sums))}
	for i := range a.sums {
		s.stats[i] = statsOf(&a.sums[i])
	}
	return s
}

// Counted is how often a metric that has a series was observed in an interval, and how
// many there were of what it is a share of.
func Counted(def *runfile.Definition, iv *runfile.Interval, m metric.Metric) (n, whole uint64, err error) {
	if n, err = counted(def, iv, def.Series[m.Series].Name); err != nil || m.Of == "" {
		return n, 0, err
	}
	whole, err = counted(def, iv, m.Of)
	return n, whole, err
}

// counted is how many observations of a series an interval has, or transactions that
// ended in an outcome.
func counted(def *runfile.Definition, iv *runfile.Interval, name string) (n uint64, err error) {
	i := slices.IndexFunc(def.Series, func(s record.Series) bool { return s.Name == name })
	switch {
	case i == record.Response: // every transaction has one
		for _, ended := range iv.Outcomes {
			n += ended
		}
		return n, nil
	case i >= 0:
		h, err := iv.Sparse(i)
		return uint64(h.Count()), err
	}
	if i = slices.Index(def.Outcomes, name); i >= 0 {
		return iv.Outcomes[i], nil
	}
	return 0, nil
}
