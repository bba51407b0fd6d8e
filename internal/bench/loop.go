package bench

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"kvbench/internal/clock"
	"kvbench/internal/load"
	"kvbench/internal/record"
)

func newRand(source *rand.PCG) *rand.Rand { return rand.New(source) }

// transaction runs transaction i, which was due and released by the generator
// at the times given, and returns when it ended.
func (r *run) transaction(ctx context.Context, w *Worker, i uint64, tx record.Transaction) time.Duration {
	w.begin(i)
	w.tx = tx
	outcome, err := r.workload.Do(ctx, w, i)
	ended := r.clock.Now()
	w.tx.End, w.tx.Outcome = ended-w.paused, r.failed
	if err == nil {
		w.tx.Outcome = r.Pattern.outcome(outcome)
	}
	if err != nil && ctx.Err() == nil && w.tx.Due >= r.measureFrom {
		r.note(err)
	}
	r.commit(ctx, w, err, &w.tx)
	w.leave()
	return ended
}

// commit records what w has observed, unless it was cut short or belongs to the
// warm-up that nobody records, and counts an error that no call of the store has
// counted.
func (r *run) commit(ctx context.Context, w *Worker, err error, tx *record.Transaction) {
	recorder := r.recorderOf(w.tx.Due)
	if ctx.Err() != nil || recorder == nil {
		w.tally.Reset()
		return
	}
	if err != nil && !w.tally.Failed() {
		w.tally.Fail(ownCode(err))
	}
	recorder.Commit(w.number, &w.tally, tx)
}

// end is when the last transaction may be due, on the clock. It may come closer while
// the load runs.
func (r *run) end() time.Duration { return time.Duration(r.endsAt.Load()) }

// planned is end by what bounds the load.
func (r *run) planned() time.Duration {
	if r.Load.Duration == 0 {
		return math.MaxInt64
	}
	return r.measureFrom + r.Load.Duration
}

// closed runs a closed loop: each worker begins a transaction when its last
// has ended, and the number of each is a function of the worker's.
func (r *run) closed(ctx context.Context, loop load.Closed, halt func(), start time.Duration) {
	n := uint64(loop.Workers)
	r.clock.Parallel(r.Share.Part(loop.Workers), func(k int) {
		if !r.Share.All() { // its number among all shares'
			k = k*r.Share.Of + r.Share.Index
		}
		left := uint64(math.MaxUint64)
		if t := r.Load.Transactions; t > 0 {
			left = t / n
			if uint64(k) < t%n {
				left++
			}
		}
		w, own := r.newWorker(k), r.newOwner()
		r.InFlight.Add(1)
		defer r.InFlight.Add(-1)
		ended := uint64(0)
		defer func() { r.ended.Add(ended) }()
		now := start
		still := 0 // transactions since time last passed
		for i := uint64(k); now < r.end() && ctx.Err() == nil; i += n {
			if !own.owns(i) {
				continue
			}
			if now >= r.measureFrom {
				if left == 0 {
					return
				}
				left--
			}
			before := now
			now = r.transaction(ctx, w, i, record.Transaction{Due: now, Released: now, Start: now})
			if r.measureFrom < now && now <= r.end() && ctx.Err() == nil {
				ended++
			}
			if loop.Think > 0 {
				r.InFlight.Add(-1)
				err := r.clock.Sleep(ctx, loop.Think)
				r.InFlight.Add(1)
				if err != nil {
					return
				}
				now = r.clock.Now()
			}
			if more := now < r.end() && left > 0; more && now > r.measureFrom && now-r.measureFrom > load.MaxTime && r.clock.Virtual() {
				r.fatal = errTooLong
				halt()
			}
			if still++; now > before {
				still = 0
			} else if still == standstill && r.clock.Virtual() && (r.Load.Transactions == 0 || now < r.measureFrom) {
				r.fatal = errStandstill
				halt()
			}
		}
	})
}

// standstill is how many transactions in a row may take no virtual time.
const standstill = 1_000_000

var errStandstill = errors.New("virtual time stands still: transactions that take no time never fill a duration; " +
	"give the load a think time or a rate, or the store a latency profile")

var errTooLong = fmt.Errorf("the transactions take longer than %v in all: ask for fewer, or bound them by a duration", load.MaxTime)

// job is a transaction that the generator has released.
type job struct {
	number        uint64
	due, released time.Duration
}

