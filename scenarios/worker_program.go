package scenarios

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"kvbench/internal/bench"
	"kvbench/internal/clock"
	"kvbench/internal/detect"
	"kvbench/internal/isolate"
	"kvbench/internal/script"
	"kvbench/internal/wrangler"
)

// bundles keeps scripts that were bundled, as the points of a sweep have the same.
type bundles map[string]*bundled

type bundled struct {
	bundle *script.Bundle
	err    error
}

func (b bundles) file(path, root string, define map[string]string, module bool) (*script.Bundle, error) {
	key := path
	if module {
		key = "module " + path
	}
	if b[key] == nil {
		bundle, err := script.Build(path, script.Options{Root: root, Define: define, Module: module})
		b[key] = &bundled{bundle, err}
	}
	return b[key].bundle, b[key].err
}

// program is a script that isolates of this process run.
func (b bundles) program(path, root string, define map[string]string) (*isolate.Program, error) {
	bundle, err := b.file(path, root, define, false)
	if err != nil {
		return nil, err
	}
	return isolate.Compile(bundle)
}

// program makes the script of a variant ready to run, and loads it once to hear what is wrong.
func (c *compiler) program(p *workerPlan, v workerScript, config *wrangler.Config, known bundles) {
	path := []string{v.field}
	if v.field == "scripts" {
		path = append(path, v.name)
	}
	info, err := os.Stat(v.file)
	switch {
	case err != nil && c.File != "" && config.Main != "" && c.Fields.(*workerFields).Script == "" && v.name == workerVariant:
		c.broken(config.File, fmt.Errorf("main is %s, and there is no such file", config.Main))
		return
	case err != nil:
		c.fail("there is no file "+filepath.ToSlash(v.file), "write its path from the folder of the scenario file", 0, path...)
		return
	case info.IsDir():
		c.fail(filepath.ToSlash(v.file)+" is a folder", "name the script in it", 0, path...)
		return
	}
	root := rootOf(v, config)
	own := &workerProgram{root: root}
	if p.options.Workerd != "" {
		own.module, err = known.file(v.file, root, config.Define, true)
	}
	if err == nil {
		own.Program, err = known.program(v.file, root, config.Define)
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
		own.scheduled = c.load(p, own, v, path)
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

// inRepository is a folder as a path with slashes from the root of the repository that it is
// in, which has .git in it; empty where that is the root, and where there is none.
func inRepository(dir string) string {
	at, err := filepath.Abs(dir)
	if err != nil {
		return ""
	}
	for root := at; ; root = filepath.Dir(root) {
		if _, err := os.Stat(filepath.Join(root, ".git")); err == nil {
			within, err := filepath.Rel(root, at)
			if err != nil || within == "." {
				return ""
			}
			return filepath.ToSlash(within)
		}
		if root == filepath.Dir(root) {
			return ""
		}
	}
}

// workerProgram is the script of a variant.
type workerProgram struct {
	*isolate.Program      // nil: the real runtime alone can run it
	scheduled        bool // it has a handler for that, or may have
	root             string
	module           *script.Bundle // for the real runtime; nil where it is not asked for
	ignores          sync.Map       // by file, the lines of its source
}

// ignore is the comment after which a finding is suppressed, on its line or the one above.
const ignore = "kvbench-ignore"

// suppressed reports whether a comment at the site says so of findings of a kind.
func (p *workerProgram) suppressed(kind detect.Kind, site detect.Site) bool {
	if site.File == "" {
		return false
	}
	lines, ok := p.ignores.Load(site.File)
	if !ok {
		text, err := os.ReadFile(filepath.Join(p.root, filepath.FromSlash(site.File)))
		if err != nil {
			text = nil // it was bundled, so that it is a file that is gone since
		}
		lines, _ = p.ignores.LoadOrStore(site.File, strings.Split(string(text), "\n"))
	}
	for _, n := range []int{site.Line - 1, site.Line} {
		if all := lines.([]string); n >= 1 && n <= len(all) {
			_, rest, _ := strings.Cut(all[n-1], ignore)
			if slices.Contains(kindsIn(rest), kind) {
				return true
			}
		}
	}
	return false
}

// kindsIn are the kinds that a comment names, up to the first word that is none: what comes
// after it is why.
func kindsIn(comment string) (out []detect.Kind) {
	for _, word := range strings.FieldsFunc(comment, func(r rune) bool { return strings.ContainsRune(" ,:\t\r", r) }) {
		kind, ok := detect.KindOf(word)
		if !ok {
			break
		}
		out = append(out, kind)
	}
	return out
}

// load loads a script as an isolate does, and says what goes wrong, or whether it has a
// scheduled handler.
func (c *compiler) load(p *workerPlan, program *workerProgram, v workerScript, path []string) (scheduled bool) {
	i, err := p.newIsolate(v.name, isolate.Config{Clock: clock.NewVirtual(), Program: program.Program, Location: "L0"})
	if thrown, ok := errors.AsType[*isolate.Exception](err); ok {
		if program.module != nil { // it may do so for something that is not here
			program.Program = nil
			return len(p.fields.Crons) > 0
		}
		place := bench.Place{File: v.file}
		if s := thrown.Site; s.File != "" {
			place = bench.Place{File: filepath.Join(program.root, filepath.FromSlash(s.File)), Line: s.Line, Column: s.Column}
			place.Text = lineOf(place.File, place.Line)
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
