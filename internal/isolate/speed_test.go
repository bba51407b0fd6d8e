package isolate_test

import (
	"context"
	"testing"

	"kvbench/internal/cputime"
	"kvbench/internal/isolate"
	"kvbench/kv"
)

// benchmark runs a Worker's handler b.N times in one isolate.
func benchmark(b *testing.B, source string) {
	w := newWorld(b, "profile=none&propagation=0")
	i := w.isolate(project(b, "index.ts", source))
	_ = w.store.Put(b.Context(), "user:1", []byte(`{"name":"Ada","visits":12,"tags":["a","b"]}`), kv.PutOptions{})
	b.ReportAllocs()
	b.ResetTimer()
	before := cputime.Process()
	w.run(func(ctx context.Context) {
		h := w.host()
		for range b.N {
			h.ended, w.sites = false, w.sites[:0]
			r, err := i.Fetch(ctx, h, get("/user:1"))
			if err != nil || r.Response.Status != 200 {
				b.Fatal(err, r)
			}
		}
	})
	b.ReportMetric(float64(b.N)/(cputime.Process()-before).Seconds(), "invocations/cpu-s")
}

func BenchmarkMemory(b *testing.B) {
	benchmark(b, `
const memory = new Map([["user:1", "Ada"]]);
export default {
	async fetch(request) {
		return new Response(memory.get("user:1"));
	},
}`)
}

func BenchmarkGetJSON(b *testing.B) {
	benchmark(b, `
export default {
	async fetch(request, env) {
		const user = await env.KV.get("user:1", "json");
		if (user === null) return new Response("not found", { status: 404 });
		return Response.json({ name: user.name, visits: user.visits + 1 });
	},
}`)
}

func BenchmarkNew(b *testing.B) {
	w := newWorld(b, "")
	p := project(b, "index.ts", `export default { fetch() { return new Response("ok"); } }`)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := isolate.New(isolate.Config{Clock: w.clock, Program: p}); err != nil {
			b.Fatal(err)
		}
	}
}

// What an invocation allocates, with some to spare: most of it is goja's.
func TestInvocationAllocations(t *testing.T) {
	for _, c := range []struct {
		source string
		most   float64
	}{
		{`export default { async fetch() { return new Response("Ada"); } }`, 90},
		{`export default { async fetch(request, env) { return Response.json(await env.KV.get(new URL(request.url).pathname, "json")); } }`, 260},
	} {
		w := newWorld(t, "profile=none&propagation=0")
		i := w.isolate(project(t, "index.ts", c.source))
		_ = w.store.Put(t.Context(), "/user", []byte(`{"name":"Ada","visits":12}`), kv.PutOptions{})
		w.run(func(ctx context.Context) {
			h := w.host()
			n := testing.AllocsPerRun(200, func() {
				h.ended, w.sites = false, w.sites[:0]
				if _, err := i.Fetch(ctx, h, get("/user")); err != nil {
					t.Fatal(err)
				}
			})
			t.Logf("%.0f allocations", n)
			if n > c.most {
				t.Errorf("%s: %.0f allocations, want at most %.0f", c.source, n, c.most)
			}
		})
	}
}
