package embedded_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"testing"
	"time"

	"kvbench/drivers"
	"kvbench/internal/clock"
	"kvbench/kv"

	"github.com/google/go-cmp/cmp"
)

func openSeeded(url string, c clock.Clock, seed uint64) (kv.Store, error) {
	return drivers.Open(url, drivers.Env{Clock: c, Seed: seed})
}

// Each mode accepts so many of 10 writes to one key at once, and of 10 more that
// come 500 ms apart.
func TestWriteModes(t *testing.T) {
	for _, test := range []struct {
		mode          string
		burst, spaced int
	}{{"off", 10, 10}, {"strict", 1, 5}, {"lenient", 5, 5}} {
		run(t, "embedded://?profile=none&propagation=0&writes="+test.mode, func(ctx context.Context, c clock.Clock, s kv.Store) error {
			accepted := func(gap time.Duration) (n int, err error) {
				for range 10 {
					if err := c.Sleep(ctx, gap); err != nil {
						return n, err
					}
					switch err := s.Put(ctx, "k", nil, kv.PutOptions{}); {
					case err == nil:
						n++
					case !kv.HasStatus(err, 429):
						return n, err
					}
				}
				return n, nil
			}
			burst, err := accepted(0)
			if err != nil {
				return err
			}
			spaced, err := accepted(500 * time.Millisecond)
			if err != nil {
				return err
			}
			if burst != test.burst || spaced != test.spaced {
				return fmt.Errorf("%s accepted %d and %d, want %d and %d", test.mode, burst, spaced, test.burst, test.spaced)
			}
			return nil
		})
	}
}

// Time passes as the profile says: none at all without one, less for a read that
// the cache answers, and the slowest key's for a bulk get.
func TestLatency(t *testing.T) {
	const given = "hot=p50:1ms&cold=p50:100ms&list=p50:500ms&write=p50:30ms"
	for _, test := range []struct {
		url  string
		want map[string]time.Duration
	}{
		{"embedded://?profile=none&propagation=0", map[string]time.Duration{
			"put": 0, "first get": 0, "second get": 0, "bulk get": 0, "list": 0, "delete": 0, "bulk put": 0,
		}},
		{"embedded://?profile=none&propagation=0&" + given, map[string]time.Duration{
			"put": 30 * ms, "first get": 100 * ms, "second get": 1 * ms, "bulk get": 100 * ms, "list": 500 * ms,
			"delete": 30 * ms, "bulk put": 30 * ms,
		}},
		{"embedded://?propagation=0&profile=edge&locations=2&" + given, map[string]time.Duration{
			"put": 30 * ms, "first get": 100 * ms, "second get": 1 * ms, "bulk get": 100 * ms, "list": 500 * ms,
			"delete": 30 * ms, "bulk put": 30 * ms,
		}},
		{"embedded://?profile=none&propagation=0&hot=p0:5ms&cold=p0:5ms", map[string]time.Duration{
			"put": 0, "first get": 5 * ms, "second get": 5 * ms, "bulk get": 5 * ms, "list": 0, "delete": 0, "bulk put": 0,
		}},
	} {
		run(t, test.url, func(ctx context.Context, c clock.Clock, s kv.Store) error {
			got := map[string]time.Duration{}
			var errs []error
			timed := func(name string, f func() error) {
				start := c.Now()
				errs = append(errs, f())
				got[name] = c.Now() - start
			}
			var e kv.Entry
			timed("put", func() error { return s.Put(ctx, "k", nil, kv.PutOptions{}) })
			timed("first get", func() error { return s.Get(ctx, "k", kv.GetOptions{}, &e) })
			timed("second get", func() error { return s.Get(ctx, "k", kv.GetOptions{}, &e) })
			timed("bulk get", func() error {
				return s.(kv.BulkGetter).BulkGet(ctx, []string{"k", "new"}, kv.GetOptions{}, make([]kv.Entry, 2))
			})
			timed("list", func() error { return s.List(ctx, kv.ListOptions{}, new(kv.Page)) })
			timed("delete", func() error { return s.Delete(ctx, "k") })
			timed("bulk put", func() error { return s.(kv.BulkPutter).BulkPut(ctx, []kv.Pair{{Key: "k"}}) })
			if diff := cmp.Diff(test.want, got); diff != "" {
				errs = append(errs, fmt.Errorf("%s: %s", test.url, diff))
			}
			return errors.Join(errs...)
		})
	}
}

const ms = time.Millisecond

