package workerd

import (
	"crypto/rand"
	"net"
)

// Listen listens for what an External of the process asks, at the address for it. Here it is
// an abstract socket: nothing of it is on disk, and it is gone with its listener. Whoever has
// an account on the machine can connect to it.
func Listen() (l net.Listener, address string, err error) {
	name := "kvbench-" + rand.Text()
	if l, err = net.Listen("unix", "@"+name); err != nil {
		return nil, "", err
	}
	return l, "unix-abstract:" + name, nil
}
