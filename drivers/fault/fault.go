// Package fault makes any store fail on purpose: Wrap puts a Profile before it,
// such as an outage of 30 s. What is hit is drawn from the seed, so that a run
// in virtual time repeats to the last call.
//
// # When
//
// A store fails only under load (kv.Phased): neither while it is seeded nor while
// it settles, warms up or is read back to be verified. The times of the window
// count from when measuring begins.
//
// # What
//
// A call is one draw, whatever the number of its keys; but throttle draws by key
// and second, and the values of a bulk get are damaged one by one. A call that is refused or hangs never reaches the
// store: a put that failed so has written nothing. A call that is slowed has,
// also when its caller gave up before it answered.
//
// Every error that the package makes up says "injected fault".
package fault

import (
	"context"
	"math"
	"net/http"
	"sync/atomic"
	"time"

	"kvbench/kv"

	"github.com/cespare/xxhash/v2"
)

// faults decides for all locations of a store what becomes of a call.
type faults struct {
	Profile
	clk   kv.Clock
	seed  uint64
	inner kv.Phased // nil: the store does not care
	err   error     // of a call that fails

	// The window on the clock, closed where from is never.
	from, until atomic.Int64
	draws       [shards]counter
}

// shards is a power of two, large enough that concurrent calls seldom meet.
const shards = 256

// counter counts the draws for the keys of a shard.
type counter struct {
	atomic.Uint64
	_ [56]byte // keeps neighbours off this counter's cache line
}

const never = math.MaxInt64

func newFaults(p Profile, s kv.Store, clk kv.Clock, seed uint64) *faults {
	f := &faults{Profile: p, clk: clk, seed: mix(seed ^ xxhash.Sum64String(p.Name))}
	f.inner, _ = s.(kv.Phased)
	f.from.Store(never)
	text := "injected fault: " + p.Name
	switch p.effect {
	case limited:
		f.err = &kv.Error{Status: http.StatusTooManyRequests, Message: text, RetryAfter: p.RetryAfter}
	case hanging:
		f.err = timeout{text}
	default:
		f.err = &kv.Error{Status: http.StatusInternalServerError, Message: text}
	}
	return f
}

// BeginLoad implements kv.Phased.
func (f *faults) BeginLoad(measureFrom time.Duration) {
	if f.inner != nil {
		f.inner.BeginLoad(measureFrom)
	}
	from, until := measureFrom+f.From, time.Duration(never)
	if f.For > 0 {
		until = from + f.For
	}
	f.until.Store(int64(until))
	f.from.Store(int64(from))
}

// EndLoad implements kv.Phased.
func (f *faults) EndLoad() {
	f.from.Store(never)
	if f.inner != nil {
		f.inner.EndLoad()
	}
}

// call is a call that begins within the window.
type call struct {
	*view
	op     Ops
	start  time.Duration
	random uint64
	hit    bool
}

// begin decides what becomes of a call, and reports whether it is more than to
// pass it on.
func (v *view) begin(op Ops, key string) (c call, concerned bool) {
	if v.Share == 0 || v.Ops&op == 0 {
		return c, false
	}
	from := time.Duration(v.from.Load())
	if from == never {
		return c, false
	}
	c = call{view: v, op: op, start: v.clk.Now()}
	if c.start < from || c.start >= time.Duration(v.until.Load()) {
		return c, false
	}
	hash := xxhash.Sum64String(key)
	if v.effect == limited {
		c.random = mix(hash ^ mix(v.seed^uint64((c.start-from)/v.RetryAfter)))
	} else {
		c.random = mix(hash ^ mix(v.seed^v.draws[hash%shards].Add(1)<<8^uint64(op)))
	}
	c.hit = c.drawn(c.random)
	return c, c.hit || op&reads != 0 && (v.effect == missing || v.effect == damaged)
}

// drawn turns 64 random bits into a decision: yes for the profile's share of them.
func (f *faults) drawn(random uint64) bool {
	return float64(random>>11)/(1<<53) < f.Share
}

// mix spreads x over all 64 bits (the finaliser of SplitMix64).
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// timeout is the error of a call that did not answer: a
// context.DeadlineExceeded that says why.
type timeout struct{ text string }

func (t timeout) Error() string { return t.text + ": " + context.DeadlineExceeded.Error() }
func (t timeout) Unwrap() error { return context.DeadlineExceeded }
