package embedded

import (
	"fmt"
	"net/url"
	"slices"

	"kvbench/kv"
)

// Scheme names the driver in a URL; Doc says what it is; Example is a URL that it opens.
const (
	Scheme  = "embedded"
	Doc     = "Workers KV in memory: latency, locations, their caches and propagation are modelled"
	Example = "embedded://?locations=3&profile=edge&propagation=60s&writes=strict"
)

// Open opens an empty namespace as its URL describes it; see Options.
//
// Each option has its default whichever others are given: profile=none and
// propagation=0 are a store that takes no time. prices take the place of those of
// the mode.
func Open(u *url.URL, clk kv.Clock, seed uint64, prices kv.Pricing) (kv.Store, error) {
	if u.Host != "" || u.User != nil || u.Path != "" || u.Opaque != "" || u.Fragment != "" {
		return nil, fmt.Errorf("%s: want options only, such as %s", u.Redacted(), Example)
	}
	o, err := parse(u)
	if err != nil {
		return nil, err
	}
	if o.mode.capabilities.Prices, err = prices.Over(o.mode.capabilities.Prices); err != nil {
		return nil, err
	}
	return newStore(clk, seed, o), nil
}

func newStore(clk kv.Clock, seed uint64, o options) kv.Store {
	instant := o.mode.name == kv.InstantMode
	s := &store{
		clk: clk, epoch: clk.Epoch().UnixNano(), seed: mix(seed), model: o.model, capabilities: o.mode.capabilities,
		// With one location a cache cannot change an answer, only its latency.
		caching: !instant && (o.locations > 1 || !slices.Equal(o.model.hot.spread, o.model.cold.spread)),
	}
	if o.propagation > 0 {
		s.lag = o.mode.lag(o.propagation)
	}
	s.limit(o.writes, instant)
	t := &s.capabilities
	t.Modelled, t.Locations, t.Staleness, t.EdgeCache = len(o.model.sources()) > 0, o.locations, s.lag.Max(), s.caching
	t.Sources = slices.Concat(o.model.sources(), t.Sources, o.mode.sources)
	if s.lag != nil {
		t.Sources = append(t.Sources, o.mode.lagSource)
	}
	if s.caching {
		t.Sources = append(t.Sources, cacheSource)
	}
	s.limits = s.capabilities
	s.locations = make([]location, o.locations)
	for n := range s.locations {
		s.locations[n] = location{store: s, n: n}
	}
	s.index.clear()
	for i := range s.shards {
		sh := &s.shards[i]
		sh.items = map[string]*item{}
		sh.mu.alone = s.clk.Virtual()
		if s.caching {
			sh.edges = make([]edge, o.locations)
			for n := range sh.edges {
				sh.edges[n].entries = map[string]cached{}
			}
		}
	}
	return &s.locations[0]
}

// limit sets the limit on writes, that of each key or that of an instant namespace.
func (s *store) limit(m writeMode, instant bool) {
	interval, source := &s.capabilities.WriteInterval, m.source
	if instant {
		s.space = &space{burst: m.burst}
		interval, source = &s.capabilities.NamespaceWriteInterval, m.instant
	} else {
		s.burst = m.burst
	}
	if m.burst == 1 {
		*interval = kv.WriteInterval
	}
	if source != "" {
		s.capabilities.Sources = append(s.capabilities.Sources, source)
	}
}
