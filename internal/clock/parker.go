package clock

import (
	"cmp"
	"context"
)

// Parker implements Clock.
func (v *Virtual) Parker() Parker { return &virtualParker{v: v} }

type virtualParker struct {
	v     *Virtual
	t     *task // the parked task
	timed bool  // it wakes by itself at its deadline
	token bool  // woken before it parked
}

func (p *virtualParker) Park(ctx context.Context) error {
	if p.token {
		p.token = false
		return ctx.Err()
	}
	me, l := p.v.cur, p.v.limit(ctx)
	p.t, p.timed = me, l != nil
	if l == nil {
		p.v.suspend()
		return ctx.Err()
	}
	p.v.schedule(max(l.at, p.v.now), me)
	p.v.suspend()
	if p.t == me { // nobody woke it
		p.t = nil
	}
	return cmp.Or(l.Err(), ctx.Err())
}

func (p *virtualParker) Unpark() {
	if p.t == nil {
		p.token = true
		return
	}
	if p.timed {
		p.v.due -= live(p.t) // the event of its deadline
	}
	p.v.schedule(p.v.now, p.t)
	p.t = nil
}
