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

// The outcomes of api-cache: where the answer came from.
const (
	apiFromKV bench.Outcome = iota
	apiFromOrigin
	apiAbsent
)

// The marks of api-cache, and its call.
const (
	apiStale = iota
	apiStampede
	apiFalsy
	apiRejected
	apiCachedError
	apiFetch
)

func apiCache() *bench.Pattern {
	return &bench.Pattern{
		Name: "api-cache",
		Doc:  "Cache-aside of an API's answers: KV, then the origin, whose answer is put into KV.",
		Variants: []bench.Variant{
			{Name: "seed", Doc: "what KV has and is truthy is the answer; whatever the origin answers is cached for 300 s"},
			{Name: "no-cache", Doc: "the origin is asked every time"},
			{Name: "single-flight", Doc: "one look-up per key and isolate at a time; the others wait for it"},
			{Name: "negative-cache", Doc: "that the origin has no such thing is cached too"},
			{Name: "null-safe", Doc: "only null is a miss: 0, false and \"\" are answers"},
			{Name: "background-put", Doc: "the answer is given before its put is acknowledged"},
			{Name: "ttl-30", Doc: "a TTL of 30 s, below KV's minimum: every put is refused"},
		},
		Outcomes: []string{"kv", "origin", "absent"},
		Marks: []record.Series{
			{Name: "stale-read", Unit: "ns", Of: "response", Doc: "an answer that the origin had replaced before the read began: how long before"},
			{Name: "stampede", Unit: "count", Of: "fetch", Doc: "a fetch that was not alone: how many fetched the same key at once"},
			{Name: "falsy-refetch", Unit: "ns", Of: "fetch", Doc: `0, false, "" or null was in KV and was fetched again all the same: how long that took`},
			{Name: "put-rejected", Unit: "ns", Of: "put", Doc: "a put that KV refused: how long it took to hear so"},
			{Name: "cached-error", Unit: "ns", Of: "response", Doc: "an answer from KV that is an error of the origin: how long ago the origin gave it"},
		},
		Calls: []record.Series{{Name: "fetch", Unit: "ns", Doc: "one fetch from the modelled origin"}},
		New:   newAPICache,
	}
}

type apiCacheKnobs struct {
	TTL    time.Duration `yaml:"ttl"` // how long KV keeps an answer; at least 60 s
	Origin originKnobs   `yaml:"origin"`
	Absent float64       `yaml:"absent"` // share of the keys that the origin does not have
	Errors float64       `yaml:"errors"` // share of the fetches that the origin answers with an error, as JSON
}

type apiCacheLoad struct {
	apiCacheKnobs
	bench.Knobs
	variant string
	chooser *load.Chooser
	names   []string
	origin  *origin
	flights []flight[apiAnswer] // by isolate
}

// apiAnswer is an answer, wherever it came from.
type apiAnswer struct {
	from    bench.Outcome
	version uint64 // 0 when it has none that can be told from it
}

// What a document is besides a value, told by the base of its stamp.
const (
	apiErrorBody  = 1 // an error of the origin
	apiAbsentBody = 2 // the note of negative-cache that the origin has no such thing
)

func newAPICache(s bench.Setup) (bench.Workload, error) {
	p := &apiCacheLoad{
		apiCacheKnobs: apiCacheKnobs{TTL: 5 * time.Minute, Origin: defaultOrigin()},
		Knobs:         s.Knobs, variant: s.Variant,
	}
	if err := s.Decode(&p.apiCacheKnobs); err != nil {
		return nil, err
	}
	if p.variant == "ttl-30" {
		p.TTL = 30 * time.Second
	}
	if p.TTL <= 0 {
		return nil, fmt.Errorf("ttl must be above 0; it is %v", p.TTL)
	}
	if err := checkShare("absent", p.Absent); err != nil {
		return nil, err
	}
	if err := checkShare("errors", p.Errors); err != nil {
		return nil, err
	}
	p.origin = newOrigin(p.Origin, s.Seed, s.Keys, s.Size)
	p.flights = make([]flight[apiAnswer], s.Isolates*s.Locations)
	return p, p.Origin.check()
}

// Seed leaves the store empty: the cache begins cold.
func (p *apiCacheLoad) Seed(context.Context, *bench.Worker) error {
	p.chooser = p.Popularity.Chooser(p.Keys)
	p.names = names("cache:api:users:%06d", p.Keys)
	return nil
}

