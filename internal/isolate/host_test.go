package isolate_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"testing"
	"time"

	"kvbench/drivers"
	"kvbench/internal/clock"
	"kvbench/internal/detect"
	"kvbench/internal/isolate"
	"kvbench/internal/script"
	"kvbench/internal/script/scripttest"
	"kvbench/internal/webapi"
	"kvbench/kv"
)

// world is a clock, a namespace on it, and who calls the isolate.
type world struct {
	t     testing.TB
	clock clock.Clock
	store kv.Store
	sites []detect.Site
	fetch func(r *webapi.Request) (*webapi.Response, error)
}

func newWorld(t testing.TB, options string) *world {
	t.Helper()
	c := clock.NewVirtual()
	s, err := drivers.Open("embedded://?"+options, drivers.Env{Clock: c, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	return &world{t: t, clock: c, store: s}
}

// host is one invocation's.
type host struct {
	*world
	random *rand.Rand
	failed []error
	ended  bool
	endAt  time.Duration
}

func (w *world) host() *host { return &host{world: w, random: rand.New(rand.NewPCG(7, 7))} }

func (h *host) Start(ctx context.Context, site detect.Site, f func(context.Context, isolate.Task)) {
	h.sites = append(h.sites, site)
	h.clock.Go(func() { f(ctx, h) })
}
func (h *host) Uint64() uint64 { return h.random.Uint64() }
func (h *host) Ended(failed []error) {
	if h.ended {
		h.t.Error("it ended twice")
	}
	h.ended, h.failed, h.endAt = true, failed, h.clock.Now()
}
func (h *host) KV(int) kv.Store { return h.store }

func (h *host) Fetch(ctx context.Context, r *webapi.Request) (*webapi.Response, error) {
	if h.fetch == nil {
		return nil, errors.New("no origin")
	}
	if err := h.clock.Sleep(ctx, 10*time.Millisecond); err != nil {
		return nil, err
	}
	return h.fetch(r)
}
func (h *host) Sleep(ctx context.Context, d time.Duration) error { return h.clock.Sleep(ctx, d) }

// project writes files and bundles the first.
func project(t testing.TB, files ...string) *isolate.Program {
	t.Helper()
	dir, path := scripttest.Project(t, files...)
	b, err := script.Build(path, script.Options{Root: dir})
	if err != nil {
		t.Fatal(err)
	}
	p, err := isolate.Compile(b)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func (w *world) isolate(p *isolate.Program) *isolate.Isolate {
	w.t.Helper()
	i, err := isolate.New(isolate.Config{Clock: w.clock, Program: p, Bindings: []string{"KV"}, Vars: map[string]any{"NAME": "v"}})
	if err != nil {
		w.t.Fatal(err)
	}
	return i
}

func get(path string) *webapi.Request {
	return &webapi.Request{Method: http.MethodGet, URL: "https://example.com" + path}
}

// run runs f on the clock.
func (w *world) run(f func(ctx context.Context)) {
	w.t.Helper()
	if err := w.clock.Run(w.t.Context(), f); err != nil {
		w.t.Fatal(err)
	}
}

// body runs a Worker's fetch handler once and returns what it answers.
func (w *world) body(i *isolate.Isolate, path string) (body string) {
	w.t.Helper()
	w.run(func(ctx context.Context) {
		r, err := i.Fetch(ctx, w.host(), get(path))
		if err != nil {
			body = err.Error()
			return
		}
		body = string(r.Response.Body)
	})
	return body
}
