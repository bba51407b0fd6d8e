package scenariofile

import (
	"bytes"
	"encoding/json"
	"math"
	"reflect"

	"kvbench/internal/setting"

	"go.yaml.in/yaml/v4"
)

var anyType = reflect.TypeFor[setting.Any]()

// entries fills a slice of setting.Entry from a mapping.
func (d *decoder) entries(at *yaml.Node, v reflect.Value, tag reflect.StructTag) {
	n := resolve(at)
	if n.Kind != yaml.MappingNode {
		d.fail(at, "write it like {name: ...}", "this is %s; want a mapping", kindOf(n))
		return
	}
	fields := d.fields(n)
	list := reflect.MakeSlice(v.Type(), len(fields), len(fields))
	for i, f := range fields {
		entry := list.Index(i)
		entry.FieldByName("Name").SetString(f.name)
		d.value(f.value, entry.FieldByName("Value"), tag)
	}
	v.Set(list)
}

// whatever fills a setting.Any.
func (d *decoder) whatever(at *yaml.Node, v reflect.Value) {
	var out setting.Any
	n := resolve(at)
	var b bytes.Buffer
	if !d.json(&b, at, 0) {
		return
	}
	out.JSON = b.Bytes()
	if n.Kind == yaml.ScalarNode {
		out.IsText = json.Unmarshal(out.JSON, &out.Text) == nil
	}
	v.Set(reflect.ValueOf(out))
}

// maxDepth bounds how deep mappings and lists of a value may lie in each other; by an alias
// they may lie in themselves.
const maxDepth = 100

// json writes a value as JSON, the fields of mappings in their order.
func (d *decoder) json(b *bytes.Buffer, at *yaml.Node, depth int) bool {
	n := resolve(at)
	switch {
	case d.spent(at):
		return false
	case depth > maxDepth:
		d.fail(at, "", "values lie in each other deeper than %d", maxDepth)
		return false
	case n.Style&yaml.TaggedStyle != 0:
		d.fail(at, "remove it", "the tag %s has no meaning in a scenario file", n.Tag)
		return false
	}
	switch n.Kind {
	case yaml.MappingNode:
		b.WriteByte('{')
		for i, f := range d.fields(n) {
			if i > 0 {
				b.WriteByte(',')
			}
			writeJSON(b, f.name)
			b.WriteByte(':')
			if !d.json(b, f.value, depth+1) {
				return false
			}
		}
		b.WriteByte('}')
		return true
	case yaml.SequenceNode:
		b.WriteByte('[')
		for i, item := range n.Content {
			if i > 0 {
				b.WriteByte(',')
			}
			if !d.json(b, item, depth+1) {
				return false
			}
		}
		b.WriteByte(']')
		return true
	}
	return d.single(b, at, n)
}

// single writes a single value as JSON.
func (d *decoder) single(b *bytes.Buffer, at, n *yaml.Node) bool {
	if x, expanded := d.vars[n]; expanded {
		if x.ok {
			writeJSON(b, x.text)
		}
		return x.ok
	}
	switch n.Tag {
	case "!!null":
		b.WriteString("null")
		return true
	case "!!int", "!!float", "!!bool":
		var v any
		if err := n.Decode(&v); err != nil {
			d.fail(at, "put it in quotes", "this can't be read: %s", err)
			return false
		}
		if f, is := v.(float64); is && (math.IsInf(f, 0) || math.IsNaN(f)) {
			d.fail(at, "put it in quotes", "JSON has no such number")
			return false
		}
		writeJSON(b, v)
		return true
	}
	writeJSON(b, n.Value)
	return true
}

// writeJSON writes a text, a number or a flag as JSON.
func writeJSON(b *bytes.Buffer, v any) {
	e := json.NewEncoder(b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic("scenarios: " + err.Error()) // nothing of these kinds fails
	}
	b.Truncate(b.Len() - 1) // the encoder's line end
}