// absent reports whether the origin does not have a key.
func (p *apiCacheLoad) absent(key int) bool {
	return float64(load.Mix(p.origin.seed+load.Mix(uint64(key)))>>11)/(1<<53) < p.Absent
}

func (p *apiCacheLoad) Do(ctx context.Context, w *bench.Worker, _ uint64) (bench.Outcome, error) {
	key := p.chooser.Key(w.Rand)
	var got apiAnswer
	var err error
	if p.variant == "single-flight" {
		got, err = p.flights[w.Isolate()].do(ctx, w, key, func() (apiAnswer, error) { return p.lookUp(ctx, w, key) })
	} else {
		got, err = p.lookUp(ctx, w, key)
	}
	if err != nil {
		return 0, err
	}
	if got.version > 0 {
		if age := p.origin.staleFor(key, got.version, w.Start()); age > 0 {
			w.See(apiStale, int64(age))
		}
	}
	return got.from, nil
}

// lookUp is the source's getCachedData.
func (p *apiCacheLoad) lookUp(ctx context.Context, w *bench.Worker, key int) (apiAnswer, error) {
	cached := false
	if p.variant != "no-cache" {
		err := w.Get(ctx, p.names[key], kv.GetOptions{}, &w.Entry)
		if err != nil && err != kv.ErrNotFound {
			return apiAnswer{}, err
		}
		if cached = err == nil; cached {
			if got, ok, err := p.cached(w); ok || err != nil {
				return got, err
			}
		}
	}
	asked := w.Now()
	version, together, err := p.origin.fetch(ctx, w, key)
	if err != nil {
		return apiAnswer{}, err
	}
	w.See(apiFetch, int64(w.Now()-asked))
	if together > 1 {
		w.See(apiStampede, int64(together))
	}
	if cached {
		w.See(apiFalsy, int64(w.Now()-asked))
	}
	got := apiAnswer{from: apiFromOrigin, version: version}
	failed := w.Rand.Float64() < p.Errors
	switch {
	case failed:
		got.version = 0
	case p.absent(key):
		got = apiAnswer{from: apiAbsent}
	}
	switch p.variant {
	case "no-cache":
		return got, nil
	case "background-put":
		w.Later(ctx, func(ctx context.Context, w *bench.Worker) error { return p.put(ctx, w, key, got, failed) })
		return got, nil
	}
	return got, p.put(ctx, w, key, got, failed)
}

// cached makes an answer of what KV had; ok is false when the variant takes it
// for a miss.
func (p *apiCacheLoad) cached(w *bench.Worker) (got apiAnswer, ok bool, err error) {
	if falsy(w.Entry.Value) {
		isNull := string(w.Entry.Value) == "null"
		return apiAnswer{from: apiFromKV}, p.variant == "null-safe" && !isNull, nil
	}
	s, err := readStamp(w.Entry.Value)
	switch s.base {
	case apiErrorBody:
		w.See(apiCachedError, int64(max(0, w.Start()-s.written)))
		return apiAnswer{from: apiFromKV}, true, err
	case apiAbsentBody:
		return apiAnswer{from: apiAbsent}, true, err
	}
	return apiAnswer{from: apiFromKV, version: s.version}, true, err
}

// put caches an answer. As in the source, an error of the origin is JSON like
// any other, and the request fails when the put does.
func (p *apiCacheLoad) put(ctx context.Context, w *bench.Worker, key int, got apiAnswer, failed bool) error {
	asked := w.Now()
	switch {
	case failed:
		w.Buf = appendDoc(w.Buf[:0], stamp{base: apiErrorBody, written: asked}, 0)
	case got.from == apiAbsent && p.variant == "negative-cache":
		w.Buf = appendDoc(w.Buf[:0], stamp{base: apiAbsentBody, written: asked}, 0)
	case got.from == apiAbsent:
		w.Buf = append(w.Buf[:0], "null"...)
	default:
		w.Buf = p.origin.appendBody(w.Buf[:0], key, stamp{version: got.version, written: asked})
	}
	err := w.Put(ctx, p.names[key], w.Buf, kv.PutOptions{TTL: p.TTL})
	if kv.HasStatus(err, http.StatusTooManyRequests) || kv.HasStatus(err, http.StatusBadRequest) {
		w.See(apiRejected, int64(w.Now()-asked))
	}
	return err
}
