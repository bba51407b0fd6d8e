package realisolate_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"kvbench/drivers"
	"kvbench/internal/clock"
	"kvbench/internal/detect"
	"kvbench/internal/isolate"
	"kvbench/internal/realisolate"
	"kvbench/internal/script"
	"kvbench/internal/webapi"
	"kvbench/internal/workerd/workerdtest"
	"kvbench/kv"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	options = "embedded://?hot=1ms&cold=1ms&write=20ms&list=1ms&propagation=0&writes=off"
	entry   = "testdata/worker.ts"
)

var (
	bindings = []string{"A", "B"}
	vars     = map[string]any{"GREETING": "hi", "NUM": 3.0}
	absent   = map[string]string{"DB": "a D1 database"}
)

// invoker is an isolate of either kind.
type invoker interface {
	Fetch(ctx context.Context, h isolate.Host, r *webapi.Request) (isolate.Result, error)
	Scheduled(ctx context.Context, h isolate.Host, cron string, at time.Time) (isolate.Result, error)
}

// host is one invocation's. It implements isolate.Host.
type host struct {
	t      testing.TB
	clock  clock.Clock
	stores []kv.Store

	mu     sync.Mutex
	calls  []string
	failed []string
	ended  chan struct{}
}

func (h *host) Start(ctx context.Context, site detect.Site, f func(context.Context, isolate.Task)) {
	h.clock.Go(func() { f(ctx, &task{h, site}) })
}
func (h *host) Uint64() uint64 { return 7 }
func (h *host) Ended(failed []error) {
	for _, err := range failed {
		h.failed = append(h.failed, err.Error())
	}
	close(h.ended)
}

type task struct {
	*host
	site detect.Site
}

func (t *task) called(op, key string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.calls = append(t.calls, fmt.Sprintf("%s %.20s at %s:%d:%d", op, key, t.site.File, t.site.Line, t.site.Column))
}

func (t *task) Fetch(_ context.Context, r *webapi.Request) (*webapi.Response, error) {
	t.called(r.Method, r.URL)
	if !strings.Contains(r.URL, "api.example.com") {
		return nil, errors.New("no origin is modelled for it")
	}
	return &webapi.Response{
		Status: http.StatusOK, Headers: http.Header{"Content-Type": {"application/json"}},
		Body: fmt.Appendf(nil, `{"origin":%q,"version":1,"a":%q}`, r.URL, r.Headers.Get("A")),
	}, nil
}
func (t *task) Sleep(ctx context.Context, d time.Duration) error { return t.clock.Sleep(ctx, d) }
func (t *task) KV(binding int) kv.Store                          { return &calls{t.stores[binding], t} }

// calls tells of what a store is asked.
type calls struct {
	kv.Store
	task *task
}

func (c *calls) Get(ctx context.Context, key string, o kv.GetOptions, e *kv.Entry) error {
	c.task.called("get", key)
	return c.Store.Get(ctx, key, o, e)
}

func (c *calls) Put(ctx context.Context, key string, value []byte, o kv.PutOptions) error {
	c.task.called("put", key)
	return c.Store.Put(ctx, key, value, o)
}

func (c *calls) Delete(ctx context.Context, key string) error {
	c.task.called("delete", key)
	return c.Store.Delete(ctx, key)
}

func (c *calls) List(ctx context.Context, o kv.ListOptions, p *kv.Page) error {
	c.task.called("list", o.Prefix)
	return c.Store.List(ctx, o, p)
}

func (c *calls) BulkGet(ctx context.Context, keys []string, o kv.GetOptions, es []kv.Entry) error {
	c.task.called("bulk-get", strings.Join(keys, "+"))
	return c.Store.(kv.BulkGetter).BulkGet(ctx, keys, o, es)
}

// seen is all that is seen of one invocation.
type seen struct {
	Answer string
	Error  string
	Site   detect.Site
	Calls  []string
	Failed []string
}

