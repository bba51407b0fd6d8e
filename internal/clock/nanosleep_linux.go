package clock

import (
	"syscall"
	"time"
)

// nanosleep waits in the kernel, which is exact to about 0.1 ms where the
// runtime's timers are to 1 ms (golang.org/issue/44343). A signal may end it
// early.
func nanosleep(d time.Duration) {
	// A thread's sleeps may by default be 50 µs late, to wake the processor less often
	// (PR_SET_TIMERSLACK in prctl(2)). Should it fail, they still are.
	const setTimerSlack, oneNanosecond = 29, 1
	_, _, _ = syscall.RawSyscall(syscall.SYS_PRCTL, setTimerSlack, oneNanosecond, 0)
	ts := syscall.NsecToTimespec(int64(d))
	_ = syscall.Nanosleep(&ts, nil)
}
