package fault

import (
	"kvbench/kv"
)

// Wrap returns s with the faults of p, which happen on the clock that s lives by
// and are drawn from the seed. Of Located, BulkGetter, BulkPutter and Settler it
// has what s has; besides it is a kv.Phased, and fails only between its BeginLoad
// and EndLoad. Closing it closes s.
func Wrap(s kv.Store, p Profile, clk kv.Clock, seed uint64) kv.Store {
	f := newFaults(p, s, clk, seed)
	capabilities := p.capabilities(s.Capabilities())
	wrap := func(s kv.Store, at *places) kv.Store {
		v := &view{faults: f, store: s, capabilities: capabilities}
		if p.effect == missing {
			v.failed = new(misses)
		}
		return v.with(at)
	}
	located, ok := s.(kv.Located)
	if !ok {
		return wrap(s, nil)
	}
	at := new(places)
	at.stores = append(at.stores, wrap(s, at)) // which is At(0)
	for n := 1; n < capabilities.Locations; n++ {
		at.stores = append(at.stores, wrap(located.At(n), at))
	}
	return at.stores[0]
}

// places is a store at each of its locations.
type places struct{ stores []kv.Store }

// At implements kv.Located.
func (p *places) At(n int) kv.Store { return p.stores[n] }
