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
