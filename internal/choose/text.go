package choose

import (
	"fmt"
	"strings"

	"kvbench/internal/metric"
	"kvbench/internal/result"
	"kvbench/internal/runfile"
)

// Line says the choice and what it beats in one line: "Take per-field-parallel: seed
// loses 65.6% of updates".
func (c *Choice) Line() string {
	if len(c.Parts) > 0 {
		return c.partly() + c.parts()
	}
	line := c.partly() + c.verdict()
	if why := c.Reason(); why != "" {
		line += ": " + why
	}
	return line
}

// partly says of how many it was chosen, where the run was stopped before all had begun.
func (c *Choice) partly() string {
	ran := 0
	for _, s := range c.Standings {
		if len(s.Variant.Repeats) > 0 {
			ran++
		}
	}
	if all := len(c.Standings); ran > 0 && ran < all {
		return fmt.Sprintf("Only %d of %d ran. ", ran, all)
	}
	return ""
}

// verdict is the choice alone.
func (c *Choice) verdict() string {
	switch {
	case len(c.Take) == 0:
		return "No choice: no variant ran to its end"
	case !c.Kept && len(c.Take) == 1:
		return "None keeps the promise; " + c.names() + " comes nearest"
	case !c.Kept:
		return "None keeps the promise; " + c.names() + " come nearest"
	case c.Take[0].Published && len(c.Take[0].Point) == 0:
		return "Keep " + c.names()
	}
	return "Take " + c.names()
}

func (c *Choice) names() string {
	words := make([]string, len(c.Take))
	for i, v := range c.Take {
		words[i] = v.Name
	}
	return list(words)
}

// list writes words as in "a, b or c".
func list(words []string) string {
	if last := len(words) - 1; last > 0 {
		return strings.Join(words[:last], ", ") + " or " + words[last]
	}
	return strings.Join(words, "")
}

// Reason says what the choice beats, or in what that which comes nearest breaks the
// promise; empty where nothing was beaten.
func (c *Choice) Reason() string {
	why := c.beats()
	if !c.Unpriced {
		return why
	}
	const none = runfile.USD + " decides nothing, as the store has no price list"
	if why == "" {
		return none
	}
	return why + "; " + none
}

// beats is Reason but for what could not be had.
func (c *Choice) beats() string {
	b := c.Because
	if len(c.Parts) > 0 {
		return c.parts()
	}
	switch {
	case b == nil && len(c.Take) > 1 && len(c.Take) == c.weighed():
		return "nothing tells them apart"
	case b == nil && len(c.Take) > 0 && c.weighed() > 1 && c.Kept:
		return "nothing tells the others apart from it"
	case b == nil:
		return ""
	case b.Loser.Missing != "":
		if what, ok := strings.CutPrefix(b.Loser.Missing, "it "); ok {
			return b.Loser.Name + " " + what
		}
		return b.Loser.Name + ": " + b.Loser.Missing
	case b.Broken != nil:
		return Breaks(b)
	case b.Figure.Class == metric.Anomaly || b.Figure.Class == metric.Failure:
		why := Does(b.Loser, b.Figure.Metric, b.Lost)
		if b.Winner.Or(0) > 0 {
			why += fmt.Sprintf(", %s %s", c.names(), amount(b.Figure, b.Winner))
		}
		return why
	}
	return fmt.Sprintf("%s %s, %s %s", label(b.Figure), amount(b.Figure, b.Winner), b.Loser.Name, amount(b.Figure, b.Lost))
}

// weighed is how many variants were chosen among.
func (c *Choice) weighed() (n int) {
	for i := range c.Standings {
		if !passedOver(c.Standings[i].Variant) {
			n++
		}
	}
	return n
}

// amount is a figure as a reason has it. An answer from an isolate's memory takes no time
// in virtual time; no more is meant than that it is short.
func amount(f metric.Figure, q metric.Quantity) string {
	if v, ok := q.Value(); ok && f.Kind() == metric.Time && v < 1000 {
		return "<1 µs"
	}
	return f.Text(q)
}

// Breaks says how a variant breaks a clause.
func Breaks(b *Because) string {
	if !b.Broken.Value.Known() {
		return b.Loser.Name + ": " + b.fault()
	}
	return b.Loser.Name + " " + b.fault()
}

// fault is Breaks without the variant.
func (b *Because) fault() string {
	f := b.Figure
	switch {
	case !b.Broken.Value.Known():
		return b.Broken.Text + ": " + b.Broken.Have
	case f.Stat == metric.Part:
		return does(f.Metric, b.Lost)
	}
	return fmt.Sprintf("has %s %s, not %s", label(f), b.Broken.Have, b.Broken.Want)
}

// Faults says by what a variant breaks the promise, a text a clause: "loses 65.6% of
// updates". It is empty of one that keeps it; one that did not run to its end has that as
// its only fault.
func (c *Choice) Faults(v *result.Variant) (out []string) {
	if c == nil {
		return nil
	}
	if v.Missing != "" {
		return []string{v.Missing}
	}
	s := c.standing(v)
	for _, r := range s.Broken() {
		out = append(out, s.breaks(r).fault())
	}
	return out
}

// Does says how often a variant has an anomaly: "seed loses 65.6% of updates".
func Does(v *result.Variant, m metric.Metric, share metric.Quantity) string {
	return v.Name + " " + does(m, share)
}

func does(m metric.Metric, share metric.Quantity) string {
	says := m.Says
	if says == "" {
		says = "has " + m.ID + " in {share} of " + m.Among
	}
	return strings.ReplaceAll(says, "{share}", share.Text(metric.FormatShare))
}

// label is a figure's name for people: "response p99".
func label(f metric.Figure) string {
	return strings.NewReplacer(".", " ", "-", " ").Replace(strings.TrimSuffix(f.Name(), "."+string(metric.N)))
}
