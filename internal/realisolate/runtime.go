// Package realisolate runs a Worker's JavaScript in isolates of workerd, the real runtime, on
// the wall clock. What an invocation reaches is the host's, as of package isolate: a shim in
// front of the script, which is unmodified, tells which invocation calls, and from where.
package realisolate

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"slices"
	"strings"
	"sync"
	"time"

	"kvbench/internal/clock"
	"kvbench/internal/isolate"
	"kvbench/internal/script"
	"kvbench/internal/workerd"
)

// Config is what a Runtime is made of.
type Config struct {
	// Executable is workerd, as workerd.Find returns it.
	Executable string
	// Bundle is the script, made with script.Options.Module.
	Bundle *script.Bundle
	// Bindings are the names of the KV namespaces in env, in the order of isolate.Task.KV.
	Bindings []string
	// Vars are the other members of env: strings, and what encoding/json makes of JSON.
	Vars map[string]any
	// Absent are further bindings, which throw when they are used: what each is.
	Absent map[string]string
	// Date is the compatibility date, Flags are the compatibility flags. Empty: DefaultDate,
	// and none.
	Date  string
	Flags []string
	// Locations is how many there are, Isolates how many each has, at least 1. They are
	// numbered over all locations.
	Locations, Isolates int
	// Clock is the wall clock.
	Clock clock.Clock
	// MostTask is how long a script may run in one go before the process is killed; 0: 10 s.
	MostTask time.Duration
	// WaitUntil is how long an invocation may go on after its answer; 0: 30 s, as Workers
	// have it.
	WaitUntil time.Duration
	// MostBody is how many bytes the body of a response may have; 0: 100 MiB.
	MostBody int
	// Log gets what the process says; nil: it is dropped.
	Log io.Writer
}

// DefaultDate is the compatibility date of a script whose project names none.
const DefaultDate = "2026-11-01"

const (
	// mostBody is how many bytes a body may have.
	mostBody = 100 << 20
	// mostWait is how long a request may take.
	mostWait = 60 * time.Second
	// mostTask is how long a script may run in one go.
	mostTask  = 10 * time.Second
	waitUntil = 30 * time.Second
)

// Runtime is a process of workerd with isolates of one script.
type Runtime struct {
	config   Config
	process  *workerd.Process
	token    string // that requests of the process have
	isolates []*Isolate
	caches   []*isolate.Caches // by location
	servers  sync.WaitGroup
	served   chan error         // why a server has ended
	stop     context.CancelFunc // of the servers

	mu    sync.Mutex
	last  uint64                 // number of an invocation
	live  map[uint64]*invocation // that are not over
	long  map[uint64]string      // keys that are too long for a prefix, by their names
	names map[string]uint64      // of those
	sites map[string]place       // by how the shim tells them
}

// Start starts a process and loads the script in every isolate. The process goes on when ctx
// is done; Close ends it.
func Start(ctx context.Context, c Config) (*Runtime, error) {
	var token [16]byte
	if _, err := rand.Read(token[:]); err != nil {
		return nil, err
	}
	if c.Log == nil {
		c.Log = io.Discard
	}
	c.MostTask, c.WaitUntil = cmp.Or(c.MostTask, mostTask), cmp.Or(c.WaitUntil, waitUntil)
	c.MostBody = cmp.Or(c.MostBody, mostBody)
	r := &Runtime{
		config: c, token: hex.EncodeToString(token[:]), live: map[uint64]*invocation{},
		served: make(chan error, 2), long: map[uint64]string{}, names: map[string]uint64{}, sites: map[string]place{},
	}
	for range c.Locations {
		r.caches = append(r.caches, isolate.NewCaches(c.Clock))
	}
	if err := r.start(ctx); err != nil {
		return nil, errors.Join(err, r.Close())
	}
	return r, nil
}

