package script

import (
	"path/filepath"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// imported leaves the modules of the real runtime to it, as wrangler does: those of Node
// that are imported without "node:" get it, where no package has their name.
func imported() api.Plugin {
	return api.Plugin{Name: "imported", Setup: func(b api.PluginBuild) {
		b.OnResolve(api.OnResolveOptions{Filter: `^(node|cloudflare|workerd):`}, func(a api.OnResolveArgs) (api.OnResolveResult, error) {
			if a.Path == "cloudflare:workers" {
				return api.OnResolveResult{Path: WorkersModule, External: true}, nil
			}
			return api.OnResolveResult{Path: a.Path, External: true}, nil
		})
		b.OnResolve(api.OnResolveOptions{Filter: `^(` + strings.Join(builtins, "|") + `)(/.*)?$`}, func(a api.OnResolveArgs) (api.OnResolveResult, error) {
			if a.PluginData == packaged {
				return api.OnResolveResult{}, nil
			}
			found := b.Resolve(a.Path, api.ResolveOptions{
				Importer: a.Importer, Namespace: a.Namespace, ResolveDir: a.ResolveDir, Kind: a.Kind, PluginData: packaged,
			})
			if len(found.Errors) == 0 && (filepath.IsAbs(found.Path) || found.External) {
				return api.OnResolveResult{Path: found.Path, External: found.External, Namespace: found.Namespace}, nil
			}
			return api.OnResolveResult{Path: "node:" + a.Path, External: true}, nil
		})
		b.OnResolve(api.OnResolveOptions{Filter: `\.(wasm|bin)(\?module)?$`}, refuseFile)
	}}
}
