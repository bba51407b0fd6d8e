//go:build !linux

package workerd

import (
	"os"
	"path/filepath"
	"syscall"
)

const guardedByKernel = false

func attributes() *syscall.SysProcAttr { return groupOfItsOwn() }

// configFile is the configuration as the process reads it: a file that is there until the
// sockets listen.
type configFile struct {
	path string
	pass []*os.File
}

func newConfigFile(text string) (*configFile, error) {
	dir, err := os.MkdirTemp("", "kvbench-workerd-")
	if err != nil {
		return nil, err
	}
	c := &configFile{path: filepath.Join(dir, "workerd.capnp")}
	if err := os.WriteFile(c.path, []byte(text), 0o600); err != nil {
		c.remove()
		return nil, err
	}
	return c, nil
}

func (c *configFile) remove() { _ = os.RemoveAll(filepath.Dir(c.path)) }
