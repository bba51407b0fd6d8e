package command

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// layer says what the packages below a path may import of ours. The first layer
// that fits a package counts.
type layer struct {
	path string
	may  []string // packages, or paths that end in /... with all below them
	why  string
}

// leaves are small packages that import nothing of ours but the contract, and that all may use.
var leaves = []string{"internal/agree", "internal/bounded", "internal/changepoint", "internal/cputime", "internal/memory", "internal/metric", "internal/printable", "internal/quantile", "internal/secret", "internal/setting", "internal/suggest", "internal/units"}

var layers = []layer{
	{"kv", nil, "the contract stands on the standard library alone, so that anyone can implement it"},
	{"internal/clock", []string{"kv"}, "time is below everything that lives by it; what a store may use of it is the contract's"},
	{"internal/load", nil, "when a transaction is due depends on nothing that is measured"},
	{"internal/ledger", nil, "what was acknowledged is kept apart from how it was stored"},
	{"internal/agree", nil, "a leaf"},
	{"internal/bounded", nil, "a leaf"},
	{"internal/changepoint", nil, "a leaf"},
	{"internal/cputime", nil, "a leaf"},
	{"internal/memory", nil, "a leaf"},
	{"internal/metric", nil, "a leaf"},
	{"internal/printable", nil, "a leaf"},
	{"internal/quantile", nil, "a leaf"},
	{"internal/secret", nil, "a leaf"},
	{"internal/setting", []string{"kv"}, "what can be set is described in the words of the contract"},
	{"internal/suggest", nil, "a leaf"},
	{"internal/units", nil, "a leaf"},
	{"internal/record", []string{"internal/sparse"}, "observations know nothing of what is observed"},
	{"internal/price", []string{"kv", "internal/record"}, "a price is a function of what is billed"},
	{"internal/sparse", nil, "a leaf"},
	{"internal/runfile", []string{"internal/metric", "kv", "internal/load", "internal/record", "internal/sparse"}, "running and reading share only the run file"},
	{"internal/result", []string{"internal/runfile", "internal/record", "internal/price", "internal/sparse"}, "a run in figures is read from its file alone"},
	{"internal/expect", []string{"internal/record", "internal/result", "internal/runfile"}, "expecting reads figures"},
	{"internal/choose", []string{"internal/expect", "internal/result", "internal/runfile"}, "choosing reads figures"},
	{"internal/find", []string{"internal/expect", "internal/load", "internal/result", "internal/runfile", "internal/sparse"}, "a search judges figures, and knows no engine"},
	{"internal/merge", []string{"internal/record", "internal/runfile", "internal/sparse"}, "merging reads run files and writes one, and knows no engine"},
	{"internal/fleet", nil, "agents are led to do parts of anything: what they are is the command's"},
	{"internal/answer", []string{"internal/choose", "internal/expect", "internal/find", "internal/record", "internal/result", "internal/runfile"}, "an answer is figures, and what they come to"},
	{"report/table", []string{"internal/answer", "internal/choose", "internal/find", "internal/price", "internal/result", "internal/record", "internal/runfile", "kv"}, "a table is a function of an answer"},
	{"report/chart/kit", nil, "what charts are drawn with knows nothing of what is drawn"},
	{"report/chart", []string{"internal/choose", "internal/find", "internal/result", "internal/record", "internal/runfile", "internal/sparse", "kv", "report/chart/kit", "report/table"}, "a chart is a function of figures"},
	{"internal/compare", []string{"internal/choose", "internal/find", "internal/result", "internal/runfile", "internal/record"}, "comparing reads figures, and what searches found"},
	{"internal/verify", []string{"internal/record", "internal/result", "internal/runfile"}, "holding two runs against each other reads figures"},
	{"internal/history", []string{"internal/result", "internal/runfile"}, "a history is figures, run by run"},
	{"report/reporttest", []string{"internal/record", "internal/runfile", "kv"}, "reading back knows nothing of what was written"},
	{"report/export", []string{"internal/answer", "internal/choose", "internal/expect", "internal/find", "internal/price", "internal/record", "internal/result", "internal/runfile", "internal/sparse"}, "a format is a function of an answer"},
	{"report/page", []string{"internal/answer", "internal/choose", "internal/expect", "internal/record", "internal/result", "internal/runfile", "report/chart", "report/chart/kit", "report/table"}, "a page is a function of an answer and its charts"},
	{"report/comparison", []string{"internal/answer", "internal/compare", "internal/record", "internal/result", "report/chart", "report/chart/kit", "report/table"}, "a comparison is shown by what compares"},
	{"report/verify", []string{"internal/verify", "report/table"}, "an agreement is shown by what finds it"},
	{"report/history", []string{"internal/history", "report/chart/kit"}, "a history is shown by what finds its changes"},
	{"report", []string{"internal/answer", "report/chart", "report/export", "report/page", "report/table"}, "a report is a function of an answer, never of the engine"},
	{"internal/bench", []string{"kv", "internal/clock", "internal/detect", "internal/load", "internal/record", "internal/runfile"}, "the engine knows no driver and no pattern"},
	{"internal/webapi", nil, "the web's APIs know nothing of who uses them"},
	{"internal/script", nil, "bundling knows nothing of what is run"},
	{"internal/workerd/workerdtest", []string{"internal/workerd"}, "a test needs the executable alone"},
	{"internal/workerd", nil, "a process of the runtime knows nothing of what it runs"},
	{"internal/wrangler", nil, "a project's configuration is read for whoever runs it"},
	{"internal/projects", []string{"internal/detect", "internal/script", "internal/wrangler"}, "what a project gives is read for whoever runs it, here or elsewhere"},
	{"internal/detect", []string{"internal/ledger", "kv"}, "the detector is told calls, whoever makes them"},
	{"internal/realisolate", []string{"internal/clock", "internal/detect", "internal/emulator/binding", "internal/isolate", "internal/script", "internal/webapi", "internal/workerd", "kv"}, "an isolate of the real runtime is for the hosts of package isolate, and knows no engine and no driver"},
	{"internal/isolate", []string{"internal/clock", "internal/detect", "internal/script", "internal/webapi", "kv"}, "an isolate knows no engine and no driver"},
	{"internal/live/screen", []string{"internal/live"}, "lines are a function of a state"},
	{"internal/live/web", []string{"internal/live", "internal/live/screen", "internal/sparse"}, "a page and metrics are functions of a state"},
	{"internal/live", []string{"internal/load", "internal/record", "internal/runfile", "internal/sparse"}, "how far a run is knows neither who runs it nor who shows it"},
	{"internal/emulator/binding", []string{"kv"}, "a binding's protocol is spoken for any store, and shares nothing with the REST API"},
	{"internal/emulator", []string{"kv", "internal/clock", "internal/price", "internal/record"}, "the emulator serves any store, and knows no driver"},
	{"internal/scenariofile", []string{"kv", "internal/bench", "internal/load", "internal/expect", "internal/choose", "internal/runfile"}, "a scenario file is read against the patterns that it is given, and no others"},
	{"scenarios", []string{"kv", "internal/bench", "internal/clock", "internal/load", "internal/detect", "internal/isolate", "internal/ledger", "internal/projects", "internal/realisolate", "internal/record", "internal/script", "internal/webapi", "internal/wrangler"}, "a pattern never imports a driver: every pattern runs on every store"},
	{"drivers/option", []string{"kv"}, "reading options is no driver's own"},
	{"drivers/drivertest", []string{"kv", "internal/clock"}, "the conformance suite knows no driver"},
	{"drivers/worker", []string{"kv", "internal/clock", "internal/emulator/binding", "internal/script", "internal/workerd", "drivers/embedded", "drivers/limits"}, "a Worker is bundled and run on workerd, with a store of ours behind its bindings"},
	{"drivers", []string{"kv", "internal/clock", "drivers/..."}, "a driver implements the contract, and knows nothing of the engine"},
	{"docs/examples", []string{"kv", "drivers/drivertest"}, "a driver outside this repository needs the contract and its tests alone"},
	{"cmd/kvbench/command", []string{"..."}, "the command puts all together"},
	{"cmd/kvbench", []string{"cmd/kvbench/command", "drivers"}, "what is run is the command with a table of drivers"},
}

