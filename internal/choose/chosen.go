package choose

// Chosen is a choice as `--json` has it.
type Chosen struct {
	Variants []string `json:"variants"` // to take; more than one where nothing tells them apart
	Kept     bool     `json:"kept"`     // they keep the promise; where not, they come nearest
	Promise  []string `json:"promise"`
	Prefer   []string `json:"prefer"`
	Reason   string   `json:"reason"` // what the choice beats; may be empty
	Line     string   `json:"line"`   // the choice and its reason, in a line
}

// Chosen is the choice in names and words; nil of nil.
func (c *Choice) Chosen() *Chosen {
	if c == nil {
		return nil
	}
	out := &Chosen{
		Variants: []string{}, Kept: c.Kept, Promise: append([]string{}, c.Promise...), Prefer: append([]string{}, c.Prefer...),
		Reason: c.Reason(), Line: c.Line(),
	}
	for _, v := range c.Take {
		out.Variants = append(out.Variants, v.Name)
	}
	return out
}
