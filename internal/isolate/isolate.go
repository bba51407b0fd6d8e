package isolate

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"kvbench/internal/detect"
	"kvbench/internal/script"
	"kvbench/internal/webapi"

	"github.com/dop251/goja"
)

// Isolate is one isolate of a Worker. Its methods may be called by many tasks at once.
type Isolate struct {
	config Config
	vm     *goja.Runtime
	web    *webapi.API
	random *rand.Rand // while the modules are loaded

	mu      sync.Mutex    // held by the task that runs one macrotask, never across a wait
	now     time.Duration // when that began: time stands still in it
	base    *scope        // whose macrotask it is
	current *scope        // whose code runs now; nil while the modules are loaded
	live    live
	touched []*invocation   // had something settled since the macrotask began
	ended   []*invocation   // over since then
	loose   []*goja.Promise // rejected since then, and nobody has handled it

	env, handler     *goja.Object
	fetch, scheduled goja.Callable
	then             goja.Callable // of Promise.prototype
	json             jsonCalls
	origin           *goja.Symbol // hides an *origin in an error of the host's
	cf               goja.Value   // of every request
	newMap           goja.Constructor
	mapSet, isView   goja.Callable
	runtime          runtime
	names            map[*goja.Object]int // the namespaces, by the index of their binding
	contexts         *goja.Object         // the prototype of ctx
	entrypoint       *goja.Object         // that of WorkerEntrypoint; nil where the script has none
	cachePrototype   *goja.Object
	cacheNames       map[*goja.Object]string // the caches that the script has opened
	answered, failed goja.Value              // called with what a handler's promise came to,
	complete         goja.Value              // with its response's body,
	waited, refused  goja.Value              // and with what one of waitUntil did
	lastTimer        int64
	running          bool              // within run
	job              func()            // what run runs
	stack            []goja.StackFrame // scratch

	tasks       atomic.Uint64 // macrotasks that have begun and that have ended
	done        atomic.Uint64 // invocations that are over
	interrupted atomic.Pointer[Exception]
	places      map[goja.StackFrame]place
}

// New makes an isolate and loads the script's modules in it. What they throw is an
// *Exception; a script without a handler for fetch or scheduled is an error too.
func New(c Config) (*Isolate, error) {
	i := &Isolate{
		config: c, vm: goja.New(), random: rand.New(rand.NewPCG(c.Seed, 0)),
		now: c.Clock.Now(), places: map[goja.StackFrame]place{},
	}
	if c.Limits.WaitUntil == 0 {
		i.config.Limits.WaitUntil = defaultWaitUntil
	}
	if c.Limits.CallDepth == 0 {
		i.config.Limits.CallDepth = defaultCallDepth
	}
	if c.Caches == nil {
		i.config.Caches = NewCaches(c.Clock)
	}
	i.vm.SetMaxCallStackSize(i.config.Limits.CallDepth)
	i.vm.SetTimeSource(i.time)
	i.vm.SetRandSource(i.float64)
	i.vm.SetAsyncContextTracker((*tracker)(i))
	i.vm.SetPromiseRejectionTracker(i.trackRejection)
	var err error
	if i.web, err = webapi.Install(i.vm, webapi.Env{Random: i.fill, Timer: i.after, Report: i.report}); err != nil {
		return nil, err
	}
	if err := i.setGlobals(); err != nil {
		return nil, err
	}
	if c.Made != nil {
		c.Made(i)
	}
	i.tasks.Add(1)
	defer i.tasks.Add(1)
	if _, err := i.vm.RunProgram(c.Program.compiled); err != nil {
		return nil, i.exception(err)
	}
	if _, err := i.runtime.seal(goja.Undefined()); err != nil {
		return nil, i.exception(err)
	}
	return i, i.findHandlers()
}

// time is what a script sees of the clock.
func (i *Isolate) time() time.Time { return i.config.Clock.Epoch().Add(i.now).UTC() }

func (i *Isolate) uint64() uint64 {
	if i.current == nil {
		return i.random.Uint64()
	}
	return i.current.invocation.host.Uint64()
}

func (i *Isolate) float64() float64 { return float64(i.uint64()>>11) / (1 << 53) }

// fill fills p with random bytes.
func (i *Isolate) fill(p []byte) {
	for len(p) > 0 {
		n := i.uint64()
		for j := 0; j < 8 && len(p) > 0; j++ {
			p[0] = byte(n >> (8 * j))
			p = p[1:]
		}
	}
}

