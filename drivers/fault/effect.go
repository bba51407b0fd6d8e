package fault

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"kvbench/internal/clock"
	"kvbench/kv"
)

// before is the error of a call that does not reach the store; nil when it does.
func (c *call) before(ctx context.Context) error {
	switch {
	case !c.hit:
	case c.effect == refused, c.effect == limited, c.effect == missing && c.op&reads == 0:
		return c.refuse(ctx)
	case c.effect == hanging:
		return c.hang(ctx)
	}
	return nil
}

// after takes the store's answer, err, and returns the call's. A call that reads
// goes on to afterGet or afterBulkGet.
func (c *call) after(ctx context.Context, err error) error {
	if !c.hit || c.effect != slowed {
		return err
	}
	took := c.clk.Now() - c.start
	if gaveUp := c.last(ctx, time.Duration(float64(took)*c.Factor)); gaveUp != nil {
		return gaveUp
	}
	return err
}

func (c *call) afterGet(ctx context.Context, err error, key string, e *kv.Entry) error {
	err = c.after(ctx, err)
	switch {
	case c.effect == missing && (err == nil || errors.Is(err, kv.ErrNotFound)):
		if c.misses(key, e) && c.hit {
			return c.refuse(ctx)
		}
	case c.effect == damaged && err == nil && c.hit:
		damage(e, c.random)
	}
	return err
}

func (c *call) afterBulkGet(ctx context.Context, err error, keys []string, es []kv.Entry) error {
	if err = c.after(ctx, err); err != nil {
		return err
	}
	missed := false
	for i := range es {
		switch c.effect {
		case missing:
			missed = c.misses(keys[i], &es[i]) || missed
		case damaged:
			if random := mix(c.random + uint64(i)); es[i].Found && c.drawn(random) {
				damage(&es[i], random)
			}
		}
	}
	if missed && c.hit {
		return c.refuse(ctx)
	}
	return nil
}

// misses reports whether an answer is not the edge cache's, and remembers what
// became of it.
func (c *call) misses(key string, e *kv.Entry) bool {
	if e.Cached && !c.failed.has(key) {
		return false
	}
	c.failed.set(key, c.hit)
	return true
}

// refuse returns the profile's error when the call has taken its time.
func (c *call) refuse(ctx context.Context) error {
	if err := c.last(ctx, 0); err != nil {
		return err
	}
	return c.err
}

// hang waits until the context ends; where it has no deadline, for the profile's
// Delay at most.
func (c *call) hang(ctx context.Context) error {
	end := c.start + c.Delay
	if _, ok := clock.Deadline(ctx, c.clk); ok {
		end = never
	}
	if err := c.clk.Sleep(ctx, end-c.clk.Now()); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return c.err
}

// last waits until the call has taken d, and no less than the profile's Delay.
func (c *call) last(ctx context.Context, d time.Duration) error {
	return c.clk.Sleep(ctx, c.start+max(d, c.Delay)-c.clk.Now())
}

// damage makes the value no valid JSON, where it was: it cuts off the second
// half, or writes zero bytes, which no JSON text holds, over an eighth of it.
func damage(e *kv.Entry, random uint64) {
	e.Own()
	n := len(e.Value)
	if half := e.Value[:n/2]; n > 0 && random&1 == 0 && !json.Valid(half) {
		e.Value = half
		return
	}
	if n == 0 {
		e.Value = append(e.Value, 0)
		return
	}
	at := int(mix(random) % uint64(n))
	clear(e.Value[at:min(at+n/8+1, n)])
}
