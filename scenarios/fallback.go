package scenarios

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"kvbench/internal/bench"
	"kvbench/internal/load"
	"kvbench/internal/record"
	"kvbench/kv"
)

// The outcomes of fallback: what the caller was given.
const (
	fallbackValue   bench.Outcome = "value"
	fallbackAbsent  bench.Outcome = "fallback-absent"
	fallbackNull    bench.Outcome = "fallback-null"
	fallbackError   bench.Outcome = "fallback-error"
	fallbackCorrupt bench.Outcome = "fallback-corrupt"
)

// What fallback observes.
var (
	fallbackMasked = &bench.Anomaly{
		Name: "masked-error", Unit: "ns", Of: "response", Role: record.Hidden,
		Says: "hides a failure in {share} of responses",
		Doc:  "a failure that the caller could not see: how long it took",
	}
	fallbackWrong = &bench.Anomaly{
		Name: "wrong-fallback", Unit: "ns", Of: "response", Role: record.Age,
		Says: "gives the default for a key that exists in {share} of responses",
		Doc:  "the default was given as if the key were absent, and it exists, be its value null: how long ago the isolate last read a value, or began when it has read none",
	}
	fallbackDetect = &bench.Gauge{
		Name: "time-to-detect", Unit: "ns", Role: record.Detect,
		Doc: "from when faults began until an isolate told its caller of one, or opened its breaker",
	}
	fallbackRecover = &bench.Gauge{
		Name: "time-to-recover", Unit: "ns", Role: record.Recover,
		Doc: "from when faults ended until an isolate that had met one read a value again",
	}
)

func fallback() *bench.Pattern {
	return &bench.Pattern{
		Name: "fallback",
		Doc:  "An error boundary: give a default when KV has no value, or fails.",
		Variants: []bench.Variant{
			{Name: "seed", Doc: "whatever goes wrong, the default is given, as when the key is absent or its value is null"},
			{Name: "no-boundary", Doc: "an error is the caller's; an absent key and null are as in seed"},
			{Name: "retry-then-fallback", Doc: "three tries with growing pauses, then as seed"},
			{Name: "last-known-good", Doc: "on an error, what the isolate last read of the key; without that, as seed"},
			{Name: "circuit-breaker", Doc: "as seed, but after five errors in a row KV is not asked for ten seconds, and the breaker says so"},
			{Name: "typed", Doc: "absent, null and failed are told apart: null is a value, and with the default comes the failure"},
		},
		Published: "seed",
		Outcomes:  []bench.Outcome{fallbackValue, fallbackAbsent, fallbackNull, fallbackError, fallbackCorrupt},
		Observes: []bench.Series{
			fallbackMasked, fallbackWrong, fallbackDetect, fallbackRecover,
		},
		New: newFallback,
	}
}

type fallbackParams struct {
	Absent float64       `yaml:"absent" min:"0%" max:"100%" doc:"share of the keys that do not exist; with nulls and falsy 100% at most"`
	Nulls  float64       `yaml:"nulls" min:"0%" max:"100%" doc:"share of the keys whose value is null, as JSON"`
	Falsy  float64       `yaml:"falsy" min:"0%" max:"100%" doc:"share of the keys whose value is 0, false or the empty text, which code may take for absent"`
	Tries  int           `yaml:"tries" min:"1" max:"20" doc:"how often a get is tried in all; of the variant retry-then-fallback alone"`
	Pause  time.Duration `yaml:"pause" min:"1ms" max:"1h" doc:"how long the second try waits, and each further one twice as long; of the variant retry-then-fallback alone"`
	Errors int           `yaml:"errors" min:"1" doc:"how many errors in a row open the breaker; of the variant circuit-breaker alone"`
	Open   time.Duration `yaml:"open-for" min:"1ms" max:"87600h" doc:"how long the breaker then stays open, so that no get is made; of the variant circuit-breaker alone"`
}

type fallbackLoad struct {
	fallbackParams
	bench.Params
	variant  string
	seed     uint64
	chooser  *load.Chooser
	names    []string
	kinds    []uint8 // by key
	isolates []boundary
	faults   *kv.Window // the first that the store declares; nil when it declares none
}

// The kinds of keys; 0 is one with a document.
const (
	absentKey = iota + 1
	nullKey
	falsyKey
)

// fallbackKeys is the kind under which keys are dealt out as these.
const fallbackKeys = 2

