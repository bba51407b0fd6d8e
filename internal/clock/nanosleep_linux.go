package clock

import (
	"syscall"
	"time"
)

// nanosleep waits in the kernel, which is exact to about 0.1 ms where the
// runtime's timers are to 1 ms (golang.org/issue/44343). A signal may end it
// early.
func nanosleep(d time.Duration) {
	ts := syscall.NsecToTimespec(int64(d))
	_ = syscall.Nanosleep(&ts, nil)
}
