package command

import (
	"syscall"
)

// children says that commands can run in a child.
const children = true

// childAttributes put the child into a group of its own, so that a signal of the terminal
// reaches it once, through its parent, and end it with the parent.
func childAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}

// reserved are addresses that Go takes without using them, with room to spare.
const reserved = 6 << 30

// limitAddresses bounds the addresses of this process, of a plan that needs so many bytes:
// what is asked for at once and is larger than that fails at once.
func limitAddresses(needs uint64) {
	most := firstMemory + 4*needs + reserved
	var now syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_AS, &now); err != nil {
		return // the parent watches all the same
	}
	now.Cur = min(most, now.Max)
	_ = syscall.Setrlimit(syscall.RLIMIT_AS, &now) // as above
}

// freeAddresses takes that back: the real runtime, which this process starts, takes many more
// addresses than memory.
func freeAddresses() {
	var now syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_AS, &now); err != nil {
		return // then it was not limited
	}
	now.Cur = now.Max
	_ = syscall.Setrlimit(syscall.RLIMIT_AS, &now) // as above
}
