package budget

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"kvbench/kv"

	"pgregory.net/rapid"
)

// counted is a store that counts what it would charge, fails now and then, and keeps
// the keys that it was given.
type counted struct {
	mu    sync.Mutex
	bill  Amount
	keys  map[string]bool
	calls int
	fail  int // every so many calls; 0 for none
	// binary says that values are no text: a bulk get, and so a get with metadata, reads
	// each once more.
	binary bool
}

func (s *counted) call(price Amount) error {
	s.bill += price
	if s.calls++; s.fail > 0 && s.calls%s.fail == 0 {
		return &kv.Error{Status: 500}
	}
	return nil
}

// The classic prices of one operation.
const (
	aRead  = 500_000
	others = 5_000_000
)

// again reads a value once more that is no text.
func (s *counted) again(key string, e *kv.Entry) {
	e.Reset()
	if e.Value = append(e.Value, key...); s.binary {
		e.Value = append(e.Value, 0xff)
		s.bill += aRead
	}
}

func (s *counted) Get(_ context.Context, key string, o kv.GetOptions, e *kv.Entry) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if o.Metadata {
		s.again(key, e)
	}
	return s.call(aRead)
}

func (s *counted) Put(_ context.Context, key string, _ []byte, _ kv.PutOptions) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.keys[key] = true // also where the answer does not come back
	return s.call(others)
}

func (s *counted) Delete(_ context.Context, key string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	err := s.call(others)
	if err == nil {
		delete(s.keys, key)
	}
	return err
}

func (s *counted) List(context.Context, kv.ListOptions, *kv.Page) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.call(others)
}

func (s *counted) BulkGet(_ context.Context, keys []string, _ kv.GetOptions, es []kv.Entry) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, key := range keys {
		s.again(key, &es[i])
	}
	return s.call(aRead * Amount(len(keys)))
}

func (s *counted) BulkPut(_ context.Context, pairs []kv.Pair) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range pairs {
		s.keys[p.Key] = true
	}
	return s.call(others * Amount(len(pairs)))
}

func (s *counted) Capabilities() kv.Capabilities {
	return kv.Capabilities{Locations: 1, MaxListKeys: 1000}
}
func (s *counted) Close() error { return nil }

// Whatever is called and whatever fails: what the store charges for it, and for the
// clean-up afterwards, is never more than the budget; what is refused was not made;
// and what is left over does not buy the call that was refused.
func TestNeverBeyondTheBudget(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		limit := Amount(rapid.IntRange(0, 400).Draw(t, "budget")) * aRead
		inner := &counted{keys: map[string]bool{}, fail: rapid.IntRange(0, 4).Draw(t, "fail"), binary: rapid.Bool().Draw(t, "binary")}
		stopped := 0
		l := New(limit, func(error) { stopped++ })
		prices := inner.Capabilities().Prices
		if err := l.Reserve(inner, prices); err != nil {
			if limit >= fewPages*others {
				t.Fatalf("%v: %v", limit, err)
			}
			return
		}
		s := l.Wrap(inner, prices)
		ctx := context.Background()
		for i := range rapid.IntRange(0, 60).Draw(t, "calls") {
			key := fmt.Sprint(rapid.IntRange(0, 9).Draw(t, "key"))
			before := inner.bill
			var err error
			switch rapid.IntRange(0, 6).Draw(t, "kind") {
			case 0:
				err = s.Get(ctx, key, kv.GetOptions{}, &kv.Entry{})
			case 1:
				err = s.Put(ctx, key, nil, kv.PutOptions{})
			case 2:
				err = s.Delete(ctx, key)
			case 3:
				err = s.List(ctx, kv.ListOptions{}, &kv.Page{})
			case 4:
				err = s.(kv.BulkGetter).BulkGet(ctx, []string{key, "a", "b"}, kv.GetOptions{}, make([]kv.Entry, 3))
			case 5:
				err = s.(kv.BulkPutter).BulkPut(ctx, []kv.Pair{{Key: key}, {Key: fmt.Sprint("more", i)}})
			case 6:
				err = s.Get(ctx, key, kv.GetOptions{Metadata: true}, &kv.Entry{})
			}
			var over *ExceededError
			if refused := errors.As(err, &over); refused != (inner.bill == before) {
				t.Fatalf("refused %v, charged %v: %v", refused, inner.bill-before, err)
			}
			if (stopped > 0) != (l.over != nil) || stopped > 1 {
				t.Fatalf("stopped %d times", stopped)
			}
		}
		if spent := l.State().Spent; spent < inner.bill || spent > inner.bill && inner.fail == 0 {
			t.Fatalf("%v was spent, the store charges %v", spent, inner.bill)
		}
		inner.fail = 0 // so that no key is left
		clean := l.Clean(inner, prices)
		for range 2 { // an empty page, and that which names all
			if err := clean.List(ctx, kv.ListOptions{}, &kv.Page{}); err != nil {
				t.Fatal(err)
			}
		}
		for key := range inner.keys {
			if err := clean.Delete(ctx, key); err != nil {
				t.Fatalf("the clean-up was not paid for: %v", err)
			}
		}
		if inner.bill > limit || l.State().Spent < inner.bill || len(inner.keys) > 0 {
			t.Fatalf("charged %v, spent %v, of %v; %d keys are left", inner.bill, l.State().Spent, limit, len(inner.keys))
		}
	})
}

