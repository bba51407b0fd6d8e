package drivertest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"kvbench/kv"
)

// exam is one row being checked. Its methods end the row at the first breach.
type exam struct {
	ctx          context.Context
	store        kv.Store // as seen from one location
	clock        Clock
	capabilities kv.Capabilities
	prefix       string // of every key
	closed       bool   // the row has closed the store

	wrote map[string]time.Duration // when the row last wrote a key
	last  *time.Duration           // when it last wrote any, or began
}

// failure ends a row.
type failure struct{ error }

func (x *exam) fatalf(format string, args ...any) {
	panic(failure{fmt.Errorf(format, args...)})
}

// must ends the row when err is not nil.
func (x *exam) must(err error, what string) {
	if err != nil {
		x.fatalf("%s: %w", what, err)
	}
}

// at is the exam at another location. Location 0 is the store itself.
func (x *exam) at(n int) *exam {
	if n == 0 {
		return x
	}
	located, ok := x.store.(kv.Located)
	if !ok {
		x.fatalf("declares %d locations but is no kv.Located", x.capabilities.Locations)
	}
	y := *x
	y.store = located.At(n)
	return &y
}

func (x *exam) key(name string) string { return x.prefix + name }

func (x *exam) sleep(d time.Duration) {
	x.must(x.clock.Sleep(x.ctx, d), "sleep")
}

// settle waits until every write is seen everywhere.
func (x *exam) settle() { x.sleep(x.capabilities.Staleness) }

// unix is now in seconds of Unix time.
func (x *exam) unix() int64 { return x.clock.Epoch().Add(x.clock.Now()).Unix() }

// time is now.
func (x *exam) time() time.Time { return x.clock.Epoch().Add(x.clock.Now()) }

// pace waits until the namespace may be written again, and says that it is.
func (x *exam) pace() {
	if interval := x.capabilities.NamespaceWriteInterval; interval > 0 {
		x.sleep(*x.last + interval - x.clock.Now())
		*x.last = x.clock.Now()
	}
}

// written says that a write has ended, from which the next one's pace counts.
func (x *exam) written() { *x.last = x.clock.Now() }

// metadata is what a store has to tell of a document that was put with a key.
func (x *exam) metadata(document string) string {
	if x.capabilities.NoMetadata {
		return ""
	}
	return document
}

// bulkPut writes pairs at once.
func (x *exam) bulkPut(pairs []kv.Pair) error {
	x.pace()
	defer x.written()
	return x.store.(kv.BulkPutter).BulkPut(x.ctx, pairs)
}

// underLoad runs f while the store knows that it is under load.
func (x *exam) underLoad(f func()) {
	if p, ok := kv.As[kv.Phased](x.store); ok {
		p.BeginLoad(x.clock.Now())
		defer p.EndLoad()
	}
	f()
}

// put writes, not sooner after the last write of the key, or to the namespace, than
// the store allows.
func (x *exam) put(name, value string, o kv.PutOptions) {
	key := x.key(name)
	if last, ok := x.wrote[key]; ok {
		x.sleep(last + x.capabilities.WriteInterval - x.clock.Now())
	}
	x.pace()
	x.must(x.store.Put(x.ctx, key, []byte(value), o), fmt.Sprintf("put %.40q", key))
	x.wrote[key] = x.clock.Now()
	x.written()
}

func (x *exam) remove(name string) {
	x.must(x.store.Delete(x.ctx, x.key(name)), fmt.Sprintf("delete %.40q", x.key(name)))
}

// get returns what a key has; it has to be there.
func (x *exam) get(name string, o kv.GetOptions) kv.Entry {
	var e kv.Entry
	x.must(x.store.Get(x.ctx, x.key(name), o, &e), fmt.Sprintf("get %.40q", x.key(name)))
	if !e.Found {
		x.fatalf("get %.40q: no error, and Found is false", x.key(name))
	}
	return e
}

// reads checks that a key has a value.
func (x *exam) reads(name, value string) { x.readsWith(name, value, kv.GetOptions{}) }

