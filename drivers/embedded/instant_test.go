package embedded_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"kvbench/internal/clock"
	"kvbench/kv"
)

func TestInstantCapabilities(t *testing.T) {
	got := open(t, "embedded://?mode=instant&locations=2", clock.NewVirtual()).Capabilities()
	if got.Mode != "instant" || !got.NoMetadata || got.MaxKeyBytes != 300 || got.MaxListKeys != 10_000 || got.NamespaceKeys != 10_000 ||
		got.NamespaceBytes != 1e6 || got.NamespaceWriteInterval != time.Second || got.WriteInterval != 0 || got.EdgeCache ||
		!got.Modelled || got.Staleness != 512*time.Millisecond || got.Prices != kv.InstantPrices() || got.MaxMetadataBytes != 0 {
		t.Errorf("got %+v", got)
	}
	all := strings.Join(got.Sources, "\n")
	for _, what := range []string{"reads have p50 0.2, p95 0.9, p99 1.62", "a list has", "writes have", "1,000,000 bytes", "p50 107, p95 181, p99 256", "a bulk put is one write"} {
		if !strings.Contains(all, what) {
			t.Errorf("no source says %q", what)
		}
	}
}

// Of 20,000 reads half take microseconds, 95 % less than a millisecond, and 99 % at
// most 1.62 ms, whether or not the location has read the key before.
func TestInstantReads(t *testing.T) {
	run(t, "embedded://?mode=instant&locations=2", func(ctx context.Context, c clock.Clock, s kv.Store) error {
		times := make([]time.Duration, 20_000)
		for i := range times {
			began := c.Now()
			if _, err := read(ctx, s, fmt.Sprint(i%100), kv.GetOptions{}); err != nil {
				return err
			}
			times[i] = c.Now() - began
		}
		slices.Sort(times)
		for _, want := range []struct {
			share float64
			at    time.Duration
		}{{0.5, 200 * time.Microsecond}, {0.95, 900 * time.Microsecond}, {0.99, 1620 * time.Microsecond}} {
			got := times[int(want.share*float64(len(times)))]
			if math.Abs(float64(got-want.at)) > 0.1*float64(want.at) {
				return fmt.Errorf("%v of the reads take at most %v, want %v", want.share, got, want.at)
			}
		}
		return nil
	})
}

// The share of locations that see a write is that of the published percentiles,
// whatever cacheTtl they read with; propagation=P has its p99 at P.
func TestInstantReplication(t *testing.T) {
	for _, test := range []struct {
		option string
		p99    time.Duration
	}{{"", 256 * time.Millisecond}, {"&propagation=2560ms", 2560 * time.Millisecond}} {
		run(t, "embedded://?mode=instant&profile=none&locations=2"+test.option, func(ctx context.Context, c clock.Clock, s kv.Store) error {
			for _, p := range []struct {
				at   float64 // of 256 ms
				want float64
			}{{107, 0.5}, {181, 0.95}, {256, 0.99}} {
				const keys = 2000
				other, seen := s.(kv.Located).At(1), 0
				o := kv.GetOptions{CacheTTL: time.Hour}
				for k := range keys {
					key := fmt.Sprint(p.at, "/", k)
					if _, err := read(ctx, other, key, o); err != nil { // an absence that nothing caches
						return err
					}
					if err := s.Put(ctx, key, []byte("1"), kv.PutOptions{}); err != nil {
						return err
					}
				}
				if err := c.Sleep(ctx, time.Duration(p.at/256*float64(test.p99))); err != nil {
					return err
				}
				for k := range keys {
					got, err := read(ctx, other, fmt.Sprint(p.at, "/", k), o)
					if err != nil {
						return err
					}
					seen += len(got)
				}
				if share := float64(seen) / keys; math.Abs(share-p.want) > 0.03 {
					return fmt.Errorf("%v of P later %v of the reads see a write, want %v", p.at/256, share, p.want)
				}
			}
			return nil
		})
	}
}

