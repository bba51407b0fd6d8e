// Package scenariofile reads the scenario files that put patterns to work.
package scenariofile

import (
	"bytes"
	"errors"
	"io"
	"reflect"
	"strings"
	"unicode"
	"unicode/utf8"

	"kvbench/internal/bench"
	"kvbench/internal/secret"

	"go.yaml.in/yaml/v4"
)

// File is a scenario file that is right in all its parts.
type File struct {
	Name      string // as it was given
	Driver    string // URL of the store of scenarios that do not name one
	Shown     string // Driver as it may be shown; see bench.Scenario
	Clock     string // "auto", "virtual" or "wall": of scenarios that do not name one
	Seed      uint64
	Scenarios []bench.Scenario // of a sweep one a point, one after the other
}

// Load reads a scenario file in the format of docs/scenarios.md. name is what
// errors call it; patterns are those it may use. ${NAME} in a value stands for
// an environment variable. An error is an Errors with everything that is wrong.
// What may be secret is added to secrets, which may be nil: the value of a variable of
// at least secret.MinVariableBytes, and the user and password of a driver's URL, which no
// driver takes.
func Load(name string, data []byte, patterns []*bench.Pattern, secrets *secret.Set) (*File, error) {
	return LoadFor("", name, data, patterns, secrets)
}

// LoadFor is Load of a file whose scenarios are of a pattern where they name none.
func LoadFor(pattern, name string, data []byte, patterns []*bench.Pattern, secrets *secret.Set) (*File, error) {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	d := &decoder{src: newSource(name, data, secrets), vars: map[*yaml.Node]expansion{}, pattern: pattern}
	f := d.file(name, data, patterns)
	if len(d.errs) > 0 {
		return nil, d.errs.sorted()
	}
	return f, nil
}

// file reads the whole file; what it returns is right if no error was kept.
func (d *decoder) file(name string, data []byte, patterns []*bench.Pattern) *File {
	root := d.parse(data)
	if root == nil {
		return nil
	}
	d.expand(root, lookup(d.src.secrets))
	spec := defaultFile()
	d.structure(root, reflect.ValueOf(&spec).Elem())
	d.shown = d.driver(root, spec.Driver, spec.Driver)
	f := &File{Name: name, Driver: spec.Driver, Shown: d.shown, Clock: spec.Clock, Seed: spec.Seed}
	switch list := spec.Scenarios; {
	case list == nil: // reported as missing
	case list.Kind != yaml.SequenceNode:
		d.fail(list, "begin each scenario with a dash", "this is %s; want a list of scenarios", kindOf(list))
	case len(list.Content) == 0:
		d.fail(list, "add one", "there is no scenario")
	default:
		lines := map[string]int{}
		for i, item := range list.Content {
			if len(d.errs) >= maxErrors {
				break
			}
			points := d.scenarios(d.ofPattern(item), spec, patterns)
			name := points[0].Name
			if first, twice := lines[name]; twice {
				d.fail(d.at(item, "name"), "", "a scenario named %q is already on line %d", name, first)
			} else if name != "" {
				lines[name] = item.Line
			}
			text := d.definition(root, list.Content, i)
			for _, s := range points {
				s.YAML = text
				f.Scenarios = append(f.Scenarios, s)
			}
		}
	}
	return f
}

// parse returns the file's only document.
func (d *decoder) parse(data []byte) *yaml.Node {
	if !d.readable(data) {
		return nil
	}
	l, err := yaml.NewLoader(bytes.NewReader(data))
	if err != nil {
		d.syntax(err)
		return nil
	}
	var doc, second yaml.Node
	if err := l.Load(&doc); errors.Is(err, io.EOF) {
		d.failAt(1, 1, "it needs at least `scenarios:` with one scenario", "the file is empty")
		return nil
	} else if err != nil {
		d.syntax(err)
		return nil
	}
	if err := l.Load(&second); err == nil {
		d.fail(&second, "put all scenarios into one document", "a second YAML document begins here")
	} else if !errors.Is(err, io.EOF) {
		d.syntax(err)
	}
	if len(doc.Content) != 1 {
		d.fail(&doc, "", "the document is empty")
		return nil
	}
	return doc.Content[0]
}

