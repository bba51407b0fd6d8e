package scenarios

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"kvbench/internal/bench"
	"kvbench/internal/clock"
	"kvbench/internal/isolate"
	"kvbench/internal/projects"
	"kvbench/internal/script"
	"kvbench/internal/wrangler"
)

// bundles keeps scripts that were bundled, as the points of a sweep have the same.
type bundles map[string]*bundled

type bundled struct {
	script *projects.Script
	err    error
}

func (b bundles) file(from projects.Source, path, root string, define map[string]string, module bool) (*projects.Script, error) {
	key := path
	if module {
		key = "module " + path
	}
	if b[key] == nil {
		made, err := from.Script(path, script.Options{Root: root, Define: define, Module: module})
		b[key] = &bundled{made, err}
	}
	return b[key].script, b[key].err
}

// program makes the script of a variant ready to run, and loads it once to hear what is wrong.
func (c *compiler) program(p *workerPlan, v workerScript, config *wrangler.Config, known bundles) {
	path := []string{v.field}
	if v.field == "scripts" {
		path = append(path, v.name)
	}
	switch err := c.from.Has(v.file); {
	case errors.Is(err, projects.ErrFolder):
		c.fail(filepath.ToSlash(v.file)+" is a folder", "name the script in it", 0, path...)
		return
	case err != nil && c.File != "" && config.Main != "" && c.Fields.(*workerFields).Script == "" && v.name == workerVariant:
		c.broken(config.File, fmt.Errorf("main is %s, and there is no such file", config.Main))
		return
	case err != nil:
		c.fail("there is no file "+filepath.ToSlash(v.file), "write its path from the folder of the scenario file", 0, path...)
		return
	}
	root := rootOf(v, config)
	var err error
	own := &workerProgram{}
	if p.options.Workerd != "" {
		if own.script, err = known.file(c.from, v.file, root, config.Define, true); err == nil {
			own.module = own.script.Bundle
		}
	}
	if err == nil {
		var here *projects.Script
		if here, err = known.file(c.from, v.file, root, config.Define, false); err == nil {
			own.Program, err = isolate.Compile(here.Bundle)
		}
		if own.module == nil || err == nil {
			own.script = here
		}
	}
	if own.module != nil && err != nil {
		err = nil // the real runtime alone has what it needs
		own.scheduled = len(p.fields.Crons) > 0
	}
	switch bad, ok := errors.AsType[*script.Error](err); {
	case ok:
		c.failed = true
		for _, b := range bad.Problems {
			place := bench.Place{File: v.file, Line: b.Place.Line, Column: b.Place.Column, Text: b.Source}
			if b.Place.File != "" {
				place.File = filepath.Join(root, filepath.FromSlash(b.Place.File))
			}
			c.FailIn(place, b.Text, strings.Join(b.Notes, "; "))
		}
	case err != nil:
		c.broken(v.file, err)
	}
	if c.failed {
		return
	}
	if own.Program != nil {
		own.scheduled = c.load(p, own, v, root, path)
	}
	p.programs[v.name] = own
}

// rootOf is the folder that the sources of a script are named from: that of its project.
func rootOf(v workerScript, config *wrangler.Config) string {
	if config.File != "" {
		return filepath.Dir(config.File)
	}
	return filepath.Dir(v.file)
}

// workerProgram is the script of a variant.
type workerProgram struct {
	*isolate.Program // nil: the real runtime alone can run it
	script           *projects.Script
	scheduled        bool           // it has a handler for that, or may have
	module           *script.Bundle // for the real runtime; nil where it is not asked for
}

// load loads a script as an isolate does, and says what goes wrong, or whether it has a
// scheduled handler.
func (c *compiler) load(p *workerPlan, program *workerProgram, v workerScript, root string, path []string) (scheduled bool) {
	i, err := p.newIsolate(v.name, isolate.Config{Clock: clock.NewVirtual(), Program: program.Program, Location: "L0"})
	if thrown, ok := errors.AsType[*isolate.Exception](err); ok {
		if program.module != nil { // it may do so for something that is not here
			program.Program = nil
			return len(p.fields.Crons) > 0
		}
		place := bench.Place{File: v.file}
		if s := thrown.Site; s.File != "" {
			place = bench.Place{File: filepath.Join(root, filepath.FromSlash(s.File)), Line: s.Line, Column: s.Column}
			place.Text = c.from.Line(place.File, place.Line)
		}
		c.failed = true
		c.FailIn(place, "the script throws when it is loaded: "+thrown.Name+": "+thrown.Message, "")
		return false
	}
	if err != nil {
		c.fail(err.Error(), "", 0, path...)
		return false
	}
	fetch, scheduled := i.Handles()
	switch {
	case !fetch:
		c.fail(filepath.ToSlash(v.file)+" has no fetch handler", "write export default { async fetch(request, env, ctx) { … } }", 0, path...)
	case !scheduled && len(p.fields.Crons) > 0:
		c.fail(filepath.ToSlash(v.file)+" has no scheduled handler", "write export default { async scheduled(controller, env, ctx) { … } }", 0, "crons")
	}
	return scheduled
}
