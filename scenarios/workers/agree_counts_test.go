package workers

import (
	"testing"

	"kvbench/internal/bench"
	"kvbench/internal/detect"
	"kvbench/internal/record"
	"kvbench/internal/runfile"
)

// ran is what a side gave.
type ran struct {
	*runfile.Variant
	of *bench.Pattern
}

// count is a figure of a side: how many there are in 100 transactions, where it does not
// say otherwise.
type count func(t *testing.T, r ran) float64

// per is n in 100 transactions.
func (r ran) per(n uint64) float64 {
	all := uint64(0)
	for _, n := range r.Total.Outcomes {
		all += n
	}
	return 100 * float64(n) / float64(all)
}

func (r ran) outcome(t *testing.T, name string) uint64 {
	for i, n := range r.of.AllOutcomes() {
		if n == name {
			return r.Total.Outcomes[i]
		}
	}
	t.Fatalf("%s has no outcome %s", r.of.Name, name)
	return 0
}

func (r ran) series(t *testing.T, name string) *record.Histogram {
	for i, s := range r.of.Series() {
		if s.Name == name {
			return r.Total.Histograms[i]
		}
	}
	t.Fatalf("%s has no series %s", r.of.Name, name)
	return nil
}

// outcomes are the transactions that ended in one of these.
func outcomes(names ...string) count {
	return func(t *testing.T, r ran) float64 {
		n := uint64(0)
		for _, name := range names {
			n += r.outcome(t, name)
		}
		return r.per(n)
	}
}

// observed are the observations of a series: calls, anomalies.
func observed(name string) count {
	return func(t *testing.T, r ran) float64 { return r.per(uint64(r.series(t, name).TotalCount())) }
}

// mean is the mean of a series in milliseconds; 0 where there is none.
func mean(name string) count {
	return func(t *testing.T, r ran) float64 {
		if h := r.series(t, name); h.TotalCount() > 0 {
			return h.Mean() / 1e6
		}
		return 0
	}
}

// failed are the errors of a code.
func failed(code string) count {
	return func(_ *testing.T, r ran) float64 { return r.per(r.Total.Errors[code]) }
}

// found is what the detector found of some kinds.
func found(kinds ...string) count {
	return func(t *testing.T, r ran) float64 {
		n := uint64(0)
		for _, kind := range kinds {
			if _, ok := detect.KindOf(kind); !ok {
				t.Fatalf("there is no finding %s", kind)
			}
			for _, f := range r.Findings.List {
				if f.Kind == kind {
					n += f.Count
				}
			}
		}
		return r.per(n)
	}
}

// each is how many there are of a series in 100 transactions of some outcomes.
func each(series string, names ...string) count {
	return func(t *testing.T, r ran) float64 {
		n := uint64(0)
		for _, name := range names {
			n += r.outcome(t, name)
		}
		return 100 * float64(r.series(t, series).TotalCount()) / float64(max(n, 1))
	}
}

// same is what both sides count alike under the same name.
func same(name string, c count) match { return match{name, c, c} }

// matches are all figures of a pair: the calls of each kind, how transactions ended and how
// long they took, what the detector found on both sides, and what this pair has.
func (p *pair) matches() (all []match) {
	for _, op := range []string{"get", "bulk-get", "put", "delete", "list"} {
		all = append(all, same(op+" calls", observed(op)))
	}
	for _, m := range p.outcomes {
		m.name = "outcome " + m.name
		all = append(all, m)
	}
	all = append(all, same("outcome error", outcomes("error")), same("calls that failed with 429", failed("429")), same("calls that failed with 500", failed("500")))
	for _, k := range detect.Kinds() {
		if k.About().Group != detect.Advice {
			all = append(all, same("finding "+k.String(), found(k.String())))
		}
	}
	return append(append(all, p.more...), same("mean response, ms", mean("response")))
}

// title names a pair.
func (p *pair) title() string {
	title := p.pattern + "/" + p.variant + " and " + p.script
	if p.mix != "" {
		title += ": " + p.mix
	}
	return title
}
