package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"kvbench/internal/compare"
	"kvbench/internal/record"
)

// answerMarks is how many marks an answer names of those that nobody asked
// for, the ones with the largest share.
const answerMarks = 2

// asked is what a scenario's question is about, as far as its expectations
// tell: a question about stale reads expects something of them.
type asked struct {
	speed    bool // latency, calls or price
	marks    []string
	outcomes []string
}

// asked reads what the scenario expects. Where that is nothing, speed is asked
// for.
func (s *Scenario) asked() asked {
	var out asked
	add := func(to *[]string, name string) {
		if !slices.Contains(*to, name) {
			*to = append(*to, name)
		}
	}
	names := compare.NamesOf(s.def)
	for _, text := range s.def.Expect {
		e, err := compare.ParseExpect(text, names)
		if err != nil {
			continue // of another version of kvbench: evaluating it says so
		}
		switch m := e.Metric; {
		case m.Kind == "outcome":
			add(&out.outcomes, m.Name)
		case m.Kind == "errors":
			add(&out.outcomes, "error")
		case slices.ContainsFunc(s.marks(), func(r record.Series) bool { return r.Name == m.Name }):
			add(&out.marks, m.Name)
		default:
			out.speed = true
		}
	}
	out.speed = out.speed || out.marks == nil && out.outcomes == nil
	return out
}

// right says what was asked of how transactions ended and of what went wrong,
// and then what else was seen; of the marks that were told before it says no more.
func (s *Scenario) right(asked asked, seen seen, told []record.Series, ran []*Variant) (answer, also []string) {
	var ended, wrong, absent, sizes, others []string
	var wholes []string                 // of which there were none
	unobserved := map[string][]string{} // the marks that are shares of those
	for _, name := range asked.outcomes {
		if name != "error" { // is told with what went wrong
			ended = append(ended, s.markPhrase(record.Series{Name: name, Of: "response"}, ran))
		}
	}
	for _, m := range seen.shares {
		_, _, most := extremes(m, ran)
		switch {
		case slices.Contains(told, m):
		case len(wrong) < answerMarks && asked.marks == nil && asked.outcomes == nil, asked.mark(m), m.Name == "error" && most > errorShare:
			wrong = append(wrong, s.markPhrase(m, ran))
		default:
			others = append(others, fmt.Sprintf("%s (up to %s of %s)", m.Name, percent(most), s.whole(m.Of)))
		}
	}
	for _, m := range seen.silent {
		switch whole := s.whole(m.Of); {
		case len(seen.shares) > 0 && !asked.mark(m):
		case s.any(func(v *Variant) bool { return v.count(m.Of) > 0 }):
			absent = append(absent, m.Name)
		default: // it could not be seen, which says nothing
			if unobserved[whole] == nil {
				wholes = append(wholes, whole)
			}
			unobserved[whole] = append(unobserved[whole], m.Name)
		}
	}
	for _, m := range seen.gauges {
		sizes = append(sizes, sizePhrase(m, ran))
	}
	sentence := func(to *[]string, start string, parts []string, between string) {
		if parts != nil {
			*to = append(*to, start+": "+strings.Join(parts, between)+".")
		}
	}
	sentence(&answer, "How it ended", ended, "; ")
	sentence(&answer, "What went wrong", wrong, "; ")
	sentence(&answer, "Sizes", sizes, "; ")
	sentence(&answer, "Seen with no variant", absent, ", ")
	for _, whole := range wholes {
		answer = append(answer, fmt.Sprintf("Nothing can be said of %s: there were no %s.", enumerate(unobserved[whole]), whole))
	}
	sentence(&also, "Also seen", others, ", ")
	return answer, also
}

// mark reports whether a mark was asked for, or errors were.
func (a asked) mark(m record.Series) bool {
	return slices.Contains(a.marks, m.Name) || m.Name == "error" && slices.Contains(a.outcomes, m.Name)
}

// seen is what the variants of a scenario were seen to do.
type seen struct {
	shares []record.Series // marks that are a share of something, by how much they were asked for and then say
	gauges []record.Series // those that are a size alone, neither right nor wrong, where they were asked for
	silent []record.Series // the shares that no variant has
}

