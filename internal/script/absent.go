package script

import (
	"fmt"
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

// absent refuses the modules that an isolate has not, by name.
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
			if len(found.Errors) > 0 {
				return refuseModule(a)
			}
			return api.OnResolveResult{Path: found.Path, External: found.External, Namespace: found.Namespace}, nil
		})
		b.OnResolve(api.OnResolveOptions{Filter: `\.(wasm|bin)(\?module)?$`}, refuseFile)
	}}
}

// packaged marks the question whether a package has the name of a built-in module.
const packaged = "packaged"

var flagged = regexp.MustCompile(`^cloudflare:|^workerd:`)

func refuseModule(a api.OnResolveArgs) (api.OnResolveResult, error) {
	text := fmt.Sprintf("%s is not here; the real runtime has it with nodejs_compat", a.Path)
	if flagged.MatchString(a.Path) {
		text = fmt.Sprintf("%s is not here; the real runtime has it", a.Path)
	}
	return api.OnResolveResult{Errors: []api.Message{{Text: text}}}, nil
}

func refuseFile(a api.OnResolveArgs) (api.OnResolveResult, error) {
	text := fmt.Sprintf("%s: WebAssembly and binary modules are not here; the real runtime has them", a.Path)
	return api.OnResolveResult{Errors: []api.Message{{Text: text}}}, nil
}
