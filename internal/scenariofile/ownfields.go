package scenariofile

import (
	"reflect"
	"strconv"

	"kvbench/internal/bench"

	"go.yaml.in/yaml/v4"
)

// others is a struct of fields that a scenario may have beside those of every scenario.
type others struct {
	reflect.Value
	of string // the pattern that has them, where the scenario's is another; else empty
}

// owned are the fields that patterns have of their own.
type owned struct {
	all   []others
	given any // of the scenario's pattern; nil where it has none
}

func (o owned) values() []others { return o.all }

// ofPattern is a scenario with the pattern that it has where it names none.
func (d *decoder) ofPattern(item *yaml.Node) *yaml.Node {
	if d.pattern == "" || d.find(item, "pattern") != nil {
		return item
	}
	value := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: d.pattern, Line: item.Line, Column: item.Column}
	return d.replaced(item, []string{"pattern"}, item, value)
}

// ownFields are the fields of all patterns that have some, those of the scenario's to be
// filled in.
func (d *decoder) ownFields(item *yaml.Node, patterns []*bench.Pattern) (o owned) {
	name := ""
	if at := d.find(item, "pattern"); at != nil {
		name = d.textOf(at)
	}
	for _, p := range patterns {
		if p.Fields == nil {
			continue
		}
		into, other := p.Fields(), p.Name
		if p.Name == name {
			o.given, other = into, ""
		}
		o.all = append(o.all, others{reflect.ValueOf(into).Elem(), other})
	}
	return o
}

// textOf is the text of a single value.
func (d *decoder) textOf(at *yaml.Node) string {
	n := resolve(at)
	if x, expanded := d.vars[n]; expanded {
		return x.text
	}
	return n.Value
}

// adapted is the pattern as the scenario runs it, once its fields are right.
func (d *decoder) adapted(item *yaml.Node, p *bench.Pattern, o owned, before int) *bench.Pattern {
	if p.Adapt == nil || len(d.errs) > before {
		return p
	}
	own := p.Adapt(bench.Asked{
		Scenario: d.textOf(d.at(item, "name")), Fields: o.given, File: d.src.name,
		Fail: func(message, hint string, offset int, path ...string) {
			at := d.inside(item, path)
			d.failInside(at, resolve(at).Value, offset, hint, "%s", message)
		},
		FailIn: func(at bench.Place, message, hint string) {
			if len(d.errs) < maxErrors {
				d.errs = append(d.errs, Error{
					File: at.File, Line: at.Line, Column: at.Column, Text: d.src.secrets.Strike(at.Text),
					Message: short(d.src.secrets.Strike(message)), Hint: short(hint),
				})
			}
		},
	})
	if len(d.errs) > before {
		return p
	}
	return own
}

// inside is what lies at a path of fields and of numbers of a list's items, or what holds it.
func (d *decoder) inside(at *yaml.Node, path []string) *yaml.Node {
	for _, name := range path {
		inner := (*yaml.Node)(nil)
		switch n := resolve(at); n.Kind {
		case yaml.MappingNode:
			inner = d.find(n, name)
		case yaml.SequenceNode:
			if i, err := strconv.Atoi(name); err == nil && i >= 0 && i < len(n.Content) {
				inner = n.Content[i]
			}
		}
		if inner == nil {
			break
		}
		at = inner
	}
	return at
}
