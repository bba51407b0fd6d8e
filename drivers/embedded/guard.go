package embedded

import "sync"

// guard is the lock of a shard. Where tasks run one at a time, as in virtual time, nobody is
// there to be kept out, and an uncontended lock costs as much as what it guards.
type guard struct {
	sync.RWMutex
	alone bool
}

func (g *guard) Lock() {
	if !g.alone {
		g.RWMutex.Lock()
	}
}

func (g *guard) Unlock() {
	if !g.alone {
		g.RWMutex.Unlock()
	}
}

func (g *guard) RLock() {
	if !g.alone {
		g.RWMutex.RLock()
	}
}

func (g *guard) RUnlock() {
	if !g.alone {
		g.RWMutex.RUnlock()
	}
}
