package command

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"kvbench/drivers"
	"kvbench/drivers/prefix"
	"kvbench/internal/bench"
	"kvbench/internal/clock"
	"kvbench/internal/printable"
	"kvbench/kv"
)

// newRunID names a run for the keys that it writes to a store of someone else's.
func newRunID() string {
	const letters = 6
	return time.Now().UTC().Format("20060102-150405-") + strings.ToLower(rand.Text()[:letters])
}

// openOwn opens the store of one run of a variant. One that is not made for the
// run has the variant's keys below a prefix that no other has, and one that bills is
// paid for out of the budget.
func (p *plan) openOwn(s *bench.Scenario, c clock.Clock, seed uint64) (kv.Store, error) {
	if s.Clock != "virtual" { // one after the other
		p.opened++
	}
	store, err := p.openURL(s.Driver, drivers.Env{Clock: c, Seed: seed})
	if err != nil || madeForTheRun(store.Capabilities()) {
		return store, err
	}
	if capabilities := store.Capabilities(); capabilities.Billed {
		if p.ledger == nil {
			return nil, errors.Join(errNoBudget, store.Close())
		}
		store = p.ledger.Wrap(store, capabilities.Prices)
	}
	return prefix.Wrap(store, fmt.Sprintf("%s%d/", prefix.Of(p.header.RunID), p.opened), c), nil
}

var errNoBudget = errors.New("a store that bills is opened without a budget")

// madeForTheRun reports whether a store is, so that there is nothing to keep apart in it and
// nothing to clean up.
func madeForTheRun(t kv.Capabilities) bool { return t.Virtual || t.Transient }

// shared are the drivers of the plan whose stores are not made for the run.
func (p *plan) shared() []string { return p.driversBut(madeForTheRun) }

// driversBut are the drivers of the plan but for those whose stores are so.
func (p *plan) driversBut(so func(kv.Capabilities) bool) []string {
	var out []string
	seen := map[string]bool{}
	for i := range p.scenarios {
		if url := p.scenarios[i].Driver; !so(p.defs[i].Capabilities) && !seen[url] {
			seen[url] = true
			out = append(out, url)
		}
	}
	return out
}

// reach makes one call of every location of every store that is not of this process alone,
// so that a wrong token or name, a location that there is not, or a runtime that is not
// installed, is told before anything runs. Of a store that bills it puts by what cleaning it takes at least. Its
// errors are of usage.
func (p *plan) reach(ctx context.Context) error {
	for _, url := range p.driversBut(func(t kv.Capabilities) bool { return t.Virtual }) {
		if err := withStore(p.openURL, url, func(store kv.Store, _ clock.Clock) error {
			if capabilities := store.Capabilities(); capabilities.Billed {
				if err := p.ledger.Reserve(store, capabilities.Prices); err != nil {
					return err
				}
				store = p.ledger.Wrap(store, capabilities.Prices)
			}
			return reachAll(ctx, store, prefix.Of(p.header.RunID))
		}); err != nil {
			return unlessStopped(ctx, fmt.Errorf("trying %s: %w", url, err))
		}
	}
	return nil
}

// reachAll lists the keys below a prefix once at each location.
func reachAll(ctx context.Context, store kv.Store, below string) error {
	var page kv.Page
	o := kv.ListOptions{Prefix: below}
	all := kv.AtEach(store)
	for n, at := range all {
		switch err := at.List(ctx, o, &page); {
		case err != nil && n == 0: // which the location has no part in
			return err
		case err != nil:
			return fmt.Errorf("location %d of %d: %w", n+1, len(all), err)
		}
	}
	return nil
}

// cleanUp deletes what the run has written to stores that are not made for it.
// It does so also when the run was interrupted, or has used up its budget.
func (p *plan) cleanUp(ctx context.Context, dir string, w io.Writer) error {
	defer finish(ctx)()
	var failed []error
	for _, url := range p.shared() {
		open := func(url string, env drivers.Env) (kv.Store, error) {
			store, err := p.openURL(url, env)
			if err == nil && store.Capabilities().Billed {
				store = p.ledger.Clean(store, store.Capabilities().Prices)
			}
			return store, err
		}
		if err := clean(context.WithoutCancel(ctx), open, url, prefix.Of(p.header.RunID), w); err != nil {
			failed = append(failed, fmt.Errorf("%w; kvbench clean %s deletes what is left", err, dir))
		}
	}
	return errors.Join(failed...)
}

// clean deletes every key below a prefix of kvbench's, as a listing has them when
// all that was written is seen.
func clean(ctx context.Context, open openURL, url, below string, w io.Writer) error {
	return withStore(open, url, func(store kv.Store, clk clock.Clock) error {
		if lag := store.Capabilities().Staleness; lag > 0 {
			fmt.Fprintf(w, "waiting %v until all keys below %s are listed\n", lag, printable.Line(below))
			if err := clk.Sleep(ctx, lag); err != nil {
				return err
			}
		}
		n, err := prefix.Clean(ctx, store, below, nil)
		fmt.Fprintf(w, "%d keys deleted below %s\n", n, printable.Line(below))
		return err
	})
}

// openURL opens a store by its URL, as drivers.Open does, by a driver of some table.
type openURL = func(url string, env drivers.Env) (kv.Store, error)

// withStore opens a store on the wall clock for f.
func withStore(open openURL, url string, f func(kv.Store, clock.Clock) error) error {
	clk := clock.NewWall()
	store, err := open(url, drivers.Env{Clock: clk})
	if err != nil {
		return err
	}
	return errors.Join(f(store, clk), store.Close())
}
