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
	// empty for all errors and all calls.
	Name string
	Stat string // one of stats; "mean" for ops and dollars
	// Unit is the value's: that of a series, or "share" (a fraction) or "usd".
	Unit string
}

// kinds are the metrics beside the series. A mark of one of these names could
// not be spoken of.
var kinds = []string{"outcome", "errors", "ops", "usd-per-million"}

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
		return "$" + units.FormatNumber(v)
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
		return units.ParseNumber(strings.TrimPrefix(s, "$"))
	}
	return units.ParseNumber(s)
}
