package compare

import (
	"fmt"
	"slices"

	"kvbench/internal/price"
	"kvbench/internal/record"
	"kvbench/internal/runfile"

	hdr "github.com/HdrHistogram/hdrhistogram-go"
)

// total is what all repeats of a variant gave together.
type total struct {
	def *runfile.Definition
	record.Snapshot
}

// sum adds up the repeats of one variant.
func sum(def *runfile.Definition, repeats []*runfile.Variant) (*total, error) {
	t := &total{def: def}
	t.Outcomes = make([]uint64, len(def.Outcomes))
	t.Histograms = make([]*hdr.Histogram, len(def.Series))
	for _, v := range repeats {
		one, err := v.Total.Decode()
		if err != nil {
			return nil, fmt.Errorf("%s/%s: %w", def.Name, v.Name, err)
		}
		if n := len(one.Histograms); n > len(t.Histograms) {
			return nil, fmt.Errorf("%s/%s has %d series, its scenario %d", def.Name, v.Name, n, len(def.Series))
		}
		if n := len(one.Outcomes); n > len(t.Outcomes) {
			return nil, fmt.Errorf("%s/%s has %d outcomes, its scenario %d", def.Name, v.Name, n, len(def.Outcomes))
		}
		t.Merge(&one.Snapshot)
	}
	return t, nil
}

// transactions is how many ended, in whatever outcome.
func (t *total) transactions() uint64 {
	var n uint64
	for _, o := range t.Outcomes {
		n += o
	}
	return n
}

// count is how often a series was observed, by its index.
func (t *total) count(series int) uint64 {
	if h := t.Histograms[series]; h != nil {
		return uint64(h.TotalCount())
	}
	return 0
}

// calls is how many calls of the store there were of a kind; of all when it is
// empty.
func (t *total) calls(kind string) uint64 {
	var n uint64
	for i := record.Get; i < record.FirstMark && i < len(t.Histograms); i++ {
		if kind == "" || t.def.Series[i].Name == kind {
			n += t.count(i)
		}
	}
	return n
}

// named is how often something was observed that a series can be a share of: a
// series or an outcome.
func (t *total) named(name string) uint64 {
	if i := findSeries(t.def.Series, name); i >= 0 {
		return t.count(i)
	}
	return t.outcome(name)
}

// outcome is how many transactions ended so.
func (t *total) outcome(name string) uint64 {
	if i := slices.Index(t.def.Outcomes, name); i >= 0 {
		return t.Outcomes[i]
	}
	return 0
}

// failures counts the errors of a code; all when it is empty.
func (t *total) failures(code string) uint64 {
	if code != "" {
		return t.Errors[code]
	}
	var n uint64
	for _, of := range t.Errors {
		n += of
	}
	return n
}

// value returns a metric, or why it can't be had.
func (t *total) value(m Metric) (v float64, missing string) {
	transactions := t.transactions()
	if transactions == 0 {
		return 0, "no transaction was measured"
	}
	switch m.Kind {
	case "outcome":
		return countOrShare(m, t.outcome(m.Name), transactions, "transaction")
	case "errors":
		return countOrShare(m, t.failures(m.Name), t.calls(""), "call of the store")
	case "ops":
		return float64(t.calls(m.Name)) / float64(transactions), ""
	case "usd-per-million":
		return price.USDPerMillion(t.Billed, transactions), ""
	}
	i := findSeries(t.def.Series, m.Name)
	series, h := t.def.Series[i], t.Histograms[i]
	switch {
	case m.Stat == "count", m.Stat == "share":
		return countOrShare(m, t.count(i), t.named(series.Of), series.Of)
	case h == nil || h.TotalCount() == 0:
		if m.Stat == "max" && series.Mark {
			return 0, "" // it never happened
		}
		return 0, "no " + m.Name + " was observed"
	case m.Stat == "mean":
		return h.Mean(), ""
	case m.Stat == "min":
		return float64(h.Min()), ""
	case m.Stat == "max":
		return float64(h.Max()), ""
	}
	return float64(h.ValueAtPercentile(percentiles[m.Stat])), ""
}

// countOrShare returns n, or its share of the whole. No share of nothing is 0;
// a share of nothing can't be had.
func countOrShare(m Metric, n, whole uint64, of string) (v float64, missing string) {
	switch {
	case m.Stat == "count" || n == 0:
		return float64(n), ""
	case whole == 0:
		return 0, "no " + of + " was observed to take a share of"
	}
	return float64(n) / float64(whole), ""
}

// same reports whether a value of a series is the wanted one as far as its
// histogram can tell: to 0.1 %. A count or a share is exact.
func (t *total) same(m Metric, have, want float64) bool {
	if m.Kind != "series" || m.Stat == "count" || m.Stat == "share" || m.Stat == "mean" {
		return have == want
	}
	h := t.Histograms[findSeries(t.def.Series, m.Name)]
	return h != nil && want <= float64(h.HighestTrackableValue()) &&
		h.ValuesAreEquivalent(int64(have), int64(want))
}
