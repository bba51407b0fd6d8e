package expect

import (
	"strings"

	"kvbench/internal/metric"
	"kvbench/internal/record"
	"kvbench/internal/runfile"
)

// Figure is what every variant has beside its series.
type Figure struct {
	Name string `json:"name"` // as an expectation has it; NAME, CODE and KIND stand for a word
	Of   string `json:"of"`   // what its share is a share of; empty where it has none
	Doc  string `json:"doc"`
}

// Figures are the figures beside the series.
func Figures() (out []Figure) {
	kinds := metric.IDs(runfile.Metrics(record.Standard(), nil))[record.Get:record.FirstMark]
	words := map[string]Figure{
		runfile.Errors: {
			runfile.Errors + ".CODE", "",
			"how often a transaction, or a task that it left to run, failed though no call of the store did, by code: " +
				list(record.Words(false)),
		},
		runfile.OutcomeID: {runfile.OutcomeID + "NAME", metric.Transactions, ""},
		runfile.CallErrors: {
			runfile.CallErrors + ".CODE", metric.Calls,
			"those of one code: an HTTP status, " + list(record.Words(true)),
		},
		runfile.Ops: {runfile.Ops + ".KIND", "", "those of one kind: " + list(kinds)},
	}
	for _, m := range runfile.Metrics(record.Standard(), []string{""}) {
		word, under := words[m.ID]
		switch {
		case m.Series >= 0, m.Name() != m.ID && !under: // a kind of call
			continue
		case m.ID == runfile.OutcomeID:
			word.Doc = m.Doc
		default:
			out = append(out, Figure{m.ID, m.Of, m.Doc})
		}
		if under {
			out = append(out, word)
		}
	}
	return out
}

// list writes words as in "a, b or c".
func list(words []string) string {
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " or " + words[last]
}
