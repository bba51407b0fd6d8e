package isolate_test

import (
	"strings"
	"testing"

	"kvbench/internal/detect"
	"kvbench/internal/script"

	"github.com/google/go-cmp/cmp"
)

// What the runtime's modules export does what it should, each as the body of a handler
// that makes a text.
func TestModules(t *testing.T) {
	w := newWorld(t, slow)
	for _, test := range []struct{ name, imports, body, want string }{
		{
			"a store goes along with awaits, timers and promises", `import { AsyncLocalStorage } from "node:async_hooks"; const als = new AsyncLocalStorage();`,
			`const seen = [];
			const one = (n) => als.run(n, async () => {
				await KV.get("k" + n);
				seen.push(als.getStore());
				await new Promise((ok) => setTimeout(ok, 5));
				await Promise.resolve().then(() => seen.push(als.getStore()));
				als.exit(() => seen.push(String(als.getStore())));
				als.run("inner", () => seen.push(als.getStore()));
				return als.getStore();
			});
			return [...await Promise.all([one("a"), one("b")]), ...seen, String(als.getStore())].join()`,
			"a,b,a,b,a,undefined,inner,b,undefined,inner,undefined",
		},
		{
			"it is as it was after a throw", `import { AsyncLocalStorage } from "async_hooks"; const als = new AsyncLocalStorage({ defaultValue: "none" });`,
			`try { als.run(1, () => { throw new Error("x"); }); } catch (e) { return e.message + als.getStore(); }`, "xnone",
		},
		{
			"snapshot, bind and AsyncResource", `import { AsyncLocalStorage, AsyncResource } from "node:async_hooks"; const als = new AsyncLocalStorage();`,
			`const [snap, bound, resource] = als.run(1, () => [AsyncLocalStorage.snapshot(), AsyncLocalStorage.bind(function (a) { return [this.x, a, als.getStore()].join(""); }), new AsyncResource("r")]);
			return als.run(2, () => [snap(() => als.getStore()), bound.call({ x: "x" }, "a"), resource.runInAsyncScope(() => als.getStore()), als.getStore()].join())`, "1,xa1,1,2",
		},
		{
			"events", `import EventEmitter, { EventEmitter as Named } from "events"; class E extends EventEmitter {}`,
			`const e = new E(), seen = [];
			const f = (v) => seen.push("f" + v);
			e.on("x", f).prependListener("x", () => seen.push("first")).once("x", (v) => seen.push("once" + v));
			seen.push(e.emit("x", 1), e.emit("x", 2), e.listenerCount("x"), e.off("x", f).listenerCount("x"), e.emit("none"));
			try { e.emit("error", new Error("thrown")); } catch (err) { seen.push(err.message); }
			e.removeAllListeners();
			return [...seen, e.eventNames().length, Named === EventEmitter].join()`,
			"first,f1,once1,first,f2,true,true,2,1,false,thrown,0,true",
		},
		{
			"a listener that takes itself out", `import { EventEmitter } from "node:events";`,
			`const e = new EventEmitter(), seen = [];
			const a = () => { seen.push("a"); e.off("x", a); };
			e.on("x", a);
			e.on("x", () => seen.push("b"));
			e.emit("x"); e.emit("x");
			return seen.join("")`, "abb",
		},
		{
			"env and waitUntil", `import { env as bindings, waitUntil } from "cloudflare:workers"; const late = () => waitUntil(bindings.KV.put("late", "v"));`,
			`late(); await new Promise((ok) => setTimeout(ok, 100)); return await bindings.KV.get("late") + (bindings.KV === KV)`, "vtrue",
		},
	} {
		i := w.isolate(project(t, "index.js", test.imports+"\n"+handler("const f = async () => {"+test.body+"};\nreturn new Response(await f());")))
		if got := w.body(i, "/"); got != test.want {
			t.Errorf("%s: got %s, want %s", test.name, got, test.want)
		}
	}
}

