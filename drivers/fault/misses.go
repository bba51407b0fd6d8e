package fault

import (
	"strings"
	"sync"

	"github.com/cespare/xxhash/v2"
)

// misses remembers the keys that a location has failed to read. The store below
// did answer those reads, and its cache may hold the answer: such a key still
// counts as not cached, until a read of it is let through.
type misses [64]struct {
	mu   sync.Mutex
	keys map[string]struct{}
}

func (m *misses) has(key string) bool {
	s := &m[xxhash.Sum64String(key)%64]
	s.mu.Lock()
	defer s.mu.Unlock()
	_, ok := s.keys[key]
	return ok
}

// set remembers the key, or forgets it when its read did not fail.
func (m *misses) set(key string, failed bool) {
	s := &m[xxhash.Sum64String(key)%64]
	s.mu.Lock()
	defer s.mu.Unlock()
	switch _, known := s.keys[key]; {
	case failed && s.keys == nil:
		s.keys = map[string]struct{}{strings.Clone(key): {}}
	case failed && !known:
		s.keys[strings.Clone(key)] = struct{}{}
	case !failed:
		delete(s.keys, key)
	}
}
