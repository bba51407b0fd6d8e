package fault_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"kvbench/drivers/fault"
	"kvbench/internal/clock"
	"kvbench/kv"

	"pgregory.net/rapid"
)

// A browned-out call takes ten times as long, at least 10 ms; its answer and
// what it did are the store's.
func TestBrownout(t *testing.T) {
	boom := errors.New("boom")
	for _, test := range []struct {
		takes, want time.Duration
		err         error
		change      func(p *fault.Profile)
	}{
		{takes: 7 * time.Millisecond, want: 70 * time.Millisecond},
		{takes: time.Second, want: 10 * time.Second, err: boom},
		{takes: 0, want: 10 * time.Millisecond},
		{takes: 999 * time.Microsecond, want: 10 * time.Millisecond, err: kv.ErrNotFound},
		{takes: time.Second, want: 2500 * time.Millisecond, change: func(p *fault.Profile) { p.Factor = 2.5 }},
		{takes: time.Second, want: time.Minute, change: func(p *fault.Profile) { p.Delay = time.Minute }},
	} {
		change := test.change
		if change == nil {
			change = always
		}
		store, open := openFake(test.takes)
		store.err = test.err
		under(t, named(t, "brownout", change), open, func(ctx context.Context, c clock.Clock, s kv.Store) {
			for op, do := range ops() {
				store.calls = 0
				start := c.Now()
				err := do(ctx, s, "key")
				if took := c.Now() - start; took != test.want || !errors.Is(err, test.err) || store.calls != 1 {
					t.Errorf("%s of %v took %v with error %v and %d calls", op, test.takes, took, err, store.calls)
				}
			}
		})
	}
}

// The caller of a browned-out put can give up before it answers; it is done all
// the same.
func TestBrownoutAndDeadline(t *testing.T) {
	store, open := openFake(time.Second)
	under(t, named(t, "brownout"), open, func(ctx context.Context, c clock.Clock, s kv.Store) {
		ctx, cancel := clock.WithTimeout(ctx, c, 5*time.Second)
		defer cancel()
		err := s.Put(ctx, "k", nil, kv.PutOptions{})
		if err != context.DeadlineExceeded || c.Now() != 5*time.Second || store.calls != 1 {
			t.Errorf("at %v: %v, %d calls", c.Now(), err, store.calls)
		}
	})
}

// A refused key stays refused for the rest of its second, for every operation,
// and who waits as long as the refusal says meets another draw.
func TestThrottleBySeconds(t *testing.T) {
	const seconds = 5_000
	p := named(t, "throttle", func(p *fault.Profile) { p.Delay = 0 })
	_, open := openFake(0)
	under(t, p, open, func(ctx context.Context, c clock.Clock, s kv.Store) {
		refused, afterRefusal, again, last := 0, 0, 0, false
		for range seconds {
			var first string
			for step := range 4 {
				for op, do := range ops() {
					err := do(ctx, s, "key")
					if first == "" {
						first = kv.ErrorCode(err) + "."
					}
					if kv.ErrorCode(err)+"." != first {
						t.Fatalf("at %v: %s: got %v after %s", c.Now(), op, err, first)
					}
				}
				if _ = c.Sleep(ctx, p.RetryAfter/4); step == 3 && first == "429." {
					refused++
				}
			}
			if last {
				afterRefusal++
				if first == "429." {
					again++
				}
			}
			last = first == "429."
		}
		within := func(k, n int) bool {
			return math.Abs(float64(k)-p.Share*float64(n)) < 5*math.Sqrt(float64(n)*p.Share*(1-p.Share))
		}
		if !within(refused, seconds) || !within(again, afterRefusal) {
			t.Errorf("refused in %d of %d seconds, in %d of the %d after one", refused, seconds, again, afterRefusal)
		}
	})
}

