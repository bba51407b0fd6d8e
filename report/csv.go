package report

import (
	"bytes"
	"encoding/csv"
	"strconv"
	"strings"

	"kvbench/internal/printable"
)

var csvHeader = []string{
	"scenario", "variant", "series", "unit", "of", "count", "share", "mean", "min",
	"p50", "p90", "p95", "p99", "p999", "max", "latency",
}

// asCSV writes one row for every series of every variant. Values are in the
// series' unit, shares from 0 to 1. Where nothing was observed, or a share says
// nothing, the field is empty. The last says what latencies are: runfile.Latency.
func (s *Summary) asCSV() ([]byte, error) {
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	rows := [][]string{csvHeader}
	for i := range s.Scenarios {
		scenario := &s.Scenarios[i]
		for j := range scenario.Variants {
			v := &scenario.Variants[j]
			for _, series := range scenario.def.Series {
				row := []string{field(scenario.Name), field(v.Name), field(series.Name)}
				row = append(row, v.Series[series.Name].fields()...)
				rows = append(rows, append(row, string(scenario.Latency)))
			}
		}
	}
	err := w.WriteAll(rows)
	return out.Bytes(), err
}

// field is a text that came from outside as a field of a CSV file: in one line, and
// behind an apostrophe where a spreadsheet would take it for a formula.
func field(text string) string {
	text = printable.Line(text)
	if start := strings.TrimSpace(text); start != "" && strings.ContainsRune("=+-@", rune(start[0])) {
		return "'" + text
	}
	return text
}

// fields are the columns of a CSV file from "unit" on.
func (st Stats) fields() []string {
	row := make([]string, 0, len(csvHeader))
	row = append(row, field(st.Unit), field(st.Of), strconv.FormatUint(st.Count, 10), "")
	if st.Of != "" {
		row[3] = st.Share.Field()
	}
	if st.Count == 0 {
		return append(row, make([]string, 8)...)
	}
	row = append(row, strconv.FormatFloat(st.Mean, 'g', 6, 64))
	for _, v := range []int64{st.Min, st.P50, st.P90, st.P95, st.P99, st.P999, st.Max} {
		row = append(row, strconv.FormatInt(v, 10))
	}
	return row
}