func (r *Runtime) start(ctx context.Context) error {
	serving, stop := context.WithCancel(context.Background())
	r.stop = stop
	kvAddress, err := r.serve(serving, r.serveKV)
	if err != nil {
		return err
	}
	outAddress, err := r.serve(serving, r.serveOut)
	if err != nil {
		return err
	}
	config, err := r.processConfig(kvAddress, outAddress)
	if err != nil {
		return err
	}
	said := &loading{to: r.config.Log, bundle: r.config.Bundle}
	if r.process, err = workerd.Start(ctx, r.config.Executable, config, said); err != nil {
		return said.explain(err)
	}
	r.servers.Go(func() {
		r.process.Watch(serving, workerd.Limits{Task: r.config.MostTask, Doing: r.doing, Memory: r.mostMemory()})
	})
	r.servers.Go(func() {
		select {
		case err := <-r.served:
			if err != nil {
				r.process.Kill(fmt.Errorf("serving workerd: %w", err))
			}
		case <-serving.Done():
		}
	})
	for n := range r.config.Locations * r.config.Isolates {
		r.isolates = append(r.isolates, newIsolate(r, n, r.process.Address(socketName(n))))
	}
	return nil
}

// mostMemory is what the process may hold before it is killed, in bytes: of each isolate what
// Cloudflare allows, 128 MB, and a lot for what is not collected yet.
func (r *Runtime) mostMemory() uint64 {
	return 2<<30 + uint64(r.config.Locations*r.config.Isolates)<<27
}

// serve starts a server for the process, which ends with ctx.
func (r *Runtime) serve(ctx context.Context, serve func(ctx context.Context, l net.Listener) error) (address string, err error) {
	l, address, err := workerd.Listen()
	if err != nil {
		return "", fmt.Errorf("listening for workerd: %w", err)
	}
	r.servers.Go(func() { r.served <- serve(ctx, l) })
	return address, nil
}

// Isolate is one by its number.
func (r *Runtime) Isolate(n int) *Isolate { return r.isolates[n] }

// Gone is closed when the process has ended, whatever ended it.
func (r *Runtime) Gone() <-chan struct{} { return r.process.Done() }

// Err says why the process has ended, when it has: nil where Close ended it.
func (r *Runtime) Err() error { return r.process.Err() }

// Close ends the process and what serves it.
func (r *Runtime) Close() error {
	var err error
	if r.process != nil {
		err = r.process.Stop()
	}
	if r.stop != nil {
		r.stop()
		r.servers.Wait()
	}
	for _, i := range r.isolates {
		i.client.CloseIdleConnections()
	}
	return err
}

// register gives an invocation its number.
func (r *Runtime) register(v *invocation) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.last++
	v.number = r.last
	r.live[v.number] = v
}

func (r *Runtime) forget(v *invocation) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.live, v.number)
}

// invocation is one that is not over; nil where there is none of that number.
func (r *Runtime) invocation(number uint64) *invocation {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.live[number]
}

// mostOpen is how many invocations are told of a process that hangs.
const mostOpen = 3

// doing tells the oldest invocations that are open, and how to hear which line hangs.
func (r *Runtime) doing() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	open := slices.Sorted(maps.Keys(r.live))
	if len(open) == 0 {
		return ""
	}
	var out strings.Builder
	out.WriteString("; open were")
	for i, number := range open {
		if i == mostOpen {
			fmt.Fprintf(&out, " and %d more", len(open)-i)
			break
		}
		if i > 0 {
			out.WriteString(",")
		}
		out.WriteString(" " + r.live[number].what)
	}
	return out.String() + "; run it without --runtime workerd to hear the line"
}

// mostLong bounds the long keys that are kept.
const mostLong = 1_000_000

// name gives a long key a short name.
func (r *Runtime) name(key string) (uint64, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	n, known := r.names[key]
	if !known {
		if len(r.names) >= mostLong {
			return 0, fmt.Errorf("more than %d keys of nearly 512 bytes", mostLong)
		}
		n = uint64(len(r.names)) + 1
		r.names[key], r.long[n] = n, key
	}
	return n, nil
}

func (r *Runtime) named(n uint64) (key string, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	key, ok = r.long[n]
	return key, ok
}
