package fault_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"kvbench/drivers/drivertest"
	"kvbench/drivers/fault"
	"kvbench/internal/clock"
	"kvbench/kv"

	"github.com/google/go-cmp/cmp"
)

// A wrapped store does what every store has to: with no fault while the load is
// on, with an outage while it is not, and even while every call is slowed.
func TestConformance(t *testing.T) {
	if testing.Short() {
		t.Skip("computes a lot in one goroutine; the store behind is raced by its own tests")
	}
	const located = "embedded://?locations=3&profile=edge&propagation=60s&writes=strict"
	check := func(name, url string, p fault.Profile, load bool, c func() clock.Clock) {
		t.Run(name, func(t *testing.T) {
			drivertest.Run(t, func(t testing.TB) drivertest.Harness {
				c := c()
				s := fault.Wrap(openEmbedded(t, url)(c), p, c, 1)
				if load {
					s.(kv.Phased).BeginLoad(0)
				}
				return drivertest.Harness{Store: s, Clock: c}
			})
		})
	}
	virtual := func() clock.Clock { return clock.NewVirtual() }
	check("none", located, named(t, "none"), true, virtual)
	check("none-plain", "embedded://?profile=none&propagation=0", named(t, "none"), true, virtual)
	check("none-wall", "embedded://?profile=none&propagation=0", named(t, "none"), true, func() clock.Clock { return clock.NewWall() })
	check("brownout", "embedded://?profile=none&propagation=0", named(t, "brownout"), true, virtual)
	check("outage-without-load", "embedded://?profile=none&propagation=0&locations=2", named(t, "outage", always), false, virtual)
}

// The share of the calls that fail is the profile's, for each operation, whether
// one key is asked for or many: within 5 standard deviations.
func TestShares(t *testing.T) {
	const n = 5_000
	for _, test := range []struct {
		profile fault.Profile
		share   float64
	}{
		{named(t, "none"), 0},
		{named(t, "blips"), 0.01},
		{named(t, "blips", hits(0.5)), 0.5},
		{named(t, "throttle", func(p *fault.Profile) { p.RetryAfter = time.Millisecond }), 0.2},
		{named(t, "outage", always), 1},
		{named(t, "outage", always, hits(0)), 0},
		{named(t, "partial-outage", always), 0.9},
		{named(t, "timeouts"), 1},
		{named(t, "timeouts", hits(0.25)), 0.25},
		{named(t, "brownout"), 0},
		{named(t, "corrupt"), 0},
	} {
		_, open := openFake(time.Millisecond)
		under(t, test.profile, open, func(ctx context.Context, _ clock.Clock, s kv.Store) {
			for op, do := range ops() {
				for _, keys := range []int{1, 1000} {
					failed := 0
					for i := range n {
						if do(ctx, s, fmt.Sprint("key", i%keys)) != nil {
							failed++
						}
					}
					deviation := math.Sqrt(n * test.share * (1 - test.share))
					if off := math.Abs(float64(failed) - n*test.share); off > 5*deviation {
						t.Errorf("%v: %d of %d calls of %s of %d keys failed", test.profile, failed, n, op, keys)
					}
				}
			}
		})
	}
}

// The error of a call says what it is, that it was made up, and what its store
// would say; the store has not seen the call.
func TestErrors(t *testing.T) {
	for name, want := range map[string]struct {
		code, text string
		retryAfter time.Duration
	}{
		"blips":          {code: "500", text: "injected fault: blips"},
		"throttle":       {code: "429", text: "injected fault: throttle", retryAfter: time.Second},
		"outage":         {code: "500", text: "injected fault: outage"},
		"partial-outage": {code: "500", text: "injected fault: partial-outage"},
		"timeouts":       {code: "timeout", text: "injected fault: timeouts"},
	} {
		store, open := openFake(0)
		under(t, named(t, name, always, hits(1)), open, func(ctx context.Context, c clock.Clock, s kv.Store) {
			for op, do := range ops() {
				store.calls = 0
				err := do(ctx, s, "key")
				if kv.ErrorCode(err) != want.code || !strings.Contains(err.Error(), want.text) {
					t.Errorf("%s: %s: got %v", name, op, err)
				}
				if e := new(kv.Error); errors.As(err, &e) && e.RetryAfter != want.retryAfter {
					t.Errorf("%s: %s: retry after %v", name, op, e.RetryAfter)
				}
				read := op == "get" || op == "bulk-get"
				if seen := store.calls > 0; seen != (read && name == "partial-outage") {
					t.Errorf("%s: the store has seen %d calls of %s", name, store.calls, op)
				}
			}
			e := kv.Entry{Found: true, Value: []byte("left over"), Cached: true}
			es := []kv.Entry{{Found: true, Value: []byte("left over")}}
			p := kv.Page{Keys: []kv.Key{{Name: "left over"}}, Cursor: "x"}
			if s.Get(ctx, "k", kv.GetOptions{}, &e) == nil || s.List(ctx, kv.ListOptions{}, &p) == nil ||
				s.(kv.BulkGetter).BulkGet(ctx, []string{"k"}, kv.GetOptions{}, es) == nil ||
				e.Found || len(e.Value) > 0 || es[0].Found || len(es[0].Value) > 0 || len(p.Keys) > 0 || p.Cursor != "" {
				t.Errorf("%s: a failed call left %+v, %+v, %+v", name, e, es, p)
			}
		})
	}
}

