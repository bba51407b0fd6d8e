package scenariofile

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"kvbench/internal/suggest"
	"kvbench/internal/units"

	"go.yaml.in/yaml/v4"
)

// decoder turns YAML nodes into Go values and keeps every error it meets. The
// YAML library stops at the first duplicate field, gives no column for an
// unknown one and suggests nothing, so only its parser is used.
//
// A struct's fields are named by yaml tags; those without one are left alone.
// A field keeps its value when the file does not name it or gives it a wrong
// one. The tags say what is right:
//
//	required:"true"   the file has to name it, and a text must not be empty
//	min:"1" max:"10"  the range, both ends included, written as in the file
//	oneof:"a,b"       the words that are known
//	doc:"text"        what it means
//	unset:"text"      what holds where it is not named, in place of the value that it keeps
//	kind:"list"       what kind of value it has, where its type does not tell
//	was:"name"        what it was called before
type decoder struct {
	src   *source
	vars  map[*yaml.Node]expansion // of the scalars that hold variables
	errs  Errors
	shown string // the file's driver as it may be shown
	// pattern is that of scenarios that name none; empty where they have to.
	pattern string
	// read is how many values were read, and expanded how many bytes the variables
	// stand for; see maxValues.
	read, expanded int
}

// maxValues and maxText bound what is read: by aliases, merges and variables a short file
// can stand for far more than it holds. A text counts as another value for each 100 bytes.
const (
	maxValues = 1_000_000
	maxText   = 16 << 20 // bytes that variables stand for
)

// spent reports whether so much was read that the file can't be taken in, and says so
// once.
func (d *decoder) spent(at *yaml.Node) bool {
	n := resolve(at)
	more := 1 + len(n.Value)/100
	if d.read <= maxValues && d.read+more > maxValues {
		d.fail(at, "repeat less by aliases and merges", "the file stands for too many values: more than %d", maxValues)
	}
	d.read += more
	return d.read > maxValues
}

func (d *decoder) fail(n *yaml.Node, hint, format string, args ...any) {
	d.failAt(n.Line, n.Column, hint, format, args...)
}

// maxErrors is how many errors are kept; after so many, what else is wrong is left
// to the next try.
const maxErrors = 1000

func (d *decoder) failAt(line, column int, hint, format string, args ...any) {
	if len(d.errs) >= maxErrors {
		return
	}
	for i, a := range args {
		if text, ok := a.(string); ok {
			args[i] = short(text)
		}
	}
	d.errs = append(d.errs, d.src.errorAt(line, column, fmt.Sprintf(format, args...), hint))
}

// failInside fails at a byte offset of a scalar's text.
func (d *decoder) failInside(n *yaml.Node, text string, offset int, hint, format string, args ...any) {
	d.failAt(n.Line, d.src.column(n, text, offset), hint, format, args...)
}

func kindOf(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	}
	return "a single value"
}

// known is a field that a mapping may have.
type known struct {
	tag   reflect.StructTag
	value reflect.Value
	of    string // the pattern that has it where another is asked for
}

// structure fills a struct from a mapping, and others with the fields that these have.
func (d *decoder) structure(n *yaml.Node, v reflect.Value, more ...others) {
	at := n
	if n = resolve(n); n.Kind != yaml.MappingNode {
		d.fail(at, "write its fields as name: value", "this is %s; want a mapping", kindOf(n))
		return
	}
	var names []string
	index := map[string]known{}
	renamed := map[string]string{} // from what it was called before
	for _, from := range append([]others{{v, ""}}, more...) {
		for i := range from.NumField() {
			tag := from.Type().Field(i).Tag
			name := tag.Get("yaml")
			if name == "" {
				continue
			}
			index[name] = known{tag, from.Field(i), from.of}
			if from.of == "" {
				names = append(names, name)
			}
			if was := tag.Get("was"); was != "" {
				renamed[was] = name
			}
		}
	}
	given := map[string]bool{}
	for _, f := range d.fields(n) {
		to, known := index[f.name]
		if now := renamed[f.name]; now != "" {
			d.fail(f.at, "write "+now, "%s is called %s now", f.name, now)
			continue
		}
		if !known {
			hint := suggest.Mean(f.name, "the fields are", names)
			if outer, inner, dotted := strings.Cut(f.name, "."); dotted && slices.Contains(names, outer) {
				hint = fmt.Sprintf("write %s: {%s: ...}", outer, inner)
			}
			d.fail(f.at, hint, "there is no field %q here", f.name)
			continue
		}
		if to.of != "" {
			d.fail(f.at, "remove it, or write pattern: "+to.of, "only a scenario of the pattern %s has the field %s", to.of, f.name)
			continue
		}
		given[f.name] = true
		d.value(f.value, to.value, to.tag)
	}
	var missing []string
	for _, name := range names {
		if !given[name] && index[name].tag.Get("required") != "" {
			missing = append(missing, name)
		}
	}
	if missing != nil {
		d.fail(at, "", "missing: %s", strings.Join(missing, ", "))
	}
}