// findHandlers takes the handlers that the main module exports.
func (i *Isolate) findHandlers() error {
	name := i.config.Program.bundle.Name
	exports, _ := i.vm.Get(script.Global).(*goja.Object)
	var main goja.Value
	if exports != nil {
		main = exports.Get("default")
	}
	if main == nil || goja.IsUndefined(main) {
		main = i.listeners()
	}
	handler, ok := main.(*goja.Object)
	if !ok {
		return fmt.Errorf("%s: no handler: it wants export default { async fetch(request, env, ctx) { … } }", name)
	}
	i.handler = handler
	i.fetch, _ = goja.AssertFunction(handler.Get("fetch"))
	i.scheduled, _ = goja.AssertFunction(handler.Get("scheduled"))
	switch {
	case i.fetch != nil || i.scheduled != nil:
		return nil
	case isFunction(handler):
		return i.classHandlers(handler)
	}
	return fmt.Errorf("%s: the default export has neither fetch nor scheduled: it has %s", name, list(handler.Keys()))
}

// isFunction tells a function, such as a class, from an object with handlers.
func isFunction(o *goja.Object) bool {
	_, callable := goja.AssertFunction(o)
	return callable
}

func list(names []string) string {
	if len(names) == 0 {
		return "nothing"
	}
	slices.Sort(names)
	return fmt.Sprint(names)
}

// Handles says which events the script has a handler for.
func (i *Isolate) Handles() (fetch, scheduled bool) { return i.fetch != nil, i.scheduled != nil }

// enter begins a macrotask: the task that calls it is alone in the isolate until leave.
func (i *Isolate) enter(s *scope) {
	i.mu.Lock()
	i.tasks.Add(1)
	i.now = i.config.Clock.Now()
	i.base, i.current = s, s
}

// run runs f in the runtime, and then the promise jobs that have come to be due. A call
// of the script's within f runs none of them: only the outermost one does, which is that
// of run.
func (i *Isolate) run(f func()) {
	i.job, i.running = f, true
	_, err := i.runtime.run(goja.Undefined())
	i.running = false
	if err != nil {
		i.current.invocation.fail(i.exception(err))
	}
}

// leave ends a macrotask of an invocation.
func (i *Isolate) leave() {
	i.base.invocation.look()
	for n, v := range i.touched {
		v.look()
		i.touched[n] = nil
	}
	i.touched = i.touched[:0]
	i.tellRejections()
	if i.live.idle > 0 {
		i.live.cancelHung()
	}
	i.base, i.current = nil, nil
	ended := i.ended
	i.ended = nil
	for _, v := range ended {
		v.left = v.pending > 0
	}
	i.tasks.Add(1)
	i.mu.Unlock()
	for _, v := range ended {
		if v.left { // what it asked for in this very moment is sent, and then cancelled
			i.config.Clock.Go(v.finish)
		} else {
			v.finish()
		}
	}
}

// touch has v looked at when the macrotask ends.
func (i *Isolate) touch(v *invocation) { i.touched = append(i.touched, v) }

// work is what a host call does outside of the isolate, where it waits.
type work func(ctx context.Context, t Task) error

// io makes a promise and starts a task that does w and then, back in the isolate, settles
// it: with what value makes, which may throw, or with the error of w as refuse words it.
func (i *Isolate) io(w work, value func() goja.Value, refuse func(error) *goja.Object) goja.Value {
	s, site := i.callSite()
	promise, resolve, reject := i.vm.NewPromise()
	i.start(s, site, func(ctx context.Context, t Task) (settle func()) {
		err := w(ctx, t)
		return func() {
			if err != nil {
				_ = reject(i.from(refuse(err), site, err))
				return
			}
			var v goja.Value
			if thrown := i.vm.Try(func() { v = value() }); thrown != nil {
				_ = reject(thrown.Value())
				return
			}
			_ = resolve(v)
		}
	})
	return i.vm.ToValue(promise)
}

// start starts a task of the invocation of s. What it returns runs in the isolate, unless
// the invocation is over by then.
func (i *Isolate) start(s *scope, site detect.Site, f func(ctx context.Context, t Task) (settle func())) {
	v := s.invocation
	v.pending++
	v.host.Start(v.context(), site, func(ctx context.Context, t Task) {
		settle := f(ctx, t)
		i.enter(s)
		v.pending--
		if settle != nil && !v.over {
			i.run(settle)
		}
		i.leave()
	})
}
