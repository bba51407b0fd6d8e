package embedded

import (
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"kvbench/drivers/limits"
	"kvbench/kv"
)

// space holds a namespace of Workers KV Instant to its limits. Nil is one that has
// none.
type space struct {
	burst   int         // writes that may come at once under load; 0: any number
	loading atomic.Bool // between BeginLoad and EndLoad

	// mu is held by whoever changes a key. It comes before a shard's.
	mu          sync.Mutex
	next        time.Duration // see pace
	bytes, keys int           // of what is there, and of what has expired and is not yet swept
}

// enter lets the caller alone change keys until it calls leave.
func (sp *space) enter() (leave func()) {
	if sp == nil {
		return func() {}
	}
	sp.mu.Lock()
	return sp.mu.Unlock
}

// count adds a key n times, which is 1 or -1. It counts unless it is new or deleted.
func (sp *space) count(it *item, n int) {
	if sp != nil && it.newest != nil && !it.newest.deleted {
		sp.bytes += n * it.size()
		sp.keys += n
	}
}

// writeInstant makes writes that the namespace has room for. They are one write to
// it, however many, and only under load can they come too soon after another.
func (l *location) writeInstant(pairs []kv.Pair) error {
	sp := l.space
	defer sp.enter()()
	if err := l.room(pairs); err != nil {
		return err
	}
	if sp.loading.Load() && !pace(&sp.next, sp.burst, l.clk.Now()) {
		return errTooManyWrites
	}
	for i := range pairs {
		p := &pairs[i]
		sh, hash := l.shard(p.Key)
		l.write(sh, hash, p.Key, p.Value, p.Options)
	}
	return nil
}

// room refuses writes that the namespace has no room for; the texts are our words,
// and so is the status: none is published. The space is entered.
func (s *store) room(pairs []kv.Pair) error {
	sizes := make(map[string]int, len(pairs)) // of the keys that they leave
	for i := range pairs {
		sizes[pairs[i].Key] = len(pairs[i].Key) + len(pairs[i].Value)
	}
	bytes, keys := s.space.bytes, s.space.keys
	for key, size := range sizes {
		bytes, keys = bytes+size, keys+1
		if it := s.item(key); it != nil && !it.newest.deleted {
			bytes, keys = bytes-it.size(), keys-1
		}
	}
	if bytes > s.capabilities.NamespaceBytes || keys > s.capabilities.NamespaceKeys { // with what has expired
		bytes, keys = 0, len(sizes)
		for _, size := range sizes {
			bytes += size
		}
		s.live(func(key string, size int) {
			if _, replaced := sizes[key]; !replaced {
				bytes, keys = bytes+size, keys+1
			}
		})
	}
	switch {
	case bytes > s.capabilities.NamespaceBytes:
		return limits.Refuse(http.StatusRequestEntityTooLarge, "Namespace size of %d exceeds limit of %d.", bytes, s.capabilities.NamespaceBytes)
	case keys > s.capabilities.NamespaceKeys:
		return limits.Refuse(http.StatusRequestEntityTooLarge, "Namespace key count of %d exceeds limit of %d.", keys, s.capabilities.NamespaceKeys)
	}
	return nil
}

func (s *store) item(key string) *item {
	sh, _ := s.shard(key)
	sh.mu.RLock()
	defer sh.mu.RUnlock()
	return sh.items[key]
}

// BeginLoad implements kv.Phased: what is written before, as a run's first keys are,
// does not count for the limit on writes to the namespace.
func (s *store) BeginLoad(time.Duration) {
	if s.space != nil {
		s.space.loading.Store(true)
	}
}

// EndLoad implements kv.Phased.
func (s *store) EndLoad() {
	if s.space != nil {
		s.space.loading.Store(false)
	}
}
