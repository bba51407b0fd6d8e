package clock

import (
	"context"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"
)

// Wall is the machine's own clock.
type Wall struct {
	epoch   time.Time
	holding atomic.Int32 // sleepers that hold a thread

	mu     sync.Mutex
	tasks  sync.WaitGroup
	back   sync.WaitGroup // tasks in the background
	cancel context.CancelFunc
	failed error // the first panic of the present run
}

var _ Clock = (*Wall)(nil)

// NewWall returns a wall clock that is at 0 now.
func NewWall() *Wall { return &Wall{epoch: time.Now()} }

// Now implements Clock.
func (w *Wall) Now() time.Duration { return time.Since(w.epoch) }

// Epoch implements Clock.
func (w *Wall) Epoch() time.Time { return w.epoch }

// Virtual implements Clock.
func (w *Wall) Virtual() bool { return false }

// Sleep implements Clock. Of at most [exact] sleepers at once each holds a thread for
// the last 1.5 ms; what is beyond them the runtime wakes up to a millisecond late.
func (w *Wall) Sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	due := w.Now() + d
	if err := w.near(ctx, due); err != nil {
		return err
	}
	defer w.holding.Add(-1)
	if w.holding.Add(1) > exact {
		return sleep(ctx, due-w.Now())
	}
	w.hold(due)
	return ctx.Err()
}

// sleep waits on one of the runtime's timers.
func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return ctx.Err()
	case <-ctx.Done():
		return ctx.Err()
	}
}

const (
	// coarse is how late the runtime's timers may be: Until and Sleep leave the rest
	// of a wait to the kernel.
	coarse = 1500 * time.Microsecond
	// exact is how many sleepers may hold a thread at once.
	exact = 64
)

// Until implements Clock. It holds a thread for the last 1.5 ms of the wait.
func (w *Wall) Until(ctx context.Context, t time.Duration) error {
	if err := w.near(ctx, t); err != nil {
		return err
	}
	w.hold(t)
	return ctx.Err()
}

// near waits until it is close to t by the runtime's timers.
func (w *Wall) near(ctx context.Context, t time.Duration) error {
	if d := t - w.Now(); d > coarse {
		return sleep(ctx, d-coarse)
	}
	return nil
}

// hold waits until t in the kernel. A signal ends the kernel's sleep early, such as one
// by which the runtime preempts.
func (w *Wall) hold(t time.Duration) {
	for d := t - w.Now(); d > 0; d = t - w.Now() {
		nanosleep(d)
	}
}

// Go implements Clock.
func (w *Wall) Go(f func()) { w.spawn(&w.tasks, f) }

// Background implements Clock.
func (w *Wall) Background(f func()) { w.spawn(&w.back, f) }

func (w *Wall) spawn(group *sync.WaitGroup, f func()) {
	group.Add(1)
	go func() {
		defer group.Done()
		defer w.recover()
		f()
	}()
}

// Parallel implements Clock.
func (w *Wall) Parallel(n int, f func(i int)) {
	if n <= 0 {
		return
	}
	var branches sync.WaitGroup
	for i := 1; i < n; i++ {
		branches.Add(1)
		w.Go(func() {
			defer branches.Done()
			f(i)
		})
	}
	defer branches.Wait() // also when f(0) panics
	f(0)
}

// Run implements Clock. It does not notice a deadlock.
func (w *Wall) Run(ctx context.Context, f func(ctx context.Context)) error {
	running, cancel := context.WithCancel(ctx)
	w.mu.Lock()
	w.failed, w.cancel = nil, cancel
	w.mu.Unlock()
	w.Go(func() { f(running) })
	w.tasks.Wait()
	cancel()
	w.back.Wait()
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.failed != nil {
		return w.failed
	}
	return ctx.Err()
}

// recover keeps the first panic of a run and ends the run.
func (w *Wall) recover() {
	r := recover()
	if r == nil {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.failed == nil {
		w.failed = &PanicError{Value: r, Stack: debug.Stack()}
	}
	w.cancel()
}

// Parker implements Clock.
func (w *Wall) Parker() Parker { return make(wallParker, 1) }

type wallParker chan struct{}

func (p wallParker) Park(ctx context.Context) error {
	select {
	case <-p:
		return ctx.Err()
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (p wallParker) Unpark() {
	select {
	case p <- struct{}{}:
	default:
	}
}
