package embedded

import (
	"context"
	"fmt"
	"net/url"
	"testing"
	"time"

	"kvbench/drivers/option"
	"kvbench/internal/clock"
	"kvbench/kv"
)

// inside runs f on a virtual clock with a store's inside.
func inside(t *testing.T, rawURL string, f func(ctx context.Context, c clock.Clock, s *store) error) {
	t.Helper()
	u, err := url.Parse(rawURL)
	if err != nil {
		t.Fatal(err)
	}
	c := clock.NewVirtual()
	opened, err := Open(u, c, 1, option.Prices{})
	if err != nil {
		t.Fatal(err)
	}
	var broken error
	if err := c.Run(t.Context(), func(ctx context.Context) { broken = f(ctx, c, opened.(*location).store) }); err != nil {
		t.Fatal(err)
	}
	if broken != nil {
		t.Error(broken)
	}
}

// churn writes other keys until every shard has been swept.
func (s *store) churn(ctx context.Context, name string) error {
	for i := range 256 * 200 {
		if err := s.At(0).Put(ctx, fmt.Sprint(name, i), nil, kv.PutOptions{}); err != nil {
			return err
		}
	}
	return nil
}

func (s *store) count() (items, names, mortal, mortalItems, versions int) {
	for i := range s.shards {
		sh := &s.shards[i]
		items += len(sh.items)
		mortal += sh.mortal
		for _, it := range sh.items {
			if it.newest.mortal() {
				mortalItems++
			}
			for v := it.newest; v != nil; v = v.before {
				versions++
			}
		}
	}
	return items, s.index.names.Len(), mortal, mortalItems, versions
}

// A sweep does not forget when a deleted key was last written.
func TestSweepKeepsTheWriteLimit(t *testing.T) {
	inside(t, "embedded://?profile=none&propagation=0&writes=strict", func(ctx context.Context, c clock.Clock, s *store) error {
		put := func() error { return s.At(0).Put(ctx, "k", nil, kv.PutOptions{}) }
		if err := put(); err != nil {
			return err
		}
		if err := s.At(0).Delete(ctx, "k"); err != nil {
			return err
		}
		if err := s.churn(ctx, "a"); err != nil {
			return err
		}
		if err := put(); !kv.HasStatus(err, 429) {
			return fmt.Errorf("got %v, want 429", err)
		}
		return nil
	})
}

// A sweep does not hide a key that another location has not yet seen deleted.
func TestSweepKeepsWhatIsStillSeen(t *testing.T) {
	const keys = 50
	inside(t, "embedded://?profile=none&locations=2&propagation=60s", func(ctx context.Context, c clock.Clock, s *store) error {
		for i := range keys {
			if err := s.At(0).Put(ctx, fmt.Sprint("k", i), nil, kv.PutOptions{}); err != nil {
				return err
			}
		}
		if err := c.Sleep(ctx, s.capabilities.Staleness); err != nil {
			return err
		}
		for i := range keys {
			if err := s.At(0).Delete(ctx, fmt.Sprint("k", i)); err != nil {
				return err
			}
		}
		if err := s.churn(ctx, "a"); err != nil {
			return err
		}
		for i := range keys {
			if err := s.At(1).Get(ctx, fmt.Sprint("k", i), kv.GetOptions{}, new(kv.Entry)); err != nil {
				return fmt.Errorf("at once: %w", err)
			}
		}
		return nil
	})
}

// Deleted and expired keys are forgotten in the end, older versions are too, and
// the index holds the same names as the shards.
func TestSweepForgets(t *testing.T) {
	for _, url := range []string{"embedded://?profile=none&propagation=0", "embedded://?profile=none&locations=2&propagation=10s"} {
		inside(t, url, func(ctx context.Context, c clock.Clock, s *store) error {
			for i := range 3000 {
				name, o := fmt.Sprint("k", i%1000), kv.PutOptions{}
				if i%3 == 0 {
					o.TTL = time.Minute
				}
				if err := s.At(0).Put(ctx, name, nil, o); err != nil {
					return err
				}
				if i%5 == 0 {
					if err := s.At(0).Delete(ctx, name); err != nil {
						return err
					}
				}
			}
			check := func(when string, wantMortal bool) error {
				items, names, mortal, mortalItems, _ := s.count()
				if items != names || mortal != mortalItems || (mortal > 0) != wantMortal {
					return fmt.Errorf("%s: %d items, %d names; %d counted mortal, %d are", when, items, names, mortal, mortalItems)
				}
				return nil
			}
			if err := check("at once", true); err != nil {
				return err
			}
			for range 3 {
				if err := c.Sleep(ctx, 2*time.Minute); err != nil {
					return err
				}
				if err := s.churn(ctx, "a"); err != nil {
					return err
				}
			}
			if err := check("after a while", false); err != nil {
				return err
			}
			if err := c.Sleep(ctx, 2*time.Minute); err != nil {
				return err
			}
			for i := range s.shards { // what the next write would do
				s.sweep(&s.shards[i], c.Now())
			}
			if items, _, _, _, versions := s.count(); versions != items {
				return fmt.Errorf("%d versions of %d items are kept", versions, items)
			}
			return nil
		})
	}
}

// A location's cache lets its number of entries double at most before it throws
// out those that have ended.
func TestCacheForgets(t *testing.T) {
	inside(t, "embedded://?profile=none&propagation=0&locations=2", func(ctx context.Context, c clock.Clock, s *store) error {
		for i := range 256 * 500 {
			err := s.At(1).Get(ctx, fmt.Sprint("k", i), kv.GetOptions{}, new(kv.Entry))
			if kv.ErrorCode(err) != "404" {
				return err
			}
			if i%256 == 0 {
				if err := c.Sleep(ctx, time.Minute); err != nil {
					return err
				}
			}
		}
		most := 0
		for i := range s.shards {
			most = max(most, len(s.shards[i].edges[1].entries))
		}
		if most > 64 {
			return fmt.Errorf("a shard caches %d entries", most)
		}
		return nil
	})
}
