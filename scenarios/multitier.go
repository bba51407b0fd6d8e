package scenarios

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"

	"kvbench/internal/bench"
	"kvbench/internal/load"
	"kvbench/internal/record"
	"kvbench/kv"
)

// The outcomes of multi-tier: where the answer came from.
const (
	fromMemory bench.Outcome = iota
	fromKV
	fromOrigin
)

// The marks of multi-tier.
const (
	multiTierStale = iota
	multiTierStampede
	multiTierRejected
	multiTierFalsy
	multiTierEntries
	multiTierFetch
)

func multiTier() *bench.Pattern {
	return &bench.Pattern{
		Name: "multi-tier",
		Doc:  "Read through the isolate's memory, then Workers KV, then the origin, and fill the tiers on the way back.",
		Variants: []bench.Variant{
			{Name: "seed", Doc: "memory for 60 s, KV for 300 s, every miss fetches for itself"},
			{Name: "no-memory", Doc: "no memory tier: KV, then origin"},
			{Name: "origin-only", Doc: "no cache at all"},
			{Name: "single-flight", Doc: "one fetch per key and isolate at a time; the others wait for it"},
			{Name: "jittered-ttl", Doc: "both TTLs up to 20 % shorter or longer, so that keys do not expire together"},
		},
		Outcomes: []string{"memory", "kv", "origin"},
		Marks: []record.Series{
			{Name: "stale-read", Unit: "ns", Of: "response", Doc: "an answer that the origin had replaced before the read began: how long before"},
			{Name: "stampede", Unit: "count", Of: "fetch", Doc: "a fetch that was not alone: how many fetched the same key at once"},
			{Name: "backfill-rejected", Unit: "ns", Of: "put", Doc: "a backfill that KV refused with 429: how long the caller waited to hear so"},
			{Name: "falsy-refetch", Unit: "ns", Of: "fetch", Doc: `0, false or "" was in KV and was fetched again all the same: how long that took`},
			{Name: "memory-entries", Unit: "count", Doc: "entries that an isolate's memory held when one was added"},
		},
		Calls: []record.Series{{Name: "fetch", Unit: "ns", Doc: "one fetch from the modelled origin"}},
		New:   newMultiTier,
	}
}

type multiTierKnobs struct {
	MemoryTTL time.Duration `yaml:"memory-ttl"` // how long memory keeps a value
	KVTTL     time.Duration `yaml:"kv-ttl"`     // how long KV keeps a value; at least 60 s
	CacheTTL  time.Duration `yaml:"cache-ttl"`  // how long a location's cache may serve it; at least 30 s, or 0 for the default
	Origin    originKnobs   `yaml:"origin"`
}

type multiTierLoad struct {
	multiTierKnobs
	bench.Knobs
	memory, kv, single, jitter bool

	chooser *load.Chooser
	names   []string
	origin  *origin
	tiers   []memoryTier               // by isolate
	flights []flight[multiTierFetched] // by isolate
}

// memoryTier is an isolate's map of cached values. As in the source, nothing is
// ever removed from it.
type memoryTier struct {
	mu      sync.Mutex
	entries map[int]memoryEntry
}

type memoryEntry struct {
	version uint64
	falsy   bool
	expires time.Duration
}

// multiTierFetched is what the tiers below memory answered.
type multiTierFetched struct {
	memoryEntry
	from bench.Outcome
}

func newMultiTier(s bench.Setup) (bench.Workload, error) {
	p := &multiTierLoad{
		multiTierKnobs: multiTierKnobs{MemoryTTL: time.Minute, KVTTL: 5 * time.Minute, Origin: defaultOrigin()},
		Knobs:          s.Knobs,
		memory:         s.Variant != "no-memory" && s.Variant != "origin-only",
		kv:             s.Variant != "origin-only",
		single:         s.Variant == "single-flight",
		jitter:         s.Variant == "jittered-ttl",
	}
	if err := s.Decode(&p.multiTierKnobs); err != nil {
		return nil, err
	}
	if p.MemoryTTL <= 0 || p.KVTTL <= 0 || p.CacheTTL < 0 {
		return nil, fmt.Errorf("memory-ttl and kv-ttl must be above 0, cache-ttl not below")
	}
	isolates := s.Isolates * s.Locations
	p.tiers = make([]memoryTier, isolates)
	p.flights = make([]flight[multiTierFetched], isolates)
	p.origin = newOrigin(p.Origin, s.Seed, s.Keys, s.Size)
	return p, p.Origin.check()
}

