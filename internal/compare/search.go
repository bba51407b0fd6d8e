package compare

import (
	"fmt"
	"strings"

	search "kvbench/internal/find"
	"kvbench/internal/metric"
	"kvbench/internal/result"
)

// steps says in one line how many steps of two searches are in one of them alone, in place of
// the lines from n on that name each: which rates are tried follows from what is found.
func (c *Comparison) steps(n int, scenario string) {
	kept, alone := c.Only[:n:n], map[string]int{}
	for _, text := range c.Only[n:] {
		where, found := "", false
		for _, side := range []string{"base", "head"} {
			if strings.Contains(text, " at load.rate ") && strings.HasSuffix(text, " is in "+side+" alone") {
				where, found = side, true
			}
		}
		if found {
			alone[where]++
		} else {
			kept = append(kept, text)
		}
	}
	if len(alone) > 0 {
		kept = append(kept, fmt.Sprintf("%s: %d steps of the search are in base alone, and %d in head", scenario, alone["base"], alone["head"]))
	}
	c.Only = kept
}

// searches says where two searches found other rates. One whose rate fell so far that its
// bounds lie below those of base fails the gate.
func (c *Comparison) searches(base, head *result.Set) error {
	for _, b := range base.Scenarios {
		h := head.Scenario(b.Def.Name)
		if h == nil {
			continue
		}
		was, err := search.Of(b)
		if err != nil {
			return err
		}
		is, err := search.Of(h)
		if err != nil {
			return err
		}
		for _, x := range was {
			for _, y := range is {
				if x.Variant == y.Variant && x.Rate != y.Rate {
					c.rates(b.Def.Name+"/"+x.Variant, x, y)
				}
			}
		}
	}
	return nil
}

// rates says what two searches of a variant found.
func (c *Comparison) rates(name string, was, is *search.Found) {
	text := fmt.Sprintf("%s: max-rate %s, was %s", name, rateOf(is), rateOf(was))
	switch {
	case apart(is.Upper, was.Lower):
		c.Failed = append(c.Failed, text)
		text += ": lower for sure"
	case apart(was.Upper, is.Lower):
		text += ": higher for sure"
	default:
		text += ": their bounds overlap"
	}
	c.Warnings = append(c.Warnings, text+".")
}

// apart reports whether a rate that is broken for sure is at most one that is kept for sure.
func apart(broken, kept metric.Quantity) bool {
	high, known := broken.Value()
	low, also := kept.Value()
	return known && also && high <= low
}

// rateOf is a rate with its bounds.
func rateOf(f *search.Found) string {
	return fmt.Sprintf("%s (%s to %s)", f.Rate.Text(metric.FormatRate), f.Lower.Text(metric.FormatRate), f.Upper.Text(metric.FormatRate))
}
