// Package budget keeps a run on stores that bill within an amount of money. A wrapped
// store asks a Ledger before every call: it pays for the call, and puts by what it
// will cost to list and delete the keys that the call may create. A call for which
// both are not there is not made.
package budget

import (
	"fmt"
	"hash/maphash"
	"math"
	"sync"

	"kvbench/internal/units"
	"kvbench/kv"
)

// Amount is money in whole 10⁻¹² US dollars, so that no sum of it is rounded.
type Amount int64

// perDollar is the number of units of Amount in a dollar.
const perDollar = 1e12

// Most is the largest amount there is: about 9.2 million dollars.
const Most Amount = math.MaxInt64

// Dollars is an amount in US dollars, rounded down; Most where it is more.
func Dollars(usd float64) Amount {
	if usd >= float64(Most)/perDollar {
		return Most
	}
	return Amount(math.Floor(usd * perDollar))
}

// Share is the amount's share of number index, from 0, of so many that are alike to one unit and
// add up to the amount. Of 0 or 1 it is the amount.
func (a Amount) Share(index, of int) Amount {
	if of < 2 {
		return a
	}
	share := a / Amount(of)
	if Amount(index) < a%Amount(of) {
		share++
	}
	return share
}

// USD is the amount in US dollars.
func (a Amount) USD() float64 { return float64(a) / perDollar }

func (a Amount) String() string { return units.FormatUSD(a.USD()) }

// each is the price of one operation, of which a million cost so many dollars,
// rounded up.
func each(million float64) Amount {
	return Amount(min(math.Ceil(max(million, 0)*perDollar/1e6), 1e15)) // at most $1,000
}

// Ledger is the money of a run: a budget, what has been spent of it, and what is put
// by for the clean-up. It is safe for concurrent use. Its memory grows by a few bytes
// a key that the run creates, whose number the budget bounds.
type Ledger struct {
	stop func(error)
	seed maphash.Seed

	mu     sync.Mutex
	budget Amount
	state  State
	keys   map[uint64]struct{} // hashes of the names that the run may have created
	over   error               // why nothing is bought any more
}

// State is what a ledger has come to.
type State struct {
	Spent    Amount // on calls that were made, or are being made
	Reserved Amount // for listing and deleting the keys that are there
	Calls    int    // that were paid for; a bulk call is one
	Keys     int    // that may have been created
}

// New returns a ledger with a budget. stop, which may be nil, is called once, when the
// first call is refused, with the error that the call ends in: an *ExceededError.
func New(budget Amount, stop func(error)) *Ledger {
	return &Ledger{budget: budget, stop: stop, seed: maphash.MakeSeed(), keys: map[uint64]struct{}{}}
}

// State returns what the ledger has come to.
func (l *Ledger) State() State {
	l.mu.Lock()
	defer l.mu.Unlock()
	s := l.state
	s.Keys = len(l.keys)
	return s
}

// ExceededError says that a call was not made, because it and the clean-up together
// would cost more than is left.
type ExceededError struct {
	Budget Amount
	State
	Needs Amount // by the call, with what is to be put by for it
}

func (e *ExceededError) Error() string {
	return fmt.Sprintf("the budget of %v is used up: %v was spent on %d calls and %v is reserved to delete the keys again; "+
		"the next call needs %v; allow more with --budget, or measure less", e.Budget, e.Spent, e.Calls, e.Reserved, e.Needs)
}

// account buys for one store.
type account struct {
	*Ledger
	read, write, delete, list Amount
	keep                      Amount // put by for each key that is created
	cleaning                  bool   // what was put by pays
}

// fewPages are the listings that cleaning a store takes however little there is in
// it: that of an empty store, and some that are empty though keys follow.
const fewPages = 4

func (l *Ledger) account(s kv.Store, p kv.Prices, cleaning bool) *account {
	if p == (kv.Prices{}) { // a store that does not tell is one of Workers KV
		p = kv.ClassicPrices()
	}
	a := &account{
		Ledger: l, cleaning: cleaning,
		read: each(p.Reads), write: each(p.Writes), delete: each(p.Deletes), list: each(p.Lists),
	}
	perPage := Amount(s.Capabilities().MaxListKeys)
	if perPage <= 0 {
		perPage = kv.MaxListKeys
	}
	// Twice as many pages as are full: a page may hold less than it could.
	a.keep = a.delete + (2*a.list+perPage-1)/perPage
	return a
}

// pay pays for a call, unless it costs more than is left.
func (a *account) pay(price Amount) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.buy(price, 0)
}

// refund gives back what was paid for a call that was not made.
func (a *account) refund(price Amount) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.state.Spent -= price
}

// buy is pay, and puts by as well. The ledger is locked.
func (a *account) buy(price, reserve Amount) error {
	s := &a.state
	if a.cleaning {
		s.Reserved -= min(s.Reserved, price)
	} else if a.over != nil {
		return a.over
	}
	if left := a.budget - s.Spent - s.Reserved; price > left || reserve > left-price {
		err := &ExceededError{Budget: a.budget, State: *s, Needs: price + reserve}
		if a.over == nil {
			a.over = err
			if a.stop != nil {
				a.stop(err)
			}
		}
		return err
	}
	s.Spent += price
	s.Reserved += reserve
	s.Calls++
	return nil
}

// put pays for a put, and puts by for its key unless that has been done.
func (a *account) put(key string) error {
	hash := maphash.String(a.seed, key)
	a.mu.Lock()
	defer a.mu.Unlock()
	if _, known := a.keys[hash]; known {
		return a.buy(a.write, 0)
	}
	if err := a.buy(a.write, a.keep); err != nil {
		return err
	}
	a.keys[hash] = struct{}{}
	return nil
}

// puts is put for the pairs of one call.
func (a *account) puts(pairs []kv.Pair) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	fresh := Amount(0) // a key that is there twice counts twice, which is on the safe side
	for i := range pairs {
		if _, known := a.keys[maphash.String(a.seed, pairs[i].Key)]; !known {
			fresh++
		}
	}
	if err := a.buy(a.write*Amount(len(pairs)), a.keep*fresh); err != nil {
		return err
	}
	for i := range pairs {
		a.keys[maphash.String(a.seed, pairs[i].Key)] = struct{}{}
	}
	return nil
}
