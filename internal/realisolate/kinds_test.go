package realisolate_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"kvbench/internal/clock"
	"kvbench/internal/isolate"
	"kvbench/internal/realisolate"
	"kvbench/internal/script/scripttest"

	"github.com/google/go-cmp/cmp"
)

// A script may be written in any of the ways that Workers have.
func TestKindsOfScripts(t *testing.T) {
	for name, files := range map[string][]string{
		"class": {"index.ts", `import { WorkerEntrypoint } from "cloudflare:workers";
export default class extends WorkerEntrypoint<{ A: KVNamespace }> {
  async fetch() { this.ctx.waitUntil(this.env.A.put("k", "v")); return new Response(String(await this.env.A.get("k"))); }
  async scheduled(c: { cron: string }) { await this.env.A.put(c.cron, "v"); }
}`},
		"listeners": {"index.js", `addEventListener("fetch", (e) => e.respondWith(answer(e)));
addEventListener("scheduled", (e) => e.waitUntil(A.put(e.cron, "v")));
async function answer(e) { await A.put("k", e.request.url); return new Response(await A.get("k") + GREETING); }`},
		"package": {
			"index.js", `import { cached } from "lib";
export default {
  async fetch(request, env) {
    await null;
    return new Response(await cached(env.A, "k"));
  },
  async scheduled(c, env) { await cached(env.A, c.cron); },
};`,
			"node_modules/lib/package.json", `{"name":"lib","main":"lib.js"}`,
			"node_modules/lib/lib.js", `exports.cached = async function (kv, key) {
  const found = await kv.get(key);
  await Promise.resolve();
  await kv.put(key, "from a package");
  return found;
};`,
		},
		"storage": {"index.js", `import { AsyncLocalStorage } from "node:async_hooks";
import { EventEmitter } from "events";
const store = new AsyncLocalStorage(), bus = new EventEmitter();
export default {
  fetch(request, env) { return store.run("own", async () => { await env.A.get("k"); let heard; bus.once("x", (v) => { heard = v; }); bus.emit("x", 1); return new Response(store.getStore() + heard); }); },
  async scheduled(c, env, ctx) { ctx.waitUntil(env.A.list({ prefix: c.cron })); throw new Error("cron"); },
};`},
	} {
		t.Run(name, func(t *testing.T) {
			c := clock.NewWall()
			_, file := scripttest.Project(t, files...)
			own, real := both(t, c, file)
			for event, call := range map[string]func(invoker, context.Context, isolate.Host) (isolate.Result, error){
				"fetch": func(i invoker, ctx context.Context, h isolate.Host) (isolate.Result, error) {
					return i.Fetch(ctx, h, get("/x"))
				},
				"scheduled": func(i invoker, ctx context.Context, h isolate.Host) (isolate.Result, error) {
					return i.Scheduled(ctx, h, "* * * * *", time.UnixMilli(1767225600000))
				},
			} {
				by := func(i invoker) seen {
					return invoke(t, false, c, open(t, c), func(ctx context.Context, h isolate.Host) (isolate.Result, error) { return call(i, ctx, h) })
				}
				want, got := by(own), by(real)
				if len(want.Calls) == 0 {
					t.Errorf("%s makes no call", event)
				}
				if name == "package" { // what it calls after an await is at the author's call or at its await
					for _, s := range []*seen{&want, &got} {
						s.Calls[1] = s.Calls[1][:strings.LastIndexByte(s.Calls[1], ':')]
					}
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("%s in this process and on the real runtime:\n%s", event, diff)
				}
			}
		})
	}
}

// What a script redefines breaks the script alone, and what it does wrong is told as that.
func TestScriptsOfTheirOwnMind(t *testing.T) {
	c := clock.NewWall()
	_, file := scripttest.Project(t, "index.js", `const Answer = Response;
globalThis.Error = class { };
globalThis.Promise = globalThis.Map = globalThis.WeakMap = function () { throw "mine"; };
JSON.stringify = JSON.parse = () => { throw "mine"; };
globalThis.Headers = globalThis.Request = globalThis.Response = globalThis.URL = globalThis.Uint8Array = globalThis.TextEncoder = null;
export default { async fetch(request, env, ctx) {
  if (request.url.endsWith("/exit")) process.exit(3);
  if (request.url.endsWith("/bare")) { const { get } = env.A; await get("k"); }
  await env.A.put("k", "v");
  return new Answer(await env.A.get("k"));
} };`)
	r := start(t, c, file)
	for path, want := range map[string]string{"/": "v", "/exit": "Error: process.exit(3) was called", "/bare": "TypeError: Illegal invocation"} {
		got := invoke(t, false, c, open(t, c), func(ctx context.Context, h isolate.Host) (isolate.Result, error) {
			return r.Isolate(0).Fetch(ctx, h, get(path))
		})
		if !strings.HasPrefix(got.Error, want) && !strings.HasSuffix(got.Answer, want) {
			t.Errorf("%s: %+v", path, got)
		}
	}
}

// What is wrong with a script that loops for ever ends the process, and one that answers too
// much or hangs after its answer ends the invocation.
func TestBounds(t *testing.T) {
	c := clock.NewWall()
	_, file := scripttest.Project(t, "index.js", `export default { async fetch(request, env, ctx) {
  switch (new URL(request.url).pathname) {
    case "/big": return new Response(new Uint8Array(2e6));
    case "/endless": return new Response(new ReadableStream({ pull(c) { c.enqueue(new Uint8Array(1e5)); } }));
    case "/late": ctx.waitUntil(new Promise(() => {})); return new Response("ok");
    case "/loop": for (;;);
  }
} };`)
	r := startWith(t, realisolate.Config{Clock: c, Bundle: build(t, file, true), MostTask: 2 * time.Second, MostBody: 1 << 20, WaitUntil: 50 * time.Millisecond})
	by := func(path string) seen {
		return invoke(t, false, c, open(t, c), func(ctx context.Context, h isolate.Host) (isolate.Result, error) {
			return r.Isolate(0).Fetch(ctx, h, get(path))
		})
	}
	const tooMuch = "Error: the response has more than 1 MiB, which kvbench does not read"
	for _, path := range []string{"/big", "/endless"} {
		if got := by(path).Error; got != tooMuch {
			t.Errorf("%s: %s", path, got)
		}
	}
	if late := by("/late"); !strings.HasSuffix(late.Answer, "ok") || len(late.Failed) != 1 {
		t.Errorf("what hangs after the answer: %+v", late)
	}
	if got := by("/loop").Error; !strings.Contains(got, "a script has run for 2s in one go") || !strings.Contains(got, "; open were GET /loop; run it without --runtime workerd") {
		t.Errorf("a loop: %s", got)
	}
	<-r.Gone()
	if err := r.Err(); err == nil || errors.Is(err, context.Canceled) {
		t.Errorf("the process has ended with %v", err)
	}
}
