package embedded

import (
	"math"
	"strings"
	"time"
)

// edge is what one location caches of a shard's keys.
type edge struct {
	entries map[string]cached
	sweepAt int // the number of entries at which the old ones are thrown out
}

// cached is an answer that a location may give again.
type cached struct {
	v     *version // nil: the key was absent
	at    time.Duration
	until time.Duration
}

// cached returns what location n may answer from its cache at now; what was
// cached before rest is gone. A get with a lower cache TTL shortens the entry's
// life for good.
func (sh *shard) cached(n int, key string, ttl, now, rest time.Duration) (v *version, hit bool) {
	sh.mu.RLock()
	c, ok := sh.edges[n].entries[key]
	sh.mu.RUnlock()
	if !ok || c.at < rest {
		return nil, false
	}
	if end := later(c.at, ttl); end < c.until {
		sh.mu.Lock()
		if sh.edges[n].entries[key] == c {
			sh.edges[n].entries[key] = cached{v: c.v, at: c.at, until: end}
		}
		sh.mu.Unlock()
		c.until = end
	}
	return c.v, now < c.until
}

// later is d after t, or the last time that there is.
func later(t, d time.Duration) time.Duration {
	if t > math.MaxInt64-d {
		return math.MaxInt64
	}
	return t + d
}

// keep caches an answer. The shard is locked.
func (e *edge) keep(key string, c cached) {
	if _, ok := e.entries[key]; !ok {
		if len(e.entries) >= e.sweepAt {
			e.sweep(c.at)
		}
		key = strings.Clone(key)
	}
	e.entries[key] = c
}

// sweep throws the entries out that have ended, and lets their number double
// before it runs again.
func (e *edge) sweep(now time.Duration) {
	for key, c := range e.entries {
		if c.until <= now {
			delete(e.entries, key)
		}
	}
	e.sweepAt = max(64, 2*len(e.entries))
}
