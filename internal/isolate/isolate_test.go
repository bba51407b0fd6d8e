package isolate_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"kvbench/internal/detect"
	"kvbench/internal/isolate"

	"github.com/google/go-cmp/cmp"
)

// slow is a store whose gets take 10 ms and writes 50 ms.
const slow = "hot=10ms&cold=10ms&write=50ms&list=10ms&propagation=0&writes=off"

func handler(body string) string {
	return "export default { async fetch(request, env, ctx) { const { KV } = env; const path = request.url.split('/').slice(3).join('/');\n" +
		body + "\n} };"
}

// Two invocations of one isolate interleave where they wait, to the nanosecond.
func TestInvocationsInterleave(t *testing.T) {
	w := newWorld(t, slow)
	i := w.isolate(project(t, "index.js", "let steps = [];\n"+handler(`
		if (path === 'steps') return new Response(steps.join(' '));
		const note = (s) => steps.push(path + s + '@' + (Date.now() - 1767225600000));
		note('1');
		await KV.get(path);
		note('2');
		await Promise.all([KV.get(path), KV.put(path, 'v')]);
		note('3');
		return new Response('ok');`)))
	steps := func() string {
		w.run(func(ctx context.Context) {
			w.clock.Parallel(2, func(n int) {
				_ = w.clock.Sleep(ctx, time.Duration(n)*4*time.Millisecond)
				if _, err := i.Fetch(ctx, w.host(), get("/"+string(rune('a'+n)))); err != nil {
					t.Error(err)
				}
			})
		})
		return w.body(i, "/steps")
	}
	if got, want := steps(), "a1@0 b1@4 a2@10 b2@14 a3@60 b3@64"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// What goes wrong ends in an error that says what and where.
func TestFailures(t *testing.T) {
	for _, test := range []struct{ name, body, want string }{
		{"throw", `throw new RangeError("bad " + path);`, "index.js:2:7: RangeError: bad x"},
		{"throw after an await", "await KV.get('k');\nconst f = () => { throw new TypeError('deep'); };\nf();", "index.js:3:25: TypeError: deep"},
		{"throw no error", `throw "text";`, "Error: text"},
		{"reject", `return Promise.reject(new Error("no"));`, "index.js:2:23: Error: no"},
		{"KV error", "\n\nreturn new Response(await KV.get('k', { cacheTtl: 1 }));", "index.js:4:30: Error: KV GET failed: 400 Invalid cache_ttl of 1. Cache TTL must be at least 30."},
		{"no response", `return "text";`, "TypeError: Incorrect type for Promise: the Promise did not resolve to 'Response'."},
		{"undefined", `await KV.get("k");`, "TypeError: Incorrect type for Promise: the Promise did not resolve to 'Response'."},
		{"hang", `return new Promise(() => {});`, "Error: " + isolate.ErrHung.Error()},
		{"hang after a call", `await KV.get("k"); await new Promise(() => {}); return new Response("");`, "Error: " + isolate.ErrHung.Error()},
		{"hang with a rejection left", `KV.get(""); await new Promise(() => {});`, "Error: " + isolate.ErrHung.Error()},
		{"unknown binding", `return new Response(await env.OTHER.get("k"));`, "index.js:2:31: TypeError: Cannot read property 'get' of undefined"},
		{"recursion", `const f = () => f() + 1; return new Response(f());`, "index.js:2:17: RangeError: Maximum call stack size exceeded"},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t, slow)
			got := w.body(w.isolate(project(t, "index.js", handler(test.body))), "/x")
			if !strings.HasPrefix(got, test.want) && !strings.Contains(got, ": "+test.want) || test.want == "" {
				t.Errorf("got %s\nwant %s", got, test.want)
			}
		})
	}
}

// An invocation may wait for a promise of another one, as long as there is one that
// could settle it.
func TestSharedPromise(t *testing.T) {
	w := newWorld(t, slow)
	i := w.isolate(project(t, "index.js", "let flight;\n"+handler(`
		if (path === 'lead') { flight = KV.get('k').then(() => 'shared'); if (request.headers.get('quit')) return new Response('gone'); }
		return new Response(await flight);`)))
	for _, quits := range []bool{false, true} {
		got, at := [2]string{}, [2]time.Duration{}
		start := w.clock.Now()
		w.run(func(ctx context.Context) {
			w.clock.Parallel(2, func(n int) {
				r := get([]string{"/lead", "/follow"}[n])
				if n == 0 && quits {
					r.Headers = map[string][]string{"Quit": {"1"}}
				}
				_ = w.clock.Sleep(ctx, time.Duration(n)*time.Millisecond)
				a, err := i.Fetch(ctx, w.host(), r)
				at[n] = w.clock.Now() - start
				if err != nil {
					got[n] = err.Error()
					return
				}
				got[n] = string(a.Response.Body)
			})
		})
		want, wantAt := [2]string{"shared", "shared"}, [2]time.Duration{10 * time.Millisecond, 10 * time.Millisecond}
		if quits { // whoever could settle it has gone by then
			want, wantAt = [2]string{"gone", "Error: " + isolate.ErrHung.Error()}, [2]time.Duration{0, time.Millisecond}
		}
		if got != want || at != wantAt {
			t.Errorf("quits %v: %q at %v, want %q at %v", quits, got, at, want, wantAt)
		}
	}
}

