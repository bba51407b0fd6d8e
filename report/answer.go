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
	// answerMarks is how many marks an answer names, those with the largest
	// share.
	answerMarks = 3
)

// same reports whether two figures differ by less than is worth a word.
func same(a, b float64) bool { return max(a, b) <= sameRatio*min(a, b) }

// answer answers the scenario's question from the data alone: which variant is
// fastest at p99, what each costs, what went wrong, and what is missing.
func (s *Scenario) answer() string {
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
	sentences := []string{"No answer: no variant measured a transaction."}
	if len(ran) > 0 {
		sentences = append([]string{s.fastest(ran)}, s.wrong(ran)...)
	}
	return strings.Join(append(sentences, remarks...), " ")
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
	ran = slices.Clone(ran)
	slices.SortStableFunc(ran, func(a, b *Variant) int { return cmp.Compare(a.p99(), b.p99()) })
	n := 1
	for n < len(ran) && same(ran[0].p99(), ran[n].p99()) {
		n++
	}
	first, rest := ran[:n], ran[n:]
	switch {
	case len(ran) == 1:
		return fmt.Sprintf("%s answers within %s at p99%s and costs %s per million transactions.",
			ran[0].Name, duration(int64(ran[0].p99())), s.caveat(" (", ran, ")"), dollars(ran[0].USD))
	case len(rest) == 0:
		return fmt.Sprintf("There is no difference at p99 (%s%s); %s.",
			duration(int64(ran[0].p99())), s.caveat(", ", ran, ""), cheapest(ran))
	}
	other := rest[0]
	if i := slices.IndexFunc(rest, func(v *Variant) bool { return v.Name == "seed" }); i >= 0 {
		other = rest[i] // the variant that the others would replace
	}
	figures := fmt.Sprintf("%s vs %s%s", duration(int64(first[0].p99())), duration(int64(other.p99())),
		s.caveat(", ", append(slices.Clone(first), other), ""))
	if len(ran) == 2 {
		return fmt.Sprintf("%s is %s than %s at p99 (%s) %s.",
			first[0].Name, faster(first[0], other), other.Name, figures, costs(first[0], other))
	}
	verb := "is"
	if n > 1 {
		verb = "are"
	}
	return fmt.Sprintf("%s %s the fastest at p99, %s than %s (%s); %s.",
		names(first, len(ran)), verb, faster(first[0], other), other.Name, figures, cheapest(ran))
}

// faster says by how much a responds sooner than b, whose p99 is the larger.
func faster(a, b *Variant) string {
	if a.p99() == 0 || b.p99() >= 1.5*a.p99() {
		return times(b.p99(), a.p99()) + "faster"
	}
	return percent(1-a.p99()/b.p99()) + " faster"
}

// times is how many times b goes into a, and a space; empty where b is zero.
func times(a, b float64) string {
	if b == 0 {
		return ""
	}
	return digits(a/b, 2) + "× "
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
		return fmt.Sprintf("and costs %s less", percent(1-a.USD/b.USD))
	case b.USD == 0:
		return fmt.Sprintf("but costs %s per million transactions, against nothing", dollars(a.USD))
	case a.USD < 2*b.USD:
		return fmt.Sprintf("but costs %s more", percent(a.USD/b.USD-1))
	}
	return fmt.Sprintf("but costs %sas much", times(a.USD, b.USD))
}

// cheapest says which variants cost least, and what the dearest costs.
func cheapest(ran []*Variant) string {
	byPrice := slices.Clone(ran)
	slices.SortStableFunc(byPrice, func(a, b *Variant) int { return cmp.Compare(a.USD, b.USD) })
	least, most := byPrice[0].USD, byPrice[len(ran)-1]
	if same(least, most.USD) {
		return fmt.Sprintf("all cost the same (%s per million transactions)", dollars(least))
	}
	first := slices.DeleteFunc(slices.Clone(ran), func(v *Variant) bool { return !same(least, v.USD) })
	verb := "costs"
	if len(first) > 1 {
		verb = "cost"
	}
	return fmt.Sprintf("%s %s least (%s per million transactions, %s %s)",
		names(first, len(ran)), verb, dollars(least), most.Name, dollars(most.USD))
}