// A class that extends WorkerEntrypoint is made anew for each request.
func TestEntrypoint(t *testing.T) {
	w := newWorld(t, slow)
	i := w.isolate(project(t, "index.js", `import { WorkerEntrypoint } from "cloudflare:workers";
class Base extends WorkerEntrypoint { n = 0; }
export default class extends Base {
	async fetch(request) {
		this.ctx.props = { n: 1 }; // as a library does that logs a user in
		if (this.ctx.props.n !== 1) throw new Error("no props");
		this.ctx.waitUntil(this.env.KV.put("k", "v"));
		return new Response(String(++this.n) + new URL(request.url).pathname);
	}
}`))
	for range 2 {
		if got := w.body(i, "/a"); got != "1/a" {
			t.Errorf("got %s", got)
		}
	}
	if fetch, scheduled := i.Handles(); !fetch || scheduled {
		t.Errorf("it handles %v %v", fetch, scheduled)
	}
}

// Fields that are named as the words before methods are fields, and places behind them on
// their lines are where they were.
func TestFieldNames(t *testing.T) {
	w := newWorld(t, slow)
	i := w.isolate(project(t, "index.js", `class C { get = () => "g"; set = (v) => v; static async = 1; static set = 2; get x() { return 3; } }
export default { async fetch(r, { KV }) { const c = new C(); class D { get = 1; set = KV.get("k"); } await new D().set;
return new Response([c.get(), c.set("s"), C.async, C.set, c.x].join()); } };`))
	if got := w.body(i, "/"); got != "g,s,1,2,3" {
		t.Errorf("got %s", got)
	}
	if diff := cmp.Diff([]detect.Site{{File: "index.js", Line: 2, Column: 90}}, w.sites); diff != "" {
		t.Error(diff)
	}
}

// Assignments by ??= and the like to private members are made.
func TestPrivateAssignments(t *testing.T) {
	w := newWorld(t, slow)
	i := w.isolate(project(t, "index.js", "class C { #a; #b = 1; #c = 0; all() { this.#a ??= 'a'; this.#b &&= 'b'; this.#c ||= 'c'; return this.#a + this.#b + this.#c; } }\n"+
		handler("return new Response(new C().all());")))
	if got := w.body(i, "/"); got != "abc" {
		t.Errorf("got %s", got)
	}
}

// Where a package is all of the handler, its own place is better than none; the author's is
// better than that.
func TestPackagedSites(t *testing.T) {
	w := newWorld(t, slow)
	i := w.isolate(project(t, "index.js", `import { make } from "lib";
const read = (KV) => KV.get("k");
export default make(read);`,
		"node_modules/lib/package.json", `{"main": "index.js"}`,
		"node_modules/lib/index.js", `export const make = (read) => ({ async fetch(request, { KV }) {
	await KV.get("k");
	await read(KV);
	await KV.get("k");
	return new Response("ok");
} });`))
	w.body(i, "/")
	lib := "node_modules/lib/index.js"
	own := detect.Site{File: "index.js", Line: 2, Column: 25} // it stays
	want := []detect.Site{{File: lib, Line: 2, Column: 11}, own, own}
	if diff := cmp.Diff(want, w.sites); diff != "" {
		t.Error(diff)
	}
}

// A module that is not here and that a package imports throws by its name when it is used.
func TestModulesOfPackages(t *testing.T) {
	w := newWorld(t, slow)
	i := w.isolate(project(t, "index.js", `import { used, unused } from "lib";`+"\n"+
		handler(`try { return new Response(unused() + used()); } catch (e) { return new Response(e.message); }`),
		"node_modules/lib/package.json", `{"main": "index.js", "browser": {"crypto": false}}`,
		"node_modules/lib/index.js", `import { scrypt } from "node:crypto"; import * as fs from "fs"; import none from "crypto";
export const used = () => scrypt("a");
export const unused = () => "unused" + typeof none.scrypt;`))
	if got, want := w.body(i, "/"), "scrypt of node:crypto is not here; the real runtime has it with nodejs_compat"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// What a bundle is told that a module exports is there.
func TestSupplied(t *testing.T) {
	w := newWorld(t, slow)
	for name, exports := range script.Supplied {
		i := w.isolate(project(t, "index.js", "import * as m from '"+name+"';\n"+handler("return new Response(Object.keys(m).filter((n) => m[n] !== undefined).join());")))
		got := w.body(i, "/")
		for _, e := range exports {
			if !strings.Contains(","+got+",", ","+e+",") {
				t.Errorf("%s: %s is not in %s", name, e, got)
			}
		}
	}
}