// MaxFileBytes is how large a scenario file may be; a larger one need not be read.
const MaxFileBytes = 8 << 20

// maxMarks is how many line ends, commas, colons, dashes and opening brackets a
// file may have: each can begin a value, which takes a hundred times its memory.
const maxMarks = 200_000

// readable reports whether the text is one that YAML allows, and of a size that
// can be taken in; the parser does not say where it is not.
func (d *decoder) readable(data []byte) bool {
	if len(data) > MaxFileBytes {
		d.failAt(1, 1, "split it into several files", "the file is larger than %d MiB", MaxFileBytes>>20)
		return false
	}
	marks := 0
	for i, line := range d.src.lines {
		marks++
		for column, r := range line {
			if strings.ContainsRune(",:-[{", r) {
				marks++
			}
			if marks > maxMarks {
				d.failAt(i+1, utf8.RuneCountInString(line[:column])+1, "split it into several files",
					"the file has too many values: more than %d lines, commas, colons, dashes and brackets", maxMarks)
				return false
			}
		}
	}
	if utf8.Valid(data) {
		for i, line := range d.src.lines {
			at := strings.IndexFunc(line, func(r rune) bool { return r != '\t' && unicode.IsControl(r) })
			if at >= 0 {
				column := utf8.RuneCountInString(line[:at]) + 1
				d.failAt(i+1, column, "remove it", "a control character may not stand here")
				return false
			}
		}
		return true
	}
	for i, line := range d.src.lines {
		for at, r := range line {
			if _, size := utf8.DecodeRuneInString(line[at:]); r == utf8.RuneError && size == 1 {
				column := utf8.RuneCountInString(line[:at]) + 1
				d.failAt(i+1, column, "save the file as UTF-8", "this is not UTF-8")
				return false
			}
		}
	}
	return true
}

// syntax reports what the YAML parser could not read.
func (d *decoder) syntax(err error) {
	line, column, message := 1, 1, err.Error()
	if e, ok := errors.AsType[*yaml.LoadError](err); ok {
		message = e.Message
		if e.ContextMsg != "" {
			message = e.ContextMsg + ": " + message
		}
		switch {
		case e.Mark.Line > 0:
			line, column = e.Mark.Line, e.Mark.Column
		case e.ContextMark.Line > 0:
			line, column = e.ContextMark.Line, e.ContextMark.Column
		}
	}
	d.failAt(line, column, "", "this is not YAML: %s", message)
}

// definition is the text of item i of the list of scenarios: its lines, or of a line that it
// shares with others its part.
func (d *decoder) definition(root *yaml.Node, items []*yaml.Node, i int) string {
	item, end := items[i], d.endOf(root, items, i)
	shares := func(j int) bool { return j >= 0 && j < len(items) && items[j].Line == item.Line }
	switch {
	case shares(i + 1):
		return strings.TrimRight(d.src.part(item.Line, item.Column, items[i+1].Column), ", ") + "\n"
	case shares(i - 1):
		_, rest, _ := strings.Cut(d.src.definition(item.Line, end), "\n")
		return d.src.part(item.Line, item.Column, 0) + "\n" + rest
	}
	return d.src.definition(item.Line, end)
}

// endOf is the line on which what follows item i of the list of scenarios
// begins: the next item, the next field of the file, or the line after the last.
func (d *decoder) endOf(root *yaml.Node, items []*yaml.Node, i int) int {
	if i+1 < len(items) {
		return items[i+1].Line
	}
	end := len(d.src.lines) + 1
	for _, f := range d.fields(resolve(root)) {
		if f.at.Line > items[i].Line {
			end = min(end, f.at.Line)
		}
	}
	return end
}
