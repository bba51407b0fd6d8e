package embedded

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"time"

	"kvbench/drivers/option"
	"kvbench/internal/clock"
	"kvbench/kv"
)

// Doc says what the driver is; Example is a URL that it opens.
const (
	Doc = "Workers KV in memory: latency, locations, their caches and propagation are modelled; options: locations, " +
		"profile, propagation, writes, hot, cold, list, write"
	Example = "embedded://?locations=3&profile=edge&propagation=60s&writes=strict"
)

const (
	maxLocations   = 64 // a view's number has to fit into a byte
	maxPropagation = 24 * time.Hour
)

// Open opens an empty namespace as its URL describes it:
//
//	locations=1..64     how many places it is used from; 1
//	profile=NAME        of latency: none, edge, edge-hot, edge-cold, edge-mix; none
//	propagation=60s     the scale of the delay until a write is seen elsewhere; 0: at once
//	writes=MODE         what becomes of writes to one key within a second: off, strict, lenient; off
//	hot= cold= list= write=p50:60ms,p99:400ms
//	                    a latency by its percentiles, in place of the profile's
func Open(u *url.URL, clk clock.Clock, seed uint64) (kv.Store, error) {
	if u.Host != "" || u.User != nil || u.Path != "" || u.Opaque != "" || u.Fragment != "" {
		return nil, fmt.Errorf("%s: want options only, such as %s", u.Redacted(), Example)
	}
	var (
		locations              = 1
		mode                   writeMode
		model                  profile
		propagation            time.Duration
		hot, cold, list, write timing
	)
	err := option.Read(u, []option.Option{
		{Name: "locations", Set: func(value string) (err error) {
			locations, err = strconv.Atoi(value)
			if err != nil || locations < 1 || locations > maxLocations {
				return fmt.Errorf("want a whole number from 1 to %d", maxLocations)
			}
			return nil
		}},
		{Name: "profile", Set: func(value string) (err error) {
			model, err = choose("profile", value, profiles(), func(p profile) string { return p.name })
			return err
		}},
		{Name: "propagation", Set: func(value string) (err error) {
			if propagation, err = option.Duration(value); err == nil && propagation > maxPropagation {
				err = errors.New("want at most " + maxPropagation.String())
			}
			return err
		}},
		{Name: "writes", Set: func(value string) (err error) {
			mode, err = choose("mode", value, writeModes(), func(m writeMode) string { return m.name })
			return err
		}},
		{Name: "hot", Set: hot.set},
		{Name: "cold", Set: cold.set},
		{Name: "list", Set: list.set},
		{Name: "write", Set: write.set},
	})
	if err != nil {
		return nil, err
	}
	model.hot, model.cold = hot.or(model.hot), cold.or(model.cold)
	model.list, model.put = list.or(model.list), write.or(model.put)
	return newStore(clk, seed, locations, model, propagation, mode), nil
}

func newStore(clk clock.Clock, seed uint64, locations int, model profile, propagation time.Duration,
	mode writeMode,
) kv.Store {
	s := &store{
		clk: clk, epoch: clk.Epoch().UnixNano(), seed: mix(seed), model: model, lag: lag(propagation), burst: mode.burst,
		// With one location a cache cannot change an answer, only its latency.
		caching: locations > 1 || !slices.Equal(model.hot.spread, model.cold.spread),
	}
	s.traits = kv.Traits{
		Modelled: len(model.sources()) > 0, Virtual: true,
		Locations: locations, Staleness: s.lag.Max(), EdgeCache: s.caching,
		MaxKeyBytes: kv.MaxKeyBytes, MaxMetadataBytes: kv.MaxMetadataBytes, MaxValueBytes: kv.MaxValueBytes,
		MinTTL: kv.MinTTL, MinCacheTTL: kv.MinCacheTTL, MaxListKeys: kv.MaxListKeys,
		BulkGetKeys: kv.MaxBulkGetKeys, BulkPutKeys: kv.MaxBulkPutKeys,
		Sources: model.sources(),
	}
	if mode.burst == 1 {
		s.traits.WriteInterval = kv.WriteInterval
	}
	if mode.source != "" {
		s.traits.Sources = append(s.traits.Sources, mode.source)
	}
	if s.lag != nil {
		s.traits.Sources = append(s.traits.Sources, lagSource)
	}
	if s.caching {
		s.traits.Sources = append(s.traits.Sources, cacheSource)
	}
	s.locations = make([]location, locations)
	for n := range s.locations {
		s.locations[n] = location{store: s, n: n}
	}
	s.index.clear()
	for i := range s.shards {
		sh := &s.shards[i]
		sh.items = map[string]*item{}
		if s.caching {
			sh.edges = make([]edge, locations)
			for n := range sh.edges {
				sh.edges[n].entries = map[string]cached{}
			}
		}
	}
	return &s.locations[0]
}

// writeMode says how many writes to one key may come at once before they have to
// be a second apart; 0: any number.
type writeMode struct {
	name   string
	burst  int
	source string
}

// writeModes lists the values of the option writes. The first is the default.
func writeModes() []writeMode {
	return []writeMode{
		{name: "off"},
		{name: "strict", burst: 1, source: "a put within 1 s of the last accepted put of its key is refused: published " +
			"(developers.cloudflare.com/kv/api/write-key-value-pairs); assumption: deletes are not limited"},
		{name: "lenient", burst: 5, source: "assumption: 5 puts of one key may come at once, and then one a second; " +
			"the published limit of one a second was observed not to be enforced strictly"},
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