func TestImportsGoDown(t *testing.T) {
	const root = "../../.."
	seen := map[string]bool{}
	err := filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
			return err
		}
		rel, err := filepath.Rel(root, file)
		if err != nil {
			return err
		}
		pkg := path.Dir(filepath.ToSlash(rel))
		i := slices.IndexFunc(layers, func(l layer) bool { return pkg == l.path || strings.HasPrefix(pkg, l.path+"/") })
		if i < 0 {
			t.Errorf("%s is in no layer: give %s one", rel, pkg)
			return nil
		}
		l := layers[i]
		seen[l.path] = true
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, spec := range f.Imports {
			name, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			imported, ours := strings.CutPrefix(name, "kvbench/")
			if ours && !allowed(l.may, imported) && !slices.Contains(leaves, imported) {
				t.Errorf("%s imports %s: %s", rel, imported, l.why)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range layers {
		if !seen[l.path] {
			t.Errorf("the layer %s has no package", l.path)
		}
	}
}

func allowed(may []string, imported string) bool {
	return slices.ContainsFunc(may, func(m string) bool {
		below, all := strings.CutSuffix(m, "...")
		return m == imported || all && strings.HasPrefix(imported+"/", below)
	})
}

// The rules can fail: a few imports that no layer allows.
func TestForbiddenImports(t *testing.T) {
	may := func(pkg string) []string {
		i := slices.IndexFunc(layers, func(l layer) bool { return l.path == pkg })
		return layers[i].may
	}
	for pkg, imported := range map[string]string{
		"kv": "internal/clock", "scenarios": "drivers/embedded", "internal/scenariofile": "scenarios", "report": "internal/bench", "drivers": "internal/bench",
		"internal/load": "kv", "internal/bench": "drivers",
	} {
		if allowed(may(pkg), imported) {
			t.Errorf("%s may import %s", pkg, imported)
		}
	}
	if !allowed(may("drivers"), "drivers/embedded") || !allowed(may("cmd/kvbench/command"), "report") {
		t.Error("what is allowed is refused")
	}
}
