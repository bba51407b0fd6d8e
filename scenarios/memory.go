package scenarios

import (
	"sync"
	"time"

	"github.com/hashicorp/golang-lru/v2/simplelru"
)

// memoryTier is an isolate's memory of cached values. As in the source, nothing
// is ever removed from it, unless it is bounded.
type memoryTier struct {
	mu      sync.Mutex
	entries map[int]memoryEntry
	bounded *simplelru.LRU[int, memoryEntry] // in place of entries; nil when not bounded
}

type memoryEntry struct {
	answer
	expires time.Duration
}

// newMemoryTiers returns an empty tier for each isolate. most bounds how many
// entries each holds, least recently used going first; 0 is no bound.
func newMemoryTiers(isolates, most int) ([]memoryTier, error) {
	tiers := make([]memoryTier, isolates)
	for i := range tiers {
		t := &tiers[i]
		if most == 0 {
			t.entries = map[int]memoryEntry{}
			continue
		}
		var err error
		if t.bounded, err = simplelru.NewLRU[int, memoryEntry](most, nil); err != nil {
			return nil, err
		}
	}
	return tiers, nil
}

func (t *memoryTier) get(key int) (memoryEntry, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.bounded != nil {
		return t.bounded.Get(key)
	}
	e, ok := t.entries[key]
	return e, ok
}

// put returns how many entries the tier then holds.
func (t *memoryTier) put(key int, e memoryEntry) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.bounded != nil {
		t.bounded.Add(key, e)
		return t.bounded.Len()
	}
	t.entries[key] = e
	return len(t.entries)
}
