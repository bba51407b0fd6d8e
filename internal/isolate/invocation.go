package isolate

import (
	"context"
	"errors"
	"fmt"
	"time"

	"kvbench/internal/clock"
	"kvbench/internal/webapi"

	"github.com/dop251/goja"
)

// Result is what an invocation has answered.
type Result struct {
	// Response is that of a fetch handler; nil for a scheduled one.
	Response *webapi.Response
}

// invocation is one call of a handler, and all that it has started. Whoever is in the
// isolate may touch it.
type invocation struct {
	isolate *Isolate
	host    Host
	parent  context.Context
	ctx     context.Context // ends with the invocation; nil until the first host call
	cancel  context.CancelFunc

	pending  int      // host calls and timers under way
	left     bool     // some were when it was over
	waits    int      // promises of waitUntil that have not settled
	timers   []*timer // those that wait, oldest first
	failures []error
	waker    clock.Parker // of the invocation's task while it waits for the answer
	watcher  clock.Parker // of the task that ends it when it goes on for too long

	number     uint64 // counts the isolate's invocations
	prev, next *invocation
	idle       bool   // nothing of its own is under way
	until      uint64 // and of others that could help it none began later

	wantsResponse bool
	answered      bool // result or err is there
	over          bool
	result        Result
	err           error
}

// context is what host calls get.
func (v *invocation) context() context.Context {
	if v.ctx == nil {
		v.ctx, v.cancel = context.WithCancel(v.parent)
	}
	return v.ctx
}

// Fetch gives a request to the script's fetch handler, and returns when the response and
// its body are there; what was handed to waitUntil goes on. An error is an *Exception, or
// that of ctx.
func (i *Isolate) Fetch(ctx context.Context, h Host, r *webapi.Request) (Result, error) {
	if i.fetch == nil {
		return Result{}, fmt.Errorf("%s: no fetch handler", i.config.Program.bundle.Name)
	}
	return i.invoke(ctx, h, true, func() (goja.Value, error) {
		request, err := i.web.NewRequest(r, i.cf)
		if err != nil {
			return nil, err
		}
		return i.fetch(i.handler, request, i.env, i.newContext())
	})
}

// Scheduled gives the script's scheduled handler the event of a cron expression that was
// due at a time, and returns when it has settled; what was handed to waitUntil goes on.
func (i *Isolate) Scheduled(ctx context.Context, h Host, cron string, at time.Time) (Result, error) {
	if i.scheduled == nil {
		return Result{}, fmt.Errorf("%s: no scheduled handler", i.config.Program.bundle.Name)
	}
	return i.invoke(ctx, h, false, func() (goja.Value, error) {
		event := i.vm.NewObject()
		_ = event.Set("cron", cron)
		_ = event.Set("scheduledTime", at.UnixMilli())
		_ = event.Set("type", "scheduled")
		_ = event.Set("noRetry", func(goja.FunctionCall) goja.Value { return goja.Undefined() })
		return i.scheduled(i.handler, event, i.env, i.newContext())
	})
}

func (i *Isolate) invoke(ctx context.Context, h Host, wantsResponse bool, call func() (goja.Value, error)) (Result, error) {
	v := &invocation{isolate: i, host: h, parent: ctx, wantsResponse: wantsResponse}
	i.enter(&scope{invocation: v})
	i.live.add(v)
	i.run(func() {
		returned, err := call()
		if err != nil {
			v.fail(i.exception(err))
			return
		}
		v.await(returned)
	})
	waker := v.waker
	if !v.answered {
		waker = i.config.Clock.Parker()
		v.waker = waker
	}
	i.leave()
	if waker != nil {
		if err := waker.Park(ctx); err != nil {
			i.enter(&scope{invocation: v})
			v.fail(err)
			v.end()
			i.leave()
			return Result{}, err
		}
	}
	return v.result, v.err
}

// await takes what a handler has returned: a promise of the answer, or the answer.
func (v *invocation) await(returned goja.Value) {
	i := v.isolate
	object, ok := returned.(*goja.Object)
	if !ok {
		v.answer(returned)
		return
	}
	promise, ok := object.Export().(*goja.Promise)
	if !ok {
		v.answer(returned)
		return
	}
	switch promise.State() {
	case goja.PromiseStateFulfilled:
		v.answer(promise.Result())
	default: // a rejected one is then handled
		if _, err := i.then(object, i.answered, i.failed); err != nil {
			v.fail(i.exception(err))
		}
	}
}

// answer takes what a handler came to.
func (v *invocation) answer(value goja.Value) {
	if !v.wantsResponse {
		v.settle(nil)
		return
	}
	response, body, err := v.isolate.web.ReadResponse(value)
	switch {
	case errors.Is(err, webapi.ErrNotMessage):
		v.fail(&Exception{Name: "TypeError", Message: "Incorrect type for Promise: the Promise did not resolve to 'Response'."})
	case err != nil:
		v.fail(v.isolate.exception(err))
	case body != nil:
		v.result.Response = response
		v.body(body)
	default:
		v.result.Response = response
		v.settle(nil)
	}
}

// body waits for a response's body to be there.
func (v *invocation) body(promise *goja.Object) {
	i := v.isolate
	_, err := i.then(promise, i.complete, i.failed)
	if err != nil {
		v.fail(i.exception(err))
	}
}

func (v *invocation) fail(err error) { v.settle(err) }

// settle gives the answer to the invocation's task.
func (v *invocation) settle(err error) {
	if v.answered {
		return
	}
	v.answered, v.err = true, err
	if err != nil {
		v.result = Result{}
	}
	if v.waker != nil {
		v.waker.Unpark()
	}
	if v.waits > 0 {
		v.watch()
	}
	v.isolate.touch(v)
}

// look decides, when a macrotask has ended, whether the invocation goes on.
func (v *invocation) look() {
	switch {
	case v.over:
	case v.answered && v.waits == 0:
		v.end()
	case v.pending > 0:
		v.setIdle(false)
	default:
		v.setIdle(true)
	}
}

// watch ends the invocation when it goes on for too long after its answer.
func (v *invocation) watch() {
	i := v.isolate
	c := i.config.Clock
	v.watcher = c.Parker()
	watcher, parent, limit := v.watcher, v.parent, i.config.Limits.WaitUntil
	c.Go(func() {
		ctx, cancel := clock.WithTimeout(parent, c, limit)
		defer cancel()
		if watcher.Park(ctx) == nil {
			return
		}
		i.enter(&scope{invocation: v})
		if !v.over {
			v.failures = append(v.failures, errTooLong(limit))
			v.end()
		}
		i.leave()
	})
}

// end cancels what is under way. Nothing of the invocation runs any more.
func (v *invocation) end() {
	if v.over {
		return
	}
	v.over = true
	v.isolate.done.Add(1)
	v.setIdle(false)
	v.isolate.live.remove(v)
	v.isolate.ended = append(v.isolate.ended, v)
}

// finish tells the host that the invocation is over; outside of the isolate.
func (v *invocation) finish() {
	v.host.Ended(v.failures) // before what is in flight knows of it
	if v.cancel != nil {
		v.cancel()
	}
	for _, t := range v.timers {
		t.wait.Unpark()
	}
	if v.watcher != nil {
		v.watcher.Unpark()
	}
}
