package verify

import (
	"slices"
	"strings"

	"kvbench/internal/agree"
	"kvbench/internal/metric"
	"kvbench/internal/record"
	"kvbench/internal/result"
	"kvbench/internal/runfile"
)

// pair is a repeat of the real side, and those of the model with the same requests.
type pair struct {
	model []*result.Sample
	real  *result.Sample
}

// What figures are counted in.
const (
	perTransactions = "100 transactions"
	perRun          = "run"
)

// figure is one that a variant may have, and how it is counted.
type figure struct {
	Figure
	count func(*result.Sample) uint64
}

// collect takes the figures of a variant that any of its runs has.
func (r *Report) collect(v *Variant, pairs []pair) {
	for _, one := range figures(v.of[1].Scenario.Metrics, codes(pairs)) {
		var groups rows
		seen := false
		for _, p := range pairs {
			g := agree.Group{Real: float64(one.count(p.real))}
			for _, s := range p.model {
				n := float64(one.count(s))
				g.Model = append(g.Model, n)
				seen = seen || n > 0
			}
			groups = append(groups, g)
			seen = seen || g.Real > 0
		}
		if !seen {
			continue
		}
		f := one.Figure
		v.Figures = append(v.Figures, &f)
		r.pending[&f] = groups
	}
}

// figures are all that are judged: how many transactions there were, the calls of each kind,
// how transactions ended, the errors of each code, and what went wrong.
func figures(metrics []metric.Metric, codes []string) []figure {
	out := []figure{{
		Figure{ID: metric.Transactions, Class: "load", Per: perRun, Doc: "transactions that ended, in a run"},
		(*result.Sample).Transactions,
	}}
	for _, class := range []metric.Class{metric.Call, metric.Outcome, metric.Failure, metric.Anomaly} {
		for _, m := range metrics {
			// Transactions that failed are an outcome, and what calls fail with is told by its code.
			if m.Class != class || class == metric.Failure {
				continue
			}
			f := Figure{ID: m.ID, Class: class.String(), Per: perTransactions, Doc: m.Doc}
			if class == metric.Call {
				f.Doc = "how often: " + m.Doc
			}
			out = append(out, figure{f, func(s *result.Sample) uint64 { return s.N(m) }})
		}
		if class != metric.Failure {
			continue
		}
		for _, code := range codes {
			f := Figure{ID: runfile.Errors + "." + code, Class: class.String(), Per: perTransactions, Doc: "errors of the code " + code}
			if record.IsCall(code) {
				f.ID = runfile.CallErrors + "." + code
				f.Doc = "calls of the store that failed with " + code
			}
			out = append(out, figure{f, func(s *result.Sample) uint64 { return s.ErrorCodes()[code] }})
		}
	}
	return out
}

// codes are the codes of the errors that any run has.
func codes(pairs []pair) []string {
	var out []string
	add := func(s *result.Sample) {
		for code := range s.ErrorCodes() {
			if !slices.Contains(out, code) {
				out = append(out, code)
			}
		}
	}
	for _, p := range pairs {
		add(p.real)
		for _, s := range p.model {
			add(s)
		}
	}
	slices.SortFunc(out, strings.Compare)
	return out
}