// Each call draws a latency of its own, also for the same key.
func TestLatencyVaries(t *testing.T) {
	run(t, "embedded://?propagation=0&profile=edge-cold", func(ctx context.Context, c clock.Clock, s kv.Store) error {
		seen := map[time.Duration]bool{}
		var e kv.Entry
		for range 100 {
			start := c.Now()
			if err := s.Get(ctx, "k", kv.GetOptions{}, &e); !errors.Is(err, kv.ErrNotFound) {
				return err
			}
			seen[c.Now()-start] = true
		}
		if len(seen) < 95 {
			return fmt.Errorf("100 gets took %d different times", len(seen))
		}
		return nil
	})
}

// What is modelled is declared so, with its sources.
func TestCapabilities(t *testing.T) {
	for _, test := range []struct {
		url      string
		modelled bool
		sources  int
		stale    time.Duration
		cache    bool
		interval time.Duration
	}{
		{"embedded://", true, 6, 2 * time.Minute, true, 0},
		{"embedded://?locations=5", true, 6, 2 * time.Minute, true, 0},
		{"embedded://?write=p50:1ms", true, 6, 2 * time.Minute, true, 0},
		{"embedded://?profile=none&propagation=0", false, 0, 0, false, 0},
		{"embedded://?profile=none&propagation=0&writes=strict", false, 1, 0, false, time.Second},
		{"embedded://?profile=none&propagation=0&writes=lenient", false, 1, 0, false, 0},
		{"embedded://?profile=none&propagation=60s", false, 1, 2 * time.Minute, false, 0},
		{"embedded://?propagation=0&profile=edge", true, 5, 0, true, 0},
		{"embedded://?propagation=0&profile=edge-mix", true, 3, 0, false, 0},
		{"embedded://?profile=none&propagation=0&list=p50:1ms", true, 1, 0, false, 0},
		{"embedded://?profile=none&propagation=0&list=0s&write=p50:0s", false, 0, 0, false, 0},
		{"embedded://?hot=0s&cold=0s&list=0s&write=0s&propagation=0", false, 0, 0, false, 0},
		{"embedded://?profile=none&propagation=0&locations=2", false, 1, 0, true, 0},
	} {
		got := open(t, test.url, clock.NewVirtual()).Capabilities()
		if got.Modelled != test.modelled || len(got.Sources) != test.sources || got.Staleness != test.stale ||
			got.EdgeCache != test.cache || got.WriteInterval != test.interval || !got.Virtual || got.Prices != kv.ClassicPrices() {
			t.Errorf("%s: got %+v", test.url, got)
		}
	}
}

// A limit counts the names that are examined, so that a page can be empty and
// not the last; sweeping brings the deleted names' number down again.
func TestListStepsOverDeletedNames(t *testing.T) {
	const n = 20_000
	run(t, "embedded://?profile=none&propagation=0", func(ctx context.Context, c clock.Clock, s kv.Store) error {
		pages := func() (pages, empty int, err error) {
			var p kv.Page
			for o := (kv.ListOptions{Prefix: "k"}); !p.Complete; o.Cursor = p.Cursor {
				if err := s.List(ctx, o, &p); err != nil {
					return 0, 0, err
				}
				if pages++; pages > 1000 {
					return pages, empty, errors.New("no end")
				}
				if len(p.Keys) == 0 {
					empty++
				}
			}
			return pages, empty, nil
		}
		for i := range n {
			if err := s.Put(ctx, fmt.Sprintf("k%05d", i), nil, kv.PutOptions{}); err != nil {
				return err
			}
		}
		for i := range 2500 {
			if err := s.Delete(ctx, fmt.Sprintf("k%05d", i)); err != nil {
				return err
			}
		}
		before, empty, err := pages()
		if err != nil {
			return err
		}
		if before != n/1000 || empty != 2 {
			return fmt.Errorf("%d pages, %d of them empty, want %d and 2", before, empty, n/1000)
		}
		for i := range 3 * n { // elsewhere
			if err := s.Put(ctx, fmt.Sprintf("other%05d", i%n), nil, kv.PutOptions{}); err != nil {
				return err
			}
		}
		after, empty, err := pages()
		if err != nil {
			return err
		}
		if want := (n - 2500 + 999) / 1000; after != want || empty != 0 {
			return fmt.Errorf("%d pages after the sweep, %d of them empty, want %d and none", after, empty, want)
		}
		return nil
	})
}

func TestBadCursor(t *testing.T) {
	run(t, "embedded://?profile=none&propagation=0", func(ctx context.Context, _ clock.Clock, s kv.Store) error {
		if err := s.List(ctx, kv.ListOptions{Cursor: "not a cursor!"}, new(kv.Page)); !kv.HasStatus(err, 400) {
			return fmt.Errorf("got %v, want 400", err)
		}
		return nil
	})
}

