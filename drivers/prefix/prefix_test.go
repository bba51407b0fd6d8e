package prefix_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"kvbench/drivers"
	"kvbench/drivers/drivertest"
	"kvbench/drivers/prefix"
	"kvbench/internal/clock"
	"kvbench/kv"

	"github.com/google/go-cmp/cmp"
)

func open(t testing.TB, url string, clk clock.Clock) kv.Store {
	t.Helper()
	s, err := drivers.Open(url, drivers.Env{Clock: clk, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestConformance(t *testing.T) {
	if testing.Short() {
		t.Skip("computes a lot in one goroutine; the store behind is raced by its own tests")
	}
	for _, url := range []string{
		"embedded://?profile=none&propagation=0",
		"embedded://?locations=3&profile=edge&propagation=60s&writes=strict",
		"embedded://?profile=none&propagation=0&locations=2&writes=lenient&fault=none",
	} {
		t.Run(url, func(t *testing.T) {
			drivertest.Run(t, func(t testing.TB) drivertest.Harness {
				c := clock.NewVirtual()
				return drivertest.Harness{Store: prefix.Wrap(open(t, url, c), prefix.Of("r"), c), Clock: c}
			})
		})
	}
}

// in runs f in virtual time.
func in(t *testing.T, c clock.Clock, f func(ctx context.Context)) {
	t.Helper()
	if err := c.Run(t.Context(), f); err != nil {
		t.Fatal(err)
	}
}

func put(t *testing.T, ctx context.Context, s kv.Store, keys ...string) {
	t.Helper()
	for _, key := range keys {
		if err := s.Put(ctx, key, []byte("of "+key), kv.PutOptions{}); err != nil {
			t.Error(err)
		}
	}
}

// names lists all keys of a store.
func names(t *testing.T, ctx context.Context, s kv.Store) (all []string) {
	t.Helper()
	var p kv.Page
	for o := (kv.ListOptions{Limit: 2}); ; o.Cursor = p.Cursor {
		if err := s.List(ctx, o, &p); err != nil {
			t.Error(err)
			return all
		}
		for _, k := range p.Keys {
			all = append(all, k.Name)
		}
		if p.Complete {
			return all
		}
	}
}

// Two runs in one store see nothing of each other, nor of what else is there.
func TestRunsAreApart(t *testing.T) {
	c := clock.NewVirtual()
	inner := open(t, "embedded://?profile=none&propagation=0&locations=2", c)
	a, b := prefix.Wrap(inner, prefix.Of("a"), c), prefix.Wrap(inner, prefix.Of("b"), c)
	in(t, c, func(ctx context.Context) {
		put(t, ctx, inner, "k", "kvbench/", "kvbench/a", "kvbench/ab/k", "z")
		put(t, ctx, a, "k", "only-a")
		put(t, ctx, b.(kv.Located).At(1), "k", "l")
		if err := b.Delete(ctx, "k"); err != nil {
			t.Error(err)
		}
		var e kv.Entry
		if err := a.(kv.Located).At(1).Get(ctx, "k", kv.GetOptions{}, &e); err != nil || string(e.Value) != "of k" {
			t.Errorf("got %q, %v", e.Value, err)
		}
		if err := b.Get(ctx, "only-a", kv.GetOptions{}, &e); !errors.Is(err, kv.ErrNotFound) {
			t.Error(err)
		}
		for want, s := range map[string]kv.Store{
			"[k only-a]": a, "[l]": b,
			"[k kvbench/ kvbench/a kvbench/a/k kvbench/a/only-a kvbench/ab/k kvbench/b/l z]": inner,
		} {
			if got := fmt.Sprint(names(t, ctx, s)); got != want {
				t.Errorf("got %s, want %s", got, want)
			}
		}
	})
}

// Of the capabilities only the room for keys changes.
func TestCapabilities(t *testing.T) {
	inner := open(t, "embedded://?locations=3&profile=edge&propagation=60s&writes=strict", clock.NewVirtual())
	want := inner.Capabilities()
	want.MaxKeyBytes = kv.MaxKeyBytes - len("kvbench/20261123-010203/")
	if diff := cmp.Diff(want, prefix.Wrap(inner, prefix.Of("20261123-010203"), clock.NewVirtual()).Capabilities()); diff != "" {
		t.Error(diff)
	}
}

// bare is a store without any optional interface, whose bulk calls are refused.
type bare struct {
	kv.Store
	staleness time.Duration
	deleted   []string
}

func (b *bare) Capabilities() kv.Capabilities {
	return kv.Capabilities{Locations: 1, Staleness: b.staleness}
}

func (b *bare) Delete(_ context.Context, key string) error {
	b.deleted = append(b.deleted, key)
	return nil
}

func TestWithoutOptionalInterfaces(t *testing.T) {
	c := clock.NewVirtual()
	b := &bare{staleness: 7 * time.Second}
	s := prefix.Wrap(b, "p/", c)
	in(t, c, func(ctx context.Context) {
		if err := s.(kv.Settler).Settle(ctx); err != nil || c.Now() != b.staleness {
			t.Errorf("settled at %v: %v", c.Now(), err)
		}
		if err := s.(kv.BulkDeleter).BulkDelete(ctx, []string{"a", "b"}); err != nil || !slices.Equal(b.deleted, []string{"p/a", "p/b"}) {
			t.Errorf("deleted %v: %v", b.deleted, err)
		}
		if err := s.(kv.BulkDeleter).BulkDelete(ctx, []string{"a", ".."}); !kv.HasStatus(err, 400) || len(b.deleted) != 2 {
			t.Errorf("deleted %v: %v", b.deleted, err)
		}
		if err := s.(kv.BulkPutter).BulkPut(ctx, []kv.Pair{{Key: "a"}}); !kv.HasStatus(err, 501) {
			t.Error(err)
		}
		if err := s.(kv.BulkGetter).BulkGet(ctx, []string{"a"}, kv.GetOptions{}, make([]kv.Entry, 1)); !kv.HasStatus(err, 501) {
			t.Error(err)
		}
	})
	if s.(kv.Located).At(0) != s {
		t.Error("At(0) is another store")
	}
	if _, reached := kv.As[*bare](s); reached {
		t.Error("a store is reached past its prefix")
	}
}

// An error names keys as the caller knows them.
func TestRefusedKeys(t *testing.T) {
	c := clock.NewVirtual()
	s := prefix.Wrap(open(t, "embedded://?profile=none&propagation=0&writes=strict", c), "p/", c)
	in(t, c, func(ctx context.Context) {
		put(t, ctx, s, "a")
		err := s.(kv.BulkPutter).BulkPut(ctx, []kv.Pair{{Key: "a"}, {Key: "b"}})
		var e *kv.Error
		if !errors.As(err, &e) || !slices.Equal(e.Keys, []string{"a"}) {
			t.Errorf("got %+v", err)
		}
	})
}

// phases remembers what it was told of a load.
type phases struct {
	kv.Store
	told []time.Duration
}

func (p *phases) BeginLoad(from time.Duration) { p.told = append(p.told, from) }
func (p *phases) EndLoad()                     { p.told = append(p.told, -1) }

func TestPhased(t *testing.T) {
	c := clock.NewVirtual()
	inner := &phases{Store: open(t, "embedded://?profile=none&propagation=0", c)}
	s := prefix.Wrap(inner, "p/", c).(kv.Phased)
	s.BeginLoad(time.Minute)
	s.EndLoad()
	if !slices.Equal(inner.told, []time.Duration{time.Minute, -1}) {
		t.Errorf("told %v", inner.told)
	}
}

// Clean deletes below the prefix and nowhere else, with and without bulk deletes,
// over many pages and empty ones.
func TestClean(t *testing.T) {
	for name, hide := range map[string]func(kv.Store) kv.Store{
		"in bulk":    func(s kv.Store) kv.Store { return s },
		"one by one": func(s kv.Store) kv.Store { return struct{ kv.Store }{s} },
	} {
		t.Run(name, func(t *testing.T) {
			c := clock.NewVirtual()
			s := open(t, "embedded://?profile=none&propagation=0", c)
			others := []string{"kvbench", "kvbench/", "kvbench/r", "kvbench/r2/k", "kvbench/s/k", "k", "r/k"}
			const n = 12_345
			in(t, c, func(ctx context.Context) {
				put(t, ctx, s, others...)
				for i := range n {
					key := fmt.Sprintf("kvbench/r/%05d", i)
					put(t, ctx, s, key)
					if i >= 2000 && i < 4000 { // leaves pages that are empty
						if err := s.Delete(ctx, key); err != nil {
							t.Error(err)
						}
					}
				}
				var told []int
				deleted, err := prefix.Clean(ctx, hide(s), prefix.Of("r"), func(n int) { told = append(told, n) })
				if err != nil || deleted != n-2000 || !slices.IsSorted(told) || told[len(told)-1] != deleted {
					t.Errorf("deleted %d: %v", deleted, err)
				}
				slices.Sort(others)
				if diff := cmp.Diff(others, names(t, ctx, s)); diff != "" {
					t.Error(diff)
				}
				if deleted, err := prefix.Clean(ctx, hide(s), prefix.Root, nil); err != nil || deleted != 4 {
					t.Errorf("deleted %d: %v", deleted, err)
				}
				if diff := cmp.Diff([]string{"k", "kvbench", "r/k"}, names(t, ctx, s)); diff != "" {
					t.Error(diff)
				}
			})
		})
	}
}

// lying lists a key that is not below the prefix.
type lying struct{ kv.Store }

func (lying) List(_ context.Context, _ kv.ListOptions, p *kv.Page) error {
	p.Reset()
	p.Keys, p.Complete = append(p.Keys, kv.Key{Name: "someone's"}), true
	return nil
}

func TestCleanRefuses(t *testing.T) {
	c := clock.NewVirtual()
	s := open(t, "embedded://?profile=none&propagation=0", c)
	in(t, c, func(ctx context.Context) {
		put(t, ctx, s, "someone's", "kvbench/r/k")
		for _, p := range []string{"", "k", "kvbench", "kvbench/r", "someone's", "someone's/"} {
			if deleted, err := prefix.Clean(ctx, s, p, nil); err == nil || deleted != 0 {
				t.Errorf("%q: deleted %d: %v", p, deleted, err)
			}
		}
		if deleted, err := prefix.Clean(ctx, lying{s}, prefix.Of("r"), nil); err == nil || deleted != 0 {
			t.Errorf("deleted %d: %v", deleted, err)
		}
		if err := prefix.Wrap(lying{s}, "p/", c).List(ctx, kv.ListOptions{}, new(kv.Page)); !kv.HasStatus(err, 502) {
			t.Errorf("a listing of another's key: %v", err)
		}
		if got := names(t, ctx, s); len(got) != 2 {
			t.Errorf("left: %v", got)
		}
	})
}
