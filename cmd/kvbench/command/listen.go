package command

import (
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"strconv"
	"syscall"

	"kvbench/internal/live"
	"kvbench/internal/live/web"
)

// listenAddress takes the value of --listen apart. Where it names no host, that is this
// machine alone.
func listenAddress(text string) (string, error) {
	host, port, err := net.SplitHostPort(text)
	if _, bad := strconv.ParseUint(port, 10, 16); err != nil || bad != nil {
		return "", fmt.Errorf("--listen %q: want ADDRESS:PORT, such as 127.0.0.1:9090, or :0 for any free port", text)
	}
	if host == "" {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, port), nil
}

// listen opens the port of --listen, before anything runs.
func listen(text string) (net.Listener, error) {
	address, err := listenAddress(text)
	if err != nil {
		return nil, usage(err)
	}
	l, err := net.Listen("tcp", address)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, usage(fmt.Errorf("--listen %s: the port is in use; want another, or port 0 for any that is free", text))
	}
	if err != nil {
		return nil, usage(fmt.Errorf("--listen %s: %w", text, err))
	}
	return l, nil
}

// serveLive serves a board at the port of --listen, and says where.
func serveLive(l net.Listener, board *live.Board, stderr io.Writer) *web.Server {
	at, _ := l.Addr().(*net.TCPAddr)
	local := at != nil && at.IP.IsLoopback()
	if !local {
		fmt.Fprintf(stderr, "WARNING --listen %s can be reached from other machines: they can read what runs, and how it goes\n", l.Addr())
	}
	fmt.Fprintf(stderr, "live at http://%s/, metrics at http://%[1]s/metrics\n", l.Addr())
	return web.Serve(l, board, local, log.New(stderr, "kvbench: ", 0))
}
