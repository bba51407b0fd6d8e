package bench

import (
	"context"
	"math/rand/v2"
	"time"

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

// Tasks returns what starts tasks in the isolate and the invocation of the transaction.
// Their randomness follows from w.Rand. End has to be called when the invocation is over.
func (w *Worker) Tasks(ctx context.Context) *Tasks {
	t, ok := w.run.tasks.Get().(*Tasks)
	if !ok {
		t = &Tasks{run: w.run}
	}
	t.source.Seed(w.Rand.Uint64(), w.Rand.Uint64())
	t.number, t.isolate, t.metered, t.tx = w.number, w.isolate, w.metered, w.tx
	t.invocation, t.ctx = w.invocation, ctx
	t.invocation.share()
	t.invocation.later.Add(1)
	return t
}

// Uint64 draws from the randomness of the invocation.
func (t *Tasks) Uint64() uint64 { return t.source.Uint64() }

// Start runs f as a task of its own. Its calls of the store are recorded, its time is not
// the transaction's. An error that it returns is counted where no call has counted it. ctx
// is for f alone: what it did is recorded when that is done, too.
func (t *Tasks) Start(ctx context.Context, f func(ctx context.Context, w *Worker) error) {
	r, invocation, whole := t.run, t.invocation, t.ctx
	w, ok := r.later.Get().(*Worker)
	if !ok {
		w = r.newWorker(t.number)
	}
	w.source.Seed(t.source.Uint64(), t.source.Uint64())
	w.settleIn(t.isolate)
	w.tx, w.metered, w.invocation = t.tx, t.metered, invocation
	invocation.later.Add(1)
	r.clock.Go(func() {
		err := f(ctx, w)
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

// End says that nothing more is started; what was started may go on.
func (t *Tasks) End() {
	t.invocation.later.Add(-1)
	t.invocation, t.ctx = nil, nil
	t.run.tasks.Put(t)
}

// At moves the transaction to an isolate of a location, counted from 0, before it makes
// its first call. Which one follows from the transaction's number.
func (w *Worker) At(location int) {
	w.settleIn(location*w.run.perLocation + w.isolate%w.run.perLocation)
}
