package choose

import "kvbench/internal/runfile"

// Chosen is a choice as `--json` has it.
type Chosen struct {
	Variants []string `json:"variants"` // to take; more than one where nothing tells them apart
	Kept     bool     `json:"kept"`     // they keep the promise; where not, they come nearest
	Promise  []string `json:"promise"`
	Prefer   []string `json:"prefer"`
	Reason   string   `json:"reason"` // what the choice beats; may be empty
	Line     string   `json:"line"`   // the choice and its reason, in a line
	// At are the choices at each value of the settings of a sweep that are given; of such a
	// sweep alone.
	At []ChosenAt `json:"at,omitempty"`
}

// ChosenAt is the choice where some settings of a sweep are given.
type ChosenAt struct {
	Point    string   `json:"point"` // keys.count=1000
	Variants []string `json:"variants"`
	Kept     bool     `json:"kept"`
	Reason   string   `json:"reason"`
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
	for i := range c.Parts {
		p := &c.Parts[i]
		at := ChosenAt{Point: runfile.Pairs(p.Given, ";"), Variants: []string{}, Kept: p.Kept, Reason: p.Reason()}
		for _, v := range p.Take {
			at.Variants = append(at.Variants, v.Name)
		}
		out.At = append(out.At, at)
	}
	return out
}
