package scenariofile

import (
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"kvbench/internal/bench"
	"kvbench/internal/load"
	"kvbench/internal/suggest"
	"kvbench/internal/units"

	"go.yaml.in/yaml/v4"
)

var scenarioName = regexp.MustCompile(`^[a-z0-9][a-z0-9-]*$`)

// What is shown side by side with figures, and is a part of the names of files, is short.
const (
	maxName     = 60  // characters
	maxQuestion = 300 // characters
)

// scenario reads one scenario; what it returns is right if no error was kept.
func (d *decoder) scenario(item *yaml.Node, file fileSpec, patterns []*bench.Pattern) bench.Scenario {
	before := len(d.errs)
	spec := defaultScenario(file)
	own := d.ownFields(item, patterns)
	d.structure(item, reflect.ValueOf(&spec).Elem(), own.values()...)
	s := bench.Scenario{
		Name:     spec.Name,
		Question: spec.Question,
		Driver:   spec.Driver,
		Clock:    spec.Clock,
		Params:   spec.params(),
		Repeat:   spec.Repeat,
		Free:     spec.Plan == "free",

		MaxErrors: float64(spec.Errors),

		Decode: d.settings(item, spec.With),
		Expect: spec.Expect,
		Place:  d.placing(item),
	}
	if s.Name != "" && !scenarioName.MatchString(s.Name) {
		d.invalid(d.at(item, "name"), &units.Error{
			Text: s.Name, Want: "a scenario's name",
			Hint: "use lower-case letters, digits and dashes, and begin with a letter or digit",
		})
	}
	if n := utf8.RuneCountInString(s.Name); n > maxName {
		d.fail(d.at(item, "name"), fmt.Sprintf("it may have at most %d", maxName), "the name has %d characters", n)
	}
	if n := utf8.RuneCountInString(s.Question); n > maxQuestion {
		d.fail(d.at(item, "question"), fmt.Sprintf("it may have at most %d", maxQuestion), "the question has %d characters", n)
	}
	loading := d.find(item, "load")
	var stages load.Stages
	if loading != nil {
		stages = d.stages(d.find(loading, "stages"), spec.Load.Stages)
	}
	finding := d.find(item, "find")
	if finding != nil {
		spec.Load.Rate = spec.Find.MaxRate.From
	}
	s.Load = spec.Load.load(stages)
	s.Shown = d.driver(item, spec.Driver, d.shown)
	if loading != nil {
		d.load(loading, finding != nil)
		if len(d.errs) == before {
			d.bounds(s)
		}
	}
	i := slices.IndexFunc(patterns, func(p *bench.Pattern) bool { return p.Name == spec.Pattern })
	if i < 0 {
		if spec.Pattern != "" {
			var known []string
			for _, p := range patterns {
				known = append(known, p.Name)
			}
			d.invalid(d.at(item, "pattern"), &units.Error{
				Text: spec.Pattern, Want: "a pattern",
				Hint: suggest.Mean(spec.Pattern, "the patterns are", known),
			})
		}
		return s
	}
	s.Pattern = d.adapted(item, patterns[i], own, before)
	if s.Pattern.Adapt != nil { // which variants it has is not known
		return s
	}
	s.Variants = d.variants(item, s.Pattern, spec.Variants)
	s.Find = d.maxRate(item, finding, s, spec)
	d.expectations(item, s)
	d.choose(item, &s, spec.Choose)
	d.try(item, s, file.Seed, spec.With != nil, before)
	return s
}

// placing returns the function that makes an error where a scenario has a field, or
// where it has what holds it. It may be called often, and by many at once.
func (d *decoder) placing(item *yaml.Node) func(field, message, hint string) error {
	src := d.src
	return func(field, message, hint string) error {
		own, at := &decoder{src: src}, item
		for name := range strings.SplitSeq(field, ".") {
			inner := own.find(at, name)
			if inner == nil {
				break
			}
			at = inner
		}
		return src.errorAt(at.Line, at.Column, message, hint)
	}
}

