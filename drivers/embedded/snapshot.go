package embedded

import (
	"slices"

	"kvbench/drivers/limits"
	"kvbench/kv"
)

// Snapshot implements kv.Snapshotter. It holds no lock for longer than one key
// takes.
func (s *store) Snapshot(yield func(key string, e *kv.Entry) error) (err error) {
	var e kv.Entry
	s.index.snapshot().Scan(func(it *item) bool {
		sh := &s.shards[it.hash%shardCount]
		sh.mu.RLock()
		v := it.newest
		sh.mu.RUnlock()
		if v == nil || !v.live(s.unix(s.clk.Now())) {
			return true
		}
		e = kv.Entry{Found: true, Value: v.value(), Metadata: v.metadata(), Expiration: v.expiration}
		err = yield(it.name, &e)
		return err == nil
	})
	return err
}

// Restore implements kv.Snapshotter.
func (l *location) Restore(key string, e *kv.Entry) error {
	now := l.unix(l.clk.Now())
	if e.Expiration != 0 && e.Expiration <= now {
		return limits.Key(&l.limits, key)
	}
	if err := limits.Put(&l.limits, key, e.Value, kv.PutOptions{Metadata: e.Metadata}, now); err != nil {
		return err
	}
	defer l.space.enter()()
	sh, hash := l.shard(key)
	sh.mu.Lock()
	defer sh.mu.Unlock()
	it := sh.items[key]
	if it == nil {
		it = &item{name: key, hash: hash}
		sh.items[key] = it
		l.index.insert(it)
	}
	metadata := limits.Metadata(&l.limits, e.Metadata)
	l.add(sh, it, &version{
		data: slices.Concat(e.Value, metadata), size: uint32(len(e.Value)), location: uint8(l.n),
		at: l.clk.Now(), expiration: e.Expiration,
	})
	return nil
}

// StoredBytes implements kv.Sizer. It looks at every key.
func (s *store) StoredBytes() int64 {
	var sum int64
	s.live(func(_ string, size int) { sum += int64(size) })
	return sum
}

// live calls f with every key that is there now, and the bytes of its name, value
// and metadata.
func (s *store) live(f func(key string, size int)) {
	unix := s.unix(s.clk.Now())
	for i := range s.shards {
		sh := &s.shards[i]
		sh.mu.RLock()
		for _, it := range sh.items {
			if it.newest.live(unix) {
				f(it.name, it.size())
			}
		}
		sh.mu.RUnlock()
	}
}
