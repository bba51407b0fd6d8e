package scenarios

import (
	"context"
	"fmt"
	"net/http"
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
			{Name: "stale-while-revalidate", Doc: "what has expired in memory is served once more while it is fetched anew beside the request"},
			{Name: "early-refresh", Doc: "a request may fetch anew before memory expires, the likelier the nearer that is"},
			{Name: "bounded-memory", Doc: "memory holds so many entries at most; the least recently used goes first"},
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
	// MemoryEntries is how many entries bounded-memory holds, in each isolate.
	MemoryEntries int         `yaml:"memory-entries" min:"1"`
	Origin        originKnobs `yaml:"origin"`
}

type multiTierLoad struct {
	multiTierKnobs
	bench.Knobs
	variant    string
	memory, kv bool // which tiers there are

	chooser *load.Chooser
	names   []string
	origin  *origin
	tiers   []memoryTier               // by isolate
	flights []flight[multiTierFetched] // by isolate
}

// multiTierFetched is what the tiers below memory answered.
type multiTierFetched struct {
	memoryEntry
	from bench.Outcome
}

func newMultiTier(s bench.Setup) (bench.Workload, error) {
	p := &multiTierLoad{
		multiTierKnobs: multiTierKnobs{MemoryTTL: time.Minute, KVTTL: 5 * time.Minute, MemoryEntries: 100, Origin: defaultOrigin()},
		Knobs:          s.Knobs,
		variant:        s.Variant,
		memory:         s.Variant != "no-memory" && s.Variant != "origin-only",
		kv:             s.Variant != "origin-only",
	}
	if err := s.Decode(&p.multiTierKnobs); err != nil {
		return nil, err
	}
	if p.MemoryTTL <= 0 || p.KVTTL <= 0 || p.CacheTTL < 0 {
		return nil, fmt.Errorf("memory-ttl and kv-ttl must be above 0, cache-ttl not below")
	}
	if err := p.Origin.check(); err != nil {
		return nil, err
	}
	most := 0
	if s.Variant == "bounded-memory" {
		most = p.MemoryEntries
	}
	p.origin = newOrigin(p.Origin, s.Seed, s.Keys, s.Size)
	p.flights = make([]flight[multiTierFetched], s.Isolates*s.Locations)
	var err error
	p.tiers, err = newMemoryTiers(s.Isolates*s.Locations, most)
	return p, err
}

// Seed leaves the store empty: the cache begins cold.
func (p *multiTierLoad) Seed(context.Context, *bench.Worker) error {
	p.chooser = p.Popularity.Chooser(p.Keys)
	p.names = names("cache:api:item:%06d", p.Keys)
	return nil
}

func (p *multiTierLoad) Do(ctx context.Context, w *bench.Worker, _ uint64) (bench.Outcome, error) {
	key := p.chooser.Key(w.Rand)
	if p.memory {
		if e, ok := p.tiers[w.Isolate()].get(key); ok && p.serves(ctx, w, key, e) {
			p.hold(w, key, e)
			return fromMemory, nil
		}
	}
	got, err := p.fetch(ctx, w, key)
	if err != nil {
		return 0, err
	}
	p.hold(w, key, got.memoryEntry)
	return got.from, nil
}

// serves reports whether an entry of memory is the answer. It may send for a
// new one beside the request.
func (p *multiTierLoad) serves(ctx context.Context, w *bench.Worker, key int, e memoryEntry) bool {
	left := e.expires - w.Now()
	switch p.variant {
	case "early-refresh":
		return !early(w, left, e.took)
	case "stale-while-revalidate":
		if left <= 0 {
			w.Later(ctx, func(ctx context.Context, w *bench.Worker) error {
				_, err := p.fetch(ctx, w, key)
				return err
			})
		}
		return true
	}
	return left > 0
}

// early reports whether to fetch anew what has so long to live and took so long
// to get: Vattani, Chierichetti and Lowenstein, "Optimal probabilistic cache
// stampede prevention", 2015, with beta 1.
func early(w *bench.Worker, left, took time.Duration) bool {
	return left <= time.Duration(float64(took)*w.Rand.ExpFloat64())
}

// fetch gets a value from the tiers below memory.
func (p *multiTierLoad) fetch(ctx context.Context, w *bench.Worker, key int) (multiTierFetched, error) {
	began := w.Now()
	if p.variant != "single-flight" && p.variant != "stale-while-revalidate" {
		return p.below(ctx, w, key, began)
	}
	return p.flights[w.Isolate()].do(ctx, w, key, func() (multiTierFetched, error) { return p.below(ctx, w, key, began) })
}

// below asks KV, then the origin. As in the source,
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
			got.version, got.took = s.version, time.Duration(s.base)
			if p.variant == "early-refresh" && early(w, s.written+p.KVTTL-w.Now(), got.took) {
				return p.fromOrigin(ctx, w, key, got, false)
			}
			p.remember(w, key, got.memoryEntry)
			return got, err
		}
	}
	return p.fromOrigin(ctx, w, key, got, cached)
}

// fromOrigin asks the origin and fills the tiers above. cached says that KV had
// a falsy value.
func (p *multiTierLoad) fromOrigin(ctx context.Context, w *bench.Worker, key int, got multiTierFetched, cached bool) (multiTierFetched, error) {
	asked := w.Now()
	version, together, err := p.origin.fetch(ctx, w, key)
	if err != nil {
		return got, err
	}
	got.took = w.Now() - asked
	w.See(multiTierFetch, int64(got.took))
	got.version, got.from, got.falsy = version, fromOrigin, p.origin.falsyValue(key) != ""
	if together > 1 {
		w.See(multiTierStampede, int64(together))
	}
	if cached {
		w.See(multiTierFalsy, int64(got.took))
	}
	if p.kv {
		asked = w.Now()
		s := stamp{version: version, written: asked}
		if p.variant == "early-refresh" {
			s.base = uint64(got.took)
		}
		w.Buf = p.origin.appendBody(w.Buf[:0], key, s)
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
	if p.variant != "jittered-ttl" {
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