func newFallback(s bench.Setup) (bench.Workload, error) {
	p := &fallbackLoad{
		fallbackParams: fallbackParams{Tries: 3, Pause: 50 * time.Millisecond, Errors: 5, Open: 10 * time.Second},
		Params:         s.Params, variant: s.Variant, seed: s.Seed,
		isolates: make([]boundary, s.Isolates*s.Locations),
	}
	if err := s.Decode(&p.fallbackParams); err != nil {
		return nil, err
	}
	if sum := p.Absent + p.Nulls + p.Falsy; sum > 1 {
		return nil, fmt.Errorf("absent, nulls and falsy are shares of all keys: together 1 at most; they are %v", sum)
	}
	return p, nil
}

func (p *fallbackLoad) Seed(ctx context.Context, w *bench.Worker) error {
	p.chooser = p.Distribution.Chooser(p.Keys)
	p.names = names("config:app:%06d", p.Keys)
	p.kinds = deal(p.seed, fallbackKeys, p.Keys, p.Absent, p.Nulls, p.Falsy)
	if faults := w.Capabilities().Faults; len(faults) > 0 {
		p.faults = &faults[0]
	}
	for i := range p.isolates {
		p.isolates[i].known = map[int]bool{}
	}
	var keys []int
	for k, kind := range p.kinds {
		if kind != absentKey {
			keys = append(keys, k)
		}
	}
	return fill(ctx, w, len(keys), func(i int) kv.Pair {
		return kv.Pair{Key: p.names[keys[i]], Value: p.value(keys[i])}
	})
}

// value is what a key that exists has.
func (p *fallbackLoad) value(key int) []byte {
	switch p.kinds[key] {
	case nullKey:
		return []byte("null")
	case falsyKey:
		return []byte(falsyText(p.seed, key))
	}
	return appendDoc(nil, stamp{version: 1}, p.Size.Of(key))
}

var (
	errCorrupt = errors.New("the value is not valid JSON")
	errOpen    = errors.New("the circuit breaker is open")
)

// Do is the source's resilientGet. What ?? replaces by the default is null and
// nothing else, so 0, false and "" are values; get(key, "json") answers null of an
// absent key, of one whose value is null too, and throws when a value is not JSON.
func (p *fallbackLoad) Do(ctx context.Context, w *bench.Worker, _ uint64) (bench.Outcome, error) {
	key, b := p.chooser.Key(w.Rand), &p.isolates[w.Isolate()]
	b.begin(w.Start())
	null, err := p.get(ctx, w, b, key)
	switch {
	case err == nil && (!null || p.variant == "typed"): // which parses the text, and finds none when the key is absent
		b.succeed(w, key, p)
		return fallbackValue, nil
	case err == nil, err == kv.ErrNotFound:
		b.answered()
		if p.kinds[key] != absentKey {
			w.Observe(fallbackWrong, b.sinceGood(w))
		}
		if null {
			return fallbackNull, nil
		}
		return fallbackAbsent, nil
	}
	b.fail(w, err, p)
	outcome := fallbackError
	if errors.Is(err, errCorrupt) {
		outcome = fallbackCorrupt
	}
	switch p.variant {
	case "no-boundary":
		return outcome, err
	case "typed":
		return outcome, nil
	case "last-known-good":
		if b.remembers(key) {
			w.Observe(fallbackMasked, int64(w.Now()-w.Start()))
			return fallbackValue, nil
		}
	}
	w.Observe(fallbackMasked, int64(w.Now()-w.Start()))
	if p.kinds[key] != absentKey {
		w.Observe(fallbackWrong, b.sinceGood(w))
	}
	return outcome, nil
}

// get reads a key in the variant's way. null says that its value is.
func (p *fallbackLoad) get(ctx context.Context, w *bench.Worker, b *boundary, key int) (null bool, err error) {
	if p.variant == "circuit-breaker" && b.open(w.Now()) {
		return false, errOpen
	}
	null, err = p.read(ctx, w, key)
	if p.variant != "retry-then-fallback" {
		return null, err
	}
	pause := p.Pause
	for try := 1; try < p.Tries && err != nil && err != kv.ErrNotFound; try++ {
		if err := w.Sleep(ctx, pause/2+time.Duration(w.Rand.Int64N(int64(pause)))); err != nil {
			return false, err
		}
		pause *= 2
		null, err = p.read(ctx, w, key)
	}
	return null, err
}

func (p *fallbackLoad) read(ctx context.Context, w *bench.Worker, key int) (null bool, err error) {
	if err := w.Get(ctx, p.names[key], kv.GetOptions{}, &w.Entry); err != nil {
		return false, err
	}
	if !json.Valid(w.Entry.Value) {
		return false, fmt.Errorf("%s: %w", p.names[key], errCorrupt)
	}
	return isNull(w.Entry.Value), nil
}
