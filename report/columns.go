package report

import (
	"fmt"
	"maps"
	"slices"

	"kvbench/internal/compare"
	"kvbench/internal/metric"
	"kvbench/internal/record"
	"kvbench/internal/runfile"
)

// column is one figure of every variant of a scenario.
type column struct {
	group string // the columns under one heading; those of a group stand together
	name  string
	doc   string // what the figure is, in a sentence; may be empty
	cell  func(*Variant) cell
	cost  func(*Variant) float64 // less is better; nil where nothing is
}

// cell is a figure as it is shown, with a smaller one beside it.
type cell struct {
	text string
	note string
}

// none is the cell of a variant that has no such figure.
var none = cell{text: metric.None}

// best says which variants are within sameRatio of the best value of the
// column. It says none where all are, or nothing is better than another.
func (c column) best(variants []Variant) []bool {
	out := make([]bool, len(variants))
	if c.cost == nil {
		return out
	}
	var costs []float64
	for i := range variants {
		if variants[i].Transactions > 0 {
			costs = append(costs, c.cost(&variants[i]))
		}
	}
	if costs == nil || same(slices.Min(costs), slices.Max(costs)) {
		return out
	}
	for i := range variants {
		out[i] = variants[i].Transactions > 0 && same(slices.Min(costs), c.cost(&variants[i]))
	}
	return out
}

// columns are the figures that answer a scenario's question: how fast, how
// much, how right.
func (s *Scenario) columns() []column {
	const fast, much = "Response", "KV operations and price"
	columns := []column{
		s.response(fast, "p50", func(st Stats) int64 { return st.P50 }),
		s.response(fast, "p99", func(st Stats) int64 { return st.P99 }),
		s.response(fast, "max", func(st Stats) int64 { return st.Max }),
		s.opsColumn(much),
		{
			group: much, name: "$/million", doc: "US dollars per million transactions. " + s.def.Prices().Source + ".",
			cell: measured(func(v *Variant) cell { return cell{text: dollars(v.USD)} }),
			cost: func(v *Variant) float64 { return v.USD },
		},
	}
	const right = "What went wrong"
	errors := compare.Errors()
	if s.any(func(v *Variant) bool { return v.Outcomes["error"] > 0 }) {
		columns = append(columns, column{
			group: right, name: errors.Name, doc: "A share of the " + errors.Of + ": " + errors.Doc + ".",
			cell: measured(func(v *Variant) cell { return cell{text: percent(v.outcomeShare("error"))} }),
			cost: func(v *Variant) float64 { return v.outcomeShare("error") },
		})
	}
	var gauges []column
	fired, _ := s.watched()
	for _, m := range fired {
		if m.Of == "" {
			gauges = append(gauges, column{
				group: "Sizes", name: m.Name, doc: "One value: " + m.Doc + ".",
				cell: func(v *Variant) cell { return gaugeCell(v.Series[m.Name]) },
			})
			continue
		}
		columns = append(columns, column{
			group: right, name: m.Name, doc: "A share of the " + s.whole(m.Of) + ", and the largest. One is " + m.Doc + ".",
			cell: measured(func(v *Variant) cell { return shareCell(v.Series[m.Name]) }),
			cost: func(v *Variant) float64 { return v.Series[m.Name].Share.Or(0) },
		})
	}
	return append(columns, gauges...)
}

