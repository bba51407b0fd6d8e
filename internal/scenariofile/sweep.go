package scenariofile

import (
	"slices"
	"strings"

	"kvbench/internal/bench"
	"kvbench/internal/runfile"

	"go.yaml.in/yaml/v4"
)

// maxSwept is how many settings a sweep varies at most.
const maxSwept = 2

// axis is one setting that a sweep varies.
type axis struct {
	name   string // keys.count
	at     *yaml.Node
	values []*yaml.Node // single ones
	typed  []runfile.Setting
}

// path is the axis' name, field by field.
func (a *axis) path() []string { return strings.Split(a.name, ".") }

// scenarios reads one item of the list of scenarios: one scenario, or of a sweep one a
// point. What they return is right if no error was kept.
//
// A point is the item with the swept settings replaced, read as if it stood there so: what
// is wrong with a value is told where it stands in the sweep.
func (d *decoder) scenarios(item *yaml.Node, file fileSpec, patterns []*bench.Pattern) []bench.Scenario {
	at := d.find(item, "sweep")
	if at == nil {
		return []bench.Scenario{d.scenario(item, file, patterns)}
	}
	before := len(d.errs)
	axes := d.axes(at)
	if find := d.find(item, "find"); find != nil {
		d.fail(find, "remove one of them, or make a scenario of each", "a scenario has a sweep or a find, not both")
	}
	if len(d.errs) > before {
		return []bench.Scenario{d.scenario(item, file, patterns)} // to hear what else is wrong
	}
	var out []bench.Scenario
	for _, indexes := range combinations(axes) {
		own := item
		for k, i := range indexes {
			own = d.replace(own, &axes[k], axes[k].values[i], file.Driver)
		}
		s := d.scenario(own, file, patterns)
		if len(d.errs) == before {
			for k, i := range indexes {
				if axes[k].typed == nil {
					axes[k].typed = d.typed(&axes[k], s.Pattern)
				}
				s.Point = append(s.Point, axes[k].typed[i])
			}
		}
		out = append(out, s)
	}
	if len(d.errs) > before {
		return out
	}
	for k := range axes {
		d.alike(&axes[k])
	}
	return out
}

// combinations are the indexes of the values of each axis, of all points: the first axis
// changes slowest.
func combinations(axes []axis) [][]int {
	out := [][]int{nil}
	for _, a := range axes {
		var next [][]int
		for _, before := range out {
			for i := range a.values {
				next = append(next, append(slices.Clone(before), i))
			}
		}
		out = next
	}
	return out
}

// sections are what a sweep may vary a setting of.
var sections = []string{"load", "keys", "with", "driver"}

// axes reads what a sweep varies.
func (d *decoder) axes(at *yaml.Node) (out []axis) {
	if resolve(at).Kind != yaml.MappingNode {
		d.fail(at, "write it like {keys.count: [1_000, 10_000]}", "this is %s; want a mapping", kindOf(resolve(at)))
		return nil
	}
	points := 1
	for _, f := range d.fields(resolve(at)) {
		section, rest, dotted := strings.Cut(f.name, ".")
		a := axis{name: f.name, at: f.at}
		switch {
		case len(out) == maxSwept:
			d.fail(f.at, "remove one, or make another scenario of it", "a sweep varies at most %d settings", maxSwept)
			return nil
		case f.name == "isolates":
		case !dotted || rest == "" || !slices.Contains(sections, section) || slices.Contains(strings.Split(rest, "."), ""):
			d.fail(f.at, "name isolates, or a setting of load, keys, with or driver: keys.count, with.memory-ttl, driver.propagation",
				"a sweep can't vary %q", f.name)
			continue
		}
		list := resolve(f.value)
		if list.Kind != yaml.SequenceNode || len(list.Content) < 2 {
			d.fail(f.value, "write them as [a, b]", "want a list of at least two values")
			continue
		}
		for _, value := range list.Content {
			n := resolve(value)
			switch _, variable := d.vars[n]; {
			case n.Kind != yaml.ScalarNode:
				d.fail(value, "", "this is %s; want a single value", kindOf(n))
			case variable:
				d.fail(value, "write the value itself", "the values of a sweep are shown, and may hold no variables")
			}
			a.values = append(a.values, value)
		}
		points *= len(a.values)
		out = append(out, a)
	}
	switch {
	case len(resolve(at).Content) == 0:
		d.fail(at, "name a setting and its values: {keys.count: [1_000, 10_000]}", "the sweep varies nothing")
	case points > runfile.MaxPoints:
		d.fail(at, "give fewer values", "the sweep has %d points; it may have at most %d", points, runfile.MaxPoints)
	case len(out) == maxSwept && strings.HasPrefix(out[0].name+".", out[1].name+"."):
		d.fail(out[0].at, "remove one of them", "%s is within %s", out[0].name, out[1].name)
	case len(out) == maxSwept && strings.HasPrefix(out[1].name+".", out[0].name+"."):
		d.fail(out[1].at, "remove one of them", "%s is within %s", out[1].name, out[0].name)
	}
	return out
}

