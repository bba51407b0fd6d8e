package script

import (
	"fmt"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// builtins are Node's modules that may be imported without "node:".
var builtins = strings.Fields(`
	assert async_hooks buffer child_process cluster console constants crypto dgram diagnostics_channel
	dns domain events fs http http2 https inspector module net os path perf_hooks process punycode
	querystring readline repl stream string_decoder sys timers tls tty url util v8 vm wasi
	worker_threads zlib`)

// absent supplies the modules of the runtime that are here, and refuses the others by name:
// those that the author's code imports when it is bundled, those of packages when they are
// used, as many import what they then do without.
func absent() api.Plugin {
	bare := `^(` + strings.Join(builtins, "|") + `)(/.*)?$`
	return api.Plugin{Name: "absent", Setup: func(b api.PluginBuild) {
		b.OnResolve(api.OnResolveOptions{Filter: `^(node|cloudflare|workerd):`}, refuseModule)
		b.OnResolve(api.OnResolveOptions{Filter: bare}, func(a api.OnResolveArgs) (api.OnResolveResult, error) {
			if a.PluginData == packaged {
				return api.OnResolveResult{}, nil
			}
			found := b.Resolve(a.Path, api.ResolveOptions{
				Importer: a.Importer, Namespace: a.Namespace, ResolveDir: a.ResolveDir, Kind: a.Kind, PluginData: packaged,
			})
			switch {
			case len(found.Errors) > 0:
				return refuseModule(a)
			case !filepath.IsAbs(found.Path) && !found.External: // left out by the field browser of a package.json
				return api.OnResolveResult{Path: a.Path, Namespace: emptySpace}, nil
			}
			return api.OnResolveResult{Path: found.Path, External: found.External, Namespace: found.Namespace}, nil
		})
		b.OnResolve(api.OnResolveOptions{Filter: `\.(wasm|bin)(\?module)?$`}, refuseFile)
		supplied(b)
	}}
}

// packaged marks the question whether a package has the name of a built-in module.
const packaged = "packaged"

var flagged = regexp.MustCompile(`^cloudflare:|^workerd:`)

func refuseModule(a api.OnResolveArgs) (api.OnResolveResult, error) {
	name := a.Path
	if !strings.Contains(name, ":") {
		name = "node:" + name
	}
	if Supplied[name] != nil {
		return api.OnResolveResult{Path: name, Namespace: suppliedSpace}, nil
	}
	if strings.Contains(filepath.ToSlash(a.Importer), modules) {
		return api.OnResolveResult{Path: name, Namespace: refusedSpace}, nil
	}
	return api.OnResolveResult{Errors: []api.Message{{
		Text: refusal(a.Path), Notes: []api.Note{{Text: "--runtime workerd runs it there"}},
	}}}, nil
}

func refuseFile(a api.OnResolveArgs) (api.OnResolveResult, error) {
	text := fmt.Sprintf("%s: WebAssembly and binary modules are not here; the real runtime has them", a.Path)
	return api.OnResolveResult{Errors: []api.Message{{Text: text}}}, nil
}
