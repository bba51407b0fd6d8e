package scenarios

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"time"

	"kvbench/internal/bench"
	"kvbench/internal/load"
	"kvbench/kv"
)

// The outcomes of multi-tier: where the answer came from.
const (
	fromMemory bench.Outcome = "memory"
	fromKV     bench.Outcome = "kv"
	fromOrigin bench.Outcome = "origin"
)

// What multi-tier observes beside the origin.
var (
	multiTierRejected = &bench.Anomaly{
		Name: "backfill-rejected", Unit: "ns", Of: "put",
		Says: "has {share} of its puts refused with 429",
		Doc:  "a backfill that KV refused with 429: how long the caller waited to hear so",
	}
	multiTierEntries = &bench.Gauge{
		Name: "memory-entries", Unit: "count",
		Doc: "entries that an isolate's memory held when one was added",
	}
)

func multiTier() *bench.Pattern {
	return &bench.Pattern{
		Name: "multi-tier",
		Doc:  "Read through the isolate's memory, then Workers KV, then the origin, and fill the tiers on the way back.",
		Variants: []bench.Variant{
			{Name: "seed", Doc: "memory for 60 s, KV for 300 s, every miss fetches for itself; whatever JSON the origin answers is kept"},
			{Name: "no-memory", Doc: "no memory tier: KV, then origin"},
			{Name: "origin-only", Doc: "no cache at all"},
			{Name: "single-flight", Doc: "one fetch per key and isolate at a time; the others wait for it"},
			{Name: "jittered-ttl", Doc: "both TTLs up to 20% shorter or longer, so that keys do not expire together; KV's never below its 60 s"},
			{Name: "stale-while-revalidate", Doc: "what has expired in memory, however long ago, is served until it has been fetched anew beside the requests"},
			{Name: "early-refresh", Doc: "a request may fetch anew before memory or KV expires, the likelier the nearer that is"},
			{Name: "bounded-memory", Doc: "memory holds at most memory-entries entries; the least recently used is evicted first"},
		},
		Published: "seed",
		Outcomes:  []bench.Outcome{fromMemory, fromKV, fromOrigin},
		Observes: []bench.Series{
			originStale, originStampede, originCachedError, multiTierRejected, originFalsy, multiTierEntries,
			originFetch, originAnswer,
		},
		Models: []string{originModel},
		New:    newMultiTier,
	}
}

type multiTierParams struct {
	MemoryTTL     time.Duration `yaml:"memory-ttl" min:"1ms" max:"87600h" doc:"how long an isolate's memory keeps a value; longer saves calls of KV, and answers get staler"`
	KVTTL         time.Duration `yaml:"kv-ttl" min:"60s" max:"87600h" doc:"how long KV keeps a value; longer saves fetches of the origin, and answers get staler"`
	CacheTTL      time.Duration `yaml:"cache-ttl" max:"87600h" doc:"how long a location's cache may serve what a get found; at least 30s, or 0s for KV's default, which is 60s"`
	MemoryEntries int           `yaml:"memory-entries" min:"1" doc:"how many entries an isolate's memory holds; of the variant bounded-memory alone"`
	Origin        originParams  `yaml:"origin" doc:"the modelled server behind the caches"`
}

type multiTierLoad struct {
	multiTierParams
	bench.Params
	variant    string
	seed       uint64
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
		multiTierParams: multiTierParams{MemoryTTL: time.Minute, KVTTL: 5 * time.Minute, MemoryEntries: 100, Origin: defaultOrigin()},
		Params:          s.Params,
		variant:         s.Variant,
		seed:            s.Seed,
		memory:          s.Variant != "no-memory" && s.Variant != "origin-only",
		kv:              s.Variant != "origin-only",
		flights:         make([]flight[multiTierFetched], s.Isolates*s.Locations),
	}
	if err := s.Decode(&p.multiTierParams); err != nil {
		return nil, err
	}
	if p.CacheTTL != 0 && p.CacheTTL < kv.MinCacheTTL {
		return nil, fmt.Errorf("cache-ttl must be 0, for KV's default, or at least %v; it is %v", kv.MinCacheTTL, p.CacheTTL)
	}
	if err := p.Origin.check(); err != nil {
		return nil, err
	}
	most := 0
	if s.Variant == "bounded-memory" {
		most = p.MemoryEntries
	}
	var err error
	p.tiers, err = newMemoryTiers(s.Isolates*s.Locations, most)
	return p, err
}

// Seed leaves the store empty: the cache begins cold.
func (p *multiTierLoad) Seed(context.Context, *bench.Worker) error {
	p.chooser = p.Distribution.Chooser(p.Keys)
	p.names = names("cache:api:item:%06d", p.Keys)
	p.origin = newOrigin(p.Origin, p.seed, p.Keys, p.Size)
	return nil
}

// Key implements bench.Keyed.
func (p *multiTierLoad) Key(r *rand.Rand) int { return p.chooser.Key(r) }

