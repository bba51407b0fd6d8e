package ledger

import (
	"slices"
	"sort"
	"time"
)

// Lineage tells while the updates of one object come what Ledger.Lost tells of them
// afterwards, and forgets what is settled: which acknowledged updates does what the object
// holds not descend from? It takes the object to hold the update that was acknowledged
// last, unless another is known to descend from it. Where every update is acknowledged and
// has a base, it finds lost what Lost does. The zero value is an object without updates.
// It is not for concurrent use.
type Lineage struct {
	nodes []node // by version
	head  uint64
	acks  uint64
}

type node struct {
	version, base uint64
	order         uint64 // of its acknowledgement, from 1; 0 while it has none
	start, acked  time.Duration
	left          time.Duration // when it was no longer what the object holds; Never while it is
	by            uint64        // which update it was lost by; 0 while it stands
	lost          time.Duration // when
	built         bool          // another says that it started from it
}

func (l *Lineage) at(version uint64) *node {
	i := sort.Search(len(l.nodes), func(i int) bool { return l.nodes[i].version >= version })
	if version == 0 || i == len(l.nodes) || l.nodes[i].version != version {
		return nil
	}
	return &l.nodes[i]
}

// Begin notes an update that was sent. version is greater than that of all before it.
func (l *Lineage) Begin(version uint64, start time.Duration) {
	l.nodes = append(l.nodes, node{version: version, start: start, acked: Never, left: Never, base: Blind})
}

// Refused forgets an update that did not take effect.
func (l *Lineage) Refused(version uint64) {
	l.nodes = slices.DeleteFunc(l.nodes, func(n node) bool { return n.version == version })
}

// Head is the version that the object holds; 0 is what was there before all updates.
func (l *Lineage) Head() uint64 { return l.head }

// Base is what an update started from, as Based was told; Blind where it was not.
func (l *Lineage) Base(version uint64) uint64 {
	if n := l.at(version); n != nil {
		return n.base
	}
	return Blind
}

// After reports whether a was acknowledged after b; version 0 was before all.
func (l *Lineage) After(a, b uint64) bool {
	n, m := l.at(a), l.at(b)
	return n != nil && n.order > 0 && (m == nil || m.order > 0 && n.order > m.order)
}

// Based says what an update started from, before it is acknowledged: a version, 0, or
// Blind, which is what the object holds when it is acknowledged.
func (l *Lineage) Based(version, base uint64) {
	n := l.at(version)
	if n == nil || version == base {
		return
	}
	n.base = base
	if b := l.at(base); b != nil {
		b.built = true
	}
}

// Acked notes that an update which has begun was acknowledged, not before those of
// which that was noted already.
func (l *Lineage) Acked(version uint64, at time.Duration) {
	n := l.at(version)
	if n == nil || n.order > 0 {
		return
	}
	if n.base == Blind {
		n.base = l.head
	}
	l.acks++
	n.order, n.acked = l.acks, at
	if n.built && l.descends(l.head, version) { // it was read and built upon before its caller knew
		n.left = at
		return
	}
	old := l.head
	l.head = version
	if o := l.at(old); o != nil {
		o.left = at
	}
	if n.base != old {
		l.branch(old, at)
	}
}

// descends reports whether a version descends from another, or is it.
func (l *Lineage) descends(version, from uint64) bool {
	for range len(l.nodes) + 1 {
		if version == from {
			return true
		}
		n := l.at(version)
		if n == nil {
			return false
		}
		version = n.base
	}
	return false
}

// branch marks what stands and what is lost, when the head is not built on the last one.
// What stood until then is the last head and what that descends from.
func (l *Lineage) branch(old uint64, at time.Duration) {
	var chain []*node // what stands beside those
	fork := uint64(0) // the last of which both descend
	for v := l.head; len(chain) <= len(l.nodes); {
		n := l.at(v)
		if n == nil {
			break
		}
		if v != l.head && n.by == 0 && n.order > 0 {
			fork = v
			break
		}
		n.by = 0
		chain = append(chain, n)
		v = n.base
	}
	v := old
	for range l.nodes {
		n := l.at(v)
		if n == nil || v == fork {
			break
		}
		v = n.base
		if n.order == 0 {
			continue // nobody was told that it was done
		}
		n.by, n.lost = l.head, at
		for _, c := range chain { // the first of those that came after it
			if c.order > 0 && c.order < n.order {
				break
			}
			n.by = c.version
		}
	}
}

// Settle forgets the updates that nobody can build upon any more, because they were
// replaced before a time, and calls lost with those that are lost: by which one, and how
// long it had stood by then.
func (l *Lineage) Settle(before time.Duration, lost func(version, by uint64, stood time.Duration)) {
	l.nodes = slices.DeleteFunc(l.nodes, func(n node) bool {
		switch {
		case n.version == l.head:
			return false
		case n.order == 0:
			return n.start < before
		case n.by > 0 && n.lost < before:
			lost(n.version, n.by, n.lost-n.acked)
			return true
		}
		return n.by == 0 && n.left < before
	})
}

// Has reports whether an update has begun and is not forgotten.
func (l *Lineage) Has(version uint64) bool { return l.at(version) != nil }
