package realisolate

import (
	"context"
	"fmt"
	"sync"
	"time"

	"kvbench/internal/isolate"
)

// invocation is one that is not over yet.
type invocation struct {
	isolate *Isolate
	host    isolate.Host
	number  uint64
	what    string          // it was asked for, in words
	ctx     context.Context // ends with it
	cancel  context.CancelFunc
	done    chan struct{} // closed when it is over

	mu      sync.Mutex // held while the host is called, which one at a time may do
	over    bool
	arrived map[uint64]bool  // calls that have come
	awaited map[uint64]bool  // those that have to, and have not
	came    chan struct{}    // closed when they have
	causes  map[string]error // of calls that failed, by their site
}

// thrown is an exception as the shim tells it.
type thrown struct {
	Name    string `json:"name"`
	Message string `json:"message"`
	Origin  string `json:"origin"` // the site of the call that failed, where it was one
	Sites   string `json:"sites"`
}

// ended is what the shim says of an invocation that is over.
type ended struct {
	Pending []uint64 `json:"pending"` // calls that it has made and that have not settled
	Failed  []thrown `json:"failed"`
}

func (i *Isolate) begin(ctx context.Context, h isolate.Host, what string) *invocation {
	v := &invocation{isolate: i, what: what, host: h, done: make(chan struct{}), came: make(chan struct{})}
	v.ctx, v.cancel = context.WithCancel(ctx)
	i.runtime.register(v)
	return v
}

// start starts a task of the invocation and returns when it has ended. It says false where
// the invocation is over.
func (v *invocation) start(m mark, f func(ctx context.Context, t isolate.Task) error) (ok bool, err error) {
	done := make(chan error, 1)
	site, _ := v.isolate.runtime.site(m.sites)
	v.mu.Lock()
	if v.over {
		v.mu.Unlock()
		return false, nil
	}
	if v.arrived == nil {
		v.arrived = map[uint64]bool{}
	}
	v.arrived[m.call] = true
	if v.awaited[m.call] {
		if delete(v.awaited, m.call); len(v.awaited) == 0 {
			close(v.came)
		}
	}
	v.host.Start(v.ctx, site, func(ctx context.Context, t isolate.Task) { done <- f(ctx, t) })
	v.mu.Unlock()
	if err = <-done; err != nil {
		v.mu.Lock()
		if v.causes == nil {
			v.causes = map[string]error{}
		}
		v.causes[m.sites] = err
		v.mu.Unlock()
	}
	return true, err
}

// mostCome is how long a call may be on its way from the script.
const mostCome = 2 * time.Second

// ended ends the invocation, when all calls that it has made have come.
func (v *invocation) ended(e *ended) {
	failed := make([]error, len(e.Failed))
	for n := range e.Failed {
		failed[n] = v.exception(&e.Failed[n])
	}
	v.mu.Lock()
	v.awaited = map[uint64]bool{}
	for _, call := range e.Pending {
		if !v.arrived[call] {
			v.awaited[call] = true
		}
	}
	all := v.over || len(v.awaited) == 0
	v.mu.Unlock()
	if all {
		v.end(failed)
		return
	}
	v.isolate.runtime.config.Clock.Go(func() {
		t := time.NewTimer(mostCome)
		defer t.Stop()
		select {
		case <-v.came:
		case <-v.ctx.Done():
		case <-v.isolate.runtime.Gone():
		case <-t.C:
		}
		v.end(failed)
	})
}

// goOn has a task wait for the end of an invocation that has answered.
func (v *invocation) goOn() {
	most := v.isolate.runtime.config.WaitUntil
	v.isolate.runtime.config.Clock.Go(func() {
		t := time.NewTimer(most)
		defer t.Stop()
		select {
		case <-v.done:
		case <-v.ctx.Done():
			v.end(nil)
		case <-v.isolate.runtime.Gone():
			v.isolate.runtime.told(v.ctx)
			v.end(nil)
		case <-t.C:
			v.end([]error{&isolate.Exception{Name: "Error", Message: fmt.Sprintf("%v (%v)", isolate.ErrWaitUntil, most), Cause: isolate.ErrWaitUntil}})
		}
	})
}

// end tells the host that the invocation is over, once, and cancels what is in flight.
func (v *invocation) end(failed []error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.over {
		return
	}
	v.over = true
	v.host.Ended(failed) // before what is in flight knows of it
	v.cancel()
	v.isolate.runtime.forget(v)
	close(v.done)
}

// exception is what was thrown as package isolate has it.
func (v *invocation) exception(t *thrown) error {
	r := v.isolate.runtime
	e := &isolate.Exception{Name: t.Name, Message: t.Message}
	e.Site, e.Stack = r.site(t.Sites)
	if t.Origin != "" {
		if site, _ := r.site(t.Origin); site.File != "" {
			e.Site = site
		}
		v.mu.Lock()
		e.Cause = v.causes[t.Origin]
		v.mu.Unlock()
	}
	return e
}
