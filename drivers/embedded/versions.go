package embedded

import "time"

// Who looks at a key is a view: location n reads as view n and lists as view
// n plus the number of locations.

// visible returns the newest version that a view has come to know at now, nil
// when it knows none. The shard of it is locked.
func (s *store) visible(it *item, view int, now time.Duration) *version {
	if s.lag == nil {
		return it.newest
	}
	v := it.newest
	for v != nil && !s.seen(it, v, view, now) {
		v = v.before
	}
	return v
}

func (s *store) seen(it *item, v *version, view int, now time.Duration) bool {
	age := now - v.at
	if int(v.location) == view || age >= s.lag.Max() || v.at < s.rest() {
		return true
	}
	return age >= s.lag.Draw(mix(it.hash+s.seed+mix(uint64(v.seq)<<8|uint64(view))))
}

// add makes v the newest version of it. The shard is locked.
func (s *store) add(sh *shard, it *item, v *version) {
	if old := it.newest; old != nil {
		v.seq = old.seq + 1
		if s.lag != nil {
			v.before = old
		}
		if old.mortal() {
			sh.mortal--
		}
	}
	if v.mortal() {
		sh.mortal++
	}
	s.space.count(it, -1)
	it.newest = v
	s.space.count(it, 1)
	s.prune(it, v.at)
	if sh.writes++; sh.writes >= max(64, len(sh.items)) {
		s.sweep(sh, v.at)
	}
}

// prune forgets the versions that no view needs any more: those older than what
// the view that lags most sees.
func (s *store) prune(it *item, now time.Duration) {
	if it.newest.before == nil {
		return
	}
	oldest := it.newest
	for view := range 2 * len(s.locations) {
		v := s.visible(it, view, now)
		if v == nil {
			return
		}
		if v.seq < oldest.seq {
			oldest = v
		}
	}
	oldest.before = nil
}

// sweep forgets the items of sh that are absent for everyone: deleted or
// expired, known to be so at every location, and free to be written again. It
// runs after as many writes to the shard as the shard has items, so that its
// cost for each write is constant.
func (s *store) sweep(sh *shard, now time.Duration) {
	sh.writes = 0
	if sh.mortal == 0 && s.lag == nil {
		return
	}
	unix := s.unix(now)
	for name, it := range sh.items {
		s.prune(it, now)
		v := it.newest
		if !v.live(unix) && now-v.at >= s.lag.Max() && now >= it.next {
			delete(sh.items, name)
			s.index.remove(it)
			sh.mortal--
			s.space.count(it, -1)
		}
	}
}
