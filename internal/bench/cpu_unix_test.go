//go:build unix

package bench_test

import (
	"syscall"
	"time"
)

// cpuTime is the processor time that the process has taken; on a machine that does other
// work as well it varies less than the time on the wall.
func cpuTime() time.Duration {
	var r syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &r) != nil {
		return 0
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}
