package embedded_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"kvbench/drivers/embedded"
	"kvbench/drivers/option"
	"kvbench/internal/clock"
	"kvbench/kv"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// run runs f on a virtual clock with a store, and fails the test with its error.
func run(t testing.TB, url string, f func(ctx context.Context, c clock.Clock, s kv.Store) error) {
	t.Helper()
	c := clock.NewVirtual()
	s := open(t, url, c)
	var broken error
	err := c.Run(t.Context(), func(ctx context.Context) { broken = f(ctx, c, s) })
	if err := errors.Join(broken, err, s.Close()); err != nil {
		t.Error(err)
	}
}

func read(ctx context.Context, s kv.Store, key string, o kv.GetOptions) (string, error) {
	var e kv.Entry
	err := s.Get(ctx, key, o, &e)
	if errors.Is(err, kv.ErrNotFound) {
		return "", nil
	}
	return string(e.Value), err
}

// The share of locations that see a write after P/4, 3P/4, P and 2P is what the
// table says.
func TestPropagationDelays(t *testing.T) {
	const keys, locations = 400, 4
	run(t, "embedded://?profile=none&propagation=40s&locations=4", func(ctx context.Context, c clock.Clock, s kv.Store) error {
		for _, test := range []struct {
			after time.Duration
			want  float64
		}{{10 * time.Second, 0.5}, {30 * time.Second, 0.9}, {40 * time.Second, 0.99}, {80 * time.Second, 1}} {
			prefix := test.after.String()
			for k := range keys {
				if err := s.Put(ctx, fmt.Sprint(prefix, k), []byte("1"), kv.PutOptions{}); err != nil {
					return err
				}
			}
			if err := c.Sleep(ctx, test.after); err != nil {
				return err
			}
			seen, mixed := 0, 0 // mixed: keys that some locations see and some do not
			for k := range keys {
				before := seen
				for n := 1; n < locations; n++ {
					got, err := read(ctx, s.(kv.Located).At(n), fmt.Sprint(prefix, k), kv.GetOptions{})
					if err != nil {
						return err
					}
					seen += len(got)
				}
				if d := seen - before; d > 0 && d < locations-1 {
					mixed++
				}
			}
			if test.want == 0.5 && mixed < keys/2 {
				return fmt.Errorf("only %d of %d writes reach the locations at different times", mixed, keys)
			}
			listed := 0
			var p kv.Page
			if err := s.List(ctx, kv.ListOptions{Prefix: prefix}, &p); err != nil {
				return err
			}
			for _, k := range p.Keys {
				if strings.HasPrefix(k.Name, prefix) {
					listed++
				}
			}
			share, inList := float64(seen)/(keys*(locations-1)), float64(listed)/keys
			if math.Abs(share-test.want) > 0.05 ||
				math.Abs(inList-test.want) > 0.07 || test.want == 1 && (share < 1 || inList < 1) {
				return fmt.Errorf("after %v, %v of the reads and %v of the listing see a write, want %v",
					test.after, share, inList, test.want)
			}
		}
		return nil
	})
}