// Only the operations that the profile names are hit.
func TestOps(t *testing.T) {
	_, open := openFake(0)
	p := named(t, "blips", hits(1), func(p *fault.Profile) { p.Ops = fault.Put | fault.BulkGet })
	under(t, p, open, func(ctx context.Context, _ clock.Clock, s kv.Store) {
		var failed []string
		for _, op := range slices.Sorted(maps.Keys(ops())) {
			if ops()[op](ctx, s, "key") != nil {
				failed = append(failed, op)
			}
		}
		if diff := cmp.Diff([]string{"bulk-get", "put"}, failed); diff != "" {
			t.Error(diff)
		}
	})
}

// The window opens and closes on the nanosecond, counted from when measuring
// begins. A call belongs to it when it begins in it. There are no faults before
// the load begins, and none after its end.
func TestWindow(t *testing.T) {
	const measured, from, length = 7 * time.Minute, time.Minute, 30 * time.Second
	begin, end := measured+from, measured+from+length
	for _, test := range []struct {
		length time.Duration
		want   map[time.Duration]bool // whether a call at a time fails
	}{
		{length, map[time.Duration]bool{
			0: false, from: false, measured: false,
			begin - 1: false, begin: true, begin + 1: true, end - 1: true, end: false,
		}},
		{0, map[time.Duration]bool{begin - 1: false, begin: true, end: true, begin + 1000*time.Hour: true}},
	} {
		for _, profile := range []string{"outage", "throttle", "partial-outage", "timeouts", "brownout", "corrupt"} {
			p := named(t, profile, hits(1), func(p *fault.Profile) { p.From, p.For = from, test.length })
			c := clock.NewVirtual()
			store, open := openFake(0)
			s := fault.Wrap(open(c), p, c, 1)
			hit := map[time.Duration]bool{}
			err := c.Run(t.Context(), func(ctx context.Context) {
				at := slices.Sorted(maps.Keys(test.want))
				if err := ops()["get"](ctx, s, "key"); err != nil {
					t.Errorf("%s: before the load begins: %v", profile, err)
				}
				s.(kv.Phased).BeginLoad(measured)
				c.Parallel(len(at), func(i int) {
					_ = c.Until(ctx, at[i])
					var e kv.Entry
					err := s.Get(ctx, "key", kv.GetOptions{}, &e)
					hit[at[i]] = err != nil || c.Now() > at[i] || string(e.Value) != store.value
				})
				s.(kv.Phased).EndLoad()
				if err := ops()["get"](ctx, s, "key"); err != nil {
					t.Errorf("%s: after the load's end: %v", profile, err)
				}
				s.(kv.Phased).BeginLoad(c.Now() - from) // and again, with its window open
				if c.Parallel(1, func(int) {}); profile == "outage" && ops()["get"](ctx, s, "key") == nil {
					t.Errorf("%s: the second load has no fault", profile)
				}
			})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, hit); diff != "" {
				t.Errorf("%v:\n%s", p, diff)
			}
		}
	}
}

// The same seed fails the same calls at the same times, another seed others.
func TestDeterministic(t *testing.T) {
	for _, p := range fault.Profiles() {
		always(&p)
		if p.Share == 1 {
			p.Share = 0.5
		}
		trace := func(seed uint64) (lines []string) {
			c := clock.NewVirtual()
			s := fault.Wrap(openEmbedded(t, "embedded://?propagation=0&locations=3&profile=edge")(c), p, c, seed)
			s.(kv.Phased).BeginLoad(0)
			err := c.Run(t.Context(), func(ctx context.Context) {
				c.Parallel(6, func(task int) {
					at := s.(kv.Located).At(task % 3)
					var e kv.Entry
					for i := range 60 {
						var err error
						key := fmt.Sprint("k", (task*i)%5)
						if e.Reset(); i%4 == 0 {
							err = at.Put(ctx, key, []byte(`{"v":"a value"}`), kv.PutOptions{})
						} else {
							err = at.Get(ctx, key, kv.GetOptions{}, &e)
						}
						lines = append(lines, fmt.Sprintf("%v %d %s %q %v", c.Now(), task, key, e.Value, err))
					}
				})
			})
			if err != nil {
				t.Fatal(err)
			}
			return lines
		}
		if diff := cmp.Diff(trace(1), trace(1)); diff != "" {
			t.Errorf("%s: %s", p.Name, diff)
		}
		if same := slices.Equal(trace(1), trace(2)); same != (p.Name == "none") {
			t.Errorf("%s: another seed makes the same trace: %v", p.Name, same)
		}
	}
}

