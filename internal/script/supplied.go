package script

import (
	"fmt"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// Supplied are the modules of the runtime that are here, and what they export: each is a
// member of Host. What else they have cannot be imported.
var Supplied = map[string][]string{
	"cloudflare:workers": {"env", "waitUntil", "WorkerEntrypoint", "DurableObject", "RpcTarget", "WorkflowEntrypoint"},
	"node:async_hooks":   {"AsyncLocalStorage", "AsyncResource"},
	"node:events":        {"EventEmitter"},
}

// The namespaces of esbuild in which modules are that no file has.
const (
	suppliedSpace = "supplied"
	refusedSpace  = "refused" // they throw when they are used
	emptySpace    = "empty"   // a package's own configuration leaves them out
)

// made reports whether a file of a source map is none.
func made(file string) bool {
	space, _, _ := strings.Cut(file, ":")
	return space == suppliedSpace || space == refusedSpace || space == emptySpace
}

// supplied loads the modules that no file has.
func supplied(b api.PluginBuild) {
	load := func(space string, source func(name string) string) {
		b.OnLoad(api.OnLoadOptions{Filter: `.*`, Namespace: space}, func(a api.OnLoadArgs) (api.OnLoadResult, error) {
			text := source(a.Path)
			return api.OnLoadResult{Contents: &text, Loader: api.LoaderJS}, nil
		})
	}
	load(suppliedSpace, func(name string) string {
		text := fmt.Sprintf("const m = %s[%q];\nexport const { %s } = m;\n", Host, name, strings.Join(Supplied[name], ", "))
		if name == "node:events" { // which is the class itself
			return text + "export default EventEmitter;\n"
		}
		return text + "export default m;\n"
	})
	load(refusedSpace, func(name string) string {
		// A name that is asked for throws, but for those that are asked of any module.
		return fmt.Sprintf(`module.exports = Object.create(new Proxy({}, { get(_, name) {
	if (typeof name === "symbol" || name === "__esModule" || name === "then" || name === "toJSON") return undefined;
	throw new Error(name + " of " + %q);
} }));
`, refusal(name))
	})
	load(emptySpace, func(string) string { return "module.exports = {};\n" })
}

// refusal says that a module is not here.
func refusal(name string) string {
	if flagged.MatchString(name) {
		return name + " is not here; the real runtime has it"
	}
	return name + " is not here; the real runtime has it with nodejs_compat"
}
