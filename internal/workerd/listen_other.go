//go:build !linux

package workerd

import "net"

// Listen listens for what an External of the process asks, at the address for it: a port on
// loopback. Whoever has an account on the machine can connect to it.
func Listen() (l net.Listener, address string, err error) {
	if l, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		return nil, "", err
	}
	return l, l.Addr().String(), nil
}
