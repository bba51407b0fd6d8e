package bench

import (
	"context"
	"math/rand/v2"
	"time"

	"kvbench/internal/clock"
	"kvbench/internal/detect"
	"kvbench/internal/load"
	"kvbench/internal/record"
	"kvbench/kv"
)

// Worker carries a transaction: the store as seen from the transaction's
// location, every call of it timed, its source of randomness, and where it
// leaves what it observes. It is for one task at a time.
type Worker struct {
	// Rand is seeded by the transaction's number.
	Rand *rand.Rand
	// Entry, Entries and Page are scratch: a transaction may use them as it
	// likes, and their buffers are kept for the next.
	Entry   kv.Entry
	Entries []kv.Entry
	Page    kv.Page
	Buf     []byte
	// Site is the place in a script that calls, for whoever is told of calls; the zero
	// value where there is none. Namespace is the index of the binding that it calls.
	Site      detect.Site
	Namespace int

	run     *run
	source  rand.PCG
	number  int // of the worker: which shard it commits to
	tx      record.Transaction
	paused  time.Duration // by the transaction's client, see Pause
	tally   record.Tally
	isolate int
	store   kv.Store // as seen from the location of isolate
	metered bool     // calls of the store are recorded
	// invocation is what the worker shares with the other tasks of its transaction.
	invocation *invocation
	branches   []*Worker
	job        job    // what an open loop gives it to do
	task       func() // does it
	told       told
	prefix     string // of its keys in the store; see In
	asked      int    // how often it was asked for Tasks
}

var (
	_ kv.Store      = (*Worker)(nil)
	_ kv.BulkGetter = (*Worker)(nil)
	_ kv.BulkPutter = (*Worker)(nil)
)

// begin makes w ready for transaction i.
func (w *Worker) begin(i uint64) {
	load.Seed(&w.source, w.run.seed, i)
	w.paused = 0
	if v := w.invocation; v == nil || v.later.Load() > 0 {
		w.invocation = &invocation{}
	} else {
		v.shared, v.made = false, 0
		if v.over.Load() { // a store costs more
			v.over.Store(false)
		}
	}
	w.invocation.number = i
	if w.invocation.tasks.Load() != 1 {
		w.invocation.tasks.Store(1)
	}
	w.Site, w.asked = detect.Site{}, 0
	w.In(0, "")
	w.settleIn(int(load.Mix(i^w.run.seed) % uint64(w.run.isolates)))
}

// settleIn moves w to an isolate.
func (w *Worker) settleIn(isolate int) {
	w.isolate = isolate
	w.store = w.run.stores[isolate/w.run.perLocation]
}

// Isolate is the number of the isolate that the transaction runs in, counted
// over all locations from 0. It depends on the transaction's number alone.
func (w *Worker) Isolate() int { return w.isolate }

// Invocation is the number of the transaction, which its branches and what it leaves to run
// share: as a detect.Call has it.
func (w *Worker) Invocation() uint64 { return w.invocation.number }

// Location is the number of the location that the transaction runs at.
func (w *Worker) Location() int { return w.isolate / w.run.perLocation }

// Now is the time on the scenario's clock.
func (w *Worker) Now() time.Duration { return w.run.clock.Now() }

// Epoch is the instant at which Now is 0.
func (w *Worker) Epoch() time.Time { return w.run.clock.Epoch() }

// Start is when the transaction began.
func (w *Worker) Start() time.Duration { return w.tx.Start }

// Due is when the transaction was due: with it ObserveFor tells the warm-up from what is measured.
func (w *Worker) Due() time.Duration { return w.tx.Due }

// Measured is the time since measuring began; below 0 in the warm-up.
func (w *Worker) Measured() time.Duration { return w.Now() - w.run.measureFrom }

// Sleep waits on the scenario's clock.
func (w *Worker) Sleep(ctx context.Context, d time.Duration) error {
	return w.run.clock.Sleep(ctx, d)
}

