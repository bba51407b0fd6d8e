package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"kvbench/internal/record"
)

const (
	// sameRatio is the ratio up to which two figures are called the same.
	sameRatio = 1.02
	// clearRatio is the ratio from which on a ratio says more than a percentage.
	clearRatio = 1.5
	// answerMarks is how many marks an answer names, those with the largest
	// share.
	answerMarks = 2
)

// same reports whether two figures differ by less than is worth a word.
func same(a, b float64) bool { return max(a, b) <= sameRatio*min(a, b) }

// answer answers the scenario's question from the data alone.
func (s *Scenario) answer() string { return strings.Join(s.sentences(), " ") }

// sentences are an answer: which variant is fastest at p99 and what each costs;
// what went wrong; and what is missing.
func (s *Scenario) sentences() []string {
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
		return append([]string{"No answer: no variant measured a transaction."}, remarks...)
	}
	return slices.Concat([]string{s.fastest(ran)}, s.wrong(ran), remarks)
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
	case !v.Complete || why != "":
		return []string{fmt.Sprintf("%s ended early, after %s transactions%s.", v.Name, grouped(v.Transactions), why)}
	}
	return nil
}

// fastest compares variants, of which there is at least one, by their response
// at p99 and by their price.
func (s *Scenario) fastest(ran []*Variant) string {
	first, rest := least(ran, (*Variant).p99)
	switch {
	case len(ran) == 1:
		return fmt.Sprintf("%s answers within %s at p99%s and costs %s per million transactions.",
			ran[0].Name, nanoseconds(ran[0].p99()), s.caveat(" (", ran, ")"), dollars(ran[0].USD))
	case len(rest) == 0:
		return fmt.Sprintf("There is no difference at p99 (%s%s)%s; %s.",
			nanoseconds(ran[0].p99()), s.caveat(", ", ran, ""), atMedian(first, ran), cheapest(nil, ran))
	}
	other := rest[0]
	if i := slices.IndexFunc(rest, func(v *Variant) bool { return v.Name == "seed" }); i >= 0 {
		other = rest[i] // the variant that the others would replace
	}
	figures := fmt.Sprintf("%s vs %s%s", nanoseconds(first[0].p99()), nanoseconds(other.p99()),
		s.caveat(", ", append(slices.Clone(first), other), ""))
	if len(ran) == 2 {
		return fmt.Sprintf("%s is %s than %s at p99 (%s) %s%s.",
			first[0].Name, faster(first[0], other), other.Name, figures, costs(first[0], other), atMedian(first, ran))
	}
	median, price := atMedian(first, ran), "; "+cheapest(nil, ran)
	if median == "" && slices.Equal(first, cheapestOf(ran)) {
		price = ", and " + cheapest(first, ran)
	}
	return fmt.Sprintf("%s the fastest at p99, %s than %s (%s)%s%s.",
		are(first, ran), faster(first[0], other), other.Name, figures, median, price)
}

// atMedian says which variants are fastest at p50 where those that are fastest
// at p99 take clearly longer there.
func atMedian(fastest, ran []*Variant) string {
	first, _ := least(ran, (*Variant).p50)
	own, _ := least(fastest, (*Variant).p50)
	if own[0].p50() < clearRatio*first[0].p50() || own[0].p50() == 0 {
		return ""
	}
	return fmt.Sprintf("; at p50 %s (%s vs %s)", are(first, ran), nanoseconds(first[0].p50()), nanoseconds(own[0].p50()))
}

// faster says by how much a responds sooner than b, whose p99 is the larger.
func faster(a, b *Variant) string {
	switch {
	case a.p99() == 0:
		return "faster"
	case b.p99() >= clearRatio*a.p99():
		return times(b.p99()/a.p99()) + " faster"
	}
	return part(1-a.p99()/b.p99()) + " faster"
}

// costs says what a costs beside b.
func costs(a, b *Variant) string {
	switch {
	case a.USD == 0 && b.USD == 0:
		return "and both cost nothing"
	case same(a.USD, b.USD):
		return "and costs the same"
	case a.USD == 0:
		return fmt.Sprintf("and costs nothing, against %s per million transactions", dollars(b.USD))
	case a.USD < b.USD:
		return fmt.Sprintf("and costs %s less", part(1-a.USD/b.USD))
	case b.USD == 0:
		return fmt.Sprintf("but costs %s per million transactions, against nothing", dollars(a.USD))
	case a.USD < 2*b.USD:
		return fmt.Sprintf("but costs %s more", part(a.USD/b.USD-1))
	}
	return fmt.Sprintf("but costs %s as much", times(a.USD/b.USD))
}

// cheapest says which variants cost least and what the dearest costs. Those
// that the sentence speaks of already it does not name again.
func cheapest(named, ran []*Variant) string {
	first := cheapestOf(ran)
	most := slices.MaxFunc(ran, func(a, b *Variant) int { return cmp.Compare(a.USD, b.USD) })
	price := dollars(first[0].USD)
	switch {
	case most.USD == 0:
		return "all cost nothing"
	case len(first) == len(ran):
		return "all cost the same (" + price + " per million transactions)"
	case first[0].USD == 0:
		price = "nothing"
	}
	verb := "costs"
	if len(first) > 1 {
		verb = "cost"
	}
	if !slices.Equal(named, first) {
		verb = names(first, ran) + " " + verb
	}
	return fmt.Sprintf("%s least (%s; %s %s per million transactions)", verb, price, most.Name, dollars(most.USD))
}