// The texts that Workers KV answers with travel to its users.
func TestPublishedTexts(t *testing.T) {
	run(t, "embedded://?profile=none&propagation=0&writes=strict", func(ctx context.Context, _ clock.Clock, s kv.Store) error {
		put := func(key string, n int, o kv.PutOptions) error { return s.Put(ctx, key, make([]byte, n), o) }
		if err := put("k", 0, kv.PutOptions{}); err != nil {
			return err
		}
		got := map[string]string{
			"key":    put(string(make([]byte, 513)), 0, kv.PutOptions{}).Error(),
			"value":  put("v", kv.MaxValueBytes+1, kv.PutOptions{}).Error(),
			"ttl":    put("v", 0, kv.PutOptions{TTL: 30 * time.Second}).Error(),
			"past":   put("v", 0, kv.PutOptions{Expiration: 1}).Error(),
			"soon":   put("v", 0, kv.PutOptions{Expiration: 1767225659}).Error(), // 59 s after the clock's epoch
			"writes": put("k", 0, kv.PutOptions{}).Error(),
			"bulk":   s.(kv.BulkPutter).BulkPut(ctx, []kv.Pair{{Key: "k"}, {Key: "new"}}).Error(),
			"cache":  s.Get(ctx, "k", kv.GetOptions{CacheTTL: 10 * time.Second}, new(kv.Entry)).Error(),
		}
		want := map[string]string{
			"key":   "kv: 414 Request URI Too Long: UTF-8 encoded length of 513 exceeds key length limit of 512.",
			"value": "kv: 413 Request Entity Too Large: Value length of 26214401 exceeds limit of 26214400.",
			"ttl":   "kv: 400 Bad Request: Invalid expiration_ttl of 30. Expiration TTL must be at least 60.",
			"past": "kv: 400 Bad Request: Invalid expiration of 1. Please specify integer greater than the current " +
				"number of seconds since the UNIX epoch.",
			"soon": "kv: 400 Bad Request: Invalid expiration of 1767225659. Expiration times must be at least 60 " +
				"seconds in the future.",
			"writes": "kv: 429 Too Many Requests",
			"bulk":   "kv: 429 Too Many Requests: 1 of 2 pairs were not written",
			"cache":  "kv: 400 Bad Request: Invalid cache_ttl of 10. Cache TTL must be at least 30.",
		}
		if diff := cmp.Diff(want, got); diff != "" {
			return errors.New(diff)
		}
		return s.Get(ctx, "new", kv.GetOptions{}, new(kv.Entry)) // the pair that was not refused
	})
}

// A get allocates nothing, from the cache or not, in either time.
func TestGetAllocatesNothing(t *testing.T) {
	for _, url := range []string{"embedded://?profile=none&propagation=0", "embedded://?profile=none&propagation=0&locations=2", "embedded://?propagation=0&profile=edge"} {
		run(t, url, func(ctx context.Context, _ clock.Clock, s kv.Store) error {
			if err := s.Put(ctx, "k", make([]byte, 100), kv.PutOptions{Metadata: []byte("1")}); err != nil {
				return err
			}
			var e kv.Entry
			var failed error
			n := testing.AllocsPerRun(1000, func() {
				if err := s.Get(ctx, "k", kv.GetOptions{Metadata: true}, &e); err != nil {
					failed = err
				}
			})
			if n > 0 {
				failed = errors.Join(failed, fmt.Errorf("%s: %v allocations for each get", url, n))
			}
			return failed
		})
	}
}

// A million keys with values of 100 bytes stay well below 1 GiB.
func TestMemoryPerKey(t *testing.T) {
	const n, most = 100_000, 500 // bytes a key, the value's 100 and the name's 14 among them
	run(t, "embedded://?profile=none&propagation=0", func(ctx context.Context, _ clock.Clock, s kv.Store) error {
		heap := func() uint64 {
			var m runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&m)
			return m.HeapAlloc
		}
		before := heap()
		value := make([]byte, 100)
		for i := range n {
			if err := s.Put(ctx, fmt.Sprintf("object/%07d", i), value, kv.PutOptions{}); err != nil {
				return err
			}
		}
		each := (heap() - before) / n
		runtime.KeepAlive(s)
		t.Logf("%d bytes a key", each)
		if each > most {
			return fmt.Errorf("%d bytes a key, more than %d", each, most)
		}
		return nil
	})
}
