//go:build !linux

package command

import (
	"runtime"
	"syscall"
)

// children says that commands can run in a child. Windows passes no descriptors on: there
// scripts run in the one process, whose memory nobody bounds.
const children = runtime.GOOS != "windows"

func childAttributes() *syscall.SysProcAttr { return nil }

// limitAddresses bounds nothing.
func limitAddresses(uint64) {}

// freeAddresses has nothing to take back.
func freeAddresses() {}
