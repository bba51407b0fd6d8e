// Package expect holds a run against what was expected of it.
package expect

import (
	"kvbench/internal/metric"
	"kvbench/internal/runfile"
)

// Expect is one expectation of a scenario:
//
//	[VARIANT.]METRIC OP VALUE
//
// VARIANT is a variant's name, or * for every variant that runs, which is also
// what is meant when it is left out. OP is one of <= < >= > == !=. METRIC, and
// what its VALUE is, are
//
//	SERIES[.count]              how often the series was observed: a number
//	SERIES.share                that, as a share of what the series is a share of: 1%
//	SERIES.STAT                 mean, min, p50, p90, p95, p99, p999 or max: 250ms, 10KiB, 3 or 1%
//	outcome.NAME[.count]        transactions that ended so: a number
//	outcome.NAME.share          that, as a share of all transactions: 1%
//	errors[.count]              transactions that ended in an error: a number
//	errors.share                that, as a share of all transactions: 1%
//	errors.CODE[.count]         how often one failed though no call of the store did: a number
//	call-errors[.CODE][.count]  calls of the store that failed, or those of one code: a number
//	call-errors[.CODE].share    that, as a share of the calls of the store: 1%
//	ops[.KIND]                  calls of the store, or those of one kind, per transaction: a number
//	usd-per-million             US dollars per million transactions, by the price list: a number
//
// Where no statistic is named and VALUE is in percent, the share is meant. A value of 0
// needs no unit. errors.CODE of a code that calls have is read as call-errors.CODE, which
// it was called before. record.Codes has the codes.
type Expect struct {
	Text    string // the whole of it
	Variant string // "*" for every variant
	Figure  metric.Figure
	Op      string
	Value   float64 // in the figure's unit
	Want    string  // the operator and the value as they were written
}

// Names are what an expectation may speak of.
type Names struct {
	Variants []string // those that run
	Idle     []string // those of the pattern that do not run
	Metrics  []metric.Metric
}

// NamesOf returns the names of a scenario that was run.
func NamesOf(d *runfile.Definition) Names {
	n := Names{Metrics: d.Metrics()}
	for _, v := range d.Variants {
		n.Variants = append(n.Variants, v.Name)
	}
	return n
}

// operators are in the order in which they are looked for: the longer before
// those they begin with.
var operators = []string{"<=", ">=", "==", "!=", "<", ">"}

// Met reports whether a value is what was expected.
func (e Expect) Met(value float64) bool {
	switch e.Op {
	case "<=":
		return value <= e.Value
	case ">=":
		return value >= e.Value
	case "==":
		return value == e.Value
	case "!=":
		return value != e.Value
	case "<":
		return value < e.Value
	case ">":
		return value > e.Value
	}
	return false
}
