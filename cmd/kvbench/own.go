package main

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
	"kvbench/kv"
)

// newRunID names a run for the keys that it writes to a store of someone else's.
func newRunID() string {
	const letters = 6
	return time.Now().UTC().Format("20060102-150405-") + strings.ToLower(rand.Text()[:letters])
}

// open opens a scenario's store by its URL.
func open(s *bench.Scenario, c clock.Clock, seed uint64) (kv.Store, error) {
	return drivers.Open(s.Driver, drivers.Env{Clock: c, Seed: seed})
}

// openOwn opens the store of one run of a variant. One that is not made for the
// run has the variant's keys below a prefix that no other has.
func (p *plan) openOwn(s *bench.Scenario, c clock.Clock, seed uint64) (kv.Store, error) {
	store, err := open(s, c, seed)
	if err != nil || store.Traits().Virtual {
		return store, err
	}
	p.opened++
	return prefix.Wrap(store, fmt.Sprintf("%s%d/", prefix.Of(p.header.RunID), p.opened), c), nil
}

// shared are the drivers of the plan whose stores are not made for the run.
func (p *plan) shared() []string {
	var out []string
	seen := map[string]bool{}
	for i := range p.scenarios {
		if url := p.scenarios[i].Driver; !p.header.Scenarios[i].Traits.Virtual && !seen[url] {
			seen[url] = true
			out = append(out, url)
		}
	}
	return out
}

// reach makes one call of every store that is not made for the run, so that a
// wrong token or name is told before anything runs. Its errors are of usage.
func (p *plan) reach(ctx context.Context) error {
	for _, url := range p.shared() {
		if err := withStore(url, func(store kv.Store, _ clock.Clock) error {
			var page kv.Page
			return store.List(ctx, kv.ListOptions{Prefix: prefix.Of(p.header.RunID)}, &page)
		}); err != nil {
			return usage(fmt.Errorf("trying %s: %w", url, err))
		}
	}
	return nil
}

// cleanUp deletes what the run has written to stores that are not made for it.
// It does so also when the run was interrupted.
func (p *plan) cleanUp(ctx context.Context, dir string, w io.Writer) error {
	for _, url := range p.shared() {
		if err := clean(context.WithoutCancel(ctx), url, prefix.Of(p.header.RunID), w); err != nil {
			return fmt.Errorf("%w; kvbench clean %s deletes what is left", err, dir)
		}
	}
	return nil
}

// clean deletes every key below a prefix of kvbench's, as a listing has them when
// all that was written is seen.
func clean(ctx context.Context, url, below string, w io.Writer) error {
	return withStore(url, func(store kv.Store, clk clock.Clock) error {
		if lag := store.Traits().Staleness; lag > 0 {
			fmt.Fprintf(w, "waiting %v until all keys below %s are listed\n", lag, below)
			if err := clk.Sleep(ctx, lag); err != nil {
				return err
			}
		}
		n, err := prefix.Clean(ctx, store, below, nil)
		fmt.Fprintf(w, "%d keys deleted below %s\n", n, below)
		return err
	})
}

// withStore opens a store on the wall clock for f.
func withStore(url string, f func(kv.Store, clock.Clock) error) error {
	clk := clock.NewWall()
	store, err := drivers.Open(url, drivers.Env{Clock: clk})
	if err != nil {
		return err
	}
	return errors.Join(f(store, clk), store.Close())
}
