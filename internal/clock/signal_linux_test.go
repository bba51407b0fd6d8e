package clock_test

import (
	"context"
	"runtime"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"kvbench/internal/clock"
)

// Nothing is early on the wall clock: a transaction that began before it was due would
// have a negative response time. A signal, such as those by which the runtime preempts,
// ends the kernel's sleep early.
func TestUntilIsNotEarlyWhereSignalsInterruptIt(t *testing.T) {
	c := clock.NewWall()
	var thread atomic.Int64
	var done atomic.Bool
	waited := make(chan struct{})
	go func() {
		defer close(waited)
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		thread.Store(int64(syscall.Gettid()))
		for range 50 {
			due := c.Now() + time.Millisecond
			if err := c.Until(context.Background(), due); err != nil {
				t.Error(err)
			}
			if now := c.Now(); now < due {
				t.Errorf("woken %v early", due-now)
			}
		}
		done.Store(true)
	}()
	for !done.Load() {
		if tid := thread.Load(); tid != 0 {
			_, _, _ = syscall.RawSyscall(syscall.SYS_TGKILL, uintptr(syscall.Getpid()), uintptr(tid), uintptr(syscall.SIGURG))
		}
		time.Sleep(100 * time.Microsecond)
	}
	<-waited
}