// Many tasks that spend at once spend no more than there is.
func TestConcurrent(t *testing.T) {
	inner := &counted{keys: map[string]bool{}}
	const limit = 1000 * others
	l := New(limit, nil)
	s := l.Wrap(inner, kv.Prices{})
	var all sync.WaitGroup
	for n := range 8 {
		all.Go(func() {
			for i := 0; s.Put(t.Context(), fmt.Sprint(n, i), nil, kv.PutOptions{}) == nil; i++ {
			}
		})
	}
	all.Wait()
	st := l.State()
	if st.Spent != inner.bill || st.Spent+st.Reserved > limit || st.Keys != len(inner.keys) ||
		st.Reserved != Amount(st.Keys)*(others+2*others/1000) {
		t.Errorf("%+v, charged %v", st, inner.bill)
	}
}

// A call allocates nothing, but for the growth of the set of keys.
func TestAllocatesNothing(t *testing.T) {
	l := New(Most, nil)
	a := l.account(&counted{}, kv.Prices{}, false)
	if err := a.put("key"); err != nil {
		t.Fatal(err)
	}
	if n := testing.AllocsPerRun(100, func() {
		if a.put("key") != nil || a.pay(a.read) != nil {
			t.Fatal("refused")
		}
	}); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

// Amounts are rounded to the safe side: a budget down, a price up.
func TestAmounts(t *testing.T) {
	if Dollars(1.5e-12) != 1 || Dollars(1e300) != Most || Dollars(1) != 1e12 {
		t.Error(Dollars(1.5e-12), Dollars(1e300), Dollars(1))
	}
	if each(0.5) != aRead || each(5) != others || each(1e-7) != 1 || each(-1) != 0 {
		t.Error(each(0.5), each(5), each(1e-7), each(-1))
	}
}

// The shares of a budget add up to it, and none is more than one unit above another.
func TestShares(t *testing.T) {
	if Amount(7).Share(0, 0) != 7 || Amount(7).Share(0, 1) != 7 {
		t.Error("a run that is not cut up has not all")
	}
	rapid.Check(t, func(t *rapid.T) {
		all, of := Amount(rapid.Int64Range(0, int64(Most)).Draw(t, "amount")), rapid.IntRange(1, 10_000).Draw(t, "shards")
		left, first := all, all.Share(0, of)
		for i := range of {
			share := all.Share(i, of)
			if left -= share; share < 0 || share > first || share < first-1 || left < 0 {
				t.Fatalf("share %d of %d of %d is %d, and %d of the first", i, of, all, share, first)
			}
		}
		if left != 0 {
			t.Fatalf("%d of %d are in no share of %d", left, all, of)
		}
	})
}
