// Package script bundles a Worker's TypeScript or JavaScript into one program, finds the
// place in its sources that a place in the bundle comes from, and reads wrangler's
// configuration.
package script

import (
	"path/filepath"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
	"github.com/go-sourcemap/sourcemap"
)

// Options say how a Worker is bundled.
type Options struct {
	// Root is the project's folder: files are named relative to it. Empty: that of the
	// entry point.
	Root string
	// Define replaces identifiers and what they select with JavaScript expressions, as
	// the wrangler file's define does.
	Define map[string]string
	// Module makes an ES module for the real runtime, whose own modules stay imports;
	// cloudflare:workers becomes WorkersModule. Otherwise it is a script for an isolate.
	Module bool
}

// WorkersModule is what a bundle of Options.Module imports as cloudflare:workers.
const WorkersModule = "./workers.js"

// Host is the variable that a bundle finds what the runtime's own modules export in: an
// object for each of Supplied.
const Host = "__modules"

// Global is the variable that a bundle's script leaves the module's exports in.
const Global = "__worker"

// Bundle is a Worker in one script.
type Bundle struct {
	// Name is the entry point as its author would name it, relative to the project.
	Name string
	// Code is the script: an immediately invoked function that sets Global; of
	// Options.Module a module.
	Code string
	// Modules says that code from node_modules is part of it.
	Modules bool
	// Supplied says that it uses Host.
	Supplied bool

	mapping []byte // the source map, as JSON
	sources *sourcemap.Consumer
}

// Build bundles the Worker whose entry point is the file at path. What is wrong with it is
// a *Error.
func Build(path string, o Options) (*Bundle, error) {
	entry, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	root := filepath.Dir(entry)
	if o.Root != "" {
		if root, err = filepath.Abs(o.Root); err != nil {
			return nil, err
		}
	}
	options := settings(entry, root, o)
	built := api.Build(options)
	if len(built.Errors) > 0 {
		var waits map[api.Location]bool
		if !o.Module {
			waits = awaits(options, built.Errors)
		}
		return nil, &Error{Problems: problems(built.Errors, waits)}
	}
	b := &Bundle{Name: relative(root, entry)}
	for _, f := range built.OutputFiles {
		if strings.HasSuffix(f.Path, ".map") {
			b.mapped(f.Contents)
			b.Modules = strings.Contains(string(f.Contents), modules)
			continue
		}
		b.Code = string(f.Contents)
		b.Supplied = !o.Module && strings.Contains(b.Code, Host)
	}
	return b, nil
}

// settings are esbuild's: much as wrangler has them, but for the format and the target.
func settings(entry, root string, o Options) api.BuildOptions {
	define := map[string]string{
		"process.env.NODE_ENV": `"production"`, "navigator.userAgent": `"Cloudflare-Workers"`,
	}
	for name, expression := range o.Define {
		define[name] = expression
	}
	options := api.BuildOptions{
		EntryPoints: []string{entry}, AbsWorkingDir: root, Outfile: filepath.Join(root, "worker.js"),
		Bundle: true, Write: false, LogLevel: api.LogLevelSilent, LogLimit: mostProblems,
		Format: api.FormatIIFE, GlobalName: Global, Platform: api.PlatformBrowser,
		Conditions: []string{"workerd", "worker", "browser"},
		Target:     api.ES2017, Supported: supported(),
		Sourcemap: api.SourceMapExternal, SourcesContent: api.SourcesContentExclude,
		Loader: map[string]api.Loader{".txt": api.LoaderText, ".html": api.LoaderText, ".sql": api.LoaderText},
		Define: define, Plugins: []api.Plugin{absent()},
	}
	if o.Module {
		options.Format, options.GlobalName = api.FormatESModule, ""
		options.Target, options.Supported = api.ESNext, nil
		options.Plugins = []api.Plugin{imported()}
	}
	return options
}

// supported is what goja has of the language beyond ES2017, and what therefore is not
// rewritten into something slower. Assignments by ??=, ||= and &&= it has too, but for those to
// private members.
func supported() map[string]bool {
	return map[string]bool{
		"dynamic-import":     false,
		"object-rest-spread": true, "optional-chain": true, "nullish-coalescing": true,
		"optional-catch-binding": true, "bigint": true,
		"class-field": true, "class-static-field": true, "class-private-field": true,
		"class-private-method": true, "class-private-static-field": true,
	}
}

// modules is the folder of npm packages, as a part of a file's name.
const modules = "node_modules/"

// Site maps a place in the script, counted from 1, to where it came from: the zero Place
// where no source has it. own says that the place is the author's code, not that of a
// package in node_modules nor of the bundler.
func (b *Bundle) Site(line, column int) (p Place, own bool) {
	if b.sources == nil {
		return Place{}, false
	}
	file, _, line, column, ok := b.sources.Source(line, column-1)
	if !ok {
		return Place{}, false
	}
	return Place{File: file, Line: line, Column: column + 1}, !strings.Contains(file, modules) && !made(file)
}

func relative(root, path string) string {
	name, err := filepath.Rel(root, path)
	if err != nil {
		return filepath.ToSlash(path)
	}
	return filepath.ToSlash(name)
}

// Place is a place in a source, lines and columns counted from 1; the zero value is none.
type Place struct {
	File         string // relative to the project
	Line, Column int
}
