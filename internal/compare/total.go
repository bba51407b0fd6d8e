package compare

import (
	"fmt"
	"slices"

	"kvbench/internal/price"
	"kvbench/internal/record"
	"kvbench/internal/runfile"
	"kvbench/internal/sparse"
)

// total is what some stretches of the measured time gave together: all repeats of
// a variant, one of them or a part.
type total struct {
	def        *runfile.Definition
	counts     record.Snapshot    // without its histograms
	histograms []sparse.Histogram // by the scenario's series
}

func newTotal(def *runfile.Definition) *total {
	return &total{
		def: def, counts: record.Snapshot{Outcomes: make([]uint64, len(def.Outcomes))},
		histograms: make([]sparse.Histogram, len(def.Series)),
	}
}

// add adds a stretch of a variant.
func (t *total) add(iv *runfile.Interval) error {
	counts := iv.Snapshot
	counts.Histograms = nil
	if n := len(iv.Histograms); n > len(t.histograms) {
		return fmt.Errorf("%d series where its scenario has %d", n, len(t.histograms))
	}
	if n := len(iv.Outcomes); n > len(t.counts.Outcomes) {
		return fmt.Errorf("%d outcomes where its scenario has %d", n, len(t.counts.Outcomes))
	}
	for i := range t.histograms {
		h, err := iv.Sparse(i)
		if err != nil {
			return err
		}
		t.histograms[i].Merge(h)
	}
	t.counts.Merge(&counts)
	return nil
}

// sum adds up the repeats of one variant.
func sum(def *runfile.Definition, repeats []*runfile.Variant) (*total, error) {
	t := newTotal(def)
	for _, v := range repeats {
		if err := t.add(&v.Total); err != nil {
			return nil, fmt.Errorf("%s/%s: %w", def.Name, v.Name, err)
		}
	}
	return t, nil
}

// transactions is how many ended, in whatever outcome.
func (t *total) transactions() uint64 {
	var n uint64
	for _, o := range t.counts.Outcomes {
		n += o
	}
	return n
}

// count is how often a series was observed, by its index.
func (t *total) count(series int) uint64 { return uint64(t.histograms[series].Count()) }

// calls is how many calls of the store there were of a kind; of all when it is
// empty.
func (t *total) calls(kind string) uint64 {
	var n uint64
	for i := record.Get; i < record.FirstMark && i < len(t.histograms); i++ {
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
		return t.counts.Outcomes[i]
	}
	return 0
}

// failedCalls counts the calls of the store that failed with a code; all when it is
// empty. What failed without one has codes that no call has, record.Codes tells which.
func (t *total) failedCalls(code string) uint64 {
	if code != "" {
		return t.counts.Errors[code]
	}
	var n uint64
	for code, of := range t.counts.Errors {
		if isCode(code) {
			n += of
		}
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
		if m.Name != "" {
			return float64(t.counts.Errors[m.Name]), ""
		}
		return countOrShare(m, t.outcome("error"), transactions, "transaction")
	case "call-errors":
		return countOrShare(m, t.failedCalls(m.Name), t.calls(""), "call of the store")
	case "ops":
		return float64(t.calls(m.Name)) / float64(transactions), ""
	case "usd-per-million":
		return price.USDPerMillion(t.def.Prices(), t.counts.Billed, transactions), ""
	}
	i := findSeries(t.def.Series, m.Name)
	series, h := t.def.Series[i], &t.histograms[i]
	switch {
	case !series.Mark && m.Stat != "count" && m.Stat != "share" && t.def.Latency() == runfile.NotModelled:
		return 0, string(runfile.NotModelled)
	case m.Stat == "count", m.Stat == "share", m.Stat == "max" && series.Mark && h.Count() == 0: // of what never happened
		whole, of := transactions, "transaction"
		if series.Of != "" {
			whole, of = t.named(series.Of), series.Of
		}
		return countOrShare(m, t.count(i), whole, of)
	case h.Count() == 0:
		return 0, "no " + m.Name + " was observed"
	case m.Stat == "mean":
		return h.Mean(), ""
	case m.Stat == "min":
		return float64(h.Min()), ""
	case m.Stat == "max":
		return float64(h.Max()), ""
	}
	return float64(h.Percentile(percentiles[m.Stat])), ""
}

// countOrShare returns n, or its share of the whole. Of nothing neither can be had:
// that it did not happen where it could not happen says nothing.
func countOrShare(m Metric, n, whole uint64, of string) (v float64, missing string) {
	switch {
	case whole == 0:
		return 0, "none: no " + of + " was observed, of which it is counted"
	case m.Stat == "share":
		return float64(n) / float64(whole), ""
	}
	return float64(n), ""
}

// same reports whether a value of a series is the wanted one as far as its
// histogram can tell: to 0.1 %. A count or a share is exact, and so are the least and
// the greatest value but of a run file of format 1.
func (t *total) same(m Metric, have, want float64) bool {
	if m.Kind != "series" || m.Stat == "count" || m.Stat == "share" || m.Stat == "mean" {
		return have == want
	}
	h := &t.histograms[findSeries(t.def.Series, m.Name)]
	if h.Exact() && (m.Stat == "min" || m.Stat == "max") {
		return have == want
	}
	b, ok := h.Find(int64(have))
	return ok && float64(b.From) <= want && want <= float64(b.To)
}
