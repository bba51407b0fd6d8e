package ledger

import (
	"sort"
	"sync"
	"sync/atomic"
	"time"
)

// History holds the acknowledged writes of numbered keys in the order in which
// they were acknowledged, to tell whether a read was stale. It is safe for
// concurrent use; asking takes no lock and allocates nothing.
type History struct {
	keys []history
}

type history struct {
	mu     sync.Mutex // of the writers
	writes atomic.Pointer[[]write]
}

type write struct {
	version      uint64
	start, acked time.Duration
}

// NewHistory returns the history of n keys that have not been written.
func NewHistory(n int) *History { return &History{keys: make([]history, n)} }

// Acked notes a write of a key, a delete included, that was just acknowledged.
// version names it among the writes of the key; it is 1 or more. start is when it
// was sent.
func (h *History) Acked(key int, version uint64, start, acked time.Duration) {
	k := &h.keys[key]
	k.mu.Lock()
	defer k.mu.Unlock()
	var writes []write
	if old := k.writes.Load(); old != nil {
		writes = *old
	}
	if n := len(writes); n > 0 { // two tasks may come in another order than their answers
		acked = max(acked, writes[n-1].acked)
	}
	writes = append(writes, write{version: version, start: start, acked: acked})
	k.writes.Store(&writes)
}

// Known reports whether a write of a key was acknowledged.
func (h *History) Known(key int) bool { return h.keys[key].writes.Load() != nil }

// StaleFor is how long, at a time, what the write of a version wrote had been
// replaced: since the acknowledgement of the first write that is sure to be later,
// because it was sent when the other was acknowledged. It is 0 when there was
// none, and of a version whose write was not acknowledged. sent is when the
// version's write was sent, or before that; version 0 is what was there before all
// writes, be it nothing.
func (h *History) StaleFor(key int, version uint64, sent, at time.Duration) time.Duration {
	p := h.keys[key].writes.Load()
	if p == nil {
		return 0
	}
	return staleFor(*p, version, sent, at)
}

func staleFor(writes []write, version uint64, sent, at time.Duration) time.Duration {
	after := time.Duration(-1 << 63) // when the version was acknowledged
	next := 0                        // of the writes that were acknowledged later
	if version > 0 {
		next = sort.Search(len(writes), func(i int) bool { return writes[i].acked >= sent })
		for next < len(writes) && writes[next].version != version {
			next++
		}
		if next == len(writes) {
			return 0
		}
		after = writes[next].acked
		next++
	}
	for ; next < len(writes) && writes[next].acked < at; next++ {
		if writes[next].start >= after {
			return at - writes[next].acked
		}
	}
	return 0
}
