package scenarios

import (
	"context"
	"errors"
	"fmt"
	"time"

	"kvbench/internal/bench"
	"kvbench/internal/load"
	"kvbench/internal/quantile"
	"kvbench/internal/record"
)

// originParams set the modelled server that a cache stands before. What of its keys
// is absent or falsy stays so; every other value changes.
type originParams struct {
	Latency    quantile.Dist `yaml:"latency" doc:"how long one fetch takes: its percentiles, or one time for every fetch"`
	Changes    time.Duration `yaml:"changes" min:"1ms" max:"87600h" doc:"how long each value lives before the server changes it, which makes what is cached stale"`
	Absent     float64       `yaml:"absent" min:"0%" max:"100%" doc:"share of the keys that the server does not have: it answers null; with falsy 100% at most"`
	Falsy      float64       `yaml:"falsy" min:"0%" max:"100%" doc:"share of the keys whose value is 0, false or the empty text, which code may take for absent"`
	Errors     float64       `yaml:"errors" min:"0%" max:"100%" doc:"share of the fetches that are answered with an error, as JSON; with error-pages 100% at most"`
	ErrorPages float64       `yaml:"error-pages" min:"0%" max:"100%" doc:"share of the fetches that are answered with an error that is no JSON, such as a proxy's page: r.json() throws"`
}

// defaultOrigin answers as a database-backed API commonly does; an assumption.
func defaultOrigin() originParams {
	return originParams{
		Latency: quantile.MustParse("p0:40ms,p50:80ms,p99:400ms,p100:1s"),
		Changes: 10 * time.Minute,
	}
}

// originModel says of the patterns with an origin what of them is modelled.
const originModel = "the origin's latency is drawn from the percentiles of origin.latency, by default " +
	"p50 80 ms, p99 400 ms and at most 1 s: an assumption, as a database-backed API commonly answers"

func (o originParams) check() error {
	if sum := o.Absent + o.Falsy; sum > 1 {
		return fmt.Errorf("origin.falsy and origin.absent are shares of all keys, none of which is both: together 1 at most; they are %v", sum)
	}
	if sum := o.Errors + o.ErrorPages; sum > 1 {
		return fmt.Errorf("origin.errors and origin.error-pages are shares of all fetches: together 1 at most; they are %v", sum)
	}
	return nil
}

// checkShare refuses a share that is not between 0 and 1.
func checkShare(name string, share float64) error {
	if !(share >= 0 && share <= 1) {
		return fmt.Errorf("%s must be a share between 0 and 1; it is %v", name, share)
	}
	return nil
}

// What the patterns with an origin observe of it, and of the answers that it gave.
var (
	originStale = &bench.Anomaly{
		Name: "stale-read", Unit: "ns", Of: "answer", Role: record.Age,
		Says: "serves stale data in {share} of answers",
		Doc:  "an answer that the origin had replaced before the read began: how long before",
	}
	originStampede = &bench.Anomaly{
		Name: "stampede", Unit: "count", Of: "fetch",
		Says: "makes {share} of its fetches beside another of the same key",
		Doc:  "a fetch that was not alone: how many of the same key were in flight at once, at most, while it was",
	}
	originFalsy = &bench.Anomaly{
		Name: "falsy-refetch", Unit: "ns", Of: "fetch",
		Says: "wastes {share} of its fetches on falsy values that KV had",
		Doc:  `0, false, "" or null was in KV and was fetched again all the same: how long that took`,
	}
	originCachedError = &bench.Anomaly{
		Name: "cached-error", Unit: "ns", Of: "answer", Role: record.Age,
		Says: "serves a cached error in {share} of answers",
		Doc:  "an answer from a cache that is an error of the origin: how long ago the origin gave it",
	}
	originFetch  = &bench.Call{Name: "fetch", Each: "fetches", Doc: "one fetch from the modelled origin"}
	originAnswer = &bench.Call{
		Name: "answer", Each: "answers",
		Doc: "a transaction that did not end in an error: from when it began until its answer",
	}
)

// origin is a modelled server, whose values change.
type origin struct {
	originParams
	seed   uint64
	size   load.Size
	bodies []body  // by key
	crowds []crowd // by key
}

// originKeys is the kind under which keys are dealt out as absent and falsy.
const originKeys = 1

func newOrigin(k originParams, seed uint64, keys int, size load.Size) *origin {
	o := &origin{originParams: k, seed: seed, size: size, bodies: make([]body, keys), crowds: make([]crowd, keys)}
	for key, hand := range deal(seed, originKeys, keys, k.Absent, k.Falsy) {
		o.bodies[key] = [...]body{aValue, aNull, aFalsy}[hand]
	}
	return o
}

func (o *origin) changing() changing { return changing{o.seed, o.Changes} }

// version is the version of a key's value at a time; 1 or more.
func (o *origin) version(key int, at time.Duration) uint64 {
	return o.changing().version(uint64(key), at)
}

// staleFor is how long, at a time, a version of a key's value had not been
// current; 0 when it still was.
func (o *origin) staleFor(key int, version uint64, at time.Duration) time.Duration {
	return o.changing().staleFor(uint64(key), version, at)
}

// chance is what of a fetch is left to it.
type chance struct {
	latency uint64
	fate    float64 // whether the server answers with an error
}

// newChance draws what becomes of the fetch of a transaction, should it make one.
// Drawn before anything that only some variants draw, it is the same for all.
func newChance(w *bench.Worker) chance {
	return chance{w.Rand.Uint64(), w.Rand.Float64()}
}

var errPage = errors.New("the origin answered with an error page, which is no JSON")

// fetch asks the server for a key's value. again says that a falsy value was cached
// and taken for a miss.
func (o *origin) fetch(ctx context.Context, w *bench.Worker, key int, c chance, again bool) (answer, error) {
	asked, place := w.Now(), o.crowds[key].join()
	err := w.Fetch(ctx, o.Latency.Draw(c.latency))
	together := o.crowds[key].leave(place)
	if err != nil {
		return answer{}, err
	}
	got := answer{body: o.bodies[key], gave: w.Now()}
	got.took = got.gave - asked
	w.Observe(originFetch, int64(got.took))
	if together > 1 {
		w.Observe(originStampede, int64(together))
	}
	if again {
		w.Observe(originFalsy, int64(got.took))
	}
	switch {
	case c.fate < o.Errors:
		got.body = anError
	case c.fate < o.Errors+o.ErrorPages:
		return got, errPage
	case got.body == aValue:
		got.version = o.version(key, got.gave)
	}
	return got, nil
}

// answered observes what the answer of a transaction was worth when it began. cached
// says that the answer did not come from the origin just now.
func (o *origin) answered(w *bench.Worker, key int, a answer, cached bool) {
	w.Observe(originAnswer, int64(w.Now()-w.Start()))
	if a.body == anError && cached {
		w.Observe(originCachedError, int64(max(0, w.Start()-a.gave)))
	}
	if a.version > 0 {
		if age := o.staleFor(key, a.version, w.Start()); age > 0 {
			w.Observe(originStale, int64(age))
		}
	}
}
