package bench

import (
	"context"
	"time"

	"kvbench/internal/record"
)

// Scheduler is a Workload that also does something at times of its own while the load runs,
// such as a Worker's cron triggers.
type Scheduler interface {
	// Next is the first of those times after one, and which of several things is due
	// then; below 0 when there is none.
	Next(after time.Time) (at time.Time, which int)
	// Scheduled does it. Its calls of the store are recorded, its time is no transaction's.
	Scheduled(ctx context.Context, w *Worker, at time.Time, which int) error
}

// firstScheduled is the number of the first that is scheduled, so that none is a
// transaction's.
const firstScheduled = 1 << 62

// schedule does what is due until ctx is done.
func (r *run) schedule(ctx, whole context.Context, s Scheduler) {
	epoch := r.clock.Epoch()
	for n := uint64(firstScheduled); ; n++ {
		now := r.clock.Now()
		at, which := s.Next(epoch.Add(now))
		if which < 0 || r.clock.Until(ctx, max(now, at.Sub(epoch))) != nil {
			return
		}
		r.clock.Go(func() {
			w := r.newWorker(int(n % (1 << 30)))
			w.begin(n)
			now := r.clock.Now()
			w.tx = record.Transaction{Due: now, Released: now, Start: now}
			err := s.Scheduled(whole, w, at, which)
			if err != nil && whole.Err() == nil && now >= r.measureFrom {
				r.note(err)
			}
			r.commit(whole, w, err, nil)
			w.leave()
		})
	}
}
