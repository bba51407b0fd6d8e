package result

import (
	"slices"
	"strings"

	"kvbench/internal/metric"
	"kvbench/internal/price"
	"kvbench/internal/record"
	"kvbench/internal/runfile"
)

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

// Among is how many there are of what a metric's share is a share of; 0 where it is a share
// of nothing.
func (s *Sample) Among(m metric.Metric) float64 {
	if m.Of == "" {
		return 0
	}
	return float64(s.whole(m.Of))
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
		if v = price.USDPerMillion(s.def.Prices(), s.counts.Billed, transactions); !v.Known() {
			missing = "none: the store has no price list"
		}
		return v, missing
	case f.ID == runfile.MaxRate:
		if !s.rate.Known() {
			missing = "none: no rate was found at which the promise is kept"
		}
		return s.rate, missing
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
