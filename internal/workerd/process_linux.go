package workerd

import (
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// guardedByKernel says that the kernel ends the process with the thread that started it.
const guardedByKernel = true

// attributes put the process into a group of its own, so that a signal of the terminal does
// not reach it, and end it with the thread that starts it.
func attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}

// configFile is the configuration as the process reads it: in memory, so that nothing is left.
type configFile struct {
	path string     // as the process sees it
	pass []*os.File // descriptors from 4 on
}

func newConfigFile(text string) (*configFile, error) {
	fd, err := unix.MemfdCreate("workerd.capnp", unix.MFD_CLOEXEC)
	if err != nil {
		return nil, os.NewSyscallError("memfd_create", err)
	}
	f := os.NewFile(uintptr(fd), "workerd.capnp")
	if _, err := f.WriteString(text); err != nil {
		f.Close()
		return nil, err
	}
	return &configFile{path: "/proc/self/fd/4", pass: []*os.File{f}}, nil
}

func (c *configFile) remove() { c.pass[0].Close() }