// No location ever sees a write before an older one it has seen, its own write
// at once, and everywhere the last within the declared staleness: read without a
// cache's help, whatever the history.
func TestVersionsNeverGoBack(t *testing.T) {
	const locations = 3
	type step struct {
		Location int
		Write    bool
		Wait     time.Duration
	}
	gen := rapid.Custom(func(t *rapid.T) step {
		return step{
			Location: rapid.IntRange(0, locations-1).Draw(t, "location"),
			Write:    rapid.Bool().Draw(t, "write"),
			Wait:     time.Duration(rapid.IntRange(0, 40).Draw(t, "wait")) * time.Second,
		}
	})
	rapid.Check(t, func(rt *rapid.T) {
		steps := rapid.SliceOfN(gen, 1, 60).Draw(rt, "steps")
		c := clock.NewVirtual()
		s := open(t, "embedded://?profile=none&locations=3&propagation=60s", c)
		var broken error
		err := c.Run(t.Context(), func(ctx context.Context) {
			broken = func() error {
				seen, written := [locations]int{}, 0
				look := func(n int) error {
					got, err := read(ctx, s.(kv.Located).At(n), "k", kv.GetOptions{CacheTTL: kv.MinCacheTTL})
					if err != nil {
						return err
					}
					number, _ := strconv.Atoi(got) // "" is 0: absent
					if number < seen[n] || number > written {
						return fmt.Errorf("location %d saw write %d after %d, of %d", n, number, seen[n], written)
					}
					seen[n] = number
					return nil
				}
				for _, o := range steps {
					if o.Write {
						written++
						err := s.(kv.Located).At(o.Location).Put(ctx, "k", []byte(strconv.Itoa(written)), kv.PutOptions{})
						if err != nil {
							return err
						}
					}
					if err := look(o.Location); err != nil {
						return err
					}
					if o.Write && seen[o.Location] != written {
						return fmt.Errorf("location %d does not see its own write", o.Location)
					}
					if err := c.Sleep(ctx, o.Wait); err != nil {
						return err
					}
				}
				if err := c.Sleep(ctx, s.Capabilities().Staleness+kv.MinCacheTTL); err != nil {
					return err
				}
				for n := range locations {
					if err := look(n); err != nil {
						return err
					}
					if seen[n] != written {
						return fmt.Errorf("location %d still sees write %d of %d", n, seen[n], written)
					}
				}
				return nil
			}()
		})
		if err := errors.Join(broken, err, s.Close()); err != nil {
			rt.Fatal(err)
		}
	})
}

// The same seed gives the same answers at the same times; another seed does not.
func TestDeterministic(t *testing.T) {
	trace := func(seed uint64) (lines []string) {
		c := clock.NewVirtual()
		s, err := openSeeded("embedded://?locations=3&profile=edge&propagation=60s&writes=lenient", c, seed)
		if err != nil {
			t.Fatal(err)
		}
		err = c.Run(t.Context(), func(ctx context.Context) {
			c.Parallel(6, func(task int) {
				at := s.(kv.Located).At(task % 3)
				for i := range 60 {
					key := fmt.Sprint("k", (task*i)%5)
					var what string
					var err error
					if i%4 == 0 {
						err = at.Put(ctx, key, []byte(fmt.Sprint(task, i)), kv.PutOptions{})
					} else {
						what, err = read(ctx, at, key, kv.GetOptions{})
					}
					lines = append(lines, fmt.Sprint(c.Now(), task, key, what, err))
				}
			})
		})
		if err != nil {
			t.Fatal(err)
		}
		return lines
	}
	if diff := cmp.Diff(trace(1), trace(1)); diff != "" {
		t.Error(diff)
	}
	if slices.Equal(trace(1), trace(2)) {
		t.Error("the seed makes no difference")
	}
}

// After Settle every location sees the last write, whatever it has cached, and
// the key may be written again; no time but the least passes.
func TestSettle(t *testing.T) {
	c := clock.NewVirtual()
	u, err := url.Parse("embedded://?profile=none&locations=3&propagation=60s&writes=strict")
	if err != nil {
		t.Fatal(err)
	}
	s, err := embedded.Open(u, c, 1, option.Prices{})
	if err != nil {
		t.Fatal(err)
	}
	err = c.Run(t.Context(), func(ctx context.Context) {
		var e kv.Entry
		for n := range 3 { // absence is cached everywhere
			if err := s.(kv.Located).At(n).Get(ctx, "key", kv.GetOptions{}, &e); err != kv.ErrNotFound {
				t.Error(err)
			}
		}
		for _, value := range []string{"one", "two"} {
			if err := s.Put(ctx, "key", []byte(value), kv.PutOptions{}); err != nil {
				t.Error(err)
			}
			before := c.Now()
			if err := s.(kv.Settler).Settle(ctx); err != nil || c.Now()-before > time.Microsecond {
				t.Errorf("settled in %v: %v", c.Now()-before, err)
			}
			for n := range 3 {
				if err := s.(kv.Located).At(n).Get(ctx, "key", kv.GetOptions{}, &e); err != nil || string(e.Value) != value {
					t.Errorf("location %d sees %q, %v, want %q", n, e.Value, err, value)
				}
			}
		}
		if err := s.Put(ctx, "key", nil, kv.PutOptions{}); err != nil {
			t.Errorf("the first write after it came to rest: %v", err)
		}
		if err := s.Put(ctx, "key", nil, kv.PutOptions{}); !kv.HasStatus(err, 429) {
			t.Errorf("the second: %v", err)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
}
