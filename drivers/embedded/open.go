package embedded

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"time"

	"kvbench/drivers/option"
	"kvbench/kv"
)

// Doc says what the driver is; Example is a URL that it opens.
const (
	Doc = "Workers KV in memory: latency, locations, their caches and propagation are modelled; options: mode, locations, " +
		"profile, propagation, writes, hot, cold, list, write, prices"
	Example = "embedded://?locations=3&profile=edge&propagation=60s&writes=strict"
)

const (
	maxLocations   = 64 // a view's number has to fit into a byte
	maxPropagation = 24 * time.Hour
)

// Open opens an empty namespace as its URL describes it:
//
//	mode=NAME           of the namespace: classic, instant (Workers KV Instant); classic
//	locations=1..64     how many places it is used from; 1
//	profile=NAME        of latency: none, edge, edge-hot, edge-cold, edge-mix, instant; edge,
//	                    with mode=instant instant
//	propagation=60s     the scale of the delay until a write is seen elsewhere; 0: at once;
//	                    60s, with mode=instant 256ms
//	writes=MODE         what becomes of writes to one key within a second, with mode=instant
//	                    of writes to the namespace: off, strict, lenient; off, with
//	                    mode=instant strict
//	hot= cold= list= write=p50:60ms,p99:400ms
//	                    a latency by its percentiles, in place of the profile's
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
	if o.mode.traits.Prices, err = prices.Over(o.mode.traits.Prices); err != nil {
		return nil, err
	}
	return newStore(clk, seed, o), nil
}

// options are what a URL describes.
type options struct {
	mode        mode
	locations   int
	model       profile
	propagation time.Duration
	writes      writeMode
}

func parse(u *url.URL) (o options, err error) {
	o = options{mode: modes()[0], locations: 1, propagation: -1}
	var hot, cold, list, write timing
	err = option.Read(u, []option.Option{
		{Name: "mode", Set: func(value string) (err error) {
			o.mode, err = choose("mode", value, modes(), func(m mode) string { return m.name })
			return err
		}},
		{Name: "locations", Set: func(value string) (err error) {
			o.locations, err = strconv.Atoi(value)
			if err != nil || o.locations < 1 || o.locations > maxLocations {
				return fmt.Errorf("want a whole number from 1 to %d", maxLocations)
			}
			return nil
		}},
		{Name: "profile", Set: func(value string) (err error) {
			o.model, err = chooseProfile(value)
			return err
		}},
		{Name: "propagation", Set: func(value string) (err error) {
			if o.propagation, err = option.Duration(value); err == nil && o.propagation > maxPropagation {
				err = errors.New("want at most " + maxPropagation.String())
			}
			return err
		}},
		{Name: "writes", Set: func(value string) (err error) {
			o.writes, err = chooseWrites(value)
			return err
		}},
		{Name: "hot", Set: hot.set},
		{Name: "cold", Set: cold.set},
		{Name: "list", Set: list.set},
		{Name: "write", Set: write.set},
	})
	if err != nil {
		return o, err
	}
	if o.propagation < 0 {
		o.propagation = o.mode.propagation
	}
	if o.model.name == "" {
		o.model, err = chooseProfile(o.mode.profile)
	}
	if o.writes.name == "" && err == nil {
		o.writes, err = chooseWrites(o.mode.writes)
	}
	o.model.hot, o.model.cold = hot.or(o.model.hot), cold.or(o.model.cold)
	o.model.list, o.model.put = list.or(o.model.list), write.or(o.model.put)
	return o, err
}

func chooseProfile(name string) (profile, error) {
	return choose("profile", name, profiles(), func(p profile) string { return p.name })
}

func chooseWrites(name string) (writeMode, error) {
	return choose("mode of writes", name, writeModes(), func(m writeMode) string { return m.name })
}

func newStore(clk kv.Clock, seed uint64, o options) kv.Store {
	instant := o.mode.name == kv.InstantMode
	s := &store{
		clk: clk, epoch: clk.Epoch().UnixNano(), seed: mix(seed), model: o.model, traits: o.mode.traits,
		// With one location a cache cannot change an answer, only its latency.
		caching: !instant && (o.locations > 1 || !slices.Equal(o.model.hot.spread, o.model.cold.spread)),
	}
	if o.propagation > 0 {
		s.lag = o.mode.lag(o.propagation)
	}
	s.limit(o.writes, instant)
	t := &s.traits
	t.Modelled, t.Locations, t.Staleness, t.EdgeCache = len(o.model.sources()) > 0, o.locations, s.lag.Max(), s.caching
	t.Sources = slices.Concat(o.model.sources(), t.Sources, o.mode.sources)
	if s.lag != nil {
		t.Sources = append(t.Sources, o.mode.lagSource)
	}
	if s.caching {
		t.Sources = append(t.Sources, cacheSource)
	}
	s.locations = make([]location, o.locations)
	for n := range s.locations {
		s.locations[n] = location{store: s, n: n}
	}
	s.index.clear()
	for i := range s.shards {
		sh := &s.shards[i]
		sh.items = map[string]*item{}
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
	interval, source := &s.traits.WriteInterval, m.source
	if instant {
		s.space = &space{burst: m.burst}
		interval, source = &s.traits.NamespaceWriteInterval, m.instant
	} else {
		s.burst = m.burst
	}
	if m.burst == 1 {
		*interval = kv.WriteInterval
	}
	if source != "" {
		s.traits.Sources = append(s.traits.Sources, source)
	}
}

// choose returns the entry of a table that is called name.
func choose[T any](kind, name string, table []T, nameOf func(T) string) (chosen T, err error) {
	names := make([]string, len(table))
	for i, entry := range table {
		names[i] = nameOf(entry)
	}
	i, err := option.OneOf(kind, name, names)
	if err != nil {
		return chosen, err
	}
	return table[i], nil
}
