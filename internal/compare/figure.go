package compare

import (
	"math"
	"slices"

	"kvbench/internal/record"
	"kvbench/internal/runfile"
)

// figure is one figure that is compared.
type figure struct {
	Metric
	// directed says that more of it is worse; else a change is neither better
	// nor worse.
	directed bool
	// latency says that it is a time that is measured or modelled and no mark: a
	// difference matters only from a size on, also when it is real, and the
	// intervals of a run hold all of it.
	latency bool
	// part says that it is a part of the response, so that a difference is held
	// against the response.
	part bool
}

// series is the name of what the figure describes, as an expectation has it.
func (f figure) series() string {
	switch {
	case f.Kind == "series":
		return f.Name
	case f.Name == "":
		return f.Kind
	}
	return f.Kind + "." + f.Name
}

// beyond is how many observations have to lie beyond a percentile for it to be
// more than chance.
const beyond = 10

// enough reports whether a percentile of so many observations is compared.
func enough(stat string, observations uint64) bool {
	p, ok := percentiles[stat]
	return !ok || float64(observations)*(1-p/100) >= beyond-1e-6
}

// figures lists what is compared of a variant: of every series its percentiles,
// of a mark how often and how large, calls and dollars per transaction, outcomes
// and errors. What was never observed has no percentiles, and no calls.
func figures(def *runfile.Definition) []figure {
	var out []figure
	for i, s := range def.Series {
		series := func(stat, unit string) figure {
			return figure{Metric: Metric{Kind: "series", Name: s.Name, Stat: stat, Unit: unit}, directed: true}
		}
		if s.Mark {
			often := series("share", "share")
			if s.Of == "" {
				often = series(perTransaction, "count")
			}
			out = append(out, often)
		}
		for _, stat := range []string{"p50", "p95", "p99"} {
			f := series(stat, s.Unit)
			f.latency = !s.Mark
			f.part = !s.Mark && s.Of == "response" && i < record.FirstMark
			out = append(out, f)
		}
	}
	out = append(out, figure{Metric: Metric{Kind: "ops", Stat: "mean", Unit: "count"}, directed: true})
	for _, kind := range calls() {
		out = append(out, figure{Metric: Metric{Kind: "ops", Name: kind, Stat: "mean", Unit: "count"}, directed: true})
	}
	out = append(out, figure{Metric: Metric{Kind: "usd-per-million", Stat: "mean", Unit: "usd"}, directed: true})
	for _, name := range def.Outcomes {
		if name != "error" { // which errors are
			out = append(out, figure{Metric: Metric{Kind: "outcome", Name: name, Stat: "share", Unit: "share"}})
		}
	}
	for _, kind := range []string{"errors", "call-errors"} {
		out = append(out, figure{Metric: Metric{Kind: kind, Stat: "share", Unit: "share"}, directed: true})
	}
	return out
}

// perTransaction is how often a series was observed that is a share of nothing.
const perTransaction = "per-transaction"

// value is the figure in a total, or why it can't be had.
func (f figure) value(t *total) (v float64, missing string) {
	if f.Stat != perTransaction {
		return t.value(f.Metric)
	}
	f.Stat = "count"
	v, missing = t.value(f.Metric)
	return v / float64(max(t.transactions(), 1)), missing
}

// values are a figure in each of several totals, in their order; those that do
// not have it are left out.
func values(f figure, totals []*total) []float64 {
	var out []float64
	for _, t := range totals {
		if v, missing := f.value(t); missing == "" {
			out = append(out, v)
		}
	}
	return out
}

// observations is how often the series of a figure was observed in all totals.
func observations(f figure, totals []*total) (n uint64) {
	for _, t := range totals {
		if i := findSeries(t.def.Series, f.Name); f.Kind == "series" && i >= 0 {
			n += t.count(i)
		}
	}
	return n
}

// allSame reports whether all values of both sides are one and the same.
func allSame(base, head []float64) bool {
	differs := func(v float64) bool { return v != base[0] }
	return !slices.ContainsFunc(base, differs) && !slices.ContainsFunc(head, differs)
}

// finite returns a pointer to v, nil where it is not a number that JSON has.
func finite(v float64) *float64 {
	if math.IsInf(v, 0) || math.IsNaN(v) {
		return nil
	}
	return &v
}
