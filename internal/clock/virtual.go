package clock

import (
	"context"
	"iter"
	"runtime/debug"
	"sync/atomic"
	"time"
)

// Virtual is a clock on which waiting costs nothing: a discrete-event
// scheduler. It runs one task at a time, each a coroutine, and jumps to the
// next event that is due. Events due at the same time run in the order in which
// they were scheduled, so the same program gives the same result every time.
type Virtual struct {
	now    time.Duration
	seq    uint64
	events heap   // for a time to come when they were scheduled
	ready  queue  // for the time that it was: all of them are due now
	paced  *paced // the load of Pace; nil for none
	due    int    // events of tasks that the run waits for
	live   int    // tasks that have not ended and that the run waits for
	limits int    // contexts of WithTimeout that have not been cancelled
	cur    *task
	tasks  map[*task]struct{} // every coroutine, the idle ones included
	idle   []*task            // coroutines that wait for something to run
	failed error              // why the run ends early
	halted atomic.Bool        // ctx is done
}

var _ Clock = (*Virtual)(nil)

// VirtualEpoch is the instant at which every virtual clock starts.
var VirtualEpoch = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// NewVirtual returns a virtual clock at 0.
func NewVirtual() *Virtual {
	return &Virtual{tasks: map[*task]struct{}{}}
}

// task is a coroutine that runs one function after another.
type task struct {
	f     func()
	back  bool   // in the background
	wake  uint64 // the event that it waits for; its others no longer count
	next  func() (struct{}, bool)
	stop  func()
	yield func(struct{}) bool
}

// stopped unwinds a task whose run is over.
type stopped struct{}

// Now implements Clock.
func (v *Virtual) Now() time.Duration { return v.now }

// Epoch implements Clock.
func (v *Virtual) Epoch() time.Time { return VirtualEpoch }

// Virtual implements Clock.
func (v *Virtual) Virtual() bool { return true }

// Sleep implements Clock.
func (v *Virtual) Sleep(ctx context.Context, d time.Duration) error {
	return v.Until(ctx, v.now+max(d, 0))
}

// Until implements Clock.
func (v *Virtual) Until(ctx context.Context, t time.Duration) error {
	if v.limits > 0 {
		if l := v.limit(ctx); l != nil && t >= l.at {
			_ = v.Until(context.Background(), l.at)
			return l.Err()
		}
	}
	switch {
	case t <= v.now:
	case v.nothingUntil(t) && !v.halted.Load():
		v.now = t // this task would be the next to run anyway
	default:
		v.schedule(t, v.cur)
		v.suspend()
	}
	return ctx.Err()
}

// nothingUntil reports whether no event comes before a task that would be scheduled for
// the time t, which is to come.
func (v *Virtual) nothingUntil(t time.Duration) bool {
	return v.ready.empty() && (len(v.events) == 0 || v.events[0].at > t) &&
		(v.paced == nil || !v.paced.due || v.paced.next.at > t)
}

// anyNow reports whether an event is due at this very time.
func (v *Virtual) anyNow() bool {
	return !v.ready.empty() || len(v.events) > 0 && v.events[0].at <= v.now
}

// Go implements Clock.
func (v *Virtual) Go(f func()) { v.spawn(f, false) }

// Background implements Clock. The task is unwound where it waits.
func (v *Virtual) Background(f func()) { v.spawn(f, true) }

func (v *Virtual) spawn(f func(), back bool) {
	v.schedule(v.now, v.assign(f, back))
}

// assign gives f to a coroutine that is free.
func (v *Virtual) assign(f func(), back bool) *task {
	var t *task
	if n := len(v.idle); n > 0 {
		t, v.idle = v.idle[n-1], v.idle[:n-1]
		t.f = f
	} else {
		t = v.newTask(f)
	}
	t.back = back
	v.live += live(t)
	return t
}

// live is 1 for a task that the run waits for.
func live(t *task) int {
	if t.back {
		return 0
	}
	return 1
}

// Parallel implements Clock.
func (v *Virtual) Parallel(n int, f func(i int)) {
	if n <= 0 {
		return
	}
	left, parent, waiting := n, v.cur, false
	for i := 1; i < n; i++ {
		v.Go(func() {
			f(i)
			if left--; left == 0 && waiting {
				v.schedule(v.now, parent)
			}
		})
	}
	f(0)
	if left--; left > 0 {
		waiting = true
		v.suspend()
	}
}

// Run implements Clock.
func (v *Virtual) Run(ctx context.Context, f func(ctx context.Context)) error {
	v.failed = nil
	v.halted.Store(false)
	defer context.AfterFunc(ctx, func() { v.halted.Store(true) })()
	v.Go(func() { f(ctx) })
	for v.due > 0 && v.failed == nil && !v.halted.Load() {
		if v.cur = v.nextTask(); v.cur != nil {
			v.cur.next()
		}
	}
	v.cur = nil
	err := v.failed
	if err == nil && ctx.Err() == nil && v.live > 0 {
		err = &DeadlockError{Parked: v.live}
	}
	for t := range v.tasks {
		t.stop()
	}
	clear(v.tasks)
	v.idle, v.events, v.due, v.live = v.idle[:0], v.events[:0], 0, 0
	v.ready, v.paced = queue{}, nil
	if err == nil {
		err = ctx.Err()
	}
	return err
}

// nextTask takes the next event, passes the time until it, and returns the task that it
// wakes; nil where it no longer counts.
func (v *Virtual) nextTask() *task {
	var e event
	switch first := v.stepFirst(); {
	case !v.ready.empty() && !v.anyEarlier(first):
		e = v.ready.pop()
	case first:
		v.takeStep()
		return v.assign(v.paced.step, false)
	default:
		e = v.events.pop()
	}
	if e.task.wake != e.seq {
		return nil
	}
	v.due -= live(e.task)
	v.now = e.at
	return e.task
}

// anyEarlier reports whether what was scheduled before it was due comes before those of
// ready, which were scheduled later; stepFirst says whether that is a step of the load.
func (v *Virtual) anyEarlier(stepFirst bool) bool {
	if stepFirst {
		return v.paced.next.at <= v.now
	}
	return len(v.events) > 0 && v.events[0].at <= v.now
}

func (v *Virtual) schedule(at time.Duration, t *task) {
	v.seq++
	t.wake = v.seq
	v.due += live(t)
	if e := (event{at: at, seq: v.seq, task: t}); at <= v.now {
		v.ready.push(e)
	} else {
		v.events.push(e)
	}
}

// suspend lets other tasks run until something schedules this one again.
func (v *Virtual) suspend() {
	if !v.cur.yield(struct{}{}) {
		panic(stopped{})
	}
}

func (v *Virtual) newTask(f func()) *task {
	t := &task{f: f}
	t.next, t.stop = iter.Pull(func(yield func(struct{}) bool) {
		t.yield = yield
		for v.run(t.f) {
			t.f = nil
			v.live -= live(t)
			v.idle = append(v.idle, t)
			if !yield(struct{}{}) {
				return
			}
		}
	})
	v.tasks[t] = struct{}{}
	return t
}

// run runs f and reports whether the task can go on; it keeps the first panic.
func (v *Virtual) run(f func()) (ok bool) {
	defer func() {
		if ok {
			return
		}
		switch r := recover().(type) {
		case stopped:
		default:
			if v.failed == nil {
				v.failed = &PanicError{Value: r, Stack: debug.Stack()}
			}
		}
	}()
	f()
	return true
}
