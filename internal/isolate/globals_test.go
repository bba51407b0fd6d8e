package isolate_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"kvbench/internal/clock"
	"kvbench/internal/isolate"
	"kvbench/internal/webapi"

	"github.com/google/go-cmp/cmp"
)

// A script that can't be loaded is told so when the isolate is made.
func TestNewRefuses(t *testing.T) {
	for _, test := range []struct{ name, source, want string }{
		{"throw at module level", "const a = 1;\nthrow new Error('at load');\nexport default { fetch() {} }", "index.js:2:7: Error: at load"},
		{"no export", `const a = 1;`, "index.js: no handler: it wants export default"},
		{"no handler", `export default { queue() {}, email() {} }`, "index.js: the default export has neither fetch nor scheduled: it has [email queue]"},
		{"class", `export default class { fetch() {} }`, "a class as the default export has to extend WorkerEntrypoint of cloudflare:workers"},
		{"I/O at module level", "fetch('https://example.com');\nexport default { fetch() {} }", ""},
		{"timer at module level", "setTimeout(() => {}, 1);\nexport default { fetch() {} }", "index.js:1:1: Error: Disallowed operation called within global scope"},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t, "")
			_, err := isolate.New(isolate.Config{Clock: w.clock, Program: project(t, "index.js", test.source)})
			if got := fmt.Sprint(err); test.want == "" && err != nil || !strings.Contains(got, test.want) {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

func TestTimers(t *testing.T) {
	w := newWorld(t, slow)
	i := w.isolate(project(t, "index.js", handler(`
		const seen = [], note = (s) => seen.push(s + '@' + (Date.now() - 1767225600000));
		setTimeout(note, 20, 'b');
		setTimeout(note, 10, 'a');
		setTimeout(() => { note('zero'); Promise.resolve().then(() => note('micro')); }, 0);
		setTimeout(note, 0, 'zero2');
		queueMicrotask(() => note('first'));
		const gone = setTimeout(note, 5, 'never');
		clearTimeout(gone); clearTimeout(gone); clearTimeout(undefined); clearTimeout(999);
		let n = 0;
		const every = setInterval(() => { note('tick'); if (++n === 3) clearInterval(every); }, 7);
		setTimeout(() => { throw new Error('uncaught'); }, 1);
		await scheduler.wait(30);
		setTimeout(note, 1e6, 'left');
		return new Response(seen.join(' '));`)))
	got := w.body(i, "/")
	if want := "first@0 zero@0 micro@0 zero2@0 tick@7 a@10 tick@14 b@20 tick@21"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if w.clock.Now() != 30*time.Millisecond {
		t.Errorf("the run went on until %v for a timer of an invocation that is over", w.clock.Now())
	}
}

func TestScheduled(t *testing.T) {
	w := newWorld(t, slow)
	i := w.isolate(project(t, "index.js", `export default { async scheduled(event, env, ctx) {
		ctx.waitUntil(env.KV.put('k', event.cron + ' ' + event.scheduledTime));
		if (event.cron === 'bad') throw new Error('no');
	} }`))
	for _, test := range []struct{ cron, want string }{{"* * * * *", "<nil>"}, {"bad", "index.js:3:35: Error: no"}} {
		w.run(func(ctx context.Context) {
			r, err := i.Scheduled(ctx, w.host(), test.cron, time.UnixMilli(5))
			if fmt.Sprint(err) != test.want || r.Response != nil {
				t.Errorf("%s: %v", test.cron, err)
			}
		})
		if got := w.body(w.isolate(project(t, "index.js", handler(`return new Response(await KV.get('k'));`))), "/"); got != test.cron+" 5" {
			t.Error(got)
		}
	}
	if _, err := i.Fetch(t.Context(), w.host(), get("/")); err == nil {
		t.Error("it has no fetch handler")
	}
}

func TestServiceWorkerStyle(t *testing.T) {
	w := newWorld(t, slow)
	i := w.isolate(project(t, "index.js", `addEventListener('fetch', (event) => { event.respondWith(handle(event)); });
		async function handle(event) { event.waitUntil(KV.put('k', NAME)); return new Response('hello ' + event.request.method); }`))
	if got := w.body(i, "/"); got != "hello GET" {
		t.Error(got)
	}
}

func TestFetch(t *testing.T) {
	w := newWorld(t, slow)
	w.fetch = func(r *webapi.Request) (*webapi.Response, error) {
		if !strings.HasPrefix(r.URL, "https://api.example.com/") {
			return nil, errors.New("no origin of that name")
		}
		return &webapi.Response{Status: 201, Headers: map[string][]string{"X-Was": {r.Headers.Get("X-Is")}}, Body: []byte(r.Method + string(r.Body))}, nil
	}
	i := w.isolate(project(t, "index.js", handler(`
		const r = await fetch('https://api.example.com/a', { method: 'POST', body: 'abc', headers: { 'x-is': '1' } });
		const failed = await fetch('https://other.example.com/').catch((e) => e.name + ': ' + e.message);
		const slow = fetch('https://api.example.com/b', { signal: AbortSignal.timeout(4) }).catch((e) => e.name + '@' + (Date.now() - t));
		const t = Date.now(), gone = new AbortController();
		gone.abort(new Error('gone'));
		const aborted = await fetch('https://api.example.com/b', { signal: gone.signal }).catch((e) => e.message);
		return new Response([r.status, r.ok, r.headers.get('x-was'), await r.text(), failed, await slow, aborted].join());`)))
	if got, want := w.body(i, "/"), "201,true,1,POSTabc,TypeError: fetch of https://other.example.com/: no origin of that name,TimeoutError@4,gone"; got != want {
		t.Error(got)
	}
}

// The caches are those of the location: its isolates share them, others see nothing.
func TestCaches(t *testing.T) {
	w := newWorld(t, slow)
	p := project(t, "index.js", handler(`
		const cache = path.startsWith('named') ? await caches.open('mine') : caches.default;
		const key = new Request('https://example.com/' + path.split('/')[1]);
		if (path.endsWith('put')) {
			await cache.put(key, new Response('kept', { headers: { 'cache-control': 'public, max-age=60', 'x-a': 'b' } }));
			await cache.put(key.url + '-private', new Response('', { headers: { 'cache-control': 'private' } }));
			return new Response('put');
		}
		if (path.endsWith('delete')) return new Response(String([await cache.delete(key), await cache.delete(key)]));
		if (path.endsWith('bad')) return new Response(await cache.put(new Request(key, { method: 'POST' }), new Response('')).catch((e) => e.message));
		const hit = await cache.match(key);
		const other = await cache.match(key.url + '-private');
		return new Response([hit && await hit.text(), hit && hit.headers.get('x-a'), other].join());`))
	make := func(c *isolate.Caches) *isolate.Isolate {
		i, err := isolate.New(isolate.Config{Clock: w.clock, Program: p, Bindings: []string{"KV"}, Caches: c})
		if err != nil {
			t.Fatal(err)
		}
		return i
	}
	here := isolate.NewCaches(w.clock)
	a, b, elsewhere := make(here), make(here), make(isolate.NewCaches(w.clock))
	var got []string
	ask := func(i *isolate.Isolate, path string) { got = append(got, path+": "+w.body(i, "/"+path)) }
	ask(a, "default/x")
	ask(a, "default/x/put")
	ask(a, "default/x/")
	ask(b, "default/x/")
	ask(b, "named/x/")
	ask(elsewhere, "default/x/")
	w.run(func(ctx context.Context) { _ = w.clock.Sleep(ctx, time.Minute-1) })
	ask(b, "default/x/")
	w.run(func(ctx context.Context) { _ = w.clock.Sleep(ctx, 1) })
	ask(b, "default/x/")
	ask(a, "named/x/put")
	ask(b, "named/x/")
	ask(b, "named/x/delete")
	ask(a, "named/x/")
	ask(a, "default/x/bad")
	want := []string{
		"default/x: ,,", "default/x/put: put", "default/x/: kept,b,", "default/x/: kept,b,", "named/x/: ,,", "default/x/: ,,",
		"default/x/: kept,b,", "default/x/: ,,", "named/x/put: put", "named/x/: kept,b,", "named/x/delete: true,false", "named/x/: ,,",
		"default/x/bad: Cannot cache response to non-GET request.",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestConsole(t *testing.T) {
	w := newWorld(t, slow)
	var lines []isolate.Line
	c := isolate.Console{To: func(l isolate.Line) { lines = append(lines, l) }}
	i, err := isolate.New(isolate.Config{
		Clock: w.clock, Bindings: []string{"KV"}, Console: &c,
		Program: project(t, "index.js", "console.log('load');\n"+handler(`
console.warn('a', 1, { b: [2] }, null, undefined, new TypeError('x'));
await KV.get('k');
setTimeout(() => { throw new Error('loose'); }, 1);
Promise.reject(new Error('handled')).catch(() => {}); Promise.reject(new Error('floating'));
await scheduler.wait(2);
for (let n = 0; n < 5000; n++) console.log('y'.repeat(10000));
return new Response('');`)),
	})
	if err != nil {
		t.Fatal(err)
	}
	w.body(i, "/")
	dropped := c.Dropped()
	var got []string
	size := 0
	for _, l := range lines {
		size += len(l.Text)
		if len(got) < 4 {
			got = append(got, fmt.Sprint(l.At, " ", l.Level, " ", l.Site, " ", l.Text))
		}
	}
	want := []string{
		"0s log { 0 0} load", `0s warn {index.js 4 9} a 1 {"b":[2]} null undefined TypeError: x`,
		"10ms error {index.js 7 70} Uncaught Error: floating (in promise)",
		"11ms error {index.js 6 26} Uncaught Error: loose",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if int(dropped)+len(lines) != 5004 || size > isolate.ConsoleBytes+5000 {
		t.Errorf("%d lines of %d bytes kept, %d dropped", len(lines), size, dropped)
	}
}

// On the wall clock, too, one macrotask runs at a time, and a run that ends takes the
// invocations with it.
func TestWallClock(t *testing.T) {
	w := newWorld(t, slow)
	w.clock = clock.NewWall()
	i := w.isolate(project(t, "index.js", "let n = 0;\n"+handler(`
		for (let k = 0; k < 20; k++) { const was = n; await scheduler.wait(k % 2); n++; }
		return new Response(String(n));`)))
	most := ""
	w.run(func(ctx context.Context) {
		got := make([]string, 8)
		w.clock.Parallel(len(got), func(n int) {
			r, err := i.Fetch(ctx, w.host(), get("/"))
			if err != nil {
				t.Error(err)
				return
			}
			got[n] = string(r.Response.Body)
		})
		for _, n := range got {
			if len(n) > len(most) || len(n) == len(most) && n > most {
				most = n
			}
		}
	})
	if most != "160" {
		t.Errorf("8 invocations of 20 increments came to %s", most)
	}
	ctx, cancel := context.WithCancel(t.Context())
	err := w.clock.Run(ctx, func(ctx context.Context) {
		w.clock.Go(cancel)
		if _, err := w.isolate(project(t, "index.js", handler(`await scheduler.wait(3600e3);`))).Fetch(ctx, w.host(), get("/")); err != context.Canceled {
			t.Errorf("got %v", err)
		}
	})
	if err != context.Canceled {
		t.Error(err)
	}
}
