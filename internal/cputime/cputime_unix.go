//go:build unix

package cputime

import (
	"syscall"
	"time"
)

// Process is the processor time that this process has taken so far, user and system (see
// getrusage(2)).
func Process() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err) // of the process itself it can't fail
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