// What is written before a load does not count for the limit on writes; under load one
// write in a second is accepted, at whatever location and of whatever key, and a bulk
// write is one.
func TestInstantWrites(t *testing.T) {
	run(t, "embedded://?mode=instant&profile=none&locations=2", func(ctx context.Context, c clock.Clock, s kv.Store) error {
		puts := func(n int) (accepted int, err error) {
			for i := range n {
				at := s.(kv.Located).At(i % 2)
				switch err := at.Put(ctx, fmt.Sprint("k", i), nil, kv.PutOptions{}); {
				case err == nil:
					accepted++
				case !kv.HasStatus(err, 429):
					return 0, err
				}
			}
			return accepted, nil
		}
		check := func(when string, n, want int) error {
			if got, err := puts(n); err != nil || got != want {
				return fmt.Errorf("%s %d of %d writes are accepted, want %d: %v", when, got, n, want, err)
			}
			return nil
		}
		if err := check("before the load", 100, 100); err != nil {
			return err
		}
		load := s.(kv.Phased)
		load.BeginLoad(c.Now() + time.Hour) // after an hour's warm-up, which is load too
		if err := check("under load", 10, 1); err != nil {
			return err
		}
		if err := s.Delete(ctx, "k0"); err != nil {
			return fmt.Errorf("a delete: %w", err)
		}
		if err := c.Sleep(ctx, 999*time.Millisecond); err != nil {
			return err
		}
		if err := check("999 ms later", 10, 0); err != nil {
			return err
		}
		if err := c.Sleep(ctx, time.Millisecond); err != nil {
			return err
		}
		bulk := s.(kv.BulkPutter)
		if err := bulk.BulkPut(ctx, []kv.Pair{{Key: "a"}, {Key: "b"}, {Key: "c"}}); err != nil {
			return fmt.Errorf("a bulk write: %w", err)
		}
		if err := bulk.BulkPut(ctx, []kv.Pair{{Key: "d"}}); !kv.HasStatus(err, 429) {
			return fmt.Errorf("a second bulk write: %v", err)
		}
		load.EndLoad()
		return check("after the load", 10, 10)
	})
}

// What has expired takes no room, and is not counted as stored; what was overwritten
// counts once, what was deleted not at all.
func TestRoomAndSize(t *testing.T) {
	for _, url := range []string{"embedded://?profile=none&propagation=0", "embedded://?locations=3&profile=none", "embedded://?mode=instant&profile=none"} {
		run(t, url, func(ctx context.Context, c clock.Clock, s kv.Store) error {
			instant := s.Capabilities().NoMetadata
			put := func(key string, size int, o kv.PutOptions) error { return s.Put(ctx, key, make([]byte, size), o) }
			err := errors.Join(
				put("key", 900_000, kv.PutOptions{}), put("key", 100, kv.PutOptions{Metadata: []byte("{}")}), put("other", 1000, kv.PutOptions{}),
				s.Delete(ctx, "other"), put("ending", 900_000, kv.PutOptions{TTL: time.Minute}),
			)
			if err != nil {
				return err
			}
			size := func(when string, want int64) error {
				for n := range s.Capabilities().Locations {
					if got := s.(kv.Located).At(n).(kv.Sizer).StoredBytes(); got != want {
						return fmt.Errorf("%s: location %d has %d bytes stored, want %d", when, n, got, want)
					}
				}
				return nil
			}
			want := int64(len("key") + 100 + len("{}"))
			if instant {
				want -= int64(len("{}"))
			}
			if err := size("at first", want+900_006); err != nil {
				return err
			}
			if err := put("more", 900_000, kv.PutOptions{}); kv.HasStatus(err, 413) != instant {
				return fmt.Errorf("put beyond 1 MB: %v", err)
			}
			if err := s.Delete(ctx, "more"); err != nil {
				return err
			}
			if err := c.Sleep(ctx, time.Minute); err != nil {
				return err
			}
			if err := size("when one has expired", want); err != nil {
				return err
			}
			if err := put("more", 900_000, kv.PutOptions{}); err != nil {
				return fmt.Errorf("where one has expired: %w", err)
			}
			return size("at the end", want+900_004)
		})
	}
}

