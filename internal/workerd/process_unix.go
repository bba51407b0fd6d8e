//go:build unix

package workerd

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"syscall"
)

// guard ends a group of processes when this process ends, however it does: where the kernel
// does not, a shell waits for the end of a pipe.
type guard struct {
	shell *exec.Cmd
	pipe  io.WriteCloser
}

// guardScript is told the group in its first line. A second line is the end of its duty; a
// pipe that ends without one is the end of who had it.
const guardScript = `read -r group || exit 0; read -r line || kill -s KILL -- "-$group"`

// startGuarded starts the process in a group that does not outlive this process.
func startGuarded(cmd *exec.Cmd) (*guard, error) {
	if guardedByKernel {
		return nil, cmd.Start()
	}
	g, err := newGuard()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		g.release()
		return nil, err
	}
	g.watch(cmd.Process.Pid)
	return g, nil
}

func newGuard() (*guard, error) {
	g := &guard{shell: exec.Command("/bin/sh", "-c", guardScript)}
	g.shell.SysProcAttr = groupOfItsOwn()
	g.shell.Env = []string{}
	var err error
	if g.pipe, err = g.shell.StdinPipe(); err != nil {
		return nil, err
	}
	return g, g.shell.Start()
}

// watch says which group is to end.
func (g *guard) watch(group int) { _, _ = fmt.Fprintln(g.pipe, group) }

// release ends the guard, and nothing else.
func (g *guard) release() {
	if g == nil {
		return
	}
	_, _ = fmt.Fprint(g.pipe, "\n\n") // it may have been killed
	g.pipe.Close()
	_ = g.shell.Wait()
}

func groupOfItsOwn() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }

func terminate(p *os.Process) { _ = p.Signal(syscall.SIGTERM) } // it may have ended

// killGroup ends a process and what it has started.
func killGroup(pid int) { _ = syscall.Kill(-pid, syscall.SIGKILL) } // as above