// A call that is passed on allocates nothing: without a fault, outside of the
// window, and inside of it where it is not hit or its answer comes from the cache.
func TestPassingOnAllocatesNothing(t *testing.T) {
	rare := hits(1e-15)
	for _, p := range []fault.Profile{
		{},
		named(t, "none"), named(t, "blips", rare), named(t, "throttle", rare), named(t, "outage", rare),
		named(t, "partial-outage"), named(t, "brownout"), named(t, "corrupt", rare), named(t, "timeouts", rare),
	} {
		p.From = time.Second
		under(t, p, openEmbedded(t, "embedded://?profile=none&propagation=0&locations=2"), func(ctx context.Context, c clock.Clock, s kv.Store) {
			var e kv.Entry
			keys, es, pairs := []string{"k"}, make([]kv.Entry, 1), []kv.Pair{}
			failed := s.Put(ctx, "k", []byte("1"), kv.PutOptions{})
			call := func() {
				failed = errors.Join(failed, s.Get(ctx, "k", kv.GetOptions{}, &e),
					s.(kv.BulkGetter).BulkGet(ctx, keys, kv.GetOptions{}, es), s.(kv.BulkPutter).BulkPut(ctx, pairs))
			}
			call() // which fills the cache
			outside := testing.AllocsPerRun(1000, call)
			_ = c.Sleep(ctx, p.From)
			inside := testing.AllocsPerRun(1000, call)
			if outside > 0 || inside > 0 || failed != nil {
				t.Errorf("%v: %v allocations outside, %v inside; error %v", p, outside, inside, failed)
			}
		})
	}
}

// Calls of many tasks on the wall clock keep to the share.
func TestConcurrentOnTheWallClock(t *testing.T) {
	const tasks, each, share = 8, 2000, 0.25
	c := clock.NewWall()
	s := fault.Wrap(openEmbedded(t, "embedded://?profile=none&propagation=0&locations=2")(c), named(t, "partial-outage", hits(share), always,
		func(p *fault.Profile) { p.Delay = 0 }), c, 1)
	s.(kv.Phased).BeginLoad(0)
	failed := make([]int, tasks)
	err := c.Run(t.Context(), func(ctx context.Context) {
		c.Parallel(tasks, func(task int) {
			var e kv.Entry
			for i := range each {
				err := s.(kv.Located).At(i%2).Get(ctx, fmt.Sprint("k", i%7), kv.GetOptions{}, &e)
				if kv.HasStatus(err, 500) {
					failed[task]++
				} else if !errors.Is(err, kv.ErrNotFound) {
					t.Error(err)
				}
			}
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	total := 0
	for _, n := range failed {
		total += n
	}
	if off := math.Abs(float64(total) - tasks*each*share); off > 5*math.Sqrt(tasks*each*share*(1-share)) {
		t.Errorf("%d of %d calls failed", total, tasks*each)
	}
}

// What the wrapping costs a get that is passed on: without a fault, before the
// window opens, and inside of it.
func BenchmarkPassingOn(b *testing.B) {
	rare := hits(1e-15)
	for name, p := range map[string]fault.Profile{
		"none": named(b, "none"), "before": named(b, "outage"), "inside": named(b, "blips", rare),
	} {
		b.Run(name, func(b *testing.B) {
			c := clock.NewWall()
			s := fault.Wrap(new(nothing), p, c, 1)
			s.(kv.Phased).BeginLoad(c.Now())
			var e kv.Entry
			b.ReportAllocs()
			for b.Loop() {
				_ = s.Get(b.Context(), "user:000001:profile", kv.GetOptions{}, &e)
			}
		})
	}
}

// nothing is a store that does nothing, to tell the wrapping's own cost.
type nothing struct{ fake }

func (*nothing) Get(context.Context, string, kv.GetOptions, *kv.Entry) error { return nil }
