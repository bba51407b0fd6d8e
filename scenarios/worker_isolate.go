package scenarios

import (
	"context"
	"errors"
	"strconv"
	"sync"
	"time"

	"kvbench/internal/bench"
	"kvbench/internal/detect"
	"kvbench/internal/isolate"
	"kvbench/internal/load"
	"kvbench/internal/webapi"
	"kvbench/kv"
)

// workerIsolate is the isolate of a number: one after the other, where they are evicted.
type workerIsolate struct {
	mu      sync.Mutex
	isolate *isolate.Isolate // nil until it is first asked
	made    uint64           // how many there were
	until   time.Duration    // when the next request gets a new one
}

// invoker is an isolate, whatever runs it.
type invoker interface {
	Fetch(ctx context.Context, h isolate.Host, r *webapi.Request) (isolate.Result, error)
	Scheduled(ctx context.Context, h isolate.Host, cron string, at time.Time) (isolate.Result, error)
}

// isolate returns the isolate that a transaction runs in, which is made where it is not
// there yet, or not any more.
func (p *workerLoad) isolate(w *bench.Worker) (invoker, error) {
	if p.real != nil {
		return p.real.Isolate(w.Isolate()), nil
	}
	if p.program.Program == nil {
		return nil, errors.New("the real runtime alone can run the script")
	}
	s := &p.isolates[w.Isolate()]
	s.mu.Lock()
	defer s.mu.Unlock()
	lifetime := p.fields.Lifetime
	if s.isolate != nil && (lifetime == nil || w.Now() < s.until) {
		return s.isolate, nil
	}
	seed := load.Mix(load.Mix(p.seed^uint64(w.Isolate())) ^ s.made)
	made, err := p.newIsolate(p.variant, isolate.Config{
		Clock: w.Clock(), Program: p.program.Program, Location: "L" + strconv.Itoa(w.Location()), Seed: seed, Caches: p.cache(w), Console: p.console,
	})
	if err != nil {
		return nil, err
	}
	s.isolate, s.until = made, w.Now()+lifetime.Draw(load.Mix(seed))
	s.made++
	return made, nil
}

// cache is what the isolates of a location share of caches.
func (p *workerLoad) cache(w *bench.Worker) *isolate.Caches {
	p.cacheLock.Lock()
	defer p.cacheLock.Unlock()
	c := &p.caches[w.Location()]
	if *c == nil {
		*c = isolate.NewCaches(w.Clock())
	}
	return *c
}

// newIsolate makes an isolate of a variant's script.
func (p *workerPlan) newIsolate(variant string, c isolate.Config) (*isolate.Isolate, error) {
	if told := p.options.Made; told != nil {
		c.Made = func(i *isolate.Isolate) { told(p.title(variant), i) }
	}
	c.Bindings, c.Vars, c.Absent = p.bindings, p.vars, p.absent
	return isolate.New(c)
}

// title is whose an isolate is: SCENARIO/VARIANT.
func (p *workerPlan) title(variant string) string { return p.scenario + "/" + variant }

// workerHost is what one invocation reaches. It implements isolate.Host.
type workerHost struct {
	load  *workerLoad
	tasks *bench.Tasks
}

func (p *workerLoad) host(ctx context.Context, w *bench.Worker) *workerHost {
	return &workerHost{load: p, tasks: w.Tasks(ctx)}
}

// Start implements isolate.Host.
func (h *workerHost) Start(ctx context.Context, site detect.Site, f func(ctx context.Context, t isolate.Task)) {
	h.tasks.Start(ctx, site, func(ctx context.Context, w *bench.Worker) error {
		t := workerTask{load: h.load, w: w}
		f(ctx, &t)
		return t.failed
	})
}

// Uint64 implements isolate.Host.
func (h *workerHost) Uint64() uint64 { return h.tasks.Uint64() }

// Ended implements isolate.Host.
func (h *workerHost) Ended(failed []error) {
	if len(failed) > 0 {
		h.tasks.Observe(workerWaitFailed, int64(h.tasks.SinceDue()))
	}
	h.tasks.End()
}

// workerTask is a task of an invocation. It implements isolate.Task.
type workerTask struct {
	load   *workerLoad
	w      *bench.Worker
	failed error // of what no call of the store tells
}

// KV implements isolate.Task.
func (t *workerTask) KV(binding int) kv.Store {
	t.w.In(binding, t.load.prefix(binding))
	return t.w
}

// Fetch implements isolate.Task.
func (t *workerTask) Fetch(ctx context.Context, r *webapi.Request) (*webapi.Response, error) {
	response, err := t.load.fetch(ctx, t.w, r)
	if err != nil && ctx.Err() == nil {
		t.failed = err
	}
	return response, err
}

// Sleep implements isolate.Task.
func (t *workerTask) Sleep(ctx context.Context, d time.Duration) error { return t.w.Sleep(ctx, d) }
