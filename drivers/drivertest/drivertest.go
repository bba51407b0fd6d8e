// Package drivertest is what every store has to do: one table of rules, each
// with a check. A driver's test is one call of Run. A rule is skipped only where
// the store's declared capabilities, or a clock that cannot be waited for, say that it
// cannot be checked.
package drivertest

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"kvbench/internal/clock"
	"kvbench/kv"
)

// Clock is a time that passes and the tasks that live by it: what a store may use of it,
// which is all of kv.Clock, and what the suite needs beside that.
type Clock = clock.Clock

// NewWall returns a clock of this machine's time.
func NewWall() Clock { return clock.NewWall() }

// NewVirtual returns a clock on which waiting costs nothing, and which runs one task at a
// time; for a store that declares kv.Capabilities.Virtual.
func NewVirtual() Clock { return clock.NewVirtual() }

// Harness is a store under test. Run closes the store.
type Harness struct {
	Store kv.Store
	// Clock is the one that the store lives by; the wall's for a store of the world
	// outside.
	Clock Clock
	// Prefix is of every key that the suite writes. It may be empty; the store
	// may hold other keys, and keys of an earlier row, unless it declares limits of
	// its namespace: then it has to be empty.
	Prefix string
	// Patience is the longest that a row may wait on purpose. Zero means 5 s on
	// the wall clock, and any time on a virtual one.
	Patience time.Duration
}

// Row is one rule and its check.
type Row struct {
	Name string
	Rule string // what the store does
	Why  string // where that comes from
	// Needs says why the row does not apply to a store with these capabilities; empty
	// when it does. Nil: it applies to every store.
	Needs func(t kv.Capabilities) string
	// Lacks says which optional interface that the row is about the store lacks;
	// empty when none. Nil: the row is about none, or capabilities declare it.
	Lacks func(s kv.Store) string
	// Waits is how long the row waits on purpose. Nil: it does not.
	Waits func(t kv.Capabilities) time.Duration

	check func(x *exam)
}

// Rows lists all rules.
func Rows() []Row {
	var all []Row
	for _, group := range [][]Row{
		valueRows(), limitRows(), namespaceRows(), expiryRows(), listRows(), bulkRows(), concurrentRows(), locationRows(),
	} {
		all = append(all, group...)
	}
	return all
}

// Run checks every row against a store of its own, which open returns.
func Run(t *testing.T, open func(t testing.TB) Harness) {
	t.Helper()
	for _, row := range Rows() {
		t.Run(row.Name, func(t *testing.T) { row.Run(t, open) })
	}
}

// Run checks the row against a store of its own, which open returns. Rows of one store
// write keys of their own, so that they can be checked at the same time, unless it
// declares limits of its namespace.
func (r Row) Run(t *testing.T, open func(t testing.TB) Harness) {
	t.Helper()
	h := open(t)
	if reason := r.Skip(h); reason != "" {
		if err := h.Store.Close(); err != nil {
			t.Error(err)
		}
		t.Skip(reason)
	}
	if err := r.Try(t.Context(), h); err != nil {
		t.Errorf("%v\nrule: %s\nwhy:  %s", err, r.Rule, r.Why)
	}
}

// Skip says why the row cannot be checked with h; empty when it can.
func (r Row) Skip(h Harness) string {
	capabilities := h.Store.Capabilities()
	if r.Needs != nil {
		if reason := r.Needs(capabilities); reason != "" {
			return "not applicable: " + reason
		}
	}
	if r.Lacks != nil {
		if reason := r.Lacks(h.Store); reason != "" {
			return "not applicable: " + reason
		}
	}
	if r.Waits == nil {
		return ""
	}
	patience := h.Patience
	switch {
	case patience == 0 && h.Clock.Virtual():
		return ""
	case patience == 0:
		patience = 5 * time.Second
	}
	if wait := r.Waits(capabilities); wait > patience {
		return fmt.Sprintf("waits for %v, more than %v, which this clock may: use a virtual one", wait, patience)
	}
	return ""
}

// Try checks the row within h.Clock, closes the store, and returns how it broke
// the rule.
func (r Row) Try(ctx context.Context, h Harness) error {
	x := &exam{
		store: h.Store, clock: h.Clock, capabilities: h.Store.Capabilities(),
		prefix: h.Prefix + r.Name + "/", wrote: map[string]time.Duration{}, last: new(time.Duration),
	}
	*x.last = h.Clock.Now() // of an earlier row
	var broken error
	err := h.Clock.Run(ctx, func(ctx context.Context) {
		defer func() {
			switch p := recover().(type) {
			case nil:
			case failure:
				broken = p.error
			default:
				panic(p)
			}
		}()
		x.ctx = ctx
		r.check(x)
	})
	if !x.closed {
		err = errors.Join(err, h.Store.Close())
	}
	return errors.Join(broken, err)
}
