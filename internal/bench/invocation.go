package bench

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"

	"kvbench/internal/clock"
	"kvbench/kv"
)

// Connections is how many calls one invocation of a Worker may have open at once,
// fetches of an origin included: a further one waits until the headers of an
// answer have come (Cloudflare's changelog of 2026-04-09), which here is when the
// call ends.
const Connections = 6

// The operations of Workers KV that one invocation of a Worker may make; a bulk
// get counts as one (Workers changelog of 2026-02-11; the page of KV's limits of
// 2026-10-08 says 1,000 for both plans).
const (
	PaidOperations = 10_000
	FreeOperations = 1_000
)

// invocation is what the tasks of one transaction share, as those of one
// invocation of a Worker do: its connections and its count of operations.
type invocation struct {
	// shared says that the transaction has more tasks than one. Until then
	// nothing below is guarded, since nobody else can see it.
	shared  bool
	later   atomic.Int32 // tasks of Later that still use it
	number  uint64       // the transaction's
	tasks   atomic.Int32 // that are not over, where a watcher is told of calls
	over    atomic.Bool  // they all are
	mu      sync.Mutex
	made    int // operations
	open    int // connections
	waiting []clock.Parker
}

// share says that more tasks than one are going to use v.
func (v *invocation) share() {
	if !v.shared { // others may read it already
		v.shared = true
	}
}

// operation counts an operation against the most that an invocation may make; 0
// is no limit.
func (v *invocation) operation(most int) error {
	if v.shared {
		v.mu.Lock()
		defer v.mu.Unlock()
	}
	if v.made++; most > 0 && v.made > most {
		return kv.ErrInvocationLimit
	}
	return nil
}

// connect takes a connection, and waits for one while all are taken. First come,
// first served. It says whether it has waited.
func (v *invocation) connect(ctx context.Context, c clock.Clock) (waited bool, err error) {
	if !v.shared { // then its one task has no call open
		return false, nil
	}
	v.mu.Lock()
	if v.open < Connections {
		v.open++
		v.mu.Unlock()
		return false, nil
	}
	p := c.Parker()
	v.waiting = append(v.waiting, p)
	v.mu.Unlock()
	err = p.Park(ctx)
	if err == nil {
		return true, nil
	}
	v.mu.Lock()
	i := slices.Index(v.waiting, p)
	if i >= 0 {
		v.waiting = slices.Delete(v.waiting, i, i+1)
	}
	v.mu.Unlock()
	if i < 0 { // it was handed a connection all the same
		v.disconnect(true)
	}
	return true, err
}

// disconnect gives a connection back, to who has waited longest for one. held says
// that connect took it when the invocation was already shared.
func (v *invocation) disconnect(held bool) {
	if !held {
		return
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if len(v.waiting) == 0 {
		v.open--
		return
	}
	p := v.waiting[0]
	v.waiting = slices.Delete(v.waiting, 0, 1)
	p.Unpark()
}
