package scenarios

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"kvbench/internal/bench"
	"kvbench/internal/projects"
	"kvbench/internal/wrangler"
)

// workerPlan is what a scenario of the pattern worker runs.
type workerPlan struct {
	programs map[string]*workerProgram // by variant
	bindings []string
	vars     map[string]any    // what env holds beside those
	absent   map[string]string // bindings that a run has not, and what they are
	mix      *workerMix
	entries  []workerSeed
	origins  map[string]workerOriginSpec
	outcomes []bench.Outcome
	crons    []workerCron
	fields   *workerFields
	options  Options
	date     string   // compatibility_date
	flags    []string // compatibility_flags
	scenario string
}

// decoded is a value as encoding/json has it.
func decoded(text json.RawMessage) (v any) {
	if err := json.Unmarshal(text, &v); err != nil {
		panic(fmt.Sprintf("a var is no JSON: %v", err)) // it was made by encoding/json
	}
	return v
}

// adaptWorker makes the pattern that one scenario runs.
func adaptWorker(base *bench.Pattern, a bench.Asked, known bundles, o Options) *bench.Pattern {
	f := a.Fields.(*workerFields)
	c := &compiler{Asked: a, from: o.source()}
	p := &workerPlan{fields: f, options: o, scenario: a.Scenario, programs: map[string]*workerProgram{}, vars: map[string]any{}, absent: map[string]string{}, origins: map[string]workerOriginSpec{}}
	own := *base
	own.Fields, own.Adapt = nil, nil

	variants := c.scripts(f)
	config := c.config(variants)
	if c.failed {
		return base
	}
	if len(variants) == 0 {
		variants = []workerScript{{name: workerVariant, file: filepath.Join(filepath.Dir(config.File), filepath.FromSlash(config.Main)), field: "script"}}
	}
	own.Variants, own.Published = nil, variants[0].name
	p.date, p.flags = config.Date, config.Flags
	own.Notes = c.environment(p, config)
	p.outcomes = c.outcomes(f.Outcomes)
	own.Outcomes = p.outcomes
	if o.Workerd != "" && f.Lifetime != nil {
		c.fail("the real runtime keeps its isolates for as long as the run", "leave it out, or run it without --runtime workerd", 0, "isolate-lifetime")
	}
	p.mix = c.mix(f.Requests)
	p.entries = c.entries(p)
	for i, o := range f.Origins {
		if !hostName.MatchString(o.Name) {
			c.fail(strconv.Quote(o.Name)+" is not a host", "write it like api.example.com", 0, "origins", o.Name)
		}
		host := strings.ToLower(o.Name)
		if _, twice := p.origins[host]; twice {
			c.fail("the host "+host+" is there twice", "remove one of them", 0, "origins", o.Name)
		}
		p.origins[host] = f.Origins[i].Value
	}
	c.crons(p, config)
	if len(p.origins) > 0 {
		own.Models = []string{workerOriginModel}
	}
	for _, v := range variants {
		own.Variants = append(own.Variants, bench.Variant{
			Name: v.name, Doc: "the script " + filepath.ToSlash(v.file), Sources: c.from.Repository(rootOf(v, config)),
		})
		c.program(p, v, config, known)
		if made := p.programs[v.name]; made != nil && made.Program == nil {
			own.WallClock = true
		}
	}
	own.New = p.workload
	return &own
}

// workerVariant is the variant of a scenario with one script.
const workerVariant = "worker"

// workerScript is a script that a scenario names.
type workerScript struct {
	name  string // of the variant
	file  string
	field string
}

var variantName = regexp.MustCompile(`^[a-z0-9][a-z0-9-]*$`)

// scripts are those that the scenario names; none where it leaves that to wrangler.
func (c *compiler) scripts(f *workerFields) (out []workerScript) {
	dir := c.from.Folder(c.File)
	if f.Script != "" {
		if len(f.Scripts) > 0 {
			c.fail("there are script and scripts", "write both in scripts: {published: ./a.ts, mended: ./b.ts}", 0, "script")
		}
		return []workerScript{{workerVariant, filepath.Join(dir, filepath.FromSlash(f.Script)), "script"}}
	}
	for _, s := range f.Scripts {
		if !variantName.MatchString(s.Name) || len(s.Name) > 60 {
			c.fail(strconv.Quote(s.Name)+" is not a variant's name", "use at most 60 lower-case letters, digits and dashes, and begin with a letter or digit", 0, "scripts", s.Name)
		}
		out = append(out, workerScript{s.Name, filepath.Join(dir, filepath.FromSlash(s.Value)), "scripts"})
	}
	return out
}

