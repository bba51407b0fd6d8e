package isolate

// live are the invocations of an isolate that are not over, in the order in which they
// began.
type live struct {
	first, last *invocation
	begun       uint64
	idle        int // how many of them have nothing under way
}

func (l *live) add(v *invocation) {
	l.begun++
	v.number, v.prev = l.begun, l.last
	if l.last == nil {
		l.first = v
	} else {
		l.last.next = v
	}
	l.last = v
}

func (l *live) remove(v *invocation) {
	if v.prev == nil {
		l.first = v.next
	} else {
		v.prev.next = v.next
	}
	if v.next == nil {
		l.last = v.prev
	} else {
		v.next.prev = v.prev
	}
	v.prev, v.next = nil, nil
}

// setIdle notes whether the invocation has something of its own under way. If it has
// not, it may yet wait for a promise of another one, as those do that share a fetch.
func (v *invocation) setIdle(idle bool) {
	if v.idle == idle {
		return
	}
	l := &v.isolate.live
	v.idle = idle
	if idle {
		l.idle++
		v.until = l.begun
	} else {
		l.idle--
	}
}

// cancelHung ends the invocations that nothing can help any more: all that were there
// when they ran out of work of their own, and had some, are over or idle too. That the
// runtime waits for those was tried with workerd 2026-04-26, with the compatibility flag
// handle_cross_request_promise_resolution, which is the default since 2024-10-14.
func (l *live) cancelHung() {
	busy := l.begun + 1 // the first that has work
	for v := l.first; v != nil; v = v.next {
		if v.pending > 0 {
			busy = v.number
			break
		}
	}
	for v := l.first; v != nil && l.idle > 0; {
		next := v.next
		if v.idle && v.until < busy {
			v.hang()
		}
		v = next
	}
}

// hang ends an invocation that waits for what can't come.
func (v *invocation) hang() {
	if v.answered {
		v.failures = append(v.failures, errHungWait())
	} else {
		v.fail(errHung())
	}
	v.end()
}