// details are the figures behind the answer: how many, in which outcome, the
// other percentiles and the errors by code.
func (s *Scenario) details() []column {
	columns := []column{
		{group: "Measured", name: "transactions", cell: func(v *Variant) cell { return cell{text: grouped(v.Transactions)} }},
		{group: "Measured", name: "time", cell: func(v *Variant) cell { return cell{text: duration(int64(v.DurationS * 1e9))} }},
		s.response("Response", "p90", func(st Stats) int64 { return st.P90 }),
		s.response("Response", "p95", func(st Stats) int64 { return st.P95 }),
		s.response("Response", "p99.9", func(st Stats) int64 { return st.P999 }),
	}
	columns = append(columns, column{
		group: "Price", name: "$/month", doc: "US dollars for thirty days at the load's rate, or in a closed loop at that of what ended within the measured time, and of what the store held at the end. " + s.def.Prices().Source + ".",
		cell: measured(func(v *Variant) cell {
			return cell{text: dollars(v.USDPerMonth), note: "at " + digits(v.Rate, 3) + "/s, " + storageWords(v)}
		}),
	}, column{
		group: "Price", name: "free plan", doc: "How long a day's allowance of the free plan lasts at that rate, and what is used up first.",
		cell: measured(func(v *Variant) cell {
			switch {
			case v.FreeLimit == nil:
				return cell{text: "none", note: "is known of Workers KV Instant"}
			case v.FreeLimit.Kind == "":
				return cell{text: "all day"}
			}
			return cell{text: duration(int64(v.FreeLimit.AfterS * 1e9)), note: "until " + v.FreeLimit.Kind + " are used up"}
		}),
	})
	for _, name := range s.def.Outcomes {
		if !s.any(func(v *Variant) bool { return v.Outcomes[name] > 0 }) {
			continue
		}
		columns = append(columns, column{
			group: "Transactions that ended in", name: name,
			cell: measured(func(v *Variant) cell { return cell{text: percent(v.outcomeShare(name))} }),
		})
	}
	codes := map[string]bool{}
	for i := range s.Variants {
		for code := range s.Variants[i].Errors {
			codes[code] = true
		}
	}
	for _, code := range slices.Sorted(maps.Keys(codes)) {
		columns = append(columns, column{
			group: "Errors by code", name: code,
			cell: measured(func(v *Variant) cell { return cell{text: grouped(v.Errors[code])} }),
		})
	}
	return columns
}

// measured leaves the cell of a variant empty that measured no transaction.
func measured(of func(*Variant) cell) func(*Variant) cell {
	return func(v *Variant) cell {
		if v.Transactions == 0 {
			return none
		}
		return of(v)
	}
}

func (s *Scenario) response(group, name string, of func(Stats) int64) column {
	if s.Latency == runfile.NotModelled {
		return column{group: group, name: name, doc: capitalised(string(s.Latency)) + ".", cell: func(*Variant) cell { return none }}
	}
	return column{
		group: group, name: name, doc: "Response time, from when a transaction was due until it ended.",
		cell: measured(func(v *Variant) cell { return cell{text: duration(of(v.Series["response"]))} }),
		cost: func(v *Variant) float64 { return float64(of(v.Series["response"])) },
	}
}

// opsColumn shows all calls of the store, and of which kind they are.
func (s *Scenario) opsColumn(group string) column {
	return column{
		group: group, name: "ops/txn", doc: "Calls of the store per transaction, by kind.",
		cell: measured(func(v *Variant) cell {
			var kinds string
			for _, d := range s.def.Series[record.Get:record.FirstMark] {
				if n := v.Ops[d.Name]; n > 0 {
					kinds += fmt.Sprintf(", %s %s", digits(n, 2), d.Name)
				}
			}
			if kinds == "" {
				return cell{text: "0"}
			}
			return cell{text: digits(v.ops(), 3), note: kinds[len(", "):]}
		}),
		cost: (*Variant).ops,
	}
}

func shareCell(st Stats) cell {
	if st.Count == 0 {
		return cell{text: st.Share.Text(percent)}
	}
	return cell{text: st.Share.Text(percent), note: "up to " + value(float64(st.Max), st.Unit)}
}

func gaugeCell(st Stats) cell {
	if st.Count == 0 {
		return none
	}
	usual, most := value(float64(st.P50), st.Unit), value(float64(st.Max), st.Unit)
	if most == usual {
		return cell{text: usual}
	}
	return cell{text: usual, note: "up to " + most}
}

// outcomeShare is the share of the transactions that ended in an outcome.
func (v *Variant) outcomeShare(name string) float64 {
	if v.Transactions == 0 {
		return 0
	}
	return float64(v.Outcomes[name]) / float64(v.Transactions)
}

// watched returns the marks that any variant has, and the others.
func (s *Scenario) watched() (fired, silent []record.Series) {
	for _, m := range s.marks() {
		switch {
		case !m.Mark: // a call of the pattern's own
		case s.any(func(v *Variant) bool { return v.Series[m.Name].Count > 0 }):
			fired = append(fired, m)
		default:
			silent = append(silent, m)
		}
	}
	return fired, silent
}
