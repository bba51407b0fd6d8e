package scenarios

import (
	"errors"
	"sync"
	"time"

	"kvbench/internal/bench"
)

// boundary is what an isolate remembers.
type boundary struct {
	mu       sync.Mutex
	began    bool
	known    map[int]bool  // the keys whose value last-known-good has read
	lastGood time.Duration // when a value was last read, or the isolate began

	failures  int           // in a row
	openUntil time.Duration // no call until then
	failed    bool          // it has met a fault
	told      bool          // it has told of one
	recovered bool          // it has read a value since they ended
}

// begin notes when the isolate served its first request.
func (b *boundary) begin(now time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.began {
		b.began, b.lastGood = true, now
	}
}

// open reports whether KV is not to be asked. When the time is up calls may try
// again, until one of them fails.
func (b *boundary) open(now time.Duration) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return now < b.openUntil
}

// answered notes that KV answered, be it that there is nothing.
func (b *boundary) answered() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.failures, b.openUntil = 0, 0
}

// succeed notes that KV gave a value.
func (b *boundary) succeed(w *bench.Worker, key int, p *fallbackLoad) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.failures, b.openUntil = 0, 0
	b.lastGood = w.Now()
	if p.variant == "last-known-good" {
		b.known[key] = true
	}
	if b.failed && !b.recovered && p.faults.Until > 0 && w.Measured() >= p.faults.Until {
		b.recovered = true
		w.Observe(fallbackRecover, int64(w.Measured()-p.faults.Until))
	}
}

// fail notes a failure, and whether somebody is told of it. Before faults begin, and
// where the store declares none, it is nothing that time-to-detect is about.
func (b *boundary) fail(w *bench.Worker, err error, p *fallbackLoad) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if errors.Is(err, errOpen) {
		return
	}
	b.failures++
	tells := p.variant == "no-boundary" || p.variant == "typed"
	if p.variant == "circuit-breaker" && b.failures >= p.Errors {
		b.openUntil, tells = w.Now()+p.Open, true
	}
	if p.faults == nil || w.Measured() < p.faults.From {
		return
	}
	b.failed = true
	if tells && !b.told {
		b.told = true
		w.Observe(fallbackDetect, int64(w.Measured()-p.faults.From))
	}
}

func (b *boundary) remembers(key int) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	_, ok := b.known[key]
	return ok
}

func (b *boundary) sinceGood(w *bench.Worker) int64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	return int64(w.Now() - b.lastGood)
}
