package embedded

import (
	"context"
	"time"

	"kvbench/drivers/limits"
	"kvbench/kv"
)

// read is a get under way: what is known of it before it has taken its time.
type read struct {
	sh  *shard
	key string
	ttl time.Duration
	v   *version // where hit
	hit bool
	// central: it asks the central store, past the location's cache.
	central bool
}

// begin looks into the location's cache and draws how long the read takes.
func (l *location) begin(key string, ttl time.Duration, central bool) (r read, d time.Duration) {
	sh, hash := l.shard(key)
	r = read{sh: sh, key: key, ttl: ttl, central: central}
	if l.caching && !central {
		r.v, r.hit = sh.cached(l.n, key, ttl, l.clk.Now(), l.rest())
	}
	if r.hit {
		return r, l.latency(sh, hash, &l.model.hot)
	}
	return r, l.latency(sh, hash, &l.model.cold)
}

// end reads the central store unless the cache had the answer, and fills e.
func (l *location) end(r *read, o kv.GetOptions, e *kv.Entry) {
	v := r.v
	if !r.hit {
		v = l.fetch(r)
	}
	if v == nil || v.mortal() && !v.live(l.unix(l.clk.Now())) {
		return
	}
	e.Found, e.Cached, e.Expiration = true, r.hit, v.expiration
	e.Lend(v.value())
	if o.Metadata {
		e.Metadata = append(e.Metadata, v.metadata()...)
	}
}

// fetch returns the version that the location sees, and caches it.
func (l *location) fetch(r *read) *version {
	sh := r.sh
	if r.central {
		return sh.central(r.key)
	}
	if !l.caching {
		sh.mu.RLock()
		defer sh.mu.RUnlock()
		return l.find(sh, r.key)
	}
	sh.mu.Lock()
	defer sh.mu.Unlock()
	v := l.find(sh, r.key)
	now := l.clk.Now()
	sh.edges[l.n].keep(r.key, cached{v: v, at: now, until: later(now, r.ttl)})
	return v
}

// central returns a key's newest version, nil when there is none: the central store
// has a write before its location acknowledges it.
func (sh *shard) central(key string) *version {
	sh.mu.RLock()
	defer sh.mu.RUnlock()
	if it := sh.items[key]; it != nil {
		return it.newest
	}
	return nil
}

// find returns the version of a key that the location sees in the central store,
// nil when there is none. The shard is locked.
func (l *location) find(sh *shard, key string) *version {
	it := sh.items[key]
	switch {
	case it == nil:
		return nil
	case l.lag == nil:
		return it.newest
	}
	return l.visible(it, l.n, l.clk.Now())
}

// Get implements kv.Store.
func (l *location) Get(ctx context.Context, key string, o kv.GetOptions, e *kv.Entry) error {
	e.Reset()
	ttl, err := l.checkGet(key, o)
	if err != nil {
		return err
	}
	r, d := l.begin(key, ttl, o.Central)
	if err := l.wait(ctx, d); err != nil {
		return err
	}
	l.end(&r, o, e)
	if !e.Found {
		return kv.ErrNotFound
	}
	return nil
}

// BulkGet implements kv.BulkGetter. It takes as long as its slowest key.
func (l *location) BulkGet(ctx context.Context, keys []string, o kv.GetOptions, es []kv.Entry) error {
	for i := range es {
		es[i].Reset()
	}
	if err := limits.BulkGet(&l.limits, keys, es); err != nil {
		return err
	}
	var reads [kv.MaxBulkGetKeys]read
	var slowest time.Duration
	for i, key := range keys {
		ttl, err := l.checkGet(key, o)
		if err != nil {
			return err
		}
		var d time.Duration
		reads[i], d = l.begin(key, ttl, o.Central)
		slowest = max(slowest, d)
	}
	if err := l.wait(ctx, slowest); err != nil {
		return err
	}
	total := 0
	for i := range keys {
		l.end(&reads[i], o, &es[i])
		if total += len(es[i].Value); total <= kv.MaxBulkGetBytes {
			continue
		}
		for i := range es {
			es[i].Reset()
		}
		return limits.TooMuch()
	}
	return nil
}
