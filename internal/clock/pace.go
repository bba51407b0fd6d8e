package clock

import (
	"context"
	"time"
)

// Pacer says when tasks of a load begin.
type Pacer interface {
	// Next is when Begin is to be called next.
	Next() time.Duration
	// Begin is called at that time or as soon after it as can be. It returns the task
	// to start, nil for none, or that no more is to come.
	Begin() (task func(), more bool)
}

// Pace implements Clock.
func (w *Wall) Pace(ctx context.Context, p Pacer) {
	for w.Until(ctx, p.Next()) == nil {
		task, more := p.Begin()
		if !more {
			return
		}
		if task != nil {
			w.Go(task)
		}
	}
}

// Pace implements Clock. A task runs on the coroutine that has begun it, until it first
// waits; so one that never waits costs no change of coroutines, nor does a whole load
// of them. The order of all that happens is as if each had been started with Go.
func (v *Virtual) Pace(ctx context.Context, p Pacer) {
	for {
		at := p.Next()
		if at > v.now && v.paced == nil && v.limit(ctx) == nil && !v.cur.back {
			v.paced = &paced{Pacer: p, ctx: ctx, caller: v.cur}
			v.paced.step = v.step
			v.await(at)
			v.suspend()
			return
		}
		if v.Until(ctx, at) != nil {
			return
		}
		task, more := p.Begin()
		if !more {
			return
		}
		if task != nil {
			v.Go(task)
		}
	}
}

// paced is a load that waits for its next task to be due.
type paced struct {
	Pacer
	ctx    context.Context
	caller *task  // of Pace, which waits for the end of the load
	next   event  // of no task: any coroutine that is free takes the step
	due    bool   // next is to come
	step   func() // is Virtual.step, made once
}

// await schedules the next step.
func (v *Virtual) await(at time.Duration) {
	v.seq++
	v.due++
	v.paced.next, v.paced.due = event{at: at, seq: v.seq}, true
}

// stepFirst reports whether a step of the load comes before every event that was
// scheduled for a time to come.
func (v *Virtual) stepFirst() bool {
	return v.paced != nil && v.paced.due && (len(v.events) == 0 || v.paced.next.before(v.events[0]))
}

// takeStep passes the time until the next step.
func (v *Virtual) takeStep() {
	v.due--
	v.paced.due = false
	v.now = v.paced.next.at
}

// step begins a task of the load, which is due now, and runs it; and goes on with the
// next when nothing else comes before it.
func (v *Virtual) step() {
	for p := v.paced; ; {
		if p.ctx.Err() != nil {
			v.endPace()
			return
		}
		task, more := p.Begin()
		if !more {
			v.endPace()
			return
		}
		at := p.Next()
		// What was scheduled earlier for this very time comes before the task, and the
		// next of the load where that is due as well.
		if task != nil && (at <= v.now || v.anyNow()) {
			v.Go(task)
			task = nil
		}
		if at <= v.now {
			continue
		}
		v.await(at)
		if task != nil {
			task()
		}
		if v.anyNow() || !v.stepFirst() || v.halted.Load() {
			return
		}
		v.takeStep()
	}
}

// endPace lets the caller of Pace go on.
func (v *Virtual) endPace() {
	caller := v.paced.caller
	v.paced = nil
	v.schedule(v.now, caller)
}