func cheapestOf(ran []*Variant) []*Variant {
	first, _ := least(ran, func(v *Variant) float64 { return v.USD })
	return first
}

// least divides variants into those with the least of a figure, or one that is
// the same, and the others, which it sorts.
func least(ran []*Variant, figure func(*Variant) float64) (first, rest []*Variant) {
	smallest := figure(slices.MinFunc(ran, func(a, b *Variant) int { return cmp.Compare(figure(a), figure(b)) }))
	for _, v := range ran {
		if same(smallest, figure(v)) {
			first = append(first, v)
		} else {
			rest = append(rest, v)
		}
	}
	slices.SortStableFunc(rest, func(a, b *Variant) int { return cmp.Compare(figure(a), figure(b)) })
	return first, rest
}

// wrong says which marks were seen, where most and where least.
func (s *Scenario) wrong(ran []*Variant) []string {
	size := func(m record.Series) bool { return m.Of == "" } // not a share of anything: neither right nor wrong
	fired, silent := s.watched()
	fired, silent = slices.DeleteFunc(fired, size), slices.DeleteFunc(silent, size)
	if s.any(func(v *Variant) bool { return v.Outcomes["error"] > 0 }) {
		fired = append(fired, record.Series{Name: "error", Of: "response"})
	}
	weight := func(m record.Series) float64 {
		_, least, most := extremes(m, ran)
		return max(most-least, most/2) // what tells variants apart counts twice
	}
	slices.SortStableFunc(fired, func(a, b record.Series) int { return cmp.Compare(weight(b), weight(a)) })
	var parts []string
	for _, m := range fired[:min(len(fired), answerMarks)] {
		parts = append(parts, s.markPhrase(m, ran))
	}
	switch more := len(fired) - answerMarks; {
	case more > 0:
		parts = append(parts, fmt.Sprintf("and %d more", more))
	case len(fired) == 0 && len(silent) > 0:
		return []string{"Seen with no variant: " + seriesNames(silent) + "."}
	case len(fired) == 0:
		return nil
	}
	return []string{"What went wrong: " + strings.Join(parts, "; ") + "."}
}

// markPhrase is a mark's share and size where they are worst, and its share
// where it is least.
func (s *Scenario) markPhrase(m record.Series, ran []*Variant) string {
	worst, least, most := extremes(m, ran)
	with := func(share float64) string {
		differs := func(v *Variant) bool { return !same(share, v.share(m)) }
		return " with " + names(slices.DeleteFunc(slices.Clone(ran), differs), ran)
	}
	text := fmt.Sprintf("%s in %s of %s", m.Name, percent(most), s.whole(m.Of))
	var notes []string
	if size := worst.Series[m.Name].Max; size > 0 {
		notes = append(notes, "up to "+value(float64(size), m.Unit))
	}
	switch {
	case len(ran) == 1:
	case same(least, most):
		text += " with every variant"
	case least == 0:
		text += with(most)
		notes = append(notes, "none"+with(0))
	default:
		text += with(most)
		notes = append(notes, percent(least)+with(least))
	}
	if notes != nil {
		text += " (" + strings.Join(notes, "; ") + ")"
	}
	return text
}

// extremes are the least and the largest share of a mark, and whose is that.
func extremes(m record.Series, ran []*Variant) (worst *Variant, least, most float64) {
	least = ran[0].share(m)
	for _, v := range ran {
		share := v.share(m)
		least = min(least, share)
		if worst == nil || share > most {
			worst, most = v, share
		}
	}
	return worst, least, most
}

// caveat says between two texts what the p99 of these variants rests on; it is
// empty where it was measured, of enough transactions that went well.
func (s *Scenario) caveat(before string, variants []*Variant, after string) string {
	var out []string
	if s.Modelled {
		out = append(out, "modelled")
	}
	if slices.ContainsFunc(variants, func(v *Variant) bool { return v.Transactions < enoughForP99 }) {
		out = append(out, "of too few transactions")
	}
	for _, v := range variants {
		if share := v.outcomeShare("error"); share > errorShare {
			out = append(out, v.Name+" with "+part(share)+" errors")
		}
	}
	if out == nil {
		return ""
	}
	return before + strings.Join(out, ", ") + after
}

// whole names in words what a share is of.
func (s *Scenario) whole(of string) string {
	if of == "response" {
		return "transactions"
	}
	for _, d := range s.def.Series {
		switch {
		case d.Name != of:
		case d.Mark:
			return of
		default:
			return of + " calls"
		}
	}
	return of + " transactions"
}

// p50 and p99 are percentiles of the response, in nanoseconds.
func (v *Variant) p50() float64 { return float64(v.Series["response"].P50) }
func (v *Variant) p99() float64 { return float64(v.Series["response"].P99) }

// share is the share of a mark, or of the transactions that ended in an error.
func (v *Variant) share(m record.Series) float64 {
	if st, ok := v.Series[m.Name]; ok {
		return st.Share
	}
	return v.outcomeShare(m.Name)
}
