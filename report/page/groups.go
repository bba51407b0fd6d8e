package page

import (
	"cmp"
	_ "embed"
	"fmt"
	"slices"
	"strings"
)

// group is the scenarios of one pattern.
type group struct {
	ID, Pattern, Doc string
	Differ           []differ
	Cards            []*card
}

// differ says of a variant that it is the choice of some scenarios of a pattern, and by
// what it breaks the promise of others.
type differ struct {
	Verdict verdict
	In      []*card
	Breaks  []breach
}

type breach struct {
	Variant, Says string
	Card          *card
}

// BrokenIn are the scenarios in which the choice breaks the promise.
func (d differ) BrokenIn() (out []string) {
	for _, b := range d.Breaks {
		if !slices.Contains(out, b.Card.Def.Name) {
			out = append(out, b.Card.Def.Name)
		}
	}
	return out
}

// grouped groups cards by pattern. What is not met comes first, then what warns, then all
// in the order of the file: the groups by the worst of their cards, and the cards of each.
func grouped(cards []*card) []*group {
	var out []*group
	for _, c := range cards {
		i := slices.IndexFunc(out, func(g *group) bool { return g.Pattern == c.Def.Pattern })
		if i < 0 {
			i = len(out)
			out = append(out, &group{ID: fmt.Sprintf("pattern-%d", i+1), Pattern: c.Def.Pattern, Doc: c.Def.PatternDoc})
		}
		out[i].Cards = append(out[i].Cards, c)
	}
	byWorst := func(a, b *card) int { return cmp.Compare(b.severity(), a.severity()) }
	for _, g := range out {
		g.Differ = differing(g.Cards)
		slices.SortStableFunc(g.Cards, byWorst)
	}
	slices.SortStableFunc(out, func(a, b *group) int { return byWorst(a.Cards[0], b.Cards[0]) })
	return out
}

// differing are the choices of the scenarios of a pattern; none where all choose alike.
func differing(cards []*card) []differ {
	var out []differ
	for _, c := range cards {
		if len(c.Verdict.Names) == 0 {
			continue
		}
		i := slices.IndexFunc(out, func(d differ) bool { return d.Verdict.key() == c.Verdict.key() })
		if i < 0 {
			i = len(out)
			out = append(out, differ{Verdict: c.Verdict})
		}
		out[i].In = append(out[i].In, c)
	}
	if len(out) < 2 {
		return nil
	}
	for i := range out {
		if out[i].Verdict.Class == none {
			continue
		}
		for _, n := range out[i].Verdict.Names {
			for _, c := range cards {
				if v := c.Variant(n.Name); v != nil && !c.Choice.Keeps(v) {
					out[i].Breaks = append(out[i].Breaks, breach{n.Name, strings.Join(c.Choice.Faults(v), ", "), c})
				}
			}
		}
	}
	return out
}
