package fault_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"kvbench/drivers"
	"kvbench/drivers/fault"
	"kvbench/internal/clock"
	"kvbench/kv"

	"github.com/google/go-cmp/cmp"
)

type (
	located struct{ kv.Store }
	settler struct{}
)

var errSettled = errors.New("settled")

func (l located) At(int) kv.Store            { return l.Store }
func (settler) Settle(context.Context) error { return errSettled }

// has says which of the optional interfaces a store has.
func has(s kv.Store) string {
	_, l := s.(kv.Located)
	_, g := s.(kv.BulkGetter)
	_, p := s.(kv.BulkPutter)
	_, settles := s.(kv.Settler)
	return fmt.Sprint("located ", l, ", bulk get ", g, ", bulk put ", p, ", settler ", settles)
}

// A wrapped store has the optional interfaces that the store has, and no other.
func TestKeepsTheInterfaces(t *testing.T) {
	f := &fake{}
	b := bulkFake{f}
	type (
		L = kv.Located
		G = kv.BulkGetter
		P = kv.BulkPutter
		S = kv.Settler
	)
	plain := kv.Store(f)
	l, s := located{plain}, settler{}
	all := []kv.Store{
		plain,
		struct {
			kv.Store
			L
		}{plain, l},
		struct {
			kv.Store
			G
		}{plain, b},
		struct {
			kv.Store
			P
		}{plain, b},
		struct {
			kv.Store
			S
		}{plain, s},
		struct {
			kv.Store
			L
			G
		}{plain, l, b},
		struct {
			kv.Store
			L
			P
		}{plain, l, b},
		struct {
			kv.Store
			L
			S
		}{plain, l, s},
		struct {
			kv.Store
			G
			P
		}{plain, b, b},
		struct {
			kv.Store
			G
			S
		}{plain, b, s},
		struct {
			kv.Store
			P
			S
		}{plain, b, s},
		struct {
			kv.Store
			L
			G
			P
		}{plain, l, b, b},
		struct {
			kv.Store
			L
			G
			S
		}{plain, l, b, s},
		struct {
			kv.Store
			L
			P
			S
		}{plain, l, b, s},
		struct {
			kv.Store
			G
			P
			S
		}{plain, b, b, s},
		struct {
			kv.Store
			L
			G
			P
			S
		}{plain, l, b, b, s},
	}
	seen := map[string]bool{}
	c := clock.NewVirtual()
	for _, inner := range all {
		seen[has(inner)] = true
		outer := fault.Wrap(inner, named(t, "none"), c, 1)
		if diff := cmp.Diff(has(inner), has(outer)); diff != "" {
			t.Error(diff)
		}
		if places, ok := outer.(kv.Located); ok && places.At(0) != outer {
			t.Error("At(0) is another store")
		}
		if s, ok := outer.(kv.Settler); ok && s.Settle(t.Context()) != errSettled {
			t.Error("Settle is not the store's")
		}
		before := f.calls
		if g, ok := outer.(kv.BulkGetter); ok {
			_ = g.BulkGet(t.Context(), []string{"k"}, kv.GetOptions{}, make([]kv.Entry, 1))
			before++
		}
		if p, ok := outer.(kv.BulkPutter); ok {
			_ = p.BulkPut(t.Context(), []kv.Pair{{Key: "k"}})
			before++
		}
		if f.calls != before {
			t.Errorf("%d calls, want %d", f.calls, before)
		}
		if err := outer.Close(); err != errClosed {
			t.Errorf("closing gives %v", err)
		}
	}
	if len(seen) != 16 {
		t.Fatalf("%d combinations, want all 16", len(seen))
	}
}

// What is made up is called so in the capabilities, with the figures of the run and
// where the defaults come from; nothing else of them changes.
func TestCapabilities(t *testing.T) {
	inner := openEmbedded(t, "embedded://?profile=none&propagation=0&locations=2")(clock.NewVirtual())
	for _, p := range fault.Profiles() {
		p.From = 7 * time.Second
		got, want := fault.Wrap(inner, p, clock.NewVirtual(), 1).Capabilities(), inner.Capabilities()
		if p.Name != "none" {
			added := got.Sources[len(got.Sources)-1]
			for _, text := range []string{
				"injected fault, modelled: " + p.Name, p.Doc, p.Source, "assumption", "from 7s",
			} {
				if !strings.Contains(added, text) {
					t.Errorf("%s: %q does not say %q", p.Name, added, text)
				}
			}
			want.Sources = append(slices.Clone(want.Sources), added)
			window := kv.Window{From: p.From}
			if p.For > 0 {
				window.Until = p.From + p.For
			}
			want.Faults = []kv.Window{window}
			want.Modelled = p.Name != "corrupt" // which takes no time of its own
			want.Faults = []kv.Window{{From: p.From}}
			if p.For > 0 {
				want.Faults[0].Until = p.From + p.For
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", p.Name, diff)
		}
	}
}

// What a store holds, and what it charges, is the same behind faults.
func TestSizeAndPricesPassThrough(t *testing.T) {
	c := clock.NewVirtual()
	s, err := drivers.Open("embedded://?mode=instant&fault=outage&prices=read:3&profile=none", drivers.Env{Clock: c})
	if err != nil {
		t.Fatal(err)
	}
	if got := s.Capabilities().Prices.Reads; got != 3 {
		t.Errorf("a million reads cost $%v, want $3", got)
	}
	err = c.Run(t.Context(), func(ctx context.Context) {
		if err := s.Put(ctx, "key", []byte("value"), kv.PutOptions{}); err != nil {
			t.Error(err)
		}
		sizer, ok := kv.As[kv.Sizer](s)
		if !ok || sizer.StoredBytes() != 8 {
			t.Errorf("a store that tells its size: %v", ok)
		}
		s.(kv.Phased).BeginLoad(c.Now())
		for i, want := range []int{0, 429} { // faults begin after 60 s; the store knows of the load
			if err := s.Put(ctx, "key", nil, kv.PutOptions{}); want == 0 && err != nil || want != 0 && !kv.HasStatus(err, want) {
				t.Errorf("put %d under load: %v", i, err)
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
}

// One wrap in another: both know of the load.
func TestTwoFaults(t *testing.T) {
	store, open := openFake(time.Millisecond)
	inner := func(c clock.Clock) kv.Store { return fault.Wrap(open(c), named(t, "brownout"), c, 1) }
	p := named(t, "outage", func(p *fault.Profile) { p.Ops = fault.Put })
	under(t, p, inner, func(ctx context.Context, c clock.Clock, s kv.Store) {
		_ = c.Sleep(ctx, p.From)
		err := s.Get(ctx, "k", kv.GetOptions{}, new(kv.Entry))
		if err != nil || c.Now() != p.From+10*time.Millisecond {
			t.Errorf("get: at %v: %v", c.Now(), err)
		}
		if err := s.Put(ctx, "k", nil, kv.PutOptions{}); !kv.HasStatus(err, 500) {
			t.Errorf("put: %v", err)
		}
		s.(kv.Phased).EndLoad()
		before := c.Now()
		if _ = s.Put(ctx, "k", nil, kv.PutOptions{}); c.Now() != before+store.takes {
			t.Errorf("after the load a put takes %v", c.Now()-before)
		}
	})
}