// replace is an item of the list of scenarios with a swept setting replaced by a value.
func (d *decoder) replace(item *yaml.Node, a *axis, value *yaml.Node, fileDriver string) *yaml.Node {
	path := a.path()
	if path[0] != "driver" {
		return d.replaced(item, path, a.at, value)
	}
	// An option of the driver's URL: as URLs have no fields, it is set in the text.
	text, n := fileDriver, *resolve(value)
	shown, variable := d.shown, false
	if own := d.find(item, "driver"); own != nil {
		if resolve(own).Kind != yaml.ScalarNode {
			return item // which is reported
		}
		x, ok := d.vars[resolve(own)]
		if text, shown, variable = resolve(own).Value, "", ok; ok {
			text, shown = x.text, x.shown
		}
	} else {
		variable = shown != EscapeVariables(text)
	}
	name := strings.Join(path[1:], ".")
	out := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: withOption(text, name, n.Value), Line: value.Line, Column: value.Column}
	if variable {
		d.vars[out] = expansion{text: out.Value, shown: withOption(shown, name, n.Value), ok: true}
	}
	return d.replaced(item, path[:1], a.at, out)
}

// replaced is a mapping with the field at a path replaced by a value, or added as if it stood
// at a place. What is no mapping stays as it is, which is reported when it is read.
func (d *decoder) replaced(n *yaml.Node, path []string, at, value *yaml.Node) *yaml.Node {
	if resolve(n).Kind != yaml.MappingNode {
		return n
	}
	out := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Line: n.Line, Column: n.Column}
	found := false
	for _, f := range d.fields(resolve(n)) {
		v := f.value
		switch {
		case f.name != path[0]:
		case len(path) == 1:
			v, found = value, true
		default:
			v, found = d.replaced(v, path[1:], at, value), true
		}
		out.Content = append(out.Content, f.at, v)
	}
	if !found {
		v := value
		if len(path) > 1 {
			v = d.replaced(&yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Line: at.Line, Column: at.Column}, path[1:], at, value)
		}
		out.Content = append(out.Content, &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: path[0], Line: at.Line, Column: at.Column}, v)
	}
	return out
}

// alike refuses an axis that has a value twice.
func (d *decoder) alike(a *axis) {
	seen := map[string]bool{}
	for i := range a.typed {
		text := a.typed[i].String()
		if seen[text] {
			d.fail(a.values[i], "remove it", "the sweep has this value twice")
		}
		seen[text] = true
	}
}

var escapeOption = strings.NewReplacer("&", "%26", "#", "%23", " ", "%20", "+", "%2B")

// withOption is a driver's URL with an option set.
func withOption(driver, name, value string) string {
	base, query, _ := strings.Cut(driver, "?")
	var parts []string
	for part := range strings.SplitSeq(query, "&") {
		if given, _, _ := strings.Cut(part, "="); part != "" && given != name {
			parts = append(parts, part)
		}
	}
	return base + "?" + strings.Join(append(parts, name+"="+escapeOption.Replace(value)), "&")
}

// AtPoint is a driver's URL with the options set that a sweep varies.
func AtPoint(driver string, point []runfile.Setting) string {
	for i := range point {
		if name, is := strings.CutPrefix(point[i].Name, "driver."); is {
			driver = withOption(driver, name, point[i].String())
		}
	}
	return driver
}
