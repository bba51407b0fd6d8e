package worker

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"kvbench/drivers/embedded"
	"kvbench/internal/emulator/binding"
	"kvbench/internal/script"
	"kvbench/internal/workerd"
	"kvbench/kv"
)

// compatibility is the compatibility date of the Worker, that of deploy/wrangler.jsonc.
const compatibility = "2026-04-01"

// stuck is how long a script may run in one go before the process is taken to hang: ours
// never runs for long.
const stuck = 30 * time.Second

// server is a process of workerd and what stands behind its bindings, started when the first
// call is made.
type server struct {
	executable string // as the run names it
	secret     string
	behind     []kv.Store // by location

	mu      sync.Mutex
	closed  bool
	err     error // that it did not start
	process *workerd.Process
	ended   chan error // of what stands behind
	stop    context.CancelFunc
	onEnd   func(error) // nil: nobody asks

	failures failures
}

// openLocal opens a store that is the embedded one behind a process of workerd.
func openLocal(u *url.URL, env kv.Env) (kv.Store, error) {
	inner := &url.URL{Scheme: embedded.Scheme, RawQuery: u.RawQuery}
	model, err := embedded.Open(inner, env.Clock, env.Seed, pricing{env})
	if err != nil {
		return nil, err
	}
	t := model.Capabilities()
	t.Virtual, t.Transient, t.BulkPutKeys = false, true, 0
	t.Sources = append(t.Sources, "the path is real: each call goes through workerd, a Worker and its KV binding, and their time is part of it; "+
		"the store behind, and what latency it adds, is modelled")
	sv := &server{executable: env.Workerd, secret: rand.Text(), behind: kv.AtEach(model)}
	sp := &space{capabilities: t, client: newClient("http", sv.secret), broken: sv.broken}
	sp.close = func() error { return errors.Join(sv.close(), model.Close()) }
	for n := range sv.behind {
		sp.at = append(sp.at, &store{space: sp, host: func() (string, error) { return sv.address(n) }})
	}
	return &sized{sp.at[0], sv, model}, nil
}

// pricing is env's, of which there may be none.
type pricing struct{ env kv.Env }

func (p pricing) Over(own kv.Prices) (kv.Prices, error) { return p.env.Price(own) }

// sized is a store of location 0 that knows the model behind: how much that holds, when it is
// under load, and how it comes to rest.
type sized struct {
	*store
	server *server
	model  kv.Store
}

var (
	_ kv.Sizer   = (*sized)(nil)
	_ kv.Phased  = (*sized)(nil)
	_ kv.Settler = (*sized)(nil)
	_ kv.Mortal  = (*sized)(nil)
)

// Settle implements kv.Settler.
func (s *sized) Settle(ctx context.Context) error {
	if settler, ok := s.model.(kv.Settler); ok {
		return settler.Settle(ctx)
	}
	return nil
}

// BeginLoad implements kv.Phased: no call of the load waits for the process to start.
func (s *sized) BeginLoad(measureFrom time.Duration) {
	_, _ = s.server.address(0) // an error is that of the first call, too
	if p, ok := s.model.(kv.Phased); ok {
		p.BeginLoad(measureFrom)
	}
}

// EndLoad implements kv.Phased.
func (s *sized) EndLoad() {
	if p, ok := s.model.(kv.Phased); ok {
		p.EndLoad()
	}
}

// OnEnd implements kv.Mortal.
func (s *sized) OnEnd(f func(error)) {
	s.server.mu.Lock()
	defer s.server.mu.Unlock()
	s.server.onEnd = f
}

// StoredBytes implements kv.Sizer.
func (s *sized) StoredBytes() int64 {
	if sizer, ok := s.model.(kv.Sizer); ok {
		return sizer.StoredBytes()
	}
	return 0
}

func worker(n int) string { return "at-" + strconv.Itoa(n) }

// address is where the Worker of a location listens; the first call of it starts all.
func (sv *server) address(n int) (string, error) {
	sv.mu.Lock()
	defer sv.mu.Unlock()
	switch {
	case sv.closed:
		return "", &kv.Error{Message: "the store is closed"}
	case sv.err == nil && sv.process == nil:
		sv.err = sv.start()
	}
	if sv.err != nil {
		return "", &kv.Error{Message: sv.err.Error()}
	}
	return sv.process.Address(worker(n)), nil
}

