package fault_test

import (
	"context"
	"errors"
	"net/url"
	"testing"
	"time"

	"kvbench/drivers/embedded"
	"kvbench/drivers/fault"
	"kvbench/drivers/option"
	"kvbench/internal/clock"
	"kvbench/kv"
)

// fake is a store of one value that takes a given time and counts its calls. It
// has no optional interface.
type fake struct {
	clock clock.Clock
	takes time.Duration
	value string
	err   error
	calls int
}

func (s *fake) answer(ctx context.Context) error {
	s.calls++
	if s.takes > 0 {
		if err := s.clock.Sleep(ctx, s.takes); err != nil {
			return err
		}
	}
	return s.err
}

func (s *fake) Get(ctx context.Context, _ string, _ kv.GetOptions, e *kv.Entry) error {
	e.Reset()
	e.Found, e.Value = true, append(e.Value, s.value...)
	return s.answer(ctx)
}

func (s *fake) Put(ctx context.Context, _ string, _ []byte, _ kv.PutOptions) error {
	return s.answer(ctx)
}
func (s *fake) Delete(ctx context.Context, _ string) error { return s.answer(ctx) }
func (s *fake) List(ctx context.Context, _ kv.ListOptions, p *kv.Page) error {
	p.Reset()
	p.Keys = append(p.Keys, kv.Key{Name: "k"})
	return s.answer(ctx)
}

func (s *fake) Capabilities() kv.Capabilities { return kv.Capabilities{Locations: 1, MaxListKeys: 1} }
func (s *fake) Close() error                  { return errClosed }

var errClosed = errors.New("closed")

// bulkFake has the bulk operations too.
type bulkFake struct{ *fake }

func (s bulkFake) BulkGet(ctx context.Context, _ []string, _ kv.GetOptions, es []kv.Entry) error {
	for i := range es {
		es[i].Reset()
		es[i].Found, es[i].Value = true, append(es[i].Value, s.value...)
	}
	return s.answer(ctx)
}
func (s bulkFake) BulkPut(ctx context.Context, _ []kv.Pair) error { return s.answer(ctx) }

// ops are all operations of a bulkFake or what wraps it, by name.
func ops() map[string]func(ctx context.Context, s kv.Store, key string) error {
	return map[string]func(ctx context.Context, s kv.Store, key string) error{
		"get": func(ctx context.Context, s kv.Store, key string) error {
			return s.Get(ctx, key, kv.GetOptions{}, new(kv.Entry))
		},
		"put": func(ctx context.Context, s kv.Store, key string) error {
			return s.Put(ctx, key, nil, kv.PutOptions{})
		},
		"delete": func(ctx context.Context, s kv.Store, key string) error { return s.Delete(ctx, key) },
		"list": func(ctx context.Context, s kv.Store, key string) error {
			return s.List(ctx, kv.ListOptions{Prefix: key}, new(kv.Page))
		},
		"bulk-get": func(ctx context.Context, s kv.Store, key string) error {
			return s.(kv.BulkGetter).BulkGet(ctx, []string{key, "other"}, kv.GetOptions{}, make([]kv.Entry, 2))
		},
		"bulk-put": func(ctx context.Context, s kv.Store, key string) error {
			return s.(kv.BulkPutter).BulkPut(ctx, []kv.Pair{{Key: key}, {Key: "other"}})
		},
	}
}

// named is a profile changed by the functions given.
func named(t testing.TB, name string, change ...func(p *fault.Profile)) fault.Profile {
	t.Helper()
	p, err := fault.Named(name)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range change {
		f(&p)
	}
	return p
}

// always opens the window for the whole load.
func always(p *fault.Profile) { p.From, p.For = 0, 0 }

// hits sets the share.
func hits(share float64) func(p *fault.Profile) { return func(p *fault.Profile) { p.Share = share } }

// under runs f in virtual time with a store that fails by p, its load begun at 0.
func under(t testing.TB, p fault.Profile, open func(c clock.Clock) kv.Store,
	f func(ctx context.Context, c clock.Clock, s kv.Store),
) {
	t.Helper()
	c := clock.NewVirtual()
	s := fault.Wrap(open(c), p, c, 1)
	s.(kv.Phased).BeginLoad(0)
	if err := c.Run(t.Context(), func(ctx context.Context) { f(ctx, c, s) }); err != nil {
		t.Fatal(err)
	}
}

// openFake returns a bulkFake that takes a time for each call, and a way to see it.
func openFake(takes time.Duration) (*fake, func(c clock.Clock) kv.Store) {
	s := &fake{takes: takes, value: `{"a":"value"}`}
	return s, func(c clock.Clock) kv.Store {
		s.clock = c
		return bulkFake{s}
	}
}

func openEmbedded(t testing.TB, rawURL string) func(c clock.Clock) kv.Store {
	return func(c clock.Clock) kv.Store {
		t.Helper()
		u, err := url.Parse(rawURL)
		if err != nil {
			t.Fatal(err)
		}
		s, err := embedded.Open(u, c, 1, option.Prices{})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
}
