package embedded

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"kvbench/drivers/limits"
	"kvbench/kv"
)

// Put implements kv.Store.
func (l *location) Put(ctx context.Context, key string, value []byte, o kv.PutOptions) error {
	if err := limits.Put(&l.limits, key, value, o, l.unix(l.clk.Now())); err != nil {
		return err
	}
	sh, hash := l.shard(key)
	if err := l.wait(ctx, l.latency(sh, hash, &l.model.put)); err != nil {
		return err
	}
	if l.space != nil {
		return l.writeInstant([]kv.Pair{{Key: key, Value: value, Options: o}})
	}
	if !l.write(sh, hash, key, value, o) {
		return errTooManyWrites
	}
	return nil
}

// BulkPut implements kv.BulkPutter. It takes as long as one put. When a pair
// breaks a limit nothing is written; a pair whose key was written too short a
// time ago is left out, and the error says how many were.
func (l *location) BulkPut(ctx context.Context, pairs []kv.Pair) error {
	if err := limits.BulkPut(&l.limits, pairs, l.unix(l.clk.Now())); err != nil {
		return err
	}
	if len(pairs) == 0 {
		return ctx.Err()
	}
	sh, hash := l.shard(pairs[0].Key)
	if err := l.wait(ctx, l.latency(sh, hash, &l.model.put)); err != nil {
		return err
	}
	if l.space != nil {
		return l.writeInstant(pairs)
	}
	var refused []string
	for i := range pairs {
		p := &pairs[i]
		sh, hash := l.shard(p.Key)
		if !l.write(sh, hash, p.Key, p.Value, p.Options) {
			refused = append(refused, p.Key)
		}
	}
	if refused != nil {
		return &kv.Error{
			Status: http.StatusTooManyRequests, Keys: refused,
			Message: fmt.Sprintf("%d of %d pairs were not written", len(refused), len(pairs)),
		}
	}
	return nil
}

// write makes the value the key's newest version, or reports false when the key
// was written too short a time ago.
func (l *location) write(sh *shard, hash uint64, key string, value []byte, o kv.PutOptions) bool {
	metadata := limits.Metadata(&l.limits, o.Metadata)
	data := make([]byte, 0, len(value)+len(metadata))
	data = append(append(data, value...), metadata...)
	v := &version{data: data, size: uint32(len(value)), location: uint8(l.n)}

	sh.mu.Lock()
	defer sh.mu.Unlock()
	v.at = l.clk.Now()
	v.expiration = expiration(o, l.time(v.at))
	it := sh.items[key]
	if it == nil {
		it = &item{name: strings.Clone(key), hash: hash}
		sh.items[it.name] = it
		l.index.insert(it)
	}
	if it.newest != nil && it.newest.at < l.rest() {
		it.next = 0
	}
	if !pace(&it.next, l.burst, v.at) {
		return false
	}
	l.add(sh, it, v)
	l.forget(sh, key)
	return true
}

// pace counts a write at now and reports true, or reports false when it comes
// too soon: a token bucket of burst tokens that gains one each second (the
// generic cell rate algorithm). next is when a write would be in time if every one
// so far was. A burst of 0 lets any write through.
func pace(next *time.Duration, burst int, now time.Duration) bool {
	if burst == 0 {
		return true
	}
	if now < *next-time.Duration(burst-1)*kv.WriteInterval {
		return false
	}
	*next = max(*next, now) + kv.WriteInterval
	return true
}

// Delete implements kv.Store. It is never refused for its rate, and does not
// count as a write of the key: see the package's documentation.
func (l *location) Delete(ctx context.Context, key string) error {
	if err := limits.Key(&l.limits, key); err != nil {
		return err
	}
	sh, hash := l.shard(key)
	if err := l.wait(ctx, l.latency(sh, hash, &l.model.put)); err != nil {
		return err
	}
	l.delete(sh, key)
	return nil
}

// BulkDelete implements kv.BulkDeleter. It takes as long as one delete.
func (l *location) BulkDelete(ctx context.Context, keys []string) error {
	if err := limits.Keys(&l.limits, keys); err != nil {
		return err
	}
	if len(keys) == 0 {
		return ctx.Err()
	}
	sh, hash := l.shard(keys[0])
	if err := l.wait(ctx, l.latency(sh, hash, &l.model.put)); err != nil {
		return err
	}
	for _, key := range keys {
		sh, _ := l.shard(key)
		l.delete(sh, key)
	}
	return nil
}

func (l *location) delete(sh *shard, key string) {
	defer l.space.enter()()
	sh.mu.Lock()
	defer sh.mu.Unlock()
	if it := sh.items[key]; it != nil && !it.newest.deleted {
		l.add(sh, it, &version{at: l.clk.Now(), location: uint8(l.n), deleted: true})
	}
	l.forget(sh, key)
}

// forget drops what the location has cached of a key, so that a write is seen
// at once where it was made. The shard is locked.
func (l *location) forget(sh *shard, key string) {
	if l.caching {
		delete(sh.edges[l.n].entries, key)
	}
}
