// Package ledger keeps what a store was asked to write and has acknowledged, so
// that what it lost can be told afterwards.
package ledger

import (
	"cmp"
	"slices"
	"sync"
	"time"
)

// Update is one update of an object.
type Update struct {
	Version uint64 // names it among the updates of the object; 1 or more
	// Base is the version that a read-modify-write started from, 0 for what was
	// there before all updates; Blind for an update that read nothing.
	Base  uint64
	Due   time.Duration // of the transaction that made it
	Start time.Duration // when it was sent
	Acked time.Duration // Never when its caller was not told that it was done
}

const (
	// Blind is the base of an update that overwrites without having read.
	Blind = ^uint64(0)
	// Never is when an update was acknowledged that was not, or only in part: it may
	// have taken effect all the same.
	Never = time.Duration(-1)
)

// Lost is an update that was acknowledged and is gone.
type Lost struct {
	Version uint64
	Due     time.Duration // of the transaction that made it
	// Stood is the time from its acknowledgement to the next one of another
	// update of the object; 0 when there is none.
	Stood time.Duration
}

// Ledger holds the updates of numbered objects. It is safe for concurrent use.
type Ledger struct {
	objects []object
}

type object struct {
	mu      sync.Mutex
	acked   bool // one of updates was
	updates []Update
}

// New returns an empty ledger of n objects.
func New(n int) *Ledger { return &Ledger{objects: make([]object, n)} }

// Note notes an update of an object that has ended.
func (l *Ledger) Note(number int, u Update) {
	o := &l.objects[number]
	o.mu.Lock()
	defer o.mu.Unlock()
	o.acked = o.acked || u.Acked != Never
	o.updates = append(o.updates, u)
}

// Known reports whether an acknowledged update of the object was noted.
func (l *Ledger) Known(number int) bool {
	o := &l.objects[number]
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.acked
}

// Lost returns the acknowledged updates of an object that did not survive.
// final is the version that the store holds after it has settled; 0 is what was
// there before all updates.
//
// An update survives when the final version descends from it, each version from
// its base. A blind one is meant to overwrite: it need not be an ancestor. Of
// blind updates one is lost that is sure to have come after the final one, because
// it began when that was acknowledged, and that no later one was to overwrite. The
// cost is that of sorting the object's updates.
func (l *Ledger) Lost(number int, final uint64) []Lost {
	o := &l.objects[number]
	o.mu.Lock()
	defer o.mu.Unlock()
	slices.SortFunc(o.updates, func(a, b Update) int {
		return cmp.Or(cmp.Compare(a.Acked, b.Acked), cmp.Compare(a.Version, b.Version))
	})
	byVersion := make(map[uint64]int, len(o.updates))
	for i, u := range o.updates {
		byVersion[u.Version] = i
	}
	finalAck := Never
	survived := make([]bool, len(o.updates))
	for v := final; ; {
		i, ok := byVersion[v]
		if !ok || survived[i] {
			break
		}
		if v == final {
			finalAck = o.updates[i].Acked
			if finalAck == Never { // so nothing is sure to have come later
				finalAck = 1<<63 - 1
			}
		}
		survived[i] = true
		v = o.updates[i].Base
	}
	latest := time.Duration(0) // when the last acknowledged update began
	for _, u := range o.updates {
		if u.Acked != Never {
			latest = max(latest, u.Start)
		}
	}
	var lost []Lost
	for i, u := range o.updates {
		if u.Acked == Never || survived[i] || u.Base == Blind && (u.Start <= finalAck || u.Acked < latest) {
			continue
		}
		out := Lost{Version: u.Version, Due: u.Due}
		if i+1 < len(o.updates) {
			out.Stood = o.updates[i+1].Acked - u.Acked
		}
		lost = append(lost, out)
	}
	return lost
}
