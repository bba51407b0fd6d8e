package rest_test

import (
	"context"
	"runtime"
	"slices"
	"testing"
	"time"

	"kvbench/internal/clock"
	"kvbench/kv"
)

// BenchmarkClient measures what Cloudflare's client costs: the same calls of the
// same server with it and on plain net/http, in turns of 20, so that both see the
// same noise; times are medians of turns. The server runs in this process, so its allocations are in both; what
// the client adds (extra-) is free of them.
func BenchmarkClient(b *testing.B) {
	url := "://" + account + "/bench?base=" + emulate(b, "embedded://?profile=none&propagation=0", clock.NewWall())
	stores := []kv.Store{open(b, "rest"+url, clock.NewWall()), open(b, "cloudflare"+url, clock.NewWall())}
	value := make([]byte, 1000)
	if err := stores[0].Put(b.Context(), "k", value, kv.PutOptions{}); err != nil {
		b.Fatal(err)
	}
	var e kv.Entry
	var p kv.Page
	for _, op := range []op{
		{"get", func(ctx context.Context, s kv.Store) error { return s.Get(ctx, "k", kv.GetOptions{}, &e) }},
		{"get-metadata", func(ctx context.Context, s kv.Store) error {
			return s.Get(ctx, "k", kv.GetOptions{Metadata: true}, &e)
		}},
		{"put", func(ctx context.Context, s kv.Store) error { return s.Put(ctx, "k", value, kv.PutOptions{}) }},
		{"put-metadata", func(ctx context.Context, s kv.Store) error {
			return s.Put(ctx, "k", value, kv.PutOptions{Metadata: []byte(`{"v":1}`)})
		}},
		{"delete", func(ctx context.Context, s kv.Store) error { return s.Delete(ctx, "none") }},
		{"list", func(ctx context.Context, s kv.Store) error { return s.List(ctx, kv.ListOptions{}, &p) }},
	} {
		b.Run(op.name, func(b *testing.B) {
			const turn = 20
			var turns [2][]float64 // nanoseconds a call
			var allocs, bytes [2]uint64
			var before, after runtime.MemStats
			for i := 0; i < b.N; i += turn {
				for n, s := range stores {
					runtime.ReadMemStats(&before)
					start := time.Now()
					for range turn {
						if err := op.call(b.Context(), s); err != nil {
							b.Fatal(err)
						}
					}
					turns[n] = append(turns[n], float64(time.Since(start))/turn)
					runtime.ReadMemStats(&after)
					allocs[n] += after.Mallocs - before.Mallocs
					bytes[n] += after.TotalAlloc - before.TotalAlloc
				}
			}
			calls := float64((b.N + turn - 1) / turn * turn)
			plain, client := median(turns[0]), median(turns[1])
			b.ReportMetric(0, "ns/op") // of both together, which says nothing
			b.ReportMetric(plain, "plain-ns")
			b.ReportMetric(client/plain, "times-plain")
			b.ReportMetric(client-plain, "extra-ns")
			b.ReportMetric((float64(allocs[1])-float64(allocs[0]))/calls, "extra-allocs")
			b.ReportMetric((float64(bytes[1])-float64(bytes[0]))/calls, "extra-B")
			b.ReportMetric(float64(allocs[0])/calls, "plain-and-server-allocs")
		})
	}
}

func median(all []float64) float64 {
	slices.Sort(all)
	return all[len(all)/2]
}
