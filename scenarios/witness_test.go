package scenarios_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"kvbench/internal/bench"
	"kvbench/internal/clock"
	"kvbench/kv"
)

// witness is a store that keeps what was asked of it, so that the anomalies can be
// held against it. It is for the virtual clock, where one task runs at a time.
type witness struct {
	kv.Store // as seen from the location
	*account
	location int
}

type account struct {
	clock   clock.Clock
	located kv.Located
	seeded  []kv.Pair
	puts    map[string][]witnessed       // by key, acknowledged, in that order
	gets    map[string][]witnessed       // by key
	last    map[int]map[string]witnessed // by location and key: what it last read or wrote
	wrong   []string
	// expiring are the puts with a TTL and what their metadata say of it.
	expiring []witnessedTTL
}

type witnessedTTL struct {
	Expires   int64
	sent, ttl time.Duration
}

// witnessed is a put or a get of a document.
type witnessed struct {
	Version, Base uint64
	sent, done    time.Duration
}

func (a *account) At(n int) kv.Store {
	return &witness{Store: a.located.At(n), account: a, location: n}
}

func (a *account) remember(location int, key string, s witnessed) {
	if a.last[location] == nil {
		a.last[location] = map[string]witnessed{}
	}
	a.last[location][key] = s
}

func (s *witness) Put(ctx context.Context, key string, value []byte, o kv.PutOptions) error {
	put := witnessed{sent: s.clock.Now()}
	if err := json.Unmarshal(value, &put); err != nil {
		return err
	}
	if knew := s.last[s.location][key].Version; put.Base != knew {
		s.wrong = append(s.wrong, fmt.Sprintf("location %d put %s on version %d, and knew of %d", s.location, key, put.Base, knew))
	}
	err := s.Store.Put(ctx, key, value, o)
	if err == nil {
		put.done = s.clock.Now()
		if o.TTL > 0 {
			p := witnessedTTL{sent: put.sent, ttl: o.TTL}
			if err := json.Unmarshal(o.Metadata, &p); err != nil {
				return err
			}
			s.expiring = append(s.expiring, p)
		}
		s.puts[key] = append(s.puts[key], put)
		s.remember(s.location, key, put)
	}
	return err
}

func (s *witness) Get(ctx context.Context, key string, o kv.GetOptions, e *kv.Entry) error {
	get := witnessed{sent: s.clock.Now()}
	err := s.Store.Get(ctx, key, o, e)
	if err != nil && !errors.Is(err, kv.ErrNotFound) {
		return err
	}
	if err == nil {
		if err := json.Unmarshal(e.Value, &get); err != nil {
			return err
		}
	}
	get.done = s.clock.Now()
	s.gets[key] = append(s.gets[key], get)
	s.remember(s.location, key, get)
	return err
}

func (s *witness) BulkPut(ctx context.Context, pairs []kv.Pair) error {
	s.seeded = append(s.seeded, pairs...)
	return s.Store.(kv.BulkPutter).BulkPut(ctx, pairs)
}

func (s *witness) Settle(ctx context.Context) error { return s.Store.(kv.Settler).Settle(ctx) }

// runWitnessed runs a variant and returns what was observed in the measured time,
// and what the store saw of the load.
func runWitnessed(t *testing.T, seed uint64, variant, fields string) (observed, *bench.Scenario, *account) {
	t.Helper()
	s := loadOne(t, variant, fields)
	a := &account{puts: map[string][]witnessed{}, gets: map[string][]witnessed{}, last: map[int]map[string]witnessed{}}
	o := runOn(t, s, seed, func(store kv.Store, c clock.Clock) kv.Store {
		a.clock, a.located = c, store.(kv.Located)
		return &witness{Store: store, account: a}
	}, nil)
	return o, s, a
}
