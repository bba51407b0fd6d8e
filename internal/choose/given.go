package choose

import (
	"fmt"
	"slices"
	"strings"

	"kvbench/internal/expect"
	"kvbench/internal/metric"
	"kvbench/internal/result"
	"kvbench/internal/runfile"
)

// Given reports whether a setting is one that a load has and nobody chooses, where the
// scenario does not say.
func Given(setting string) bool {
	section, _, _ := strings.Cut(setting, ".")
	return section == "load" || section == "keys" || section == "isolates"
}

// Fixed are the settings of a scenario's sweep that nobody chooses.
func Fixed(def *runfile.Definition) []string {
	if def.Choose == nil {
		return given(def, runfile.Choose{})
	}
	return given(def, *def.Choose)
}

// pointOf are those settings of a variant's point that are named.
func pointOf(v *result.Variant, names []string) []runfile.Setting {
	return slices.DeleteFunc(slices.Clone(v.Point), func(p runfile.Setting) bool { return !slices.Contains(names, p.Name) })
}

// given are the settings of the sweep that nobody chooses: those that the scenario names,
// beside those of the load.
func given(def *runfile.Definition, by runfile.Choose) (out []string) {
	if def.Find != nil {
		return nil // its rates are what is looked for
	}
	for _, values := range def.Sweeps() {
		if name := values[0].Name; Given(name) || slices.Contains(by.Given, name) {
			out = append(out, name)
		}
	}
	return out
}

// apart decides at each value of what is given.
func apart(s *result.Scenario, by runfile.Choose, given []string, promise []expect.Expect, prefer []metric.Figure) (*Choice, error) {
	all := &Choice{Promise: by.Promise, Prefer: by.Prefer, Figures: prefer, Kept: true}
	var variants [][]*result.Variant
	for _, v := range s.Variants {
		at := pointOf(v, given)
		same := func(p Part) bool { return runfile.Pairs(p.Given, ";") == runfile.Pairs(at, ";") }
		i := slices.IndexFunc(all.Parts, same)
		if i < 0 {
			i = len(all.Parts)
			all.Parts, variants = append(all.Parts, Part{Given: at}), append(variants, nil)
		}
		variants[i] = append(variants[i], v)
	}
	byVariant := map[*result.Variant]Standing{}
	for i := range all.Parts {
		c, err := among(s, variants[i], by, promise, prefer)
		if err != nil {
			return nil, err
		}
		all.Parts[i].Choice = c
		all.Take, all.Kept = append(all.Take, c.Take...), all.Kept && c.Kept
		for _, st := range c.Standings {
			byVariant[st.Variant] = st
		}
	}
	for _, v := range s.Variants {
		all.Standings = append(all.Standings, byVariant[v])
	}
	return all, nil
}

// Names are the variants that are taken, without what is given.
func (p *Part) Names() (out []string) {
	for _, v := range p.Take {
		own := slices.DeleteFunc(slices.Clone(v.Point), func(s runfile.Setting) bool {
			return slices.ContainsFunc(p.Given, func(g runfile.Setting) bool { return g.Name == s.Name })
		})
		name := v.Base
		if len(own) > 0 {
			name += " at " + runfile.Words(own)
		}
		out = append(out, name)
	}
	return out
}

// at is what is given, up to that of a later part: "keys.count 100 to 30,000".
func (p *Part) at(last *Part) string {
	text := runfile.Words(p.Given)
	switch {
	case p == last:
	case len(p.Given) == 1:
		text += " to " + last.Given[0].Words()
	default:
		text += " to " + runfile.Words(last.Given)
	}
	return text
}

// parts say what is chosen where, neighbours that choose the same together: where one ends
// is a crossing.
func (c *Choice) parts() string {
	var out []string
	for i := 0; i < len(c.Parts); {
		first, last := &c.Parts[i], &c.Parts[i]
		same := func(p *Part) bool { return p.Kept == first.Kept && slices.Equal(p.Names(), first.Names()) }
		for i++; i < len(c.Parts) && same(&c.Parts[i]); i++ {
			last = &c.Parts[i]
		}
		text := "at " + first.at(last) + " "
		switch names := list(first.Names()); {
		case names == "":
			text += "no variant ran to its end"
		case first.Kept:
			text += "take " + names
		default:
			text += "none keeps the promise, " + names + " comes nearest"
		}
		if why := first.Reason(); why != "" && first.Because != nil {
			text += fmt.Sprintf(" (%s)", why)
		}
		out = append(out, text)
	}
	line := strings.Join(out, "; ")
	return strings.ToUpper(line[:1]) + line[1:]
}