// A call that hangs ends at its deadline, not before and not after; without one,
// after 30 s. The store has not seen it.
func TestTimeouts(t *testing.T) {
	store, open := openFake(0)
	under(t, named(t, "timeouts"), open, func(ctx context.Context, c clock.Clock, s kv.Store) {
		for op, do := range ops() {
			for _, timeout := range []time.Duration{1, time.Second, time.Hour, 0, -1} {
				start, ctx, cancel, want := c.Now(), ctx, func() {}, timeout
				if timeout == 0 {
					want = 30 * time.Second
				} else {
					ctx, cancel = clock.WithTimeout(ctx, c, timeout)
				}
				err := do(ctx, s, "key")
				if took := c.Now() - start; took != max(want, 0) || !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("%s with timeout %v: %v after %v", op, timeout, err, took)
				}
				cancel()
			}
		}
	})
	if store.calls > 0 {
		t.Errorf("the store has seen %d calls", store.calls)
	}
}

// The same on the wall clock, where a context can be canceled meanwhile.
func TestTimeoutsOnTheWallClock(t *testing.T) {
	c := clock.NewWall()
	s := fault.Wrap(&fake{clock: c}, named(t, "timeouts"), c, 1)
	s.(kv.Phased).BeginLoad(0)
	for want, ctx := range map[error]func() (context.Context, context.CancelFunc){
		context.DeadlineExceeded: func() (context.Context, context.CancelFunc) {
			return clock.WithTimeout(t.Context(), c, time.Millisecond)
		},
		context.Canceled: func() (context.Context, context.CancelFunc) {
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			return ctx, func() {}
		},
	} {
		ctx, cancel := ctx()
		if err := s.Put(ctx, "k", nil, kv.PutOptions{}); !errors.Is(err, want) || ctx.Err() != want {
			t.Errorf("got %v, want %v; the context has %v", err, want, ctx.Err())
		}
		cancel()
	}
}

// What is read is no valid JSON, whatever is stored; what is stored stays whole,
// and so do metadata.
func TestCorruptIsNoJSON(t *testing.T) {
	p := named(t, "corrupt")
	rapid.Check(t, func(rt *rapid.T) {
		var value []byte
		switch text := rapid.String().Draw(rt, "text"); rapid.IntRange(0, 3).Draw(rt, "kind") {
		case 0:
			value = []byte(text) // mostly no JSON at all
		case 1:
			value, _ = json.Marshal(text)
		case 2:
			value, _ = json.Marshal(rapid.Int64().Draw(rt, "number"))
		default:
			value, _ = json.Marshal(map[string]any{text: []any{text, 1, nil}, "b": true})
		}
		under(t, p, openEmbedded(t, "embedded://?profile=none&propagation=0"), func(ctx context.Context, c clock.Clock, s kv.Store) {
			must := func(err error) {
				if err != nil {
					rt.Fatal(err)
				}
			}
			must(s.Put(ctx, "k", value, kv.PutOptions{Metadata: []byte(`{"m":1}`)}))
			var e kv.Entry
			es := make([]kv.Entry, 2)
			for range 4 {
				must(s.Get(ctx, "k", kv.GetOptions{Metadata: true}, &e))
				must(s.(kv.BulkGetter).BulkGet(ctx, []string{"k", "absent"}, kv.GetOptions{Metadata: true}, es))
				for _, e := range []kv.Entry{e, es[0]} {
					same := json.Valid(value) && bytes.Equal(e.Value, value)
					if json.Valid(e.Value) || same || !e.Found || string(e.Metadata) != `{"m":1}` {
						rt.Fatalf("of %q: got %+v", value, e)
					}
				}
				if es[1].Found || len(es[1].Value) > 0 {
					rt.Fatalf("an absent key has %+v", es[1])
				}
			}
			if err := s.Get(ctx, "absent", kv.GetOptions{}, &e); !errors.Is(err, kv.ErrNotFound) || len(e.Value) > 0 {
				rt.Fatalf("an absent key: %v, %+v", err, e)
			}
			s.(kv.Phased).EndLoad()
			if must(s.Get(ctx, "k", kv.GetOptions{}, &e)); !bytes.Equal(e.Value, value) {
				rt.Fatalf("%q is stored, of %q", e.Value, value)
			}
		})
	})
}