// Clock is the scenario's.
func (w *Worker) Clock() clock.Clock { return w.run.clock }

// Pause waits on the scenario's clock as a client does between two requests of one
// transaction: it is no part of the transaction's response and service.
func (w *Worker) Pause(ctx context.Context, d time.Duration) error {
	w.paused += d
	return w.Sleep(ctx, d)
}

// Parker returns a parker on the scenario's clock.
func (w *Worker) Parker() clock.Parker { return w.run.clock.Parker() }

// Observe records one observation of s, in the unit of s. The pattern lists s.
func (w *Worker) Observe(s Series, size int64) {
	w.tally.See(w.run.Pattern.index(s), size)
}

// ObserveFor records one that belongs to the transaction which was due at the given
// time, and not to that which w carries: what is decided after the run counts with
// the transactions that it is about, in the warm-up or measured.
func (w *Worker) ObserveFor(due time.Duration, s Series, size int64) {
	r := w.run.recorderOf(due)
	if r == nil {
		return
	}
	var t record.Tally
	t.See(w.run.Pattern.index(s), size)
	r.Commit(w.number, &t, nil)
}

// Fetch is one fetch from a modelled origin that takes so long. It holds one of
// the invocation's connections.
func (w *Worker) Fetch(ctx context.Context, latency time.Duration) error {
	held, _, err := w.connect(ctx)
	if err != nil {
		return err
	}
	defer w.invocation.disconnect(held)
	return w.Sleep(ctx, latency)
}

// connect takes a connection where there is a limit on them.
func (w *Worker) connect(ctx context.Context) (held, waited bool, err error) {
	if !w.metered || !w.invocation.shared {
		return false, false, nil
	}
	waited, err = w.invocation.connect(ctx, w.run.clock)
	return true, waited, err
}

// Parallel runs f for 0 to n-1 at the same time, each with a worker of its own
// in the same isolate and invocation, and returns when all have ended: the first
// error by number, if any. However many there are, no more than Connections of
// their calls are open at once.
func (w *Worker) Parallel(n int, f func(w *Worker, i int) error) error {
	for len(w.branches) < n {
		w.branches = append(w.branches, w.run.newWorker(w.number))
	}
	errs := make([]error, n)
	w.invocation.share()
	for _, b := range w.branches[:n] {
		b.source.Seed(w.Rand.Uint64(), w.Rand.Uint64())
		b.invocation = w.invocation
		b.settleIn(w.isolate)
		b.tx, b.metered = w.tx, w.metered
		b.Site, b.Namespace, b.prefix = w.Site, w.Namespace, w.prefix
	}
	w.run.clock.Parallel(n, func(i int) { errs[i] = f(w.branches[i], i) })
	for _, b := range w.branches[:n] {
		w.tally.Merge(&b.tally)
	}
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// Later runs f as a task of its own, beside and after the transaction, in the
// same isolate: what a Worker hands to ctx.waitUntil. Its calls of the store are
// recorded, its time is not the transaction's. Its error is counted.
func (w *Worker) Later(ctx context.Context, f func(ctx context.Context, w *Worker) error) {
	later, ok := w.run.later.Get().(*Worker)
	if !ok {
		later = w.run.newWorker(w.number)
	}
	later.source.Seed(w.Rand.Uint64(), w.Rand.Uint64())
	later.settleIn(w.isolate)
	later.tx, later.metered = w.tx, w.metered
	later.invocation = w.invocation
	later.invocation.share()
	later.invocation.later.Add(1)
	later.invocation.tasks.Add(1)
	later.Site, later.Namespace, later.prefix = w.Site, w.Namespace, w.prefix
	w.run.clock.Go(func() {
		err := f(ctx, later)
		later.leave()
		later.invocation.later.Add(-1)
		later.invocation = nil
		w.run.commit(ctx, later, err, nil)
		w.run.later.Put(later)
	})
}
