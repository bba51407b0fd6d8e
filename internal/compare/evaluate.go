package compare

import (
	"fmt"
	"strconv"

	"kvbench/internal/runfile"
)

// Result is one expectation held against one variant.
type Result struct {
	Scenario string
	Expect   string // as it was written
	Variant  string
	Value    *float64 // in the metric's unit; nil when it can't be had
	Have     string   // the value with its unit, or why it can't be had
	Want     string   // the comparison and what it compares with
	OK       bool
}

// Evaluate holds every expectation of a run against the variants it speaks of,
// in the order of the scenarios, their expectations and their variants. The
// repeats of a variant are taken together. What can't be had, because a
// variant did not run to its end or nothing was observed, is not met. An error
// means that the run contradicts itself.
func Evaluate(run *runfile.Run) ([]Result, error) {
	var results []Result
	for i := range run.Header.Scenarios {
		def := &run.Header.Scenarios[i]
		if len(def.Expect) == 0 {
			continue
		}
		variants := make([]measured, len(def.Variants))
		for j := range def.Variants {
			var err error
			if variants[j], err = collect(run, i, j); err != nil {
				return nil, err
			}
		}
		for _, text := range def.Expect {
			e, err := ParseExpect(text, NamesOf(def))
			if err != nil {
				return nil, fmt.Errorf("%s: expectation %q: %w", def.Name, text, err)
			}
			for j, v := range def.Variants {
				if e.Variant == "*" || e.Variant == v.Name {
					r := variants[j].hold(e)
					r.Scenario, r.Variant = def.Name, v.Name
					results = append(results, r)
				}
			}
		}
	}
	return results, nil
}

// measured is what a variant gave in all its repeats, or why that is not whole.
type measured struct {
	total   *total
	missing string
}

// collect finds the repeats of a variant and adds them up.
func collect(run *runfile.Run, scenario, variant int) (measured, error) {
	def := &run.Header.Scenarios[scenario]
	var repeats []*runfile.Variant
	for _, v := range run.Variants {
		if v.Scenario != scenario || v.Variant != variant {
			continue
		}
		switch {
		case v.Error != "":
			return measured{missing: "it failed: " + v.Error}, nil
		case !v.Complete:
			return measured{missing: "it did not run to its end"}, nil
		}
		repeats = append(repeats, v)
	}
	switch {
	case len(repeats) == 0:
		return measured{missing: "it did not run"}, nil
	case len(repeats) < def.Repeats:
		return measured{missing: fmt.Sprintf("%d of its %d repeats ran", len(repeats), def.Repeats)}, nil
	}
	t, err := sum(def, repeats)
	return measured{total: t}, err
}

// hold holds an expectation against the variant.
func (o measured) hold(e Expect) Result {
	r := Result{Expect: e.Text, Want: e.Want}
	if r.Have = o.missing; r.Have != "" {
		return r
	}
	value, missing := o.total.value(e.Metric)
	if r.Have = missing; missing != "" {
		return r
	}
	if o.total.same(e.Metric, value, e.Value) {
		value = e.Value
	}
	r.Value, r.OK = &value, e.Met(value)
	r.Have = e.Metric.format(value)
	if value != e.Value && r.Have == e.Metric.format(e.Value) { // they differ where it was rounded
		r.Have += " (" + strconv.FormatFloat(value, 'g', -1, 64) + ")"
	}
	return r
}
