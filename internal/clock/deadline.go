package clock

import (
	"cmp"
	"context"
	"math"
	"time"

	"kvbench/kv"
)

// WithTimeout returns a copy of ctx that ends, with context.DeadlineExceeded,
// once d has passed on the clock c: on a wall clock it is context.WithTimeout.
// Call cancel, on the clock like all else, when what the context was for is done.
//
// In virtual time Sleep, Until and Park return at the deadline, also with a
// context that is derived from it. Err of one derived with context.WithCancel
// tells nothing until then, because no goroutine watches the time.
func WithTimeout(ctx context.Context, c kv.Clock, d time.Duration) (context.Context, context.CancelFunc) {
	v, ok := c.(*Virtual)
	if !ok {
		return context.WithTimeout(ctx, d)
	}
	l := &limit{clock: v, at: v.now + min(d, math.MaxInt64-v.now)}
	if outer := v.limit(ctx); outer != nil {
		l.at = min(l.at, outer.at)
	}
	l.Context, l.stop = context.WithCancel(ctx)
	v.limits++
	return l, l.cancel
}

// Deadline is when ctx ends on the clock c, if it does: the time of the context's
// own Deadline on a wall clock, of WithTimeout alone on a virtual one.
func Deadline(ctx context.Context, c kv.Clock) (at time.Duration, ok bool) {
	if v, ok := c.(*Virtual); ok {
		if l := v.limit(ctx); l != nil {
			return l.at, true
		}
		return 0, false
	}
	if t, ok := ctx.Deadline(); ok {
		return t.Sub(c.Epoch()), true
	}
	return 0, false
}

// limit is a context with a deadline in virtual time.
type limit struct {
	context.Context // ends when it is cancelled, or its parent is
	clock           *Virtual
	at              time.Duration
	err             error  // once it has ended
	stop            func() // ends Context; nil once cancelled
}

// limit is the nearest that ctx has on v; nil when there is none.
func (v *Virtual) limit(ctx context.Context) *limit {
	if v.limits == 0 {
		return nil
	}
	l, _ := ctx.Value(v).(*limit)
	return l
}

func (l *limit) Deadline() (time.Time, bool) { return l.clock.Epoch().Add(l.at), true }

func (l *limit) Value(key any) any {
	if key == any(l.clock) {
		return l
	}
	return l.Context.Value(key)
}

func (l *limit) Err() error {
	if l.err != nil {
		return l.err
	}
	if l.err = l.Context.Err(); l.clock.now >= l.at {
		l.err = context.DeadlineExceeded
		if l.stop != nil {
			l.stop() // for who was derived from it
		}
	}
	return l.err
}

func (l *limit) cancel() {
	if l.stop == nil {
		return
	}
	l.err = cmp.Or(l.Err(), context.Canceled)
	l.stop()
	l.stop = nil
	l.clock.limits--
}
