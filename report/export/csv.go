package export

import (
	"bytes"
	"encoding/csv"
	"strconv"
	"strings"

	"kvbench/internal/answer"
	"kvbench/internal/metric"
	"kvbench/internal/printable"
	"kvbench/internal/result"
)

var csvHeader = []string{
	"scenario", "variant", "series", "unit", "of", "count", "share", "mean", "min",
	"p50", "p90", "p95", "p99", "p999", "max", "latency",
}

// CSV writes one row for every series of every variant. Values are in the series' unit,
// shares from 0 to 1. Where nothing was observed, or a share says nothing, the field is
// empty. The last says what latencies are: runfile.Latency.
func CSV(a *answer.Answer) ([]byte, error) {
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	rows := [][]string{csvHeader}
	for _, s := range a.Set.Scenarios {
		for _, v := range s.Variants {
			for _, m := range s.Metrics {
				if m.Series < 0 || len(v.Repeats) == 0 {
					continue
				}
				row := append([]string{field(s.Def.Name), field(v.Name), field(m.ID)}, fields(v.Whole, m)...)
				rows = append(rows, append(row, string(s.Def.Latency())))
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

// fields are the columns of a CSV file from "unit" to "max".
func fields(s *result.Sample, m metric.Metric) []string {
	st := s.Series(m.Series)
	row := make([]string, 0, len(csvHeader))
	row = append(row, field(string(m.Unit)), field(m.Of), strconv.FormatUint(st.Count, 10), s.Share(m).Field())
	if st.Count == 0 {
		return append(row, make([]string, 8)...)
	}
	row = append(row, strconv.FormatFloat(st.Mean, 'g', 6, 64))
	for _, v := range []int64{st.Min, st.P50, st.P90, st.P95, st.P99, st.P999, st.Max} {
		row = append(row, strconv.FormatInt(v, 10))
	}
	return row
}
