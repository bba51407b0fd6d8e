package workerd

import (
	"errors"
	"os"
	"os/exec"
	"syscall"
)

type guard struct{}

func (*guard) release() {}

// startGuarded fails: a descriptor to say that it listens can't be passed on, and workerd for
// Windows is not what is measured.
func startGuarded(*exec.Cmd) (*guard, error) {
	return nil, errors.New("it is not supported on Windows; run kvbench in WSL")
}

func groupOfItsOwn() *syscall.SysProcAttr { return nil }

func terminate(p *os.Process) { _ = p.Kill() }

func killGroup(int) {}
