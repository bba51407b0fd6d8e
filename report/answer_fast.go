package report

import (
	"cmp"
	"fmt"
	"slices"

	"kvbench/internal/runfile"
)

// fastest compares variants, of which there is at least one, by their response
// at p99 and by their price; by that alone where no latency is modelled.
func (s *Scenario) fastest(ran []*Variant) string {
	first, rest := least(ran, (*Variant).p99)
	switch {
	case s.Latency == runfile.NotModelled && len(ran) == 1:
		return fmt.Sprintf("No latency modelled; %s costs %s per million transactions.", ran[0].Name, dollars(ran[0].USD))
	case s.Latency == runfile.NotModelled:
		return fmt.Sprintf("No latency modelled; %s.", cheapest(nil, ran))
	case len(ran) == 1:
		return fmt.Sprintf("%s answers within %s at p99%s and costs %s per million transactions.",
			ran[0].Name, nanoseconds(ran[0].p99()), s.caveat(" (", ran, ")"), dollars(ran[0].USD))
	case len(rest) == 0:
		return fmt.Sprintf("There is no difference at p99 (%s%s)%s; %s.",
			nanoseconds(ran[0].p99()), s.caveat(", ", ran, ""), atMedian(first, ran), cheapest(nil, ran))
	}
	other, slowest := rest[0], rest[len(rest)-1]
	if i := slices.IndexFunc(rest, func(v *Variant) bool { return v.Name == "seed" }); i >= 0 {
		other, slowest = rest[i], rest[i] // the variant that the others would replace
	}
	than, vs, compared := faster(first[0], other)+" than "+other.Name, nanoseconds(other.p99()), append(slices.Clone(first), other)
	if slowest.p99() >= clearRatio*other.p99() && other.p99() > 0 { // how much there is to choose from
		than += " and " + faster(first[0], slowest) + " than " + slowest.Name
		vs += " and " + nanoseconds(slowest.p99())
		compared = append(compared, slowest)
	}
	figures := fmt.Sprintf("%s vs %s%s", nanoseconds(first[0].p99()), vs, s.caveat(", ", compared, ""))
	if len(ran) == 2 {
		return fmt.Sprintf("%s is %s at p99 (%s) %s%s.",
			first[0].Name, than, figures, costs(first[0], other), atMedian(first, ran))
	}
	median, price := atMedian(first, ran), "; "+cheapest(nil, ran)
	if median == "" && slices.Equal(first, cheapestOf(ran)) {
		price = ", and " + cheapest(first, ran)
	}
	return fmt.Sprintf("%s the fastest at p99, %s (%s)%s%s.", are(first, ran), than, figures, median, price)
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
	case 20*a.USD <= b.USD: // "99.9 % less" says less
		return fmt.Sprintf("and costs 1/%s as much", number(b.USD/a.USD))
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

// p99 is what variants are compared by: where no latency is modelled all are alike.
func (s *Scenario) p99() func(*Variant) float64 {
	if s.Latency == runfile.NotModelled {
		return func(*Variant) float64 { return 0 }
	}
	return (*Variant).p99
}

// p50 and p99 are percentiles of the response, in nanoseconds.
func (v *Variant) p50() float64 { return float64(v.Series["response"].P50) }
func (v *Variant) p99() float64 { return float64(v.Series["response"].P99) }
