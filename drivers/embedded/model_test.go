package embedded_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"kvbench/internal/clock"
	"kvbench/kv"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// op is one step of a random history.
type op struct {
	Kind   string // get, put, delete, list, bulk, wait
	Key    string
	Value  string
	TTL    time.Duration
	Meta   string
	Prefix string
	Limit  int
	Wait   time.Duration
}

var keyGen = rapid.SampledFrom([]string{"a", "a/b", "a/c", "b", "ba", "é", "z"})

func opGen() *rapid.Generator[op] {
	return rapid.Custom(func(t *rapid.T) op {
		return op{
			Kind:   rapid.SampledFrom([]string{"get", "put", "put", "delete", "list", "bulk", "wait"}).Draw(t, "kind"),
			Key:    keyGen.Draw(t, "key"),
			Value:  rapid.StringN(0, 5, -1).Draw(t, "value"),
			TTL:    rapid.SampledFrom([]time.Duration{0, 0, time.Minute, 61500 * time.Millisecond, time.Hour}).Draw(t, "ttl"),
			Meta:   rapid.SampledFrom([]string{"", "1", `{"a":2}`, "null"}).Draw(t, "meta"),
			Prefix: rapid.SampledFrom([]string{"", "a", "a/", "b", "q"}).Draw(t, "prefix"),
			Limit:  rapid.IntRange(0, 4).Draw(t, "limit"),
			Wait:   rapid.SampledFrom([]time.Duration{time.Millisecond, 10 * time.Second, 30 * time.Minute}).Draw(t, "wait"),
		}
	})
}

// held is what the model keeps of a key.
type held struct {
	Value, Meta string
	Expiration  int64
}

// model is Workers KV as a map: one location, every write seen at once.
type model map[string]held

func (m model) find(key string, unix int64) (held, bool) {
	h, ok := m[key]
	return h, ok && (h.Expiration == 0 || unix < h.Expiration)
}

// A store that is used at one location, whatever its profile, cannot be told from
// a map.
func TestModel(t *testing.T) {
	for _, url := range []string{"embedded://?profile=none&propagation=0", "embedded://?propagation=0&profile=edge", "embedded://?profile=none&propagation=0&hot=p50:1ms&locations=2"} {
		t.Run(url, func(t *testing.T) {
			rapid.Check(t, func(rt *rapid.T) {
				ops := rapid.SliceOfN(opGen(), 1, 120).Draw(rt, "ops")
				c := clock.NewVirtual()
				s := open(t, url, c)
				m := model{}
				var broken error
				err := c.Run(t.Context(), func(ctx context.Context) {
					for i, o := range ops {
						if broken = m.step(ctx, c, s, o); broken != nil {
							broken = fmt.Errorf("step %d, %+v: %w", i, o, broken)
							return
						}
					}
				})
				if err := errors.Join(broken, err, s.Close()); err != nil {
					rt.Fatal(err)
				}
			})
		})
	}
}

// step does o with the store and the model, and compares.
func (m model) step(ctx context.Context, c clock.Clock, s kv.Store, o op) error {
	unix := func() int64 { return c.Epoch().Add(c.Now()).Unix() }
	switch o.Kind {
	case "wait":
		return c.Sleep(ctx, o.Wait)
	case "put":
		if err := s.Put(ctx, o.Key, []byte(o.Value), kv.PutOptions{TTL: o.TTL, Metadata: []byte(o.Meta)}); err != nil {
			return err
		}
		h := held{Value: o.Value, Meta: strings.ReplaceAll(o.Meta, "null", "")}
		if o.TTL > 0 {
			h.Expiration = unix() + int64((o.TTL+time.Second-1)/time.Second)
		}
		m[o.Key] = h
	case "delete":
		delete(m, o.Key)
		return s.Delete(ctx, o.Key)
	case "get":
		var e kv.Entry
		err := s.Get(ctx, o.Key, kv.GetOptions{Metadata: true}, &e)
		if err != nil && !errors.Is(err, kv.ErrNotFound) || (err == nil) != e.Found {
			return fmt.Errorf("got %w, found %v", err, e.Found)
		}
		return m.compare(o.Key, e, unix())
	case "bulk":
		keys := []string{o.Key, "never", "a", o.Key}
		es := make([]kv.Entry, len(keys))
		if err := s.(kv.BulkGetter).BulkGet(ctx, keys, kv.GetOptions{Metadata: true}, es); err != nil {
			return err
		}
		for i, key := range keys {
			if err := m.compare(key, es[i], unix()); err != nil {
				return err
			}
		}
	case "list":
		return m.compareList(ctx, s, o, unix)
	}
	return nil
}

func (m model) compare(key string, e kv.Entry, unix int64) error {
	want, ok := m.find(key, unix)
	got := held{string(e.Value), string(e.Metadata), e.Expiration}
	if !ok {
		want = held{}
	}
	if got != want || e.Found != ok {
		return fmt.Errorf("%q: got %+v (%v), want %+v (%v)", key, got, e.Found, want, ok)
	}
	return nil
}

func (m model) compareList(ctx context.Context, s kv.Store, o op, unix func() int64) error {
	var got, want []string
	var p kv.Page
	var now int64
	for lo := (kv.ListOptions{Prefix: o.Prefix, Limit: o.Limit}); !p.Complete; lo.Cursor = p.Cursor {
		if err := s.List(ctx, lo, &p); err != nil {
			return err
		}
		if now != 0 && now != unix() {
			return nil // time passed between two pages: an expiry may fall in between
		}
		now = unix()
		if len(got) > len(m) {
			return fmt.Errorf("listed %d of at most %d names", len(got), len(m))
		}
		for _, k := range p.Keys {
			got = append(got, fmt.Sprint(k.Name, k.Expiration, string(k.Metadata)))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(m)) {
		if h, ok := m.find(name, now); ok && strings.HasPrefix(name, o.Prefix) {
			want = append(want, fmt.Sprint(name, h.Expiration, h.Meta))
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		return errors.New(diff)
	}
	return nil
}
