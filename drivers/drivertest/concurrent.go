package drivertest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"kvbench/kv"
)

func concurrentRows() []Row {
	return []Row{
		{
			Name: "concurrent", Rule: "calls may run at the same time, and no answer mixes two of them", Why: "kv.Store",
			check: checkConcurrent,
		},
		{
			Name: "canceled", Rule: "a call whose context is done returns the context's error and has no effect",
			Why: "kv.Store", check: checkCanceled,
		},
	}
}

// checkConcurrent lets tasks write, read, list and delete each other's keys. A
// value repeats what was written, so that a mixture shows.
func checkConcurrent(x *exam) {
	const tasks, rounds, keys = 8, 40, 4
	value := func(task, round int) string {
		return strings.Repeat(fmt.Sprintf("<%d:%d>", task, round), 1+round%20)
	}
	whole := func(value, meta string) bool {
		n := strings.IndexByte(value, '>') + 1
		return n > 0 && value == strings.Repeat(value[:n], len(value)/n) && (meta == "" || meta == `"`+value[:n]+`"`)
	}
	x.all(tasks, func(task int) error {
		var e kv.Entry
		var p kv.Page
		for round := range rounds {
			key := x.key(fmt.Sprint("k", (task+round)%keys))
			var err error
			switch round % 5 {
			case 0, 1:
				v := value(task, round)
				meta := `"` + v[:strings.IndexByte(v, '>')+1] + `"`
				err = x.store.Put(x.ctx, key, []byte(v), kv.PutOptions{Metadata: []byte(meta)})
				if kv.HasStatus(err, http.StatusTooManyRequests) {
					err = nil // a store may refuse fast writes without promising to
				}
			case 2, 3:
				err = x.store.Get(x.ctx, key, kv.GetOptions{Metadata: true}, &e)
				if err == nil && !whole(string(e.Value), string(e.Metadata)) {
					err = fmt.Errorf("mixed: %q with %q", e.Value, e.Metadata)
				}
				if errors.Is(err, kv.ErrNotFound) {
					err = nil
				}
			default:
				if err = x.store.List(x.ctx, kv.ListOptions{Prefix: x.prefix}, &p); err == nil && len(p.Keys) > keys {
					err = fmt.Errorf("listed %d of %d keys", len(p.Keys), keys)
				}
				if err == nil && round%2 == 0 {
					err = x.store.Delete(x.ctx, key)
				}
			}
			if err != nil {
				return fmt.Errorf("round %d: %w", round, err)
			}
		}
		return nil
	})
}

func checkCanceled(x *exam) {
	x.put("a", "1", kv.PutOptions{})
	x.sleep(x.capabilities.WriteInterval)
	x.pace()
	ctx, cancel := context.WithCancel(x.ctx)
	cancel()
	var e kv.Entry
	var p kv.Page
	calls := []struct {
		name string
		err  error
	}{
		{"get", x.store.Get(ctx, x.key("a"), kv.GetOptions{}, &e)},
		{"put", x.store.Put(ctx, x.key("a"), []byte("2"), kv.PutOptions{})},
		{"put of a new key", x.store.Put(ctx, x.key("b"), []byte("2"), kv.PutOptions{})},
		{"delete", x.store.Delete(ctx, x.key("a"))},
		{"list", x.store.List(ctx, kv.ListOptions{Prefix: x.prefix}, &p)},
	}
	if bulk, ok := x.store.(kv.BulkGetter); ok && x.capabilities.BulkGetKeys > 0 {
		err := bulk.BulkGet(ctx, []string{x.key("a")}, kv.GetOptions{}, make([]kv.Entry, 1))
		calls = append(calls, struct {
			name string
			err  error
		}{"bulk get", err})
	}
	if bulk, ok := x.store.(kv.BulkPutter); ok && x.capabilities.BulkPutKeys > 0 {
		err := bulk.BulkPut(ctx, []kv.Pair{{Key: x.key("c")}})
		calls = append(calls, struct {
			name string
			err  error
		}{"bulk put", err})
	}
	for _, call := range calls {
		if !errors.Is(call.err, context.Canceled) {
			x.fatalf("%s: got %v, want context.Canceled", call.name, call.err)
		}
	}
	if e.Found || len(p.Keys) > 0 {
		x.fatalf("a canceled call left %+v and %+v", e, p)
	}
	x.sleep(time.Millisecond)
	x.reads("a", "1")
	x.absent("b")
	x.absent("c")
}