// What was handed to waitUntil goes on after the response; what was not is cancelled, and
// a write that was under way then is not made.
func TestWaitUntil(t *testing.T) {
	for _, test := range []struct {
		name, body string
		ended      time.Duration
		value      bool
		failed     string
	}{
		{"nothing", `return new Response('');`, 0, false, ""},
		{"a put", `ctx.waitUntil(KV.put('k', 'v')); return new Response('');`, 50 * time.Millisecond, true, ""},
		{"a chain", `ctx.waitUntil((async () => { await KV.get('k'); await KV.put('k', 'v'); })()); return new Response('');`, 60 * time.Millisecond, true, ""},
		{"a put that is left", `KV.put('k', 'v'); return new Response('');`, 0, false, ""},
		{"a put that is left beside another call", `KV.put('k', 'v'); ctx.waitUntil(KV.get('x')); return new Response('');`, 10 * time.Millisecond, false, ""},
		{"a rejection", "ctx.waitUntil(KV.put('k', 'v').then(() => { throw new Error('late'); }));\nreturn new Response('');", 50 * time.Millisecond, true, "index.js:2:51: Error: late"},
		{"one within another", `ctx.waitUntil(KV.get('k').then(() => { ctx.waitUntil(KV.put('k', 'v')); })); return new Response('');`, 60 * time.Millisecond, true, ""},
		{"too long", `ctx.waitUntil(new Promise((r) => setTimeout(r, 40000))); return new Response('');`, 30 * time.Second, false, "did not complete within"},
		{"never", `ctx.waitUntil(new Promise(() => {})); return new Response('');`, 0, false, "can never settle"},
		{"no promise", `ctx.waitUntil(3); return new Response('');`, 0, false, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t, slow)
			i := w.isolate(project(t, "index.js", handler(test.body)))
			h := w.host()
			w.run(func(ctx context.Context) {
				if _, err := i.Fetch(ctx, h, get("/")); err != nil || w.clock.Now() != 0 {
					t.Errorf("at %v: %v", w.clock.Now(), err)
				}
			})
			if !h.ended || h.endAt != test.ended {
				t.Errorf("ended %v at %v, want at %v", h.ended, h.endAt, test.ended)
			}
			if got := fmt.Sprint(errors.Join(h.failed...)); !strings.Contains(got, test.failed) || test.failed == "" && h.failed != nil {
				t.Errorf("failed with %s, want %s", got, test.failed)
			}
			if got := w.body(w.isolate(project(t, "index.js", handler(`return new Response(await KV.get('k'));`))), "/"); (got == "v") != test.value {
				t.Errorf("the store holds %q", got)
			}
		})
	}
}

// The place of a call is the innermost line of the author's own, also after awaits and
// from within a package.
func TestSites(t *testing.T) {
	w := newWorld(t, slow)
	i := w.isolate(project(t,
		"src/index.ts", `import { load } from "./load";
import { wrap, later } from "lib";
interface Env { KV: any }
export default {
	async fetch(request: Request, env: Env, ctx: any): Promise<Response> {
		await load(env, "a");
		const wrapped = wrap(env.KV);
		await wrapped.get("b");
		await later(env.KV, "c");
		ctx.waitUntil(wrapped.get("d").then(() => env.KV.delete("e")));
		return new Response("");
	},
};`,
		"src/load.ts", `// A comment.
export async function load(env: { KV: any }, key: string) {
	await null;
	return (await env.KV.get(key)) ??
		env.KV.put(key, "v");
}`,
		"node_modules/lib/package.json", `{"name": "lib", "main": "lib.js"}`,
		"node_modules/lib/lib.js", `export const wrap = (kv) => ({ async get(k) { await null; await null; return kv.get(k); } });
export function later(kv, k) { return Promise.resolve().then(() => new Promise((r) => setTimeout(r, 5))).then(() => kv.get(k)); }`,
	))
	w.body(i, "/")
	want := []detect.Site{
		{File: "src/load.ts", Line: 4, Column: 23},
		{File: "src/load.ts", Line: 5, Column: 10},
		{File: "src/index.ts", Line: 8, Column: 17},
		{File: "src/index.ts", Line: 9, Column: 9}, // the timer
		{File: "src/index.ts", Line: 9, Column: 9}, // the get after it
		{File: "src/index.ts", Line: 10, Column: 25},
		{File: "src/index.ts", Line: 10, Column: 52},
	}
	if diff := cmp.Diff(want, w.sites); diff != "" {
		t.Error(diff)
	}
}

// Time stands still between I/O, and all that is random follows from the invocation.
func TestTimeAndRandomness(t *testing.T) {
	source := handler(`
		const a = Date.now();
		for (let n = 0, s = 0; n < 1e5; n++) s += n;
		const b = Date.now();
		await KV.get('k');
		return new Response([b - a, Date.now() - a, new Date().toISOString(), Math.random(), Math.random()].join());`)
	once := func() string {
		w := newWorld(t, slow)
		return w.body(w.isolate(project(t, "index.js", source)), "/")
	}
	got := once()
	if !strings.HasPrefix(got, "0,10,2026-01-01T00:00:00.010Z,0.") || got != once() {
		t.Error(got, once())
	}
}
