package bench

import (
	"context"
	"time"

	"kvbench/internal/record"
	"kvbench/internal/runfile"
)

// Observer is told how a run goes on. Its methods are called by one task at a
// time.
type Observer interface {
	// Phase says what begins: "seed", "warm-up", "run", "settle" or "verify".
	Phase(name string)
	// Interval gives what was observed since the last one. An error ends the
	// run.
	Interval(runfile.Interval) error
}

// Watcher is an Observer that shows how the run goes on.
type Watcher interface {
	Observer
	// Part gives what was observed since the last one: on the wall clock once a second,
	// and before each Interval, which is the sum of its parts. Its snapshot is good until
	// Part returns.
	Part(runfile.Interval)
}

// perPart is how long a part is on the wall clock, where an interval may take minutes.
const perPart = time.Second

// tick emits the intervals until ctx is done, and halts the load when the
// observer will not have them.
func (r *run) tick(ctx context.Context, halt func()) {
	if r.clock.Until(ctx, r.measureFrom) != nil {
		return
	}
	if r.Load.WarmUp > 0 {
		r.Observer.Phase("run")
	}
	length, borders := intervals(r.Load.Duration), r.Load.Stages().Borders()
	for n := 0; ; n++ {
		to := r.last + length(n)
		for len(borders) > 0 && borders[0] <= r.last {
			borders = borders[1:]
		}
		if len(borders) > 0 {
			to = min(to, borders[0])
		}
		if d := r.Load.Duration; d > 0 && to >= d {
			_ = r.await(ctx, d) // the last interval takes in what is still to end
			return
		}
		if r.await(ctx, to) != nil {
			return
		}
		if r.emit(to); r.fatal != nil {
			halt()
			return
		}
		if r.steady != nil && r.steady.reached {
			r.endsAt.Store(int64(r.clock.Now()))
			return
		}
	}
}

// await waits until so much time has been measured, and gives the watcher its parts until
// then where time passes as it does for people.
func (r *run) await(ctx context.Context, to time.Duration) error {
	for r.watcher != nil && !r.clock.Virtual() && to-r.parted > perPart {
		next := r.parted + perPart
		if err := r.clock.Sleep(ctx, r.measureFrom+next-r.clock.Now()); err != nil {
			return err
		}
		r.part(next)
	}
	return r.clock.Sleep(ctx, r.measureFrom+to-r.clock.Now())
}

// part takes what was observed since the last one.
func (r *run) part(to time.Duration) {
	seen := r.recorder.Interval()
	if r.watcher != nil {
		r.watcher.Part(runfile.Interval{From: r.parted, To: to, Snapshot: seen})
	}
	r.parted = to
	if r.parts == nil {
		r.parts = &seen
	} else {
		r.parts.Merge(&seen)
	}
}

func (r *run) emit(to time.Duration) {
	if to <= r.last {
		return
	}
	r.part(to)
	seen := *r.parts
	r.parts = nil
	if r.steady != nil {
		r.steady.see(seen.Histograms[record.Response])
	}
	r.fatal = r.Observer.Interval(runfile.Interval{From: r.last, To: to, Snapshot: seen})
	r.last = to
}
