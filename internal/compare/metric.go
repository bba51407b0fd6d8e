package compare

import (
	"slices"
	"strings"

	"kvbench/internal/record"
	"kvbench/internal/units"
)

// Metric is a figure that every variant has.
type Metric struct {
	Kind string // one of the kinds, or "series"
	// Name is the series, the outcome, the error's code or the kind of call;
	// empty for all failed calls and all calls.
	Name string
	Stat string // one of stats; "mean" for ops and dollars
	// Unit is the value's: that of a series, or "share" (a fraction) or "usd".
	Unit string
}

// Figure is what every variant has beside its series.
type Figure struct {
	Name string `json:"name"` // as an expectation has it; NAME, CODE and KIND stand for a word
	Of   string `json:"of"`   // what its share is a share of; empty where it has none
	Doc  string `json:"doc"`
}

// Figures are the figures beside the series, each with its only definition. The first
// word of a name is the metric's kind; a mark of such a name could not be spoken of.
func Figures() []Figure {
	return []Figure{
		{"outcome.NAME", "transactions", "transactions that ended so"},
		{"errors", "transactions", "transactions that ended in an error: in the outcome error"},
		{"errors.CODE", "", "how often a transaction, or a task that it left to run, failed though no call of the store did, by code: " +
			codeWords(false)},
		{"call-errors", "calls", "calls of the store that failed; a key that was not found is no failure"},
		{"call-errors.CODE", "calls", "those of one code: an HTTP status, " + codeWords(true)},
		{"ops", "", "calls of the store per transaction"},
		{"ops.KIND", "", "those of one kind: get, put, delete, list, bulk-get or bulk-put"},
		{"usd-per-million", "", "US dollars per million transactions, by the prices of the store"},
	}
}

// Errors is the definition of the figure errors.
func Errors() Figure {
	figures := Figures()
	return figures[slices.IndexFunc(figures, func(f Figure) bool { return f.Name == "errors" })]
}

// kinds are the metrics beside the series.
var kinds = kindsOf(Figures())

func kindsOf(figures []Figure) (kinds []string) {
	for _, f := range figures {
		kind, _, _ := strings.Cut(f.Name, ".")
		if !slices.Contains(kinds, kind) {
			kinds = append(kinds, kind)
		}
	}
	return kinds
}

// codes are the words for failures of calls, or for those of transactions alone.
func codes(call bool) (words []string) {
	for _, c := range record.Codes() {
		if c.Call == call {
			words = append(words, c.Name)
		}
	}
	return words
}

// codeWords lists the words of codes.
func codeWords(call bool) string {
	words := codes(call)
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " or " + words[last]
}

// stats are the statistics of a series.
var stats = []string{"count", "share", "mean", "min", "p50", "p90", "p95", "p99", "p999", "max"}

// percentiles are the statistics that a histogram gives by a percentile.
var percentiles = map[string]float64{"p50": 50, "p90": 90, "p95": 95, "p99": 99, "p999": 99.9}

// calls are the names of the series that are calls of the store.
func calls() []string { return seriesNames(record.Standard()[record.Get:record.FirstMark]) }

func seriesNames(all []record.Series) []string {
	names := make([]string, len(all))
	for i, s := range all {
		names[i] = s.Name
	}
	return names
}

func findSeries(all []record.Series, name string) int {
	return slices.IndexFunc(all, func(s record.Series) bool { return s.Name == name })
}

// format writes a value of the metric with its unit.
func (m Metric) format(v float64) string {
	switch m.Unit {
	case "ns":
		return units.FormatDuration(v)
	case "bytes":
		return units.FormatSize(v)
	case "percent":
		return units.FormatNumber(v) + "%"
	case "share":
		return units.FormatShare(v)
	case "usd":
		return units.FormatUSD(v)
	}
	return units.FormatNumber(v)
}

// parse reads a value of the metric. It has to have its unit unless it is 0;
// dollars are written with or without their sign.
func (m Metric) parse(s string) (float64, error) {
	if s == "0" {
		return 0, nil
	}
	switch m.Unit {
	case "ns":
		d, err := units.ParseDuration(s)
		return float64(d), err
	case "bytes":
		n, err := units.ParseSize(s)
		return float64(n), err
	case "percent":
		v, err := units.ParseShare(s)
		return v * 100, err
	case "share":
		return units.ParseShare(s)
	case "usd":
		return units.ParseUSD(s)
	}
	return units.ParseNumber(s)
}