// A pair of a bulk write that has no room leaves nothing of the others; keys that are
// written twice in it count once.
func TestInstantBulkRoom(t *testing.T) {
	run(t, "embedded://?mode=instant&profile=none", func(ctx context.Context, _ clock.Clock, s kv.Store) error {
		bulk := s.(kv.BulkPutter)
		half := make([]byte, 499_999)
		if err := bulk.BulkPut(ctx, []kv.Pair{{Key: "a", Value: half}, {Key: "a", Value: half}, {Key: "b", Value: half}}); err != nil {
			return err
		}
		err := bulk.BulkPut(ctx, []kv.Pair{{Key: "a"}, {Key: "b", Value: half}, {Key: "c", Value: append(half, 0)}})
		const want = "kv: 413 Request Entity Too Large: Namespace size of 1000002 exceeds limit of 1000000."
		if err == nil || err.Error() != want {
			return fmt.Errorf("got %v, want %s", err, want)
		}
		if got := s.(kv.Sizer).StoredBytes(); got != 1_000_000 {
			return fmt.Errorf("%d bytes are stored", got)
		}
		return nil
	})
}

// The counters agree with what is there, whatever was written, deleted, swept or
// restored: else the room would leak.
func TestInstantRoomDoesNotLeak(t *testing.T) {
	run(t, "embedded://?mode=instant&profile=none&propagation=0", func(ctx context.Context, c clock.Clock, s kv.Store) error {
		for round := range 30 {
			for i := range 300 {
				key := fmt.Sprint(round%3, "/", i)
				var err error
				switch {
				case i%7 == round%7:
					err = s.Delete(ctx, key)
				case i%5 == 0:
					err = s.(kv.Snapshotter).Restore(key, &kv.Entry{Value: make([]byte, 10), Expiration: c.Epoch().Add(c.Now()).Unix() + 70})
				default:
					err = s.Put(ctx, key, make([]byte, i), kv.PutOptions{TTL: time.Duration(60+i) * time.Second})
				}
				if err != nil {
					return fmt.Errorf("round %d: %w", round, err)
				}
			}
			if err := c.Sleep(ctx, 3*time.Minute); err != nil {
				return err
			}
		}
		for i := range 10_000 { // all of it, when all else has expired
			if err := c.Sleep(ctx, time.Second/10); err != nil {
				return err
			}
			if err := s.Put(ctx, fmt.Sprintf("full/%06d", i), make([]byte, 89), kv.PutOptions{}); err != nil {
				return fmt.Errorf("key %d: %w", i, err)
			}
		}
		if got := s.(kv.Sizer).StoredBytes(); got != 1_000_000 {
			return fmt.Errorf("%d bytes are stored", got)
		}
		return nil
	})
}

// A TTL ends on the second of the clock at which the write was made, within the put,
// plus the TTL, on either clock.
func TestTTLEndsOnASecond(t *testing.T) {
	for name, c := range map[string]clock.Clock{"virtual": clock.NewVirtual(), "wall": clock.NewWall()} {
		s := open(t, "embedded://?profile=none&propagation=0", c)
		err := c.Run(t.Context(), func(ctx context.Context) {
			now := func() time.Time { return c.Epoch().Add(c.Now()) }
			if c.Virtual() {
				if err := c.Sleep(ctx, 1700*time.Millisecond); err != nil {
					t.Error(err)
				}
			}
			before := now()
			if err := s.Put(ctx, "k", nil, kv.PutOptions{TTL: 61 * time.Second}); err != nil {
				t.Error(err)
			}
			var e kv.Entry
			if err := s.Get(ctx, "k", kv.GetOptions{}, &e); err != nil {
				t.Error(err)
			}
			if least, most := kv.ExpiresAt(before, 61*time.Second), kv.ExpiresAt(now(), 61*time.Second); e.Expiration < least || e.Expiration > most {
				t.Errorf("%s: it ends at %d, want %d to %d", name, e.Expiration, least, most)
			}
			if !c.Virtual() {
				return
			}
			if want := c.Epoch().Unix() + 1 + 61; e.Expiration != want {
				t.Errorf("put 1.7 s after the epoch it ends at %d, want %d", e.Expiration, want)
			}
			for _, at := range []struct {
				after time.Duration
				found bool
			}{{62*time.Second - 1, true}, {62 * time.Second, false}} {
				if err := c.Until(ctx, at.after); err != nil {
					t.Error(err)
				}
				if err := s.Get(ctx, "k", kv.GetOptions{}, &e); (err == nil) != at.found {
					t.Errorf("%v after the epoch: %v, want found %v", at.after, err, at.found)
				}
			}
		})
		if err := errors.Join(err, s.Close()); err != nil {
			t.Error(err)
		}
	}
}
