package embedded_test

import (
	"context"
	"math"
	"strings"
	"testing"
	"time"

	"kvbench/internal/clock"
	"kvbench/kv"
)

// A read of the central store sees the newest write at once, whatever a location has
// cached, and leaves the location's cache as it is.
func TestCentralReads(t *testing.T) {
	run(t, "embedded://?profile=none&locations=2&propagation=60s", func(ctx context.Context, c clock.Clock, s kv.Store) error {
		other := s.(kv.Located).At(1)
		check := func(when, want string, o kv.GetOptions) {
			t.Helper()
			if got, err := read(ctx, other, "k", o); err != nil || got != want {
				t.Errorf("%s: got %q, %v, want %q", when, got, err, want)
			}
			es := make([]kv.Entry, 1)
			if err := other.(kv.BulkGetter).BulkGet(ctx, []string{"k"}, o, es); err != nil || string(es[0].Value) != want {
				t.Errorf("%s: a bulk get: %q, %v, want %q", when, es[0].Value, err, want)
			}
		}
		check("before", "", kv.GetOptions{}) // which caches the absence
		if err := s.Put(ctx, "k", []byte("v"), kv.PutOptions{}); err != nil {
			return err
		}
		check("past the cache", "v", kv.GetOptions{Central: true})
		check("after that", "", kv.GetOptions{})
		if err := c.Sleep(ctx, 10*time.Minute); err != nil {
			return err
		}
		check("in the end", "v", kv.GetOptions{})
		if err := s.Delete(ctx, "k"); err != nil {
			return err
		}
		check("deleted, past the cache", "", kv.GetOptions{Central: true})
		check("deleted", "v", kv.GetOptions{})
		return nil
	})
}

// A read past the cache takes as long as one that misses it.
func TestCentralReadsAreCold(t *testing.T) {
	run(t, "embedded://?profile=none&propagation=0&hot=p50:1ms&cold=p50:1s", func(ctx context.Context, c clock.Clock, s kv.Store) error {
		if err := s.Put(ctx, "k", nil, kv.PutOptions{}); err != nil {
			return err
		}
		for _, o := range []kv.GetOptions{{}, {Central: true}, {Central: true}} {
			began := c.Now()
			if _, err := read(ctx, s, "k", o); err != nil {
				return err
			}
			if took := c.Now() - began; took < 100*time.Millisecond {
				t.Errorf("%+v took %v", o, took)
			}
		}
		return nil
	})
}

// The longest TTL that there is ends in 292 years, not at once.
func TestLongestTTL(t *testing.T) {
	run(t, "embedded://?profile=none&propagation=0", func(ctx context.Context, c clock.Clock, s kv.Store) error {
		if err := s.Put(ctx, "k", []byte("v"), kv.PutOptions{TTL: math.MaxInt64}); err != nil {
			return err
		}
		var e kv.Entry
		if err := s.Get(ctx, "k", kv.GetOptions{}, &e); err != nil {
			return err
		}
		if want := c.Epoch().Unix() + math.MaxInt64/int64(time.Second) + 1; e.Expiration != want {
			t.Errorf("it ends at %d, not %d", e.Expiration, want)
		}
		return nil
	})
}

// What a get caches for the longest time that there is, it goes on to answer: that
// does not end before it began.
func TestLongestCacheTTL(t *testing.T) {
	run(t, "embedded://?profile=none&locations=2&propagation=60s", func(ctx context.Context, c clock.Clock, s kv.Store) error {
		if err := c.Sleep(ctx, time.Hour); err != nil {
			return err
		}
		if err := s.Put(ctx, "k", []byte("v"), kv.PutOptions{}); err != nil {
			return err
		}
		for n, wait := range []time.Duration{0, time.Second, 1000 * time.Hour} {
			if err := c.Sleep(ctx, wait); err != nil {
				return err
			}
			var e kv.Entry
			if err := s.Get(ctx, "k", kv.GetOptions{CacheTTL: math.MaxInt64}, &e); err != nil || e.Cached != (n > 0) {
				t.Errorf("get %d: cached %v, %v", n, e.Cached, err)
			}
		}
		return nil
	})
}

// A bulk get that asks for too much reads no more than it may answer.
func TestBulkGetStopsInTime(t *testing.T) {
	run(t, "embedded://?profile=none&propagation=0", func(ctx context.Context, _ clock.Clock, s kv.Store) error {
		if err := s.Put(ctx, "k", make([]byte, 1<<20), kv.PutOptions{}); err != nil {
			return err
		}
		keys := strings.Split(strings.Repeat("k,", 99)+"k", ",")
		es := make([]kv.Entry, len(keys))
		if err := s.(kv.BulkGetter).BulkGet(ctx, keys, kv.GetOptions{}, es); !kv.HasStatus(err, 413) {
			t.Errorf("got %v", err)
		}
		total := 0
		for i := range es {
			total += cap(es[i].Value)
		}
		if total > kv.MaxBulkGetBytes+10<<20 {
			t.Errorf("%d bytes were read", total)
		}
		return nil
	})
}
