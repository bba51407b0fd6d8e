package bench

import (
	"context"
	"math/rand/v2"
	"time"

	"kvbench/internal/detect"
	"kvbench/internal/record"
)

// Tasks starts tasks of a transaction's invocation, beside it and after it has ended, when
// its Worker already carries another: what the code of a Worker begins where it does not
// wait. It may be used by any task of the run, in virtual time; on the wall clock by one
// at a time.
type Tasks struct {
	run        *run
	source     rand.PCG
	number     int
	isolate    int
	metered    bool
	tx         record.Transaction
	invocation *invocation
	ctx        context.Context // of the run
}

// Tasks returns what starts tasks in the isolate of the transaction, as one invocation. Of
// a transaction that asks for several each is an invocation of its own. Their randomness
// follows from w.Rand. End has to be called when the invocation is over.
func (w *Worker) Tasks(ctx context.Context) *Tasks {
	if w.asked++; w.asked > 1 {
		number := w.invocation.number
		w.leave()
		w.invocation = &invocation{number: number + anotherInvocation}
		w.invocation.tasks.Store(1)
	}
	t, ok := w.run.tasks.Get().(*Tasks)
	if !ok {
		t = &Tasks{run: w.run}
	}
	t.source.Seed(w.Rand.Uint64(), w.Rand.Uint64())
	t.number, t.isolate, t.metered, t.tx = w.number, w.isolate, w.metered, w.tx
	t.invocation, t.ctx = w.invocation, ctx
	t.invocation.share()
	t.invocation.later.Add(1)
	t.invocation.tasks.Add(1)
	return t
}

// anotherInvocation is between the numbers of the invocations of a transaction, so that
// none is another transaction's.
const anotherInvocation = 1 << 48

// Uint64 draws from the randomness of the invocation.
func (t *Tasks) Uint64() uint64 { return t.source.Uint64() }

// Start runs f as a task of its own. Its calls of the store are recorded, its time is not
// the transaction's. An error that it returns is counted where no call has counted it. ctx
// is for f alone: what it did is recorded when that is done, too. site is the place in a
// script that asked for it.
func (t *Tasks) Start(ctx context.Context, site detect.Site, f func(ctx context.Context, w *Worker) error) {
	r, invocation, whole := t.run, t.invocation, t.ctx
	w, ok := r.later.Get().(*Worker)
	if !ok {
		w = r.newWorker(t.number)
	}
	w.source.Seed(t.source.Uint64(), t.source.Uint64())
	w.settleIn(t.isolate)
	w.tx, w.metered, w.invocation = t.tx, t.metered, invocation
	w.Site = site
	w.In(0, "")
	invocation.later.Add(1)
	invocation.tasks.Add(1)
	r.clock.Go(func() {
		err := f(ctx, w)
		w.leave()
		invocation.later.Add(-1)
		w.invocation = nil
		if err != nil && whole.Err() == nil && w.tx.Due >= r.measureFrom {
			r.note(err)
		}
		r.commit(whole, w, err, nil)
		r.later.Put(w)
	})
}

// Observe records one observation of s, as ObserveFor of the transaction.
func (t *Tasks) Observe(s Series, size int64) {
	if r := t.run.recorderOf(t.tx.Due); r != nil && t.ctx.Err() == nil {
		var seen record.Tally
		seen.See(t.run.Pattern.index(s), size)
		r.Commit(t.number, &seen, nil)
	}
}

// SinceDue is how long ago the transaction was due.
func (t *Tasks) SinceDue() time.Duration { return t.run.clock.Now() - t.tx.Due }

// End says that the invocation is over: nothing more is started. What was started may go
// on, and is late. Of one that was cut off, as the run's context is done, the watcher is not
// told: what it had not awaited yet is no mistake.
func (t *Tasks) End() {
	r, v := t.run, t.invocation
	if r.Calls != nil && t.metered && v.over.CompareAndSwap(false, true) && t.ctx.Err() == nil {
		r.Calls.Ended(v.number, r.clock.Now(), t.tx.Due < r.measureFrom)
	}
	v.tasks.Add(-1)
	t.invocation.later.Add(-1)
	t.invocation, t.ctx = nil, nil
	t.run.tasks.Put(t)
}

// In makes w call one of several namespaces that share the store, by its index: its keys
// have a prefix there, of which neither the caller nor who is told of calls sees anything.
func (w *Worker) In(namespace int, prefix string) { w.Namespace, w.prefix = namespace, prefix }

// At moves the transaction to an isolate of a location, counted from 0, before it makes
// its first call. Which one follows from the transaction's number.
func (w *Worker) At(location int) {
	w.settleIn(location*w.run.perLocation + w.isolate%w.run.perLocation)
}
