package drivers_test

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"kvbench/drivers"
	"kvbench/internal/clock"
	"kvbench/kv"
)

// FuzzOpen opens whatever a URL may be, which makes no call. A store that is there has
// figures that can be reckoned with, and in memory it takes calls; an error is not
// much longer than the URL.
func FuzzOpen(f *testing.F) {
	for _, d := range drivers.Table() {
		f.Add(d.Example)
	}
	for _, text := range []string{
		"embedded://?mode=instant&writes=lenient&propagation=24h", "embedded://?hot=p0:1ms,p50:2ms&cold=3s&list=p100:1h&write=0", "embedded://?prices=read:1,list:2",
		"embedded://?write=2562047h&hot=2562047h47m16.854775807s", "embedded://?locations=64&profile=edge-mix&fault=outage&fault-from=1s&fault-for=1s&fault-share=90%",
		"embedded://?fault=brownout&fault-from=2562047h", "embedded://?fault=timeouts&fault-from=0s&fault-for=0s", "rest://a/b?rate=1/24h&mode=instant",
		"rest://a/b?base=http://127.0.0.1:1&locations=64&staleness=24h&rate=off", "cloudflare://a/b?base=http://[::1]:1&staleness=1h", "rest://u:p@a/b", "rest://a:1/b",
		"rest://a/b?base=http://u:p@127.0.0.1", "rest://a/b?base=http://127.0.0.1.example.com", "rest://a/b?base=//127.0.0.1", "://", "embedded:opaque", "x", "",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		clk := clock.NewVirtual()
		s, err := drivers.Open(text, drivers.Env{Clock: clk, Seed: 1})
		if err != nil {
			if n := len(err.Error()); n > 4000+40*len(text) {
				t.Errorf("an error of %d bytes", n)
			}
			return
		}
		tr := s.Capabilities()
		for _, figure := range []float64{tr.Prices.Reads, tr.Prices.Writes, tr.Prices.Deletes, tr.Prices.Lists, tr.Prices.StorageGB, tr.CallRate} {
			if math.IsNaN(figure) || math.IsInf(figure, 0) || figure < 0 {
				t.Errorf("%+v", tr)
			}
		}
		if tr.Locations < 1 || tr.Staleness < 0 {
			t.Errorf("%+v", tr)
		}
		if strings.HasPrefix(text, "embedded:") {
			err := clk.Run(t.Context(), func(ctx context.Context) { call(ctx, t, clk, s) })
			if err != nil {
				t.Error(err)
			}
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
}

// call makes a call of each kind, which ends, and takes no time that is negative. It
// may fail only on purpose, or as its deadline has passed.
func call(ctx context.Context, t *testing.T, clk clock.Clock, s kv.Store) {
	ctx, stop := clock.WithTimeout(ctx, clk, time.Hour)
	defer stop()
	var e kv.Entry
	var p kv.Page
	for i, err := range []error{
		s.Put(ctx, "k", []byte("v"), kv.PutOptions{TTL: math.MaxInt64}),
		s.Get(ctx, "k", kv.GetOptions{CacheTTL: math.MaxInt64, Metadata: true}, &e),
		s.Get(ctx, "k", kv.GetOptions{}, &e),
		s.List(ctx, kv.ListOptions{}, &p),
		s.Delete(ctx, "k"),
	} {
		var refused *kv.Error
		if err != nil && !errors.Is(err, kv.ErrNotFound) && !errors.Is(err, context.DeadlineExceeded) && !errors.As(err, &refused) {
			t.Errorf("call %d: %v", i, err)
		}
	}
}
