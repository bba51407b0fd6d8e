package redis_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"kvbench/kv"

	goredis "github.com/redis/go-redis/v9"
)

// BenchmarkClient measures what the driver costs beside go-redis by itself: the same
// commands of the same server, in turns of 100, so that both see the same noise. Times
// are medians of turns; ratio is the median of the ratios of turns that follow each
// other.
func BenchmarkClient(b *testing.B) {
	socket := server(b)
	s, c := open(b, socket, ""), plain(b, socket)
	defer s.Close()
	const keys = 1000
	value := make([]byte, 100)
	var key, valueKey, metadataKey [keys]string
	for i := range keys {
		key[i] = fmt.Sprintf("bench/%08d", i)
		valueKey[i], metadataKey[i] = "kvbench:v:"+key[i], "kvbench:m:"+key[i]
		if err := s.Put(b.Context(), key[i], value, kv.PutOptions{}); err != nil {
			b.Fatal(err)
		}
	}
	var e kv.Entry
	es := make([]kv.Entry, kv.MaxBulkGetKeys)
	for _, op := range []struct {
		name          string
		driver, plain func(ctx context.Context, i int) error
	}{
		{
			"get",
			func(ctx context.Context, i int) error { return s.Get(ctx, key[i], kv.GetOptions{}, &e) },
			func(ctx context.Context, i int) error { return c.Get(ctx, valueKey[i]).Err() },
		},
		{
			"get-metadata",
			func(ctx context.Context, i int) error { return s.Get(ctx, key[i], kv.GetOptions{Metadata: true}, &e) },
			func(ctx context.Context, i int) error { return c.MGet(ctx, valueKey[i], metadataKey[i]).Err() },
		},
		{
			"put",
			func(ctx context.Context, i int) error { return s.Put(ctx, key[i], value, kv.PutOptions{}) },
			func(ctx context.Context, i int) error {
				_, err := c.TxPipelined(ctx, func(p goredis.Pipeliner) error {
					p.Set(ctx, valueKey[i], value, 0)
					p.Unlink(ctx, metadataKey[i])
					p.ZAdd(ctx, "kvbench:names", goredis.Z{Member: key[i]})
					return nil
				})
				return err
			},
		},
		{
			"bulk-get",
			func(ctx context.Context, i int) error {
				return s.(kv.BulkGetter).BulkGet(ctx, key[i/100*100:i/100*100+100], kv.GetOptions{}, es)
			},
			func(ctx context.Context, i int) error {
				return c.MGet(ctx, valueKey[i/100*100:i/100*100+100]...).Err()
			},
		},
	} {
		b.Run(op.name, func(b *testing.B) {
			const turn = 100
			var plain, driver, ratios []float64 // nanoseconds a call
			time := func(f func(ctx context.Context, i int) error) float64 {
				start := time.Now()
				for i := range turn {
					if err := f(b.Context(), i*7919%keys); err != nil {
						b.Fatal(err)
					}
				}
				return float64(time.Since(start)) / turn
			}
			for i := 0; i < b.N; i += 2 * turn {
				p, d := time(op.plain), time(op.driver)
				plain, driver, ratios = append(plain, p), append(driver, d), append(ratios, d/p)
			}
			b.ReportMetric(0, "ns/op") // of both together, which says nothing
			b.ReportMetric(median(plain), "plain-ns")
			b.ReportMetric(median(driver), "driver-ns")
			b.ReportMetric(median(ratios), "times-plain")
			b.ReportMetric(testing.AllocsPerRun(100, func() { _ = op.plain(b.Context(), 0) }), "plain-allocs")
			b.ReportMetric(testing.AllocsPerRun(100, func() { _ = op.driver(b.Context(), 0) }), "driver-allocs")
		})
	}
}

func median(all []float64) float64 {
	slices.Sort(all)
	return all[len(all)/2]
}