// invoke makes one invocation, and waits for its end.
func invoke(t *testing.T, head bool, c clock.Clock, stores []kv.Store, call func(ctx context.Context, h isolate.Host) (isolate.Result, error)) (s seen) {
	t.Helper()
	h := &host{t: t, clock: c, stores: stores, ended: make(chan struct{})}
	var result isolate.Result
	var err error
	if broken := c.Run(t.Context(), func(ctx context.Context) { result, err = call(ctx, h) }); broken != nil {
		t.Fatal(broken)
	}
	select {
	case <-h.ended:
	case <-time.After(40 * time.Second):
		t.Fatal("the invocation does not end")
	}
	if r := result.Response; r != nil {
		if head {
			r.Body = nil
		}
		s.Answer = fmt.Sprint(r.Status, " ", slices.Sorted(func(yield func(string) bool) {
			for name, values := range r.Headers {
				if !yield(name + ": " + strings.Join(values, " | ")) {
					return
				}
			}
		}), " ", string(r.Body))
	}
	if thrown, ok := errors.AsType[*isolate.Exception](err); ok {
		s.Error, s.Site = thrown.Name+": "+thrown.Message, thrown.Site
	} else if err != nil {
		s.Error = err.Error()
	}
	s.Calls, s.Failed = h.calls, h.failed
	slices.Sort(s.Calls) // those of one moment may come in any order
	return s
}

// open opens a store for each binding.
func open(t *testing.T, c clock.Clock) (all []kv.Store) {
	t.Helper()
	for range bindings {
		s, err := drivers.Open(options, drivers.Env{Clock: c, Seed: 1})
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, s)
	}
	return all
}

func build(t *testing.T, file string, module bool) *script.Bundle {
	t.Helper()
	b, err := script.Build(file, script.Options{Root: filepath.Dir(file), Module: module})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// start starts a script on the real runtime; it ends with the test.
func start(t *testing.T, c clock.Clock, file string) *realisolate.Runtime {
	t.Helper()
	return startWith(t, realisolate.Config{Clock: c, Bundle: build(t, file, true)})
}

func startWith(t *testing.T, c realisolate.Config) *realisolate.Runtime {
	t.Helper()
	c.Executable, c.Bindings, c.Vars, c.Absent, c.Locations, c.Isolates = workerdtest.Need(t), bindings, vars, absent, 1, 1
	r, err := realisolate.Start(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err, gone := r.Close(), r.Err(); !errors.Is(err, gone) {
			t.Errorf("%v, and the process ended with %v", err, gone)
		}
	})
	return r
}

// both are isolates of a script in this process and on the real runtime.
func both(t *testing.T, c clock.Clock, file string) (own, real invoker) {
	t.Helper()
	real = start(t, c, file).Isolate(0)
	program, err := isolate.Compile(build(t, file, false))
	if err != nil {
		t.Fatal(err)
	}
	own, err = isolate.New(isolate.Config{Clock: c, Program: program, Bindings: bindings, Vars: vars, Absent: absent, Location: "L0"})
	if err != nil {
		t.Fatal(err)
	}
	return own, real
}

func get(path string) *webapi.Request {
	return &webapi.Request{Method: http.MethodGet, URL: "https://worker.example.com" + path, Headers: http.Header{}}
}

// What a script sees and what is seen of it is the same in this process and on the real
// runtime.
func TestAsInThisProcess(t *testing.T) {
	c := clock.NewWall()
	own, real := both(t, c, entry)
	for _, r := range []*webapi.Request{
		{URL: "/throw"},
		{URL: "/string"},
		{URL: "/kvthrow"},
		{URL: "/hang"},
		{URL: "/wait"},
		{URL: "/wait2"},
		{URL: "/unawaited"},
		{URL: "/none"},
		{URL: "/cookie"},
		{URL: "/stream"},
		{URL: "/kv"},
		{URL: "/caches"},
		{URL: "/fetch"},
		{URL: "/other?a=%20b&c=d"},
		{Method: http.MethodHead, URL: "/other"},
		{Method: http.MethodPost, URL: "/other", Body: []byte("some body"), Headers: http.Header{"X-A": {"1"}, "Content-Type": {"text/plain"}}},
	} {
		t.Run(r.URL[1:]+r.Method, func(t *testing.T) {
			if r.Method == "" {
				r.Method = http.MethodGet
			}
			if r.Headers == nil {
				r.Headers = http.Header{}
			}
			r.URL = "https://worker.example.com" + r.URL
			by := func(i invoker) seen {
				return invoke(t, r.Method == http.MethodHead, c, open(t, c), func(ctx context.Context, h isolate.Host) (isolate.Result, error) { return i.Fetch(ctx, h, r) })
			}
			if diff := cmp.Diff(by(own), by(real)); diff != "" {
				t.Errorf("in this process and on the real runtime:\n%s", diff)
			}
		})
	}
}
