package drivertest

import (
	"context"
	"fmt"
	"testing"

	"kvbench/kv"
)

// benchKeys is how many keys a benchmarked store holds, of 100 bytes each.
const benchKeys = 20_000

// Bench measures a get, an overwriting put and a page of 1,000 names, one after
// the other, within the harness's clock. It closes the store.
func Bench(b *testing.B, open func(b testing.TB) Harness) {
	h := open(b)
	keys := make([]string, benchKeys)
	for i := range keys {
		keys[i] = fmt.Sprintf("%sbench/%08d", h.Prefix, i)
	}
	value := make([]byte, 100)
	run := func(b *testing.B, f func(ctx context.Context, i int) error) {
		b.Helper()
		b.ReportAllocs()
		var failed error
		err := h.Clock.Run(b.Context(), func(ctx context.Context) {
			b.ResetTimer()
			for i := 0; i < b.N && failed == nil; i++ {
				failed = f(ctx, i)
			}
			b.StopTimer()
		})
		if err != nil || failed != nil {
			b.Fatal(failed, err)
		}
	}
	// A stride that is coprime to the number of keys visits all of them, out of
	// order.
	pick := func(i int) string { return keys[i*7919%benchKeys] }
	var seeding error
	err := h.Clock.Run(b.Context(), func(ctx context.Context) {
		for i := range keys {
			if seeding = h.Store.Put(ctx, keys[i], value, kv.PutOptions{}); seeding != nil {
				return
			}
		}
	})
	if err != nil || seeding != nil {
		b.Fatal(seeding, err)
	}
	b.Run("get", func(b *testing.B) {
		var e kv.Entry
		run(b, func(ctx context.Context, i int) error { return h.Store.Get(ctx, pick(i), kv.GetOptions{}, &e) })
	})
	b.Run("put", func(b *testing.B) {
		run(b, func(ctx context.Context, i int) error { return h.Store.Put(ctx, pick(i), value, kv.PutOptions{}) })
	})
	b.Run("list", func(b *testing.B) {
		var p kv.Page
		o := kv.ListOptions{Prefix: h.Prefix + "bench/"}
		run(b, func(ctx context.Context, _ int) error {
			if err := h.Store.List(ctx, o, &p); err != nil {
				return err
			}
			o.Cursor = p.Cursor
			return nil
		})
	})
	if err := h.Store.Close(); err != nil {
		b.Fatal(err)
	}
}