func (p *multiTierLoad) Do(ctx context.Context, w *bench.Worker, _ uint64) (bench.Outcome, error) {
	key, c := p.chooser.Key(w.Rand), newChance(w)
	if p.memory {
		if e, ok := p.tiers[w.Isolate()].get(key); ok && p.serves(ctx, w, key, c, e) {
			p.origin.answered(w, key, e.answer, true)
			return fromMemory, nil
		}
	}
	got, err := p.fetch(ctx, w, key, c)
	if err != nil {
		return "", err
	}
	p.origin.answered(w, key, got.answer, got.from != fromOrigin)
	return got.from, nil
}

// serves reports whether an entry of memory is the answer, be it null or an error.
// It may send for a new one beside the request.
func (p *multiTierLoad) serves(ctx context.Context, w *bench.Worker, key int, c chance, e memoryEntry) bool {
	left := e.expires - w.Now()
	switch p.variant {
	case "early-refresh":
		return !early(w, left, e.took)
	case "stale-while-revalidate":
		if left <= 0 {
			p.revalidate(ctx, w, key, c)
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

// revalidate fetches a value beside the request, unless that is under way.
func (p *multiTierLoad) revalidate(ctx context.Context, w *bench.Worker, key int, c chance) {
	p.flights[w.Isolate()].later(ctx, w, key, func(ctx context.Context, w *bench.Worker) (multiTierFetched, error) {
		return p.below(ctx, w, key, c)
	})
}

// fetch gets a value from the tiers below memory.
func (p *multiTierLoad) fetch(ctx context.Context, w *bench.Worker, key int, c chance) (multiTierFetched, error) {
	if p.variant != "single-flight" {
		return p.below(ctx, w, key, c)
	}
	return p.flights[w.Isolate()].do(ctx, w, key, func() (multiTierFetched, error) { return p.below(ctx, w, key, c) })
}

// below asks KV, then the origin. As in the source,
// memory counts its TTL from when the request began, what is falsy counts as a
// miss, and the request fails when the backfill does.
func (p *multiTierLoad) below(ctx context.Context, w *bench.Worker, key int, c chance) (multiTierFetched, error) {
	got := multiTierFetched{from: fromKV, memoryEntry: memoryEntry{expires: w.Now() + p.ttl(w, p.MemoryTTL, 0)}}
	cached := false
	if p.kv {
		err := w.Get(ctx, p.names[key], kv.GetOptions{CacheTTL: p.CacheTTL}, &w.Entry)
		if err != nil && err != kv.ErrNotFound {
			return got, err
		}
		if cached = err == nil; cached && !falsy(w.Entry.Value) {
			if got.answer, err = readAnswer(w.Entry.Value); err != nil {
				return got, err
			}
			if p.variant == "early-refresh" && early(w, got.gave+p.KVTTL-w.Now(), got.took) {
				return p.fromOrigin(ctx, w, key, c, got, false)
			}
			p.remember(w, key, got.memoryEntry)
			return got, nil
		}
	}
	return p.fromOrigin(ctx, w, key, c, got, cached)
}

// fromOrigin asks the origin and fills the tiers above with whatever it answers:
// the source looks at no status, so an error is kept where it is JSON, and null.
// cached says that KV had a falsy value.
func (p *multiTierLoad) fromOrigin(ctx context.Context, w *bench.Worker, key int, c chance, got multiTierFetched, cached bool) (multiTierFetched, error) {
	var err error
	got.from = fromOrigin
	if got.answer, err = p.origin.fetch(ctx, w, key, c, cached); err != nil {
		return got, err
	}
	if p.kv {
		asked := w.Now()
		w.Buf = p.origin.appendAnswer(w.Buf[:0], key, got.answer)
		err = w.Put(ctx, p.names[key], w.Buf, kv.PutOptions{TTL: p.ttl(w, p.KVTTL, kv.MinTTL)})
		if kv.HasStatus(err, http.StatusTooManyRequests) {
			w.Observe(multiTierRejected, int64(w.Now()-asked))
		}
		if err != nil {
			return got, err
		}
	}
	p.remember(w, key, got.memoryEntry)
	return got, nil
}

// ttl is d, jittered where the variant says so: drawn evenly from a span of 0.4 d
// that begins at 0.8 d, or at least where that is later. KV refuses what is below
// its minimum, so there the TTL is longer on average instead.
func (p *multiTierLoad) ttl(w *bench.Worker, d, least time.Duration) time.Duration {
	if p.variant != "jittered-ttl" {
		return d
	}
	return max(least, time.Duration(0.8*float64(d))) + time.Duration(0.4*float64(d)*w.Rand.Float64())
}

func (p *multiTierLoad) remember(w *bench.Worker, key int, e memoryEntry) {
	if p.memory {
		w.Observe(multiTierEntries, int64(p.tiers[w.Isolate()].put(key, e)))
	}
}
