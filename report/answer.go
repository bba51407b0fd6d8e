package report

import (
	"fmt"
	"slices"
	"strings"

	"kvbench/internal/record"
	"kvbench/internal/runfile"
)

const (
	// sameRatio is the ratio up to which two figures are called the same.
	sameRatio = 1.02
	// clearRatio is the ratio from which on a ratio says more than a percentage.
	clearRatio = 1.5
)

// same reports whether two figures differ by less than is worth a word.
func same(a, b float64) bool { return a == b || max(a, b) <= sameRatio*min(a, b) }

// answer answers the scenario's question from the data alone.
func (s *Scenario) answer() string { return strings.Join(s.sentences(), " ") }

// sentences are all that an answer says.
func (s *Scenario) sentences() []string {
	answer, also := s.answers()
	return append(answer, also...)
}

// answers are an answer's sentences, what the question asks first: how fast and
// at what price, or what went wrong; and what did not run as it should. also is
// what was seen beside. What is asked is taken from what the scenario expects.
func (s *Scenario) answers() (answer, also []string) {
	var ran []*Variant
	var remarks []string
	for i := range s.Variants {
		v := &s.Variants[i]
		if v.Transactions > 0 {
			ran = append(ran, v)
		}
		remarks = append(remarks, v.remarks()...)
	}
	for _, d := range s.def.Variants {
		if !slices.ContainsFunc(s.Variants, func(v Variant) bool { return v.Name == d.Name }) {
			remarks = append(remarks, d.Name+" did not run.")
		}
	}
	if len(ran) == 0 {
		return append([]string{"No answer: no variant measured a transaction."}, remarks...), nil
	}
	asked := s.asked()
	seen := s.seen(asked, ran)
	speed := []string{s.fastest(ran)}
	choice := s.tradeOff(asked, seen.shares, ran)
	if choice.wrong == nil {
		right, also := s.right(asked, seen, nil, ran)
		if asked.speed && !choice.fastWrong {
			return slices.Concat(speed, right, remarks), also
		}
		return slices.Concat(right, speed, remarks), also
	}
	var told []record.Series
	if len(ran) == 2 { // it says all of its marks
		told = choice.marks
	}
	right, also := s.right(asked, seen, told, ran)
	if choice.saysAll(s, ran) {
		speed = nil
	}
	return slices.Concat([]string{choice.sentence(s)}, choice.without(s, ran), right, speed, remarks), also
}

// remarks say how a variant did not end as it should.
func (v *Variant) remarks() []string {
	why := ""
	if v.Errored != "" {
		why = ": " + strings.TrimSuffix(v.Errored, ".")
	}
	switch {
	case v.Transactions == 0:
		return []string{v.Name + " measured nothing" + why + "."}
	case v.Complete && why != "":
		return []string{fmt.Sprintf("%s failed%s.", v.Name, why)}
	case !v.Complete:
		return []string{fmt.Sprintf("%s ended early, after %s transactions%s.", v.Name, grouped(v.Transactions), why)}
	}
	return nil
}

// caveat says between two texts what the p99 of these variants rests on; it is
// empty where it was measured, of enough transactions that went well.
func (s *Scenario) caveat(before string, variants []*Variant, after string) string {
	var out []string
	if s.Latency == runfile.Modelled {
		out = append(out, "modelled")
	}
	if slices.ContainsFunc(variants, func(v *Variant) bool { return v.Transactions < enoughForP99 }) {
		out = append(out, "of too few transactions")
	}
	errors := func(v *Variant) string { return part(v.outcomeShare("error")) }
	var told []string // shares
	for _, v := range variants {
		if v.outcomeShare("error") <= errorShare || slices.Contains(told, errors(v)) {
			continue
		}
		told = append(told, errors(v))
		alike := slices.DeleteFunc(slices.Clone(variants), func(w *Variant) bool { return errors(w) != errors(v) })
		out = append(out, fmt.Sprintf("%s with %s errors", names(alike, variants), errors(v)))
	}
	if out == nil {
		return ""
	}
	return before + strings.Join(out, ", ") + after
}
