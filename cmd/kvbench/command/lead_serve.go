package command

import (
	"context"
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"time"

	"kvbench/internal/fleet"
)

// serve serves NATS in this process.
func (l *leading) serve(token string) (*fleet.Server, error) {
	if len(token) < minToken {
		return nil, usage(fmt.Errorf("--agents without --nats serves NATS here, for which %s is to be set, to %d characters or more, for this process and for the agents", fleet.TokenVariable, minToken))
	}
	listen := l.o.fleet.listen
	if l.state.Listen != "" { // where agents look for it
		listen = l.state.Listen
	}
	server, err := fleet.Serve(filepath.Join(l.state.dir, fleetServer), listen, token)
	if err != nil {
		return nil, usage(fmt.Errorf("--nats-listen %s: %w", listen, err))
	}
	l.state.Listen = server.Address().String()
	return server, nil
}

// watchServer ends the leader when the server can keep nothing more: whoever waits for it then waits for nothing.
func watchServer(ctx context.Context, server *fleet.Server, failed context.CancelCauseFunc) {
	look := time.NewTicker(time.Second)
	defer look.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-look.C:
			if err := server.Err(); err != nil {
				failed(&brokenError{err})
				return
			}
		}
	}
}

// minToken is how long a token is at least.
const minToken = 8

// reachable is the URL of the server in this process, as agents name it.
func (l *leading) reachable(at *net.TCPAddr) string {
	host := at.IP.String()
	if at.IP.IsUnspecified() {
		host = machine().Host
	}
	return "nats://" + net.JoinHostPort(host, fmt.Sprint(at.Port))
}

// brokenError says that the server in this process can't go on.
type brokenError struct{ err error }

func (e *brokenError) Error() string { return e.err.Error() }

// broken is the brokenError that has ended ctx; nil where it goes on or something else has.
func broken(ctx context.Context) error {
	if why := new(brokenError); errors.As(context.Cause(ctx), &why) {
		return why
	}
	return nil
}