func (x *exam) readsWith(name, value string, o kv.GetOptions) {
	if e := x.get(name, o); string(e.Value) != value {
		x.fatalf("get %.40q: got %.60q (%d bytes), want %.60q (%d bytes)",
			x.key(name), e.Value, len(e.Value), value, len(value))
	}
}

// absent checks that a key is not there.
func (x *exam) absent(name string) { x.absentWith(name, kv.GetOptions{}) }

func (x *exam) absentWith(name string, o kv.GetOptions) {
	e := kv.Entry{Found: true, Value: []byte("left over"), Metadata: []byte("1"), Expiration: 1, Cached: true}
	err := x.store.Get(x.ctx, x.key(name), o, &e)
	if !errors.Is(err, kv.ErrNotFound) {
		x.fatalf("get %.40q: got %v and %.40q, want kv.ErrNotFound", x.key(name), err, e.Value)
	}
	if e.Found || len(e.Value)+len(e.Metadata) > 0 || e.Expiration != 0 {
		x.fatalf("get %.40q: the entry of an absent key is not empty: %+v", x.key(name), e)
	}
}

// refused checks that an error is the store's refusal with a status.
func (x *exam) refused(err error, status int, what string) {
	if !kv.HasStatus(err, status) {
		x.fatalf("%s: got %v, want status %d", what, err, status)
	}
}

// names lists every name below the row's prefix and another, page by page, and
// returns the names without the row's prefix.
func (x *exam) names(prefix string, limit int) []string {
	var all []string
	for _, k := range x.list(prefix, limit) {
		all = append(all, strings.TrimPrefix(k.Name, x.prefix))
	}
	return all
}

func (x *exam) list(prefix string, limit int) []kv.Key {
	var all []kv.Key
	var p kv.Page
	o := kv.ListOptions{Prefix: x.key(prefix), Limit: limit}
	for pages := 0; ; pages++ {
		x.must(x.store.List(x.ctx, o, &p), "list")
		if most := min(limitOr(limit, x.capabilities.MaxListKeys), x.capabilities.MaxListKeys); len(p.Keys) > most {
			x.fatalf("a page holds %d names, more than %d", len(p.Keys), most)
		}
		for _, k := range p.Keys {
			k.Metadata = bytes.Clone(k.Metadata)
			all = append(all, k)
		}
		if p.Complete != (p.Cursor == "") {
			x.fatalf("page %d: complete %v with cursor %q", pages, p.Complete, p.Cursor)
		}
		if p.Complete {
			return all
		}
		if pages > 10_000 {
			x.fatalf("no end after %d pages", pages)
		}
		o.Cursor = p.Cursor
	}
}

func limitOr(limit, other int) int {
	if limit == 0 {
		return other
	}
	return limit
}

// lists checks what a listing of the row's keys holds.
func (x *exam) lists(prefix string, limit int, want ...string) {
	if got := x.names(prefix, limit); !slices.Equal(got, want) {
		x.fatalf("list %q: got %d names %.200q, want %d names %.200q", prefix, len(got), got, len(want), want)
	}
}

// fill writes n keys at once and returns their names in order.
func (x *exam) fill(prefix string, n int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("%s%05d", prefix, i)
	}
	if x.capabilities.NamespaceWriteInterval > 0 {
		for _, name := range names {
			x.put(name, name, kv.PutOptions{})
		}
		return names
	}
	const tasks = 16
	x.all(tasks, func(task int) error {
		for i := task; i < n; i += tasks {
			if err := x.store.Put(x.ctx, x.key(names[i]), []byte(names[i]), kv.PutOptions{}); err != nil {
				return err
			}
		}
		return nil
	})
	return names
}

// all runs f in n tasks and ends the row with their errors.
func (x *exam) all(n int, f func(task int) error) {
	var mu sync.Mutex
	errs := map[int]error{}
	x.clock.Parallel(n, func(i int) {
		if err := f(i); err != nil {
			mu.Lock()
			defer mu.Unlock()
			errs[i] = err
		}
	})
	for _, i := range slices.Sorted(maps.Keys(errs)) {
		x.fatalf("task %d of %d: %w", i, n, errs[i])
	}
}
