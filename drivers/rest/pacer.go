package rest

import (
	"context"
	"fmt"
	"sync"
	"time"

	"kvbench/internal/clock"
	"kvbench/kv"
)

// pacer gives calls their turns, evenly spaced, in the order in which they ask.
// A burst is not allowed, and the first turn is a space after the pacer was made: each
// store has a pacer of its own, and a run opens many stores one after the other.
type pacer struct {
	clk   kv.Clock
	space time.Duration // between two turns

	mu   sync.Mutex
	next time.Duration // the next turn that is free
}

// newPacer spaces so many calls evenly over a time, of which each of so many processes has its part. nil: no call
// waits. The error is that of too many processes.
func newPacer(clk kv.Clock, calls int, per time.Duration, sharers int) (*pacer, error) {
	if calls == 0 {
		return nil, nil
	}
	if sharers > 1 {
		// A whole number each: in any such time a process makes no more. The spaces are 1 % longer than
		// they would be: of all processes the network may bring a call closer at once.
		calls /= sharers
		per += per / 100
	}
	if calls == 0 {
		return nil, fmt.Errorf("%d processes share fewer calls than each needs one of", sharers)
	}
	space := (per + time.Duration(calls) - 1) / time.Duration(calls)
	return &pacer{clk: clk, space: space, next: clk.Now() + space}, nil
}

// wait waits for the call's turn, or until ctx is done. A call whose deadline
// comes before its turn takes none: else calls that time out would push the turns
// ever farther away.
func (p *pacer) wait(ctx context.Context) error {
	if p == nil {
		return ctx.Err()
	}
	deadline, limited := clock.Deadline(ctx, p.clk)
	p.mu.Lock()
	now := p.clk.Now()
	turn := max(now, p.next)
	late := limited && deadline < turn
	if !late {
		p.next = turn + p.space
	}
	p.mu.Unlock()
	if late {
		turn = max(turn, deadline+time.Second) // until ctx is done
	}
	return p.clk.Sleep(ctx, turn-now)
}
