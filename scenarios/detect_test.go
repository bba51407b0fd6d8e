package scenarios_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"kvbench/internal/clock"
	"kvbench/kv"
)

// broken refuses the gets of a stretch of time, and declares what it was made with.
type broken struct {
	kv.Store
	clock       clock.Clock
	from, until time.Duration
	declared    []kv.Window
}

func (b broken) Get(ctx context.Context, key string, o kv.GetOptions, e *kv.Entry) error {
	if now := b.clock.Now(); b.from <= now && now < b.until {
		e.Reset()
		return &kv.Error{Status: http.StatusInternalServerError, Message: "broken"}
	}
	return b.Store.Get(ctx, key, o, e)
}

func (b broken) BulkPut(ctx context.Context, pairs []kv.Pair) error {
	return b.Store.(kv.BulkPutter).BulkPut(ctx, pairs)
}

func (b broken) Capabilities() kv.Capabilities {
	t := b.Store.Capabilities()
	t.Faults = b.declared
	return t
}

// Time to detect is counted from when faults begin. Errors of a store that declares none
// have no such beginning, nor have those before it: they are errors, and nothing was
// detected.
func TestTimeToDetectNeedsDeclaredFaults(t *testing.T) {
	const s = time.Second
	for _, test := range []struct {
		name        string
		from, until time.Duration
		declared    []kv.Window
		detected    int64 // below 0: nothing is
	}{
		{"none is declared", 10 * s, 20 * s, nil, -1},
		{"all fail before", 10 * s, 20 * s, []kv.Window{{From: 30 * s, Until: 40 * s}}, -1},
		{"as declared", 10 * s, 20 * s, []kv.Window{{From: 10 * s, Until: 20 * s}}, 0},
		{"before and after", 10 * s, 20 * s, []kv.Window{{From: 15 * s, Until: 20 * s}}, 0},
	} {
		for _, variant := range []string{"no-boundary", "typed", "circuit-breaker", "seed"} {
			o := runOn(t, loadOne(t, variant, "pattern: fallback\nload: {rate: 10/s, duration: 60s}\nkeys: {count: 1}"+
				"\nwith: {open-for: 1s}"), 1, func(store kv.Store, c clock.Clock) kv.Store {
				return broken{store, c, test.from, test.until, test.declared}
			}, nil)
			if failed := o.outcome("error") + o.outcome("fallback-error"); failed < 90 {
				t.Fatalf("%s, %s: %d transactions met an error", test.name, variant, failed)
			}
			h := o.series("time-to-detect")
			switch tells := variant != "seed"; {
			case test.detected < 0 || !tells:
				if h.TotalCount() != 0 {
					t.Errorf("%s, %s: detected %d times, after %v", test.name, variant, h.TotalCount(), time.Duration(h.Max()))
				}
			case h.TotalCount() != 1 || h.Max() > int64(2*s):
				t.Errorf("%s, %s: detected %d times, after %v", test.name, variant, h.TotalCount(), time.Duration(h.Max()))
			}
		}
	}
}
