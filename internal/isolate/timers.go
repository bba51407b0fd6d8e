package isolate

import (
	"context"
	"math"
	"reflect"
	"slices"
	"time"

	"kvbench/internal/clock"
	"kvbench/internal/detect"

	"github.com/dop251/goja"
)

var (
	promiseType = reflect.TypeFor[*goja.Promise]()
	bufferType  = reflect.TypeFor[goja.ArrayBuffer]()
)

// timer is a call that is due later. It is one of the invocation that set it.
type timer struct {
	number  int64
	wait    clock.Parker
	cleared bool
}

// after calls f in the isolate after ms milliseconds, once.
func (i *Isolate) after(ms float64, f func()) {
	s, site := i.callSite()
	i.setTimer(s, site, milliseconds(ms), false, f)
}

func milliseconds(ms float64) time.Duration {
	const most = math.MaxInt32 // as browsers have it: beyond it a timer is due at once
	if !(ms >= 0) || ms > most {
		return 0
	}
	return time.Duration(math.Trunc(ms)) * time.Millisecond
}

func (i *Isolate) setTimeout(c goja.FunctionCall) goja.Value {
	return i.newTimer(c, "setTimeout", false)
}

func (i *Isolate) setInterval(c goja.FunctionCall) goja.Value {
	return i.newTimer(c, "setInterval", true)
}

func (i *Isolate) newTimer(c goja.FunctionCall, name string, repeat bool) goja.Value {
	f, ok := goja.AssertFunction(c.Argument(0))
	if !ok {
		i.throwType("Failed to execute '%s': parameter 1 is not of type 'Function'.", name)
	}
	var args []goja.Value
	if len(c.Arguments) > 2 {
		args = append(args, c.Arguments[2:]...)
	}
	delay := milliseconds(c.Argument(1).ToFloat())
	if repeat {
		delay = max(delay, time.Millisecond) // so that time passes
	}
	s, site := i.callSite()
	return i.vm.ToValue(i.setTimer(s, site, delay, repeat, func() {
		if _, err := f(goja.Undefined(), args...); err != nil {
			i.uncaught(err)
		}
	}))
}

// setTimer starts the task that waits for a timer.
func (i *Isolate) setTimer(s *scope, site detect.Site, d time.Duration, repeat bool, f func()) int64 {
	c := i.config.Clock
	i.lastTimer++
	t := &timer{number: i.lastTimer, wait: c.Parker()}
	v := s.invocation
	v.timers = append(v.timers, t)
	v.pending++
	v.host.Start(v.context(), site, func(ctx context.Context, _ Task) {
		for t.due(ctx, c, d) {
			i.enter(s)
			if v.over || t.cleared {
				i.leave()
				return
			}
			if !repeat {
				v.clear(t)
			}
			i.run(f)
			again := repeat && !t.cleared && !v.over
			i.leave()
			if !again {
				return
			}
		}
	})
	return t.number
}

// due waits for d, and reports whether it has passed and the timer still counts.
func (t *timer) due(ctx context.Context, c clock.Clock, d time.Duration) bool {
	if ctx.Err() != nil {
		return false
	}
	limited, cancel := clock.WithTimeout(ctx, c, d)
	defer cancel()
	return t.wait.Park(limited) != nil && ctx.Err() == nil
}

func (i *Isolate) clearTimer(c goja.FunctionCall) goja.Value {
	if i.current == nil {
		return goja.Undefined()
	}
	number, v := c.Argument(0).ToInteger(), i.current.invocation
	if n := slices.IndexFunc(v.timers, func(t *timer) bool { return t.number == number }); n >= 0 {
		t := v.timers[n]
		v.clear(t)
		t.wait.Unpark()
	}
	return goja.Undefined()
}

// clear forgets a timer.
func (v *invocation) clear(t *timer) {
	if t.cleared {
		return
	}
	t.cleared = true
	v.timers = slices.DeleteFunc(v.timers, func(other *timer) bool { return other == t })
	v.pending--
	v.isolate.touch(v)
}
