package scenarios

import (
	"context"
	"math/rand/v2"
	"net/http"
	"time"

	"kvbench/internal/bench"
	"kvbench/internal/load"
	"kvbench/kv"
)

// The outcomes of api-cache: where the answer came from.
const (
	apiFromKV     bench.Outcome = "kv"
	apiFromOrigin bench.Outcome = "origin"
	apiAbsent     bench.Outcome = "absent"
)

// apiRejected is what api-cache observes beside the origin.
var apiRejected = &bench.Anomaly{
	Name: "put-rejected", Unit: "ns", Of: "put",
	Says: "has {share} of its puts refused",
	Doc:  "a put that KV refused with 400 or 429: how long it took to hear so",
}

func apiCache() *bench.Pattern {
	return &bench.Pattern{
		Name: "api-cache",
		Doc:  "Cache-aside of an API's answers: KV, then the origin, whose answer is put into KV.",
		Variants: []bench.Variant{
			{Name: "seed", Doc: "what KV has and is truthy is the answer; whatever JSON the origin answers is cached for 300 s"},
			{Name: "no-cache", Doc: "the origin is asked every time"},
			{Name: "single-flight", Doc: "one look-up per key and isolate at a time; the others wait for it"},
			{Name: "negative-cache", Doc: "that the origin has no such thing is cached too"},
			{Name: "null-safe", Doc: "only null is a miss: 0, false and \"\" are answers"},
			{Name: "background-put", Doc: "the answer is given before its put is acknowledged; a put that fails is counted among the errors and fails no request"},
			{Name: "ttl-30", Doc: "a TTL of 30 s, below KV's minimum: every put is refused"},
		},
		Published: "seed",
		Outcomes:  []bench.Outcome{apiFromKV, apiFromOrigin, apiAbsent},
		Observes: []bench.Series{
			originStale, originStampede, originFalsy, apiRejected, originCachedError, originFetch, originAnswer,
		},
		Models: []string{originModel},
		New:    newAPICache,
	}
}

type apiCacheParams struct {
	TTL    time.Duration `yaml:"ttl" min:"60s" max:"87600h" doc:"how long KV keeps an answer; the variant ttl-30 has 30s whatever it is"`
	Origin originParams  `yaml:"origin" doc:"the modelled server behind the cache"`
}

type apiCacheLoad struct {
	apiCacheParams
	bench.Params
	variant string
	seed    uint64
	chooser *load.Chooser
	names   []string
	origin  *origin
	flights []flight[apiAnswer] // by isolate
}

// apiAnswer is an answer, and where it came from.
type apiAnswer struct {
	answer
	from bench.Outcome
}

func newAPICache(s bench.Setup) (bench.Workload, error) {
	p := &apiCacheLoad{
		apiCacheParams: apiCacheParams{TTL: 5 * time.Minute, Origin: defaultOrigin()},
		Params:         s.Params, variant: s.Variant, seed: s.Seed,
		flights: make([]flight[apiAnswer], s.Isolates*s.Locations),
	}
	if err := s.Decode(&p.apiCacheParams); err != nil {
		return nil, err
	}
	if p.variant == "ttl-30" {
		p.TTL = 30 * time.Second
	}
	return p, p.Origin.check()
}

// Seed leaves the store empty: the cache begins cold.
func (p *apiCacheLoad) Seed(context.Context, *bench.Worker) error {
	p.chooser = p.Distribution.Chooser(p.Keys)
	p.names = names("cache:api:users:%06d", p.Keys)
	p.origin = newOrigin(p.Origin, p.seed, p.Keys, p.Size)
	return nil
}

// Key implements bench.Keyed.
func (p *apiCacheLoad) Key(r *rand.Rand) int { return p.chooser.Key(r) }

func (p *apiCacheLoad) Do(ctx context.Context, w *bench.Worker, _ uint64) (bench.Outcome, error) {
	key, c := p.chooser.Key(w.Rand), newChance(w)
	var got apiAnswer
	var err error
	if p.variant == "single-flight" {
		got, err = p.flights[w.Isolate()].do(ctx, w, key, func() (apiAnswer, error) { return p.lookUp(ctx, w, key, c) })
	} else {
		got, err = p.lookUp(ctx, w, key, c)
	}
	if err != nil {
		return "", err
	}
	p.origin.answered(w, key, got.answer, got.from == apiFromKV)
	return got.from, nil
}

// lookUp is the source's getCachedData.
func (p *apiCacheLoad) lookUp(ctx context.Context, w *bench.Worker, key int, c chance) (got apiAnswer, err error) {
	cached := false
	if p.variant != "no-cache" {
		err := w.Get(ctx, p.names[key], kv.GetOptions{}, &w.Entry)
		if err != nil && err != kv.ErrNotFound {
			return got, err
		}
		if cached = err == nil; cached {
			if got, ok, err := p.cached(w); ok || err != nil {
				return got, err
			}
		}
	}
	if got.answer, err = p.origin.fetch(ctx, w, key, c, cached); err != nil {
		return got, err
	}
	got.from = apiFromOrigin
	if got.body == aNull {
		got.from = apiAbsent
	}
	switch p.variant {
	case "no-cache":
		return got, nil
	case "background-put":
		w.Later(ctx, func(ctx context.Context, w *bench.Worker) error { return p.put(ctx, w, key, got.answer) })
		return got, nil
	}
	return got, p.put(ctx, w, key, got.answer)
}

// cached makes an answer of what KV had; ok is false when the variant takes it
// for a miss.
func (p *apiCacheLoad) cached(w *bench.Worker) (got apiAnswer, ok bool, err error) {
	got.from = apiFromKV
	if falsy(w.Entry.Value) {
		got.body = aFalsy
		return got, p.variant == "null-safe" && !isNull(w.Entry.Value), nil
	}
	if got.answer, err = readAnswer(w.Entry.Value); got.body == aNote {
		got.from = apiAbsent
	}
	return got, true, err
}

// put caches an answer. As in the source, an error of the origin is JSON like
// any other, and the request fails when the put does.
func (p *apiCacheLoad) put(ctx context.Context, w *bench.Worker, key int, a answer) error {
	if a.body == aNull && p.variant == "negative-cache" {
		a.body = aNote
	}
	asked := w.Now()
	w.Buf = p.origin.appendAnswer(w.Buf[:0], key, a)
	err := w.Put(ctx, p.names[key], w.Buf, kv.PutOptions{TTL: p.TTL})
	if kv.HasStatus(err, http.StatusTooManyRequests) || kv.HasStatus(err, http.StatusBadRequest) {
		w.Observe(apiRejected, int64(w.Now()-asked))
	}
	return err
}
