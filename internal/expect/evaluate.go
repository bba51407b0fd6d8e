package expect

import (
	"fmt"
	"math"
	"strconv"

	"kvbench/internal/metric"
	"kvbench/internal/result"
)

// Result is one expectation held against one variant.
type Result struct {
	Expect
	Scenario string
	Variant  string
	Value    metric.Quantity // in the figure's unit; none when it can't be had
	Have     string          // the value with its unit, or why it can't be had
	OK       bool
}

// Evaluate holds every expectation of a run against the variants it speaks of,
// in the order of the scenarios, their expectations and their variants. The
// repeats of a variant are taken together. What can't be had, because a
// variant did not run to its end or nothing was observed, is not met. An error
// means that the run contradicts itself.
func Evaluate(set *result.Set) ([]Result, error) {
	var results []Result
	for _, s := range set.Scenarios {
		names := NamesOf(s.Def)
		for _, text := range s.Def.Expect {
			e, err := Parse(text, names)
			if err != nil {
				return nil, fmt.Errorf("%s: expectation %q: %w", s.Def.Name, text, err)
			}
			for _, v := range s.Variants {
				if e.Variant != "*" && e.Variant != v.Base || s.Def.Find != nil && !v.Found() {
					continue // of a search what it found is held against it
				}
				r, err := Hold(e, v)
				if err != nil {
					return nil, err
				}
				results = append(results, r)
			}
		}
	}
	return results, nil
}

// Hold holds an expectation against a variant.
func Hold(e Expect, v *result.Variant) (Result, error) {
	r := Result{Expect: e, Scenario: v.Scenario.Def.Name, Variant: v.Name, Have: v.Missing}
	if r.Have != "" {
		return r, nil
	}
	r.Value, r.Have = v.Whole.Value(e.Figure)
	have, ok := r.Value.Value()
	if !ok {
		if bounded(e) && never(v.Whole, e.Figure.Metric) {
			r.OK, r.Have = true, "it never happened"
		}
		return r, nil
	}
	same, err := alike(v.Whole, e.Figure, have, e.Value)
	if err != nil {
		return r, err
	}
	if same {
		have = e.Value
	}
	r.Value, r.OK = metric.Of(have), e.Met(have)
	r.Have = e.Figure.Kind().Format(have)
	if have != e.Value && r.Have == e.Figure.Kind().Format(e.Value) { // they differ where it was rounded
		r.Have += " (" + strconv.FormatFloat(have, 'g', -1, 64) + ")"
	}
	return r, nil
}

// bounded says that an expectation is of how large an anomaly is at most.
func bounded(e Expect) bool { return e.Figure.Class == metric.Anomaly && (e.Op == "<" || e.Op == "<=") }

// never says that an anomaly could have happened and did not: then none is too large.
func never(s *result.Sample, m metric.Metric) bool {
	share, ok := s.Share(m).Value()
	return ok && share == 0
}

// coarse is what a histogram can't tell apart at most, as a share of a value.
const coarse = 0.02

// alike reports whether a value of a series is the wanted one as far as its
// histogram can tell. A count or a share is exact, and so are the least and
// the greatest value but of a run file of format 1.
func alike(s *result.Sample, f metric.Figure, have, want float64) (bool, error) {
	if have == want {
		return true, nil
	}
	_, percentile := f.Stat.Rank()
	ends := f.Stat == metric.Min || f.Stat == metric.Max
	if f.Series < 0 || !percentile && (!ends || s.Series(f.Series).Exact) || math.Abs(have-want) > coarse*have {
		return false, nil
	}
	h, err := s.Distribution(f.Series)
	if err != nil {
		return false, err
	}
	b, ok := h.Find(int64(have))
	return ok && float64(b.From) <= want && want <= float64(b.To), nil
}