// wrong says which marks were seen, where most and where least.
func (s *Scenario) wrong(ran []*Variant) []string {
	size := func(m record.Series) bool { return m.Of == "" } // not a share of anything: neither right nor wrong
	fired, silent := s.watched()
	fired, silent = slices.DeleteFunc(fired, size), slices.DeleteFunc(silent, size)
	if s.any(func(v *Variant) bool { return v.Outcomes["error"] > 0 }) {
		fired = append(fired, record.Series{Name: "error", Of: "response"})
	}
	worst := func(m record.Series) *Variant {
		return slices.MaxFunc(ran, func(a, b *Variant) int { return cmp.Compare(a.share(m), b.share(m)) })
	}
	slices.SortStableFunc(fired, func(a, b record.Series) int { return cmp.Compare(worst(b).share(b), worst(a).share(a)) })
	var parts []string
	for _, m := range fired[:min(len(fired), answerMarks)] {
		parts = append(parts, s.markPhrase(m, ran, worst(m)))
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
func (s *Scenario) markPhrase(m record.Series, ran []*Variant, worst *Variant) string {
	like := func(share float64) []*Variant {
		return slices.DeleteFunc(slices.Clone(ran), func(v *Variant) bool { return !same(v.share(m), share) })
	}
	text := fmt.Sprintf("%s in %s of %s", m.Name, percent(worst.share(m)), s.whole(m.Of))
	var notes []string
	if most := worst.Series[m.Name].Max; most > 0 {
		notes = append(notes, "up to "+value(float64(most), m.Unit))
	}
	if with := like(worst.share(m)); len(with) < len(ran) {
		text += " with " + names(with, len(ran))
		least := slices.MinFunc(ran, func(a, b *Variant) int { return cmp.Compare(a.share(m), b.share(m)) }).share(m)
		rest := names(like(least), len(ran))
		if least == 0 {
			notes = append(notes, "none with "+rest)
		} else {
			notes = append(notes, percent(least)+" with "+rest)
		}
	} else if len(ran) > 1 {
		text += " with every variant"
	}
	if notes != nil {
		text += " (" + strings.Join(notes, "; ") + ")"
	}
	return text
}

// caveat says between two texts what a p99 of these variants rests on; it is
// empty where the p99 was measured, of enough transactions.
func (s *Scenario) caveat(before string, variants []*Variant, after string) string {
	var out []string
	if s.Modelled {
		out = append(out, "modelled")
	}
	if slices.ContainsFunc(variants, func(v *Variant) bool { return v.Transactions < enoughForP99 }) {
		out = append(out, "of too few transactions")
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

// p99 is the response at p99, in nanoseconds.
func (v *Variant) p99() float64 { return float64(v.Series["response"].P99) }

// share is the share of a mark, or of the transactions that ended in an error.
func (v *Variant) share(m record.Series) float64 {
	if st, ok := v.Series[m.Name]; ok {
		return st.Share
	}
	return v.outcomeShare(m.Name)
}

// names lists variants: by name up to three, else by their number.
func names(variants []*Variant, of int) string {
	if len(variants) > 3 {
		return fmt.Sprintf("%d of %d variants", len(variants), of)
	}
	text := variants[0].Name
	for i, v := range variants[1:] {
		if i == len(variants)-2 {
			text += " and " + v.Name
		} else {
			text += ", " + v.Name
		}
	}
	return text
}

func seriesNames(series []record.Series) string {
	text := make([]string, len(series))
	for i, m := range series {
		text[i] = m.Name
	}
	return strings.Join(text, ", ")
}
