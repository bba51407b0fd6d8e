package isolate_test

import (
	"testing"

	"kvbench/internal/isolate"
	"kvbench/internal/webapi"
)

// What the table says an isolate gives is there.
func TestTable(t *testing.T) {
	functions := map[string]string{
		"KVNamespace.get": "env.KV.get", "KVNamespace.getWithMetadata": "env.KV.getWithMetadata", "KVNamespace.put": "env.KV.put",
		"KVNamespace.delete": "env.KV.delete", "KVNamespace.list": "env.KV.list",
		"ctx.waitUntil": "ctx.waitUntil", "ctx.passThroughOnException": "ctx.passThroughOnException",
		"fetch": "fetch", "caches": "caches.default.match", "console": "console.log", "Date": "Date.now", "performance": "performance.now",
		"setTimeout": "setTimeout", "setInterval": "setInterval", "clearTimeout": "clearTimeout", "clearInterval": "clearInterval",
		"queueMicrotask": "queueMicrotask", "eval": "eval", "scheduler.wait": "scheduler.wait",
	}
	objects := map[string]string{"request.cf": "request.cf", "navigator": "navigator"}
	web := map[string]bool{}
	for _, e := range webapi.Table() {
		web[e.Name] = true
	}
	w := newWorld(t, slow)
	for _, e := range isolate.Table() {
		expression, want := functions[e.Name], "function"
		if expression == "" {
			expression, want = objects[e.Name], "object"
		}
		switch {
		case web[e.Name] || e.Name == "fetch handler" || e.Name == "scheduled handler":
		case expression == "":
			t.Errorf("nothing tells whether %s is there", e.Name)
		default:
			i := w.isolate(project(t, "index.js", "export default { fetch(request, env, ctx) { return new Response(typeof "+expression+"); } };"))
			if got := w.body(i, "/"); got != want {
				t.Errorf("%s is of the type %s, want %s", expression, got, want)
			}
		}
		if e.How == webapi.Limited && e.Note == "" || e.How == webapi.Missing && web[e.Name] == false {
			t.Errorf("%s is %s: %q", e.Name, e.How, e.Note)
		}
	}
}

// performance.now is Date.now, as on Cloudflare.
func TestPerformance(t *testing.T) {
	w := newWorld(t, slow)
	i := w.isolate(project(t, "index.js", handler(`const at = performance.now(); await KV.get('k');
return new Response([at === Date.now() - 10, performance.now() === Date.now(), performance.timeOrigin].join());`)))
	if got := w.body(i, "/"); got != "true,true,0" {
		t.Errorf("it says %s", got)
	}
}

// Code from strings is for loading alone, as on Cloudflare.
func TestEval(t *testing.T) {
	w := newWorld(t, slow)
	i := w.isolate(project(t, "index.js", `const two = new Function("return 1 + 1")(), three = (0, eval)("1 + 2");
const kinds = [
	() => eval("1"), () => (0, eval)("1"), () => new Function("return 1"), () => Function("return 1"),
	() => (() => {}).constructor("return 1"), () => (async () => {}).constructor("return 1"), () => (function* () {}).constructor("yield 1"),
];
export default { fetch() {
	const said = kinds.map((f) => { try { f(); return "ran"; } catch (e) { return e.name; } });
	return new Response([two, three, (() => {}) instanceof Function, ...new Set(said)].join());
} };`))
	if got := w.body(i, "/"); got != "2,3,true,EvalError" {
		t.Errorf("it says %s", got)
	}
}
