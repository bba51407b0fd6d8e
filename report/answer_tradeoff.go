package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"kvbench/internal/record"
	"kvbench/internal/runfile"
)

// muchWrong is the share from which on what goes wrong comes before speed.
const muchWrong = 0.01

// tradeOff is what a reader has to choose between: a variant that is the fastest or
// costs least, and gets wrong, often, what others never do.
type tradeOff struct {
	marks []record.Series // what the others never get wrong
	right []*Variant      // those others
	// fastWrong says that one of the fastest is not among them.
	fastWrong bool
	// wrong is the fastest of the variants that get it wrong, or the cheapest of
	// them where none is as fast; best the fastest of the others. Nil where one of
	// the others is the fastest and one costs least: there is nothing to choose.
	wrong, best *Variant
}

// tradeOff finds it in the marks that were asked for, or else in those of the fastest
// variants. A variant that fails in half of its transactions is no alternative.
func (s *Scenario) tradeOff(asked asked, shares []record.Series, ran []*Variant) (t tradeOff) {
	fastest, _ := least(ran, s.p99())
	works := slices.DeleteFunc(slices.Clone(ran), func(v *Variant) bool { return v.outcomeShare("error") >= 0.5 })
	t.narrow(shares, works, func(m record.Series) bool { return asked.mark(m) && ofMuch(m, ran) })
	if t.marks == nil {
		t.narrow(shares, works, func(m record.Series) bool { return ofMuch(m, fastest) })
	}
	if t.marks == nil {
		return t
	}
	isRight := func(v *Variant) bool { return slices.Contains(t.right, v) }
	cheapest := cheapestOf(ran)
	t.fastWrong = slices.ContainsFunc(fastest, func(v *Variant) bool { return !isRight(v) })
	if slices.ContainsFunc(fastest, isRight) && slices.ContainsFunc(cheapest, isRight) {
		return t
	}
	of := fastest
	if slices.ContainsFunc(fastest, isRight) {
		of = cheapest
	}
	t.wrong = slices.MinFunc(slices.DeleteFunc(slices.Clone(of), isRight), func(a, b *Variant) int {
		return cmp.Or(closer(a.share(t.marks[0]), b.share(t.marks[0])), closer(a.USD, b.USD))
	})
	best, _ := least(t.right, s.p99())
	t.best = slices.MinFunc(best, func(a, b *Variant) int {
		fails := func(v *Variant) float64 { return max(v.outcomeShare("error"), errorShare) }
		return cmp.Or(cmp.Compare(fails(a), fails(b)), closer(a.USD, b.USD))
	})
	return t
}

// narrow takes the marks that matter, of which not all variants have any, and leaves
// the variants that have none of them.
func (t *tradeOff) narrow(shares []record.Series, among []*Variant, matters func(record.Series) bool) {
	t.right = among
	for _, m := range shares {
		right := slices.DeleteFunc(slices.Clone(t.right), func(v *Variant) bool { return v.share(m) > 0 })
		if m.Mark && matters(m) && len(right) > 0 {
			t.right, t.marks = right, append(t.marks, m)
		}
	}
}

// ofMuch reports whether a mark is seen often with any of the variants.
func ofMuch(m record.Series, variants []*Variant) bool {
	return slices.ContainsFunc(variants, func(v *Variant) bool { return v.share(m) > muchWrong })
}

// closer compares two figures, where they are not the same to a reader.
func closer(a, b float64) int {
	if same(a, b) {
		return 0
	}
	return cmp.Compare(a, b)
}

// sentence says what the fast variant brings and what it gets wrong.
func (t *tradeOff) sentence(s *Scenario) string {
	fast, slow := s.p99()(t.wrong), s.p99()(t.best)
	two := []*Variant{t.wrong, t.best}
	price, p99 := costs(t.wrong, t.best), ""
	figures := fmt.Sprintf("(%s vs %s%s)", nanoseconds(fast), nanoseconds(slow), s.caveat(", ", two, ""))
	switch {
	case same(fast, slow):
		p99 = fmt.Sprintf("is as fast as %s at p99 %s", t.best.Name, figures)
	case fast < slow:
		p99 = fmt.Sprintf("is %s than %s at p99 %s", faster(t.wrong, t.best), t.best.Name, figures)
	default:
		p99 = fmt.Sprintf("is slower than %s at p99 %s", t.best.Name, figures)
	}
	has := ", but has "
	if strings.HasPrefix(price, "but ") {
		has = ", and has "
	}
	text := fmt.Sprintf("%s %s %s", t.wrong.Name, p99, price)
	if s.Latency == runfile.NotModelled { // then it costs less, or it would be no choice
		text = fmt.Sprintf("Beside %s %s %s (%s)", t.best.Name, t.wrong.Name, strings.TrimPrefix(price, "and "), s.Latency)
	}
	text = fmt.Sprintf("%s%s%s; %s has none", text, has, s.sharesOf(t.wrong, t.marks), t.best.Name)
	var instead []record.Series
	for _, m := range s.marks() {
		if m.Of != "" && t.wrong.share(m) == 0 && t.best.share(m) > muchWrong {
			instead = append(instead, m)
		}
	}
	if instead != nil {
		text += ", but has " + s.sharesOf(t.best, instead)
	}
	return text + "."
}

// sharesOf is how often a variant gets some marks wrong, and by how much.
func (s *Scenario) sharesOf(v *Variant, marks []record.Series) string {
	phrases := make([]string, len(marks))
	for i, m := range marks {
		phrases[i] = fmt.Sprintf("%s in %s of %s", m.Name, percent(v.share(m)), s.whole(m.Of))
		if size := v.Series[m.Name].Max; size > 0 {
			phrases[i] += fmt.Sprintf(" (up to %s)", value(float64(size), m.Unit))
		}
	}
	return enumerate(phrases)
}

// without says which of the variants that are never wrong to take; it is empty where
// there is one alone, which the trade-off names.
func (t *tradeOff) without(s *Scenario, ran []*Variant) []string {
	if len(t.right) == 1 {
		return nil
	}
	return []string{fmt.Sprintf("Without %s (%s): %s", strings.ReplaceAll(seriesNames(t.marks), ", ", " and "),
		names(t.right, ran), strings.NewReplacer("There is", "there is", "No latency", "no latency").Replace(s.fastest(t.right)))}
}

// saysAll reports whether the sentence says all there is to say of how fast the
// variants are and what they cost: where there are two, or the seed is the fastest.
func (t *tradeOff) saysAll(s *Scenario, ran []*Variant) bool {
	if len(ran) == 2 {
		return true
	}
	fastest, _ := least(ran, s.p99())
	cheapest := cheapestOf(ran)
	return t.wrong.Name == "seed" && slices.Contains(fastest, t.wrong) && atMedian(fastest, ran) == "" &&
		(slices.Contains(cheapest, t.wrong) || slices.Contains(cheapest, t.best))
}