// variants returns the pattern's variants that are named, in the pattern's
// order; all when none is.
func (d *decoder) variants(item *yaml.Node, p *bench.Pattern, names []string) []bench.Variant {
	list := d.find(item, "variants")
	if list == nil || resolve(list).Kind != yaml.SequenceNode {
		return p.Variants
	}
	nodes := resolve(list).Content
	if len(nodes) == 0 {
		d.fail(list, "name one, or remove the field to run all", "there is no variant")
	}
	var known []string
	for _, v := range p.Variants {
		known = append(known, v.Name)
	}
	for i, name := range names {
		switch {
		case name == "": // reported already
		case !slices.Contains(known, name):
			d.invalid(nodes[i], &units.Error{
				Text: name, Want: "a variant of " + p.Name,
				Hint: suggest.Mean(name, "its variants are", known),
			})
		case slices.Contains(names[:i], name):
			d.fail(nodes[i], "remove it", "the variant is named twice")
		}
	}
	var run []bench.Variant
	for _, v := range p.Variants {
		if slices.Contains(names, v.Name) {
			run = append(run, v)
		}
	}
	if run == nil {
		return p.Variants
	}
	return run
}

// settings returns the function that fills a struct from the scenario's
// `with:` block. It may be called often, and by many at once.
func (d *decoder) settings(item, with *yaml.Node) func(any) error {
	if with == nil {
		with = &yaml.Node{Kind: yaml.MappingNode, Line: item.Line, Column: item.Column}
	}
	src, vars := d.src, d.vars
	return func(into any) error {
		own := &decoder{src: src, vars: vars}
		own.structure(with, reflect.ValueOf(into).Elem())
		if len(own.errs) > 0 {
			return own.errs.sorted()
		}
		return nil
	}
}

// try makes the workload of every variant, to hear now what is wrong with the
// settings. What a pattern finds wrong beyond its fields' own ranges is shown
// only when the scenario has no other error: it may follow from one.
func (d *decoder) try(item *yaml.Node, s bench.Scenario, seed uint64, with bool, before int) {
	var rejected []Error // by the patterns themselves
	by := map[Error][]string{}
	decoded := false
	for _, v := range s.Variants {
		_, err := s.Pattern.New(bench.Setup{
			Variant:   v.Name,
			Params:    s.Params,
			Seed:      seed,
			Locations: locations(s.Driver),
			Free:      s.Free,
			Decode:    func(into any) error { decoded = true; return s.Decode(into) },
		})
		if err == nil {
			continue
		}
		if all, ok := errors.AsType[Errors](err); ok {
			d.errs = append(d.errs, all...)
			continue
		}
		at := d.blame(item, err.Error())
		e := d.src.errorAt(at.Line, at.Column, err.Error(), "")
		if by[e] == nil {
			rejected = append(rejected, e)
		}
		by[e] = append(by[e], v.Name)
	}
	if with && !decoded && len(rejected) == 0 {
		d.fail(d.at(item, "with"), "remove it", "the pattern %s has no settings of its own", s.Pattern.Name)
	}
	if len(d.errs) > before {
		return
	}
	for _, e := range rejected {
		if n := len(by[e]); n < len(s.Variants) {
			e.Message += " (variant " + by[e][0] + ")"
		}
		d.errs = append(d.errs, e)
	}
}

// blame is where to show what a pattern says of its settings: the field that
// its words begin with, such as origin.changes, when the file names it, else
// the settings, else the pattern.
func (d *decoder) blame(item *yaml.Node, message string) *yaml.Node {
	with := d.find(item, "with")
	if with == nil {
		return d.at(item, "pattern")
	}
	path, _, _ := strings.Cut(message, " ")
	at := with
	for name := range strings.SplitSeq(path, ".") {
		if at = d.find(at, name); at == nil {
			return with
		}
	}
	return at
}