// start starts all; the caller holds the lock.
func (sv *server) start() error {
	executable, err := workerd.Find(sv.executable)
	if err != nil {
		return err
	}
	code, err := script.Module("worker.ts", source)
	if err != nil {
		return err
	}
	listener, address, err := workerd.Listen()
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(context.Background())
	b := &binding.Server{Token: rand.Text(), Resolve: sv.resolve, CacheStatus: true, Report: sv.failures.add}
	sv.ended = make(chan error, 1)
	go func() { sv.ended <- b.Serve(ctx, listener) }()
	sv.process, err = workerd.Start(ctx, executable, sv.config(b, code, address), io.Discard)
	if err != nil {
		stop()
		return errors.Join(err, <-sv.ended)
	}
	sv.stop = stop
	go sv.process.Watch(ctx, workerd.Limits{Task: stuck})
	go sv.await(sv.process)
	return nil
}

// await tells who asks when the process has ended, and nobody has closed the store.
func (sv *server) await(process *workerd.Process) {
	<-process.Done()
	sv.mu.Lock()
	onEnd, closed := sv.onEnd, sv.closed
	sv.mu.Unlock()
	if onEnd != nil && !closed {
		onEnd(process.Err())
	}
}

// config has a Worker for each location, and a binding for each.
func (sv *server) config(b *binding.Server, code, address string) workerd.Config {
	secret, _ := json.Marshal(sv.secret) // a string always can be
	var c workerd.Config
	for n := range sv.behind {
		external := "kv-" + strconv.Itoa(n)
		c.Externals = append(c.Externals, workerd.External{
			Name: external, Address: address, Headers: []workerd.Header{{Name: binding.Header, Value: b.At(strconv.Itoa(n))}},
		})
		c.Workers = append(c.Workers, workerd.Worker{
			Name: worker(n), Modules: []workerd.Module{{Name: "worker.js", Code: code}}, Date: compatibility,
			KV: []workerd.Binding{{Name: "KV", External: external}}, Vars: map[string]string{SecretVariable: string(secret)},
		})
		c.Sockets = append(c.Sockets, workerd.Socket{Name: worker(n), Worker: worker(n)})
	}
	return c
}

// resolve is the store of a location.
func (sv *server) resolve(at, key string) (kv.Store, string, error) {
	n, err := strconv.Atoi(at)
	if err != nil || n < 0 || n >= len(sv.behind) {
		return nil, "", fmt.Errorf("no location %q", at)
	}
	return sv.behind[n], key, nil
}

// broken is why the process answers no more; nil while it runs.
func (sv *server) broken() error {
	sv.mu.Lock()
	process := sv.process
	sv.mu.Unlock()
	if process == nil {
		return nil
	}
	select {
	case <-process.Done():
		return errors.Join(process.Err(), sv.failures.err())
	case <-time.After(dying):
		return nil
	}
}

// dying is how long a process may take to be seen to have ended, when a call of it has
// failed: its connections end first.
const dying = 100 * time.Millisecond

// close ends the process, and what stands behind it.
func (sv *server) close() error {
	sv.mu.Lock()
	defer sv.mu.Unlock()
	if sv.closed || sv.process == nil {
		sv.closed = true
		return nil
	}
	sv.closed = true
	err := sv.process.Stop()
	sv.stop()
	return errors.Join(err, <-sv.ended, sv.failures.err())
}

// failures are what went wrong behind the bindings, of which the first are kept.
type failures struct {
	mu    sync.Mutex
	first []string
	more  int
}

const mostFailures = 5

func (f *failures) add(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.first) == mostFailures {
		f.more++
		return
	}
	f.first = append(f.first, err.Error())
}

func (f *failures) err() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.first) == 0 {
		return nil
	}
	text := strings.Join(f.first, "; ")
	if f.more > 0 {
		text += fmt.Sprintf("; and %d more", f.more)
	}
	return errors.New("behind the Worker's binding: " + text)
}