// config is the wrangler configuration nearest to the script, or to the scenario file; empty
// where there is none.
func (c *compiler) config(variants []workerScript) *wrangler.Config {
	from := c.from.Folder(c.File)
	if len(variants) > 0 {
		from = filepath.Dir(variants[0].file)
	}
	config, err := c.from.Config(from)
	if errors.Is(err, fs.ErrNotExist) {
		if len(variants) == 0 {
			c.fail("there is no script, and no wrangler configuration that names one", "write script: ./src/index.ts", 0)
		}
		return &wrangler.Config{}
	}
	if err != nil {
		file := from
		if bad, ok := errors.AsType[*projects.InvalidError](err); ok {
			file = bad.File
		}
		c.broken(file, err)
		return &wrangler.Config{}
	}
	if len(variants) == 0 && config.Main == "" {
		c.fail("there is no script, and "+config.File+" names none as main", "write script: ./src/index.ts", 0)
	}
	return config
}

// broken tells of an error in another file.
func (c *compiler) broken(file string, err error) {
	c.failed = true
	if bad, ok := errors.AsType[*wrangler.Error](err); ok {
		c.FailIn(bench.Place{File: bad.File, Line: bad.Line, Column: bad.Column, Text: c.from.Line(bad.File, bad.Line)}, bad.Message, "")
		return
	}
	c.FailIn(bench.Place{File: file}, err.Error(), "")
}

var bindingName = regexp.MustCompile(`^[A-Za-z_$][A-Za-z0-9_$]*$`)

// environment decides on what env holds, and returns what there is to know of it.
func (c *compiler) environment(p *workerPlan, config *wrangler.Config) (notes []string) {
	f := p.fields
	for _, n := range config.Namespaces {
		p.bindings = append(p.bindings, n.Binding)
	}
	if f.Bindings != nil {
		p.bindings = f.Bindings
		for i, name := range f.Bindings {
			switch at := strconv.Itoa(i); {
			case !bindingName.MatchString(name):
				c.fail(strconv.Quote(name)+" is not the name of a binding", "write a word such as CACHE", 0, "bindings", at)
			case slices.Contains(f.Bindings[:i], name):
				c.fail("the binding "+name+" is there twice", "remove one of them", 0, "bindings", at)
			}
		}
	}
	for _, v := range config.Vars {
		p.vars[v.Name] = decoded(v.Value)
	}
	for _, v := range f.Vars {
		if slices.Contains(p.bindings, v.Name) {
			c.fail(v.Name+" is a namespace", "give one of them another name", 0, "vars", v.Name)
		}
		p.vars[v.Name] = decoded(v.Value.JSON)
	}
	var absent []string
	for _, o := range config.Others {
		if _, given := p.vars[o.Binding]; given || slices.Contains(p.bindings, o.Binding) {
			continue
		}
		p.absent[o.Binding] = o.Kind
		absent = append(absent, o.Binding+" ("+o.Kind+")")
	}
	if len(absent) > 0 {
		notes = append(notes, fmt.Sprintf("%s has bindings that kvbench has not: %s; a script that uses one gets an error", config.File, strings.Join(absent, ", ")))
	}
	if len(config.Environments) > 0 {
		notes = append(notes, fmt.Sprintf("%s has sections of env, which are not read: %s; what stands above them is run", config.File, strings.Join(config.Environments, ", ")))
	}
	return notes
}

// workerClasses are the classes of a response's status.
var workerClasses = [...]bench.Outcome{"2xx", "3xx", "4xx", "5xx"}

// outcomes are in which a transaction can end: those that the scenario declares, and the
// classes of the status.
func (c *compiler) outcomes(declared []string) (out []bench.Outcome) {
	for i, name := range declared {
		switch at := strconv.Itoa(i); {
		case !variantName.MatchString(name) || len(name) > 60:
			c.fail(strconv.Quote(name)+" is not an outcome's name", "use at most 60 lower-case letters, digits and dashes", 0, "outcomes", at)
		case name == "error" || slices.Contains(workerClasses[:], bench.Outcome(name)):
			c.fail("every scenario has the outcome "+name, "remove it", 0, "outcomes", at)
		case slices.Contains(declared[:i], name):
			c.fail("the outcome "+name+" is there twice", "remove one of them", 0, "outcomes", at)
		}
		out = append(out, bench.Outcome(name))
	}
	return append(out, workerClasses[:]...)
}