// open runs an open loop: transactions are released when they are due, whether
// or not those before them have ended. None is dropped.
func (r *run) open(ctx context.Context, loop load.Open, start time.Duration) {
	p := &pool{run: r, ctx: ctx, limit: r.Share.Part(loop.MaxInFlight), running: r.InFlight, done: r.clock.Parker(), idle: idle{alone: r.clock.Virtual()}}
	r.clock.Pace(ctx, &arrivals{pool: p, own: r.newOwner(), start: start, due: loop.Schedule(r.seed, r.Load.WarmUp), left: r.Load.Transactions})
	r.behind += p.waiting(r.measureFrom)
	p.drain()
}

// arrivals is the generator of an open loop. It implements clock.Pacer.
type arrivals struct {
	*pool
	own    *owner
	start  time.Duration // on the clock
	due    load.Schedule
	number uint64        // of the next transaction
	at     time.Duration // when it is due, on the clock
	left   uint64        // measured ones that are still to come, where that is bounded
}

func (a *arrivals) Next() time.Duration {
	for a.look(); !a.over() && !a.own.owns(a.number); a.look() { // another share's, which counts as well
		a.pass()
	}
	return min(a.at, a.run.end())
}

// look finds out when the next transaction is due.
func (a *arrivals) look() { a.at = a.start + min(a.due(a.number), math.MaxInt64-a.start) }

// over reports whether the next is no transaction of the load any more.
func (a *arrivals) over() bool {
	return a.at >= a.run.end() || a.bounded() && a.left == 0
}

// bounded reports whether the next counts towards the number of transactions.
func (a *arrivals) bounded() bool {
	return a.run.Load.Transactions > 0 && a.at >= a.run.measureFrom
}

// pass goes on to the one after the next.
func (a *arrivals) pass() {
	if a.bounded() {
		a.left--
	}
	a.number++
}

func (a *arrivals) Begin() (task func(), more bool) {
	if a.over() {
		return nil, false
	}
	now := a.run.clock.Now()
	task = a.release(job{number: a.number, due: a.at, released: now})
	if task != nil && now >= a.run.end() {
		a.run.behind++
	}
	a.pass()
	return task, true
}

// pool runs released transactions, each in a task of its own, and queues what
// is over the limit.
type pool struct {
	run   *run
	ctx   context.Context
	limit int // zero for none

	running  *atomic.Int64
	draining atomic.Bool
	done     clock.Parker
	created  atomic.Int64
	idle     idle

	mu    sync.Mutex // guards queue, and running against limit; unused where there is none
	queue []job
	head  int
}

// release returns the task that runs a job; nil where it has to wait for another's end.
func (p *pool) release(j job) (task func()) {
	if p.limit > 0 {
		p.mu.Lock()
		if p.running.Load() >= int64(p.limit) {
			p.queue = append(p.queue, j)
			p.mu.Unlock()
			return nil
		}
		p.running.Add(1)
		p.mu.Unlock()
	} else {
		p.running.Add(1)
	}
	w := p.idle.take()
	if w == nil {
		w = p.run.newWorker(int(p.created.Add(1)) - 1)
		w.task = func() { p.work(w) }
	}
	w.job = j
	return w.task
}

// waiting is how many of those that were due from a time on are queued.
func (p *pool) waiting(from time.Duration) (n uint64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, j := range p.queue[p.head:] {
		if j.due >= from {
			n++
		}
	}
	return n
}

// work runs w's job, and then what is queued.
func (p *pool) work(w *Worker) {
	for more := true; more; {
		tx := record.Transaction{Due: w.job.due, Released: w.job.released, Start: p.run.clock.Now()}
		p.run.transaction(p.ctx, w, w.job.number, tx)
		w.job, more = p.next()
	}
	p.idle.keep(w)
	if p.running.Load() == 0 && p.draining.Load() {
		p.done.Unpark()
	}
}

// next ends a transaction and takes the oldest job off the queue, to run in its
// place.
func (p *pool) next() (job, bool) {
	if p.limit > 0 {
		p.mu.Lock()
		defer p.mu.Unlock()
		if p.head < len(p.queue) && p.ctx.Err() == nil {
			j := p.queue[p.head]
			p.head++
			return j, true
		}
		p.queue, p.head = p.queue[:0], 0
	}
	p.running.Add(-1)
	return job{}, false
}

// drain waits until everything that was released has ended.
func (p *pool) drain() {
	p.draining.Store(true)
	for p.running.Load() > 0 && p.ctx.Err() == nil {
		_ = p.done.Park(p.ctx)
	}
}