var nodeType = reflect.TypeFor[*yaml.Node]()

// value fills v, which a field with this tag holds, from a node.
func (d *decoder) value(n *yaml.Node, v reflect.Value, tag reflect.StructTag) {
	at := n
	n = resolve(n)
	switch {
	case d.spent(at):
	case n.Style&yaml.TaggedStyle != 0:
		d.fail(at, "remove it", "the tag %s has no meaning in a scenario file", n.Tag)
	case n.Kind == yaml.ScalarNode && n.Tag == "!!null":
		d.fail(at, "give it one, or remove the field", "there is no value")
	case v.Type() == nodeType:
		v.Set(reflect.ValueOf(n))
	case v.Kind() == reflect.Pointer: // of which nil is that it is not given
		v.Set(reflect.New(v.Type().Elem()))
		d.value(at, v.Elem(), tag)
	case v.Type() == anyType:
		d.whatever(at, v)
	case isEntries(v.Type()):
		d.entries(at, v, tag)
	case parserOf(v.Type()) != nil:
		d.scalar(at, v, tag)
	case v.Kind() == reflect.Slice && n.Kind == yaml.SequenceNode:
		list := reflect.MakeSlice(v.Type(), len(n.Content), len(n.Content))
		for i, c := range n.Content {
			d.value(c, list.Index(i), tag)
		}
		v.Set(list)
	case v.Kind() == reflect.Slice:
		d.fail(at, "write it as [a, b], or one a line after a dash", "this is %s; want a list", kindOf(n))
	case v.Kind() == reflect.Struct:
		d.structure(at, v)
	default:
		panic("scenarios: cannot decode into " + v.Type().String())
	}
}

// scalar fills v from a single value.
func (d *decoder) scalar(at *yaml.Node, v reflect.Value, tag reflect.StructTag) {
	p := parserOf(v.Type())
	n := resolve(at)
	if n.Kind != yaml.ScalarNode {
		d.fail(at, "", "this is %s; want %s", kindOf(n), p.want)
		return
	}
	text := n.Value
	x, expanded := d.vars[n]
	if expanded {
		if !x.ok {
			return
		}
		text = x.text
	}
	const quoted = yaml.SingleQuotedStyle | yaml.DoubleQuotedStyle | yaml.LiteralStyle | yaml.FoldedStyle
	if p.plain && n.Style&quoted != 0 && !expanded {
		d.fail(at, "remove the quotes", "this is a text; want %s", p.want)
		return
	}
	value, err := p.parse(text)
	if err == nil {
		err = p.check(text, value, tag)
	}
	if err != nil {
		d.invalid(at, err)
		return
	}
	v.Set(reflect.ValueOf(value).Convert(v.Type()))
}

// invalid reports why a scalar's value is wrong. What came from a variable is
// not shown: it may be a secret.
func (d *decoder) invalid(at *yaml.Node, err error) {
	n := resolve(at)
	_, expanded := d.vars[n]
	e, ok := errors.AsType[*units.Error](err)
	switch {
	case !expanded && ok:
		d.fail(at, e.Hint, "%s", e.Message())
	case !expanded:
		d.fail(at, "", "%s", err)
	case ok:
		d.fail(at, e.Hint, "what %q stands for is not %s", n.Value, e.Want)
	default:
		d.fail(at, "", "what %q stands for is not right here", n.Value)
	}
}