func (s *Scenario) seen(asked asked, ran []*Variant) seen {
	var gauges []record.Series
	size := func(m record.Series) bool { return m.Of == "" }
	shares, silent := s.watched()
	for _, m := range shares {
		if size(m) && asked.mark(m) {
			gauges = append(gauges, m)
		}
	}
	shares, silent = slices.DeleteFunc(shares, size), slices.DeleteFunc(silent, size)
	if s.any(func(v *Variant) bool { return v.Outcomes["error"] > 0 }) {
		shares = append(shares, record.Series{Name: "error", Of: "response"})
	}
	place := func(m record.Series) int {
		if i := slices.Index(asked.marks, m.Name); i >= 0 {
			return i
		}
		return len(asked.marks)
	}
	weight := func(m record.Series) float64 {
		_, least, most := extremes(m, ran)
		return max(most-least, most/2) // what tells variants apart counts twice
	}
	slices.SortStableFunc(shares, func(a, b record.Series) int {
		return cmp.Or(cmp.Compare(place(a), place(b)), cmp.Compare(weight(b), weight(a)))
	})
	return seen{shares, gauges, silent}
}

// markPhrase is a mark's share and size where they are worst, and its share
// where it is least.
func (s *Scenario) markPhrase(m record.Series, ran []*Variant) string {
	worst, least, most := extremes(m, ran)
	like := func(share float64) []*Variant {
		differs := func(v *Variant) bool { return !same(share, v.share(m)) && percent(share) != percent(v.share(m)) }
		return slices.DeleteFunc(slices.Clone(ran), differs)
	}
	first, last := like(most), like(least)
	others := " with " + names(last, ran)
	if len(last) > 1 && len(first)+len(last) == len(ran) {
		others = " with the others"
	}
	text := fmt.Sprintf("%s in %s of %s", m.Name, shareRange(m, first), s.whole(m.Of))
	if most == 0 {
		text = fmt.Sprintf("%s in none of %s", m.Name, s.whole(m.Of))
	}
	var notes []string
	if size := worst.Series[m.Name].Max; size > 0 {
		notes = append(notes, "up to "+value(float64(size), m.Unit))
	}
	between := slices.DeleteFunc(slices.Clone(ran), func(v *Variant) bool { return slices.Contains(first, v) || slices.Contains(last, v) })
	switch {
	case len(between) > 2:
		notes = append(notes, shareRange(m, between)+" with the rest")
	case len(between) > 0:
		notes = append(notes, shareRange(m, between)+" with "+names(between, ran))
	}
	switch {
	case len(ran) == 1:
	case same(least, most):
		text += " with every variant"
	case least == 0:
		text += " with " + names(first, ran)
		notes = append(notes, "none"+others)
	default:
		text += " with " + names(first, ran)
		notes = append(notes, percent(least)+others)
	}
	if notes != nil {
		text += " (" + strings.Join(notes, "; ") + ")"
	}
	return text
}

// shareRange is the share of a mark in one variant or more, from the least to the most.
func shareRange(m record.Series, of []*Variant) string {
	_, least, most := extremes(m, of)
	if percent(least) == percent(most) {
		return percent(most)
	}
	return percent(least) + " to " + percent(most)
}

// sizePhrase is the median of a mark that is a size alone, where it is least
// and where it is largest, and who has none.
func sizePhrase(m record.Series, ran []*Variant) string {
	median := func(v *Variant) float64 { return float64(v.Series[m.Name].P50) }
	var have, lack []*Variant
	for _, v := range ran {
		if v.Series[m.Name].Count > 0 {
			have = append(have, v)
		} else {
			lack = append(lack, v)
		}
	}
	first, rest := least(have, median)
	text := fmt.Sprintf("%s of %s", m.Name, value(median(first[0]), m.Unit))
	if len(ran) > 1 {
		text += " with " + names(first, ran)
	}
	if rest != nil {
		last := rest[len(rest)-1]
		text += fmt.Sprintf(", up to %s with %s", value(median(last), m.Unit), last.Name)
	}
	if lack != nil {
		text += " (none with " + names(lack, ran) + ")"
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

// whole names in words what a share is of.
func (s *Scenario) whole(of string) string {
	if of == "response" {
		return "transactions"
	}
	for _, d := range s.def.Series {
		switch {
		case d.Name != of:
		case d.Each != "":
			return d.Each
		case d.Mark:
			return of
		default:
			return of + " calls"
		}
	}
	return of + " transactions"
}

// share is the share of a mark, or of the transactions that ended in an error; 0 where
// there is none.
func (v *Variant) share(m record.Series) float64 {
	if st, ok := v.Series[m.Name]; ok {
		return st.Share.Or(0)
	}
	return v.outcomeShare(m.Name)
}