// Seed leaves the store empty: the cache begins cold.
func (p *multiTierLoad) Seed(context.Context, *bench.Worker) error {
	p.chooser = p.Popularity.Chooser(p.Keys)
	p.names = names("cache:api:item:%06d", p.Keys)
	for i := range p.tiers {
		p.tiers[i].entries = map[int]memoryEntry{}
	}
	return nil
}

func (p *multiTierLoad) Do(ctx context.Context, w *bench.Worker, _ uint64) (bench.Outcome, error) {
	key := p.chooser.Key(w.Rand)
	now := w.Now()
	if p.memory {
		if e, ok := p.tiers[w.Isolate()].get(key); ok && e.expires > now {
			p.hold(w, key, e)
			return fromMemory, nil
		}
	}
	var got multiTierFetched
	var err error
	if p.single {
		got, err = p.flights[w.Isolate()].do(ctx, w, key, func() (multiTierFetched, error) { return p.below(ctx, w, key, now) })
	} else {
		got, err = p.below(ctx, w, key, now)
	}
	if err != nil {
		return 0, err
	}
	p.hold(w, key, got.memoryEntry)
	return got.from, nil
}

// below asks KV, then the origin, and fills the tiers above. As in the source,
// memory counts its TTL from when the request began, what is falsy counts as a
// miss, and the request fails when the backfill does.
func (p *multiTierLoad) below(ctx context.Context, w *bench.Worker, key int, began time.Duration) (multiTierFetched, error) {
	got := multiTierFetched{from: fromKV, memoryEntry: memoryEntry{expires: began + p.ttl(w, p.MemoryTTL)}}
	cached := false
	if p.kv {
		err := w.Get(ctx, p.names[key], kv.GetOptions{CacheTTL: p.CacheTTL}, &w.Entry)
		if err != nil && err != kv.ErrNotFound {
			return got, err
		}
		if cached = err == nil; cached && !falsy(w.Entry.Value) {
			s, err := readStamp(w.Entry.Value)
			got.version = s.version
			p.remember(w, key, got.memoryEntry)
			return got, err
		}
	}
	asked := w.Now()
	version, together, err := p.origin.fetch(ctx, w, key)
	if err != nil {
		return got, err
	}
	w.See(multiTierFetch, int64(w.Now()-asked))
	got.version, got.from, got.falsy = version, fromOrigin, p.origin.falsyValue(key) != ""
	if together > 1 {
		w.See(multiTierStampede, int64(together))
	}
	if cached {
		w.See(multiTierFalsy, int64(w.Now()-asked))
	}
	if p.kv {
		asked = w.Now()
		w.Buf = p.origin.appendBody(w.Buf[:0], key, version, asked)
		err = w.Put(ctx, p.names[key], w.Buf, kv.PutOptions{TTL: p.ttl(w, p.KVTTL)})
		if kv.HasStatus(err, http.StatusTooManyRequests) {
			w.See(multiTierRejected, int64(w.Now()-asked))
		}
		if err != nil {
			return got, err
		}
	}
	p.remember(w, key, got.memoryEntry)
	return got, nil
}

// ttl is d, jittered where the variant says so.
func (p *multiTierLoad) ttl(w *bench.Worker, d time.Duration) time.Duration {
	if !p.jitter {
		return d
	}
	return time.Duration(float64(d) * (0.8 + 0.4*w.Rand.Float64()))
}

// hold marks an answer that was stale when the transaction began. A falsy value
// carries no version in KV, so only what the origin gave can be told.
func (p *multiTierLoad) hold(w *bench.Worker, key int, e memoryEntry) {
	if age := p.origin.staleFor(key, e.version, w.Start()); age > 0 {
		w.See(multiTierStale, int64(age))
	}
}

func (p *multiTierLoad) remember(w *bench.Worker, key int, e memoryEntry) {
	if p.memory {
		w.See(multiTierEntries, int64(p.tiers[w.Isolate()].put(key, e)))
	}
}

func (t *memoryTier) get(key int) (memoryEntry, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	e, ok := t.entries[key]
	return e, ok
}

// put returns how many entries the tier then holds.
func (t *memoryTier) put(key int, e memoryEntry) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.entries[key] = e
	return len(t.entries)
}
