package compare

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"kvbench/internal/choose"
	"kvbench/internal/result"
	"kvbench/internal/runfile"
)

// Choice is what is chosen of one run.
type Choice struct {
	Variants []string `json:"variants"` // more than one in a tie, none where none ran to its end
	Kept     bool     `json:"kept"`     // they keep the promise
	Reason   string   `json:"reason"`   // what the choice beats
	Line     string   `json:"line"`     // all in one line
}

// String says the change in one line: "session: sliding, was seed".
func (c ChoiceChange) String() string {
	text := fmt.Sprintf("%s: %s, was %s", c.Scenario, c.Head.words(), c.Base.words())
	if c.Redefined {
		text += " (redefined)"
	}
	return text
}

// words are the variants that are chosen, and whether they keep the promise.
func (c Choice) words() string {
	names := strings.Join(c.Variants, " or ")
	switch {
	case names == "":
		return "nothing"
	case !c.Kept:
		return names + ", which breaks the promise"
	}
	return names
}

// choices finds the scenarios of which another variant is chosen now, those that are
// redefined last. Where one run alone
// says what to choose by, the other is judged by that as well.
func (c *Comparison) choices(base, head *result.Set) {
	for _, b := range base.Scenarios {
		h := head.Scenario(b.Def.Name)
		if h == nil || b.Def.Choose == nil && h.Def.Choose == nil {
			continue
		}
		by, was := h.Def.Choose, b.Def.Choose
		if by == nil {
			by = was
		}
		if was == nil {
			was = by
		}
		x, err := chosen(b, *was)
		y, errToo := chosen(h, *by)
		switch {
		case err != nil || errToo != nil:
			c.Warnings = append(c.Warnings, fmt.Sprintf("%s: what is chosen can't be compared: %v", b.Def.Name, cmp.Or(err, errToo)))
		case !slices.Equal(x.Variants, y.Variants) || x.Kept != y.Kept:
			redefined := slices.Contains(c.Redefined, b.Def.Name) ||
				!slices.Equal(was.Promise, by.Promise) || !slices.Equal(was.Prefer, by.Prefer)
			c.Choices = append(c.Choices, ChoiceChange{Scenario: b.Def.Name, Base: x, Head: y, Redefined: redefined})
		}
	}
	slices.SortStableFunc(c.Choices, func(a, b ChoiceChange) int { return after(a.Redefined, b.Redefined) })
}

// after puts what is so behind what is not.
func after(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

func chosen(s *result.Scenario, by runfile.Choose) (Choice, error) {
	c, err := choose.By(s, by)
	if err != nil {
		return Choice{}, err
	}
	out := Choice{Variants: []string{}, Kept: c.Kept, Reason: c.Reason(), Line: c.Line()}
	for _, v := range c.Take {
		out.Variants = append(out.Variants, v.Name)
	}
	return out, nil
}