// The share is that of the values, also of those of one bulk get; some are cut
// off and some garbled.
func TestCorruptShare(t *testing.T) {
	const n, share = 20_000, 0.1
	store, open := openFake(0)
	under(t, named(t, "corrupt", hits(share)), open, func(ctx context.Context, _ clock.Clock, s kv.Store) {
		es, keys := make([]kv.Entry, 100), make([]string, 100)
		read := map[string]func(i int) []kv.Entry{
			"get": func(i int) []kv.Entry {
				if err := s.Get(ctx, fmt.Sprint("k", i), kv.GetOptions{}, &es[0]); err != nil {
					t.Error(err)
				}
				return es[:1]
			},
			"bulk-get": func(int) []kv.Entry {
				if err := s.(kv.BulkGetter).BulkGet(ctx, keys, kv.GetOptions{}, es); err != nil {
					t.Error(err)
				}
				return es
			},
		}
		for op, read := range read {
			cut, garbled := 0, 0
			for seen := 0; seen < n; {
				for _, e := range read(seen) {
					switch seen++; {
					case strings.HasPrefix(store.value, string(e.Value)) && len(e.Value) < len(store.value):
						cut++
					case string(e.Value) != store.value:
						garbled++
					}
				}
			}
			for what, k := range map[string]int{"cut off": cut, "garbled": garbled} {
				if math.Abs(float64(k)-n*share/2) > 5*math.Sqrt(n*share/2) {
					t.Errorf("%s: %d of %d values are %s", op, k, n, what)
				}
			}
		}
	})
}

// In a partial outage the edge cache goes on answering, what it does not hold
// fails in 90 % of the calls, and a read that failed has cached nothing.
func TestPartialOutage(t *testing.T) {
	const keys, rounds = 400, 20
	p := named(t, "partial-outage", func(p *fault.Profile) { p.From, p.For = time.Second, 0 })
	under(t, p, openEmbedded(t, "embedded://?profile=none&propagation=0&locations=2"), func(ctx context.Context, c clock.Clock, s kv.Store) {
		here, there := s, s.(kv.Located).At(1)
		key := func(i int) string { return fmt.Sprint("k", i) }
		long := kv.GetOptions{CacheTTL: time.Hour}
		amiss := func(k, n int) bool {
			return math.Abs(float64(k)-p.Share*float64(n)) > 5*math.Sqrt(p.Share*(1-p.Share)*float64(n))
		}
		var e kv.Entry
		es := make([]kv.Entry, 2)
		for i := range keys {
			put := here.Put(ctx, key(i), []byte("1"), kv.PutOptions{})
			if err := errors.Join(put, here.Get(ctx, key(i), kv.GetOptions{}, &e)); err != nil {
				t.Fatal(err)
			}
		}
		_ = c.Sleep(ctx, p.From)
		passed := map[string]bool{} // there
		reads, failed := 0, 0
		for range rounds {
			for i := range keys {
				if err := here.Get(ctx, key(i), long, &e); err != nil || !e.Cached {
					t.Fatalf("cached: %v, %+v", err, e)
				}
				err := there.Get(ctx, key(i), long, &e)
				if passed[key(i)] {
					if err != nil {
						t.Fatalf("at %v: it was read there before: %v", c.Now(), err)
					}
					continue
				}
				if reads++; err != nil {
					failed++
				}
				passed[key(i)] = err == nil
			}
			_ = c.Sleep(ctx, time.Second)
		}
		if amiss(failed, reads) {
			t.Errorf("%d of %d reads failed that the cache could not answer", failed, reads)
		}
		bulk := here.(kv.BulkGetter)
		if err := bulk.BulkGet(ctx, []string{key(0), key(1)}, long, es); err != nil {
			t.Errorf("bulk get of cached keys: %v", err)
		}
		failed = 0
		for i := range keys {
			if err := bulk.BulkGet(ctx, []string{key(0), fmt.Sprint("absent", i)}, long, es); err != nil {
				failed++
			}
		}
		if amiss(failed, keys) {
			t.Errorf("%d of %d bulk gets failed that the cache could not answer in full", failed, keys)
		}
	})
}
