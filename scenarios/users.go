package scenarios

import (
	"fmt"
	"time"

	"kvbench/internal/bench"
)

// user is what is true of an id.
type user struct {
	set     time.Duration // when the put that created it was acknowledged; never before that
	deleted time.Duration // when it was deleted for sure; never before that
	setting int           // puts of it that are under way, or have failed: they may be made at any time
}

// setting says that a user is about to be set: the one that was chosen, or a fresh
// one, also in place of one that is deleted. So a deleted user stays deleted but
// for the puts that were under way.
func (p *prefixLoad) setting(chosen int, wantFresh bool) (id int, fresh bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if id, fresh = chosen, wantFresh || p.gone[chosen].Load(); fresh {
		id = len(p.users)
		p.users = append(p.users, user{set: never, deleted: never})
	}
	p.users[id].setting++
	return id, fresh
}

// hasSet says that the put of a user was acknowledged.
func (p *prefixLoad) hasSet(id int, now time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	u := &p.users[id]
	u.setting--
	u.set = min(u.set, now)
}

// deleting says that a user is about to be deleted. alone: no put of the user can
// come after the delete.
func (p *prefixLoad) deleting(id int) (alone bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.gone[id].Store(true)
	return p.users[id].setting == 0
}

// hasDeleted says that the delete of a user was acknowledged that had it alone.
func (p *prefixLoad) hasDeleted(id int, now time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.users[id].deleted = min(p.users[id].deleted, now)
}

// check observes the ids that the answer lacks though they existed all the while,
// and those that it has though they were deleted before it was asked for.
func (p *prefixLoad) check(w *bench.Worker, ids []int) (bench.Outcome, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	listed := make([]bool, len(p.users))
	for _, id := range ids {
		if id < 0 || id >= len(listed) {
			return "", fmt.Errorf("there is no user %d", id)
		}
		listed[id] = true
	}
	missing, ghost := 0, time.Duration(-1)
	for id := range p.users {
		u := &p.users[id]
		switch {
		case listed[id] && u.deleted < w.Start():
			ghost = max(ghost, w.Start()-u.deleted)
		case !listed[id] && u.set <= w.Start() && !(id < len(p.gone) && p.gone[id].Load()):
			missing++
		}
	}
	if ghost >= 0 {
		w.Observe(prefixGhost, int64(ghost))
	}
	if missing == 0 {
		return prefixComplete, nil
	}
	w.Observe(prefixMissing, int64(missing))
	return prefixPartial, nil
}
