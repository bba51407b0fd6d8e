package scenariofile

import "go.yaml.in/yaml/v4"

// yamlField is one field of a mapping.
type yamlField struct {
	name      string
	at, value *yaml.Node // its name and its value
}

// resolve follows an alias to what it stands for.
func resolve(n *yaml.Node) *yaml.Node {
	for n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	return n
}

// maxMerges is how many mappings one may merge, those that these merge included.
const maxMerges = 100

// fields returns the fields of a mapping in the file's order, those that merge
// keys (<<) add last. A field that is given twice is an error; what is merged
// never replaces what is there.
func (d *decoder) fields(n *yaml.Node) []yamlField {
	var all []yamlField
	lines := map[string]int{}
	var merged []*yaml.Node
	for i := 0; i+1 < len(n.Content); i += 2 {
		f := yamlField{at: n.Content[i], value: n.Content[i+1]}
		name := resolve(f.at)
		switch first, twice := lines[name.Value]; {
		case name.Kind != yaml.ScalarNode:
			d.fail(f.at, "", "a field's name is %s; want a word", kindOf(name))
		case name.Tag == "!!merge":
			merged = append(merged, f.value)
		case twice:
			d.fail(f.at, "remove one of them", "the field %q is given twice; the first is on line %d", name.Value, first)
		default:
			lines[name.Value] = f.at.Line
			f.name = name.Value
			all = append(all, f)
		}
	}
	seen := map[*yaml.Node]bool{n: true} // merges may go in circles
	for steps := 0; len(merged) > 0; steps++ {
		m := resolve(merged[0])
		from := merged[0]
		if steps == maxMerges {
			d.fail(from, "merge one that has all of it", "more than %d mappings are merged here", maxMerges)
			break
		}
		merged = merged[1:]
		switch {
		case seen[m]:
		case m.Kind == yaml.SequenceNode:
			merged = append(append([]*yaml.Node{}, m.Content...), merged...)
		case m.Kind == yaml.MappingNode:
			for i := 0; i+1 < len(m.Content); i += 2 {
				name := resolve(m.Content[i])
				if name.Tag == "!!merge" {
					merged = append(merged, m.Content[i+1])
				} else if _, have := lines[name.Value]; !have && name.Kind == yaml.ScalarNode {
					lines[name.Value] = m.Content[i].Line
					all = append(all, yamlField{name.Value, m.Content[i], m.Content[i+1]})
				}
			}
		default:
			d.fail(from, "write <<: *anchor, where the anchor is a mapping", "cannot merge %s", kindOf(m))
		}
		seen[m] = true
	}
	return all
}

// find returns the value of a mapping's field; nil when it has none of that name.
func (d *decoder) find(n *yaml.Node, name string) *yaml.Node {
	if n = resolve(n); n.Kind == yaml.MappingNode {
		for _, f := range d.fields(n) {
			if f.name == name {
				return f.value
			}
		}
	}
	return nil
}

// at is where to report what is wrong with a mapping's field: its value, or
// the mapping when it has none of that name.
func (d *decoder) at(n *yaml.Node, name string) *yaml.Node {
	if value := d.find(n, name); value != nil {
		return value
	}
	return n
}
