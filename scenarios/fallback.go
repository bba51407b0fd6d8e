package scenarios

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"kvbench/internal/bench"
	"kvbench/internal/load"
	"kvbench/internal/record"
	"kvbench/kv"
)

// The outcomes of fallback: what the caller was given.
const (
	fallbackValue bench.Outcome = iota
	fallbackAbsent
	fallbackError
	fallbackCorrupt
)

// The marks of fallback.
const (
	fallbackMasked = iota
	fallbackWrong
	fallbackDetect
	fallbackRecover
)

func fallback() *bench.Pattern {
	return &bench.Pattern{
		Name: "fallback",
		Doc:  "An error boundary: give a default when KV has no value, or fails.",
		Variants: []bench.Variant{
			{Name: "seed", Doc: "whatever goes wrong, the default is given, as when the key is absent"},
			{Name: "no-boundary", Doc: "an error is the caller's"},
			{Name: "retry-then-fallback", Doc: "three tries with growing pauses, then as seed"},
			{Name: "last-known-good", Doc: "on an error, what the isolate last read of the key; without that, as seed"},
			{Name: "circuit-breaker", Doc: "as seed, but after five errors in a row KV is not asked for ten seconds, and the breaker says so"},
			{Name: "typed", Doc: "absent and failed are told apart: the caller gets the default, and the failure with it"},
		},
		Outcomes: []string{"value", "fallback-absent", "fallback-error", "fallback-corrupt"},
		Marks: []record.Series{
			{Name: "masked-error", Unit: "ns", Of: "response", Doc: "a failure that the caller could not see: how long it took"},
			{Name: "wrong-fallback", Unit: "ns", Of: "response", Doc: "the default was given as if the key were absent, and it exists: how long ago the isolate last read a value"},
			{Name: "time-to-detect", Unit: "ns", Doc: "from when faults began until an isolate told its caller of one, or opened its breaker"},
			{Name: "time-to-recover", Unit: "ns", Doc: "from when faults ended until an isolate that had met one read a value again"},
		},
		New: newFallback,
	}
}

type fallbackKnobs struct {
	Absent float64       `yaml:"absent"`             // share of the keys that do not exist
	Tries  int           `yaml:"tries" min:"1"`      // of retry-then-fallback
	Pause  time.Duration `yaml:"pause" min:"1ms"`    // before the second try; doubles before each further one
	Errors int           `yaml:"errors" min:"1"`     // in a row that open the circuit breaker
	Open   time.Duration `yaml:"open-for" min:"1ms"` // how long the breaker then stays open
}

type fallbackLoad struct {
	fallbackKnobs
	bench.Knobs
	variant  string
	chooser  *load.Chooser
	names    []string
	isolates []boundary
	faults   kv.Window // the first that the store declares
}

// boundary is what an isolate remembers.
type boundary struct {
	mu       sync.Mutex
	known    map[int]stamp // by key, of last-known-good
	lastGood time.Duration // when a value was last read

	failures  int           // in a row
	openUntil time.Duration // no call until then
	failed    bool          // it has met a fault
	told      bool          // it has told of one
	recovered bool          // it has read a value since they ended
}

func newFallback(s bench.Setup) (bench.Workload, error) {
	p := &fallbackLoad{
		fallbackKnobs: fallbackKnobs{Tries: 3, Pause: 50 * time.Millisecond, Errors: 5, Open: 10 * time.Second},
		Knobs:         s.Knobs, variant: s.Variant,
		isolates: make([]boundary, s.Isolates*s.Locations),
	}
	if err := s.Decode(&p.fallbackKnobs); err != nil {
		return nil, err
	}
	return p, checkShare("absent", p.Absent)
}

// exists reports whether a key is there.
func (p *fallbackLoad) exists(key int) bool {
	return float64(load.Mix(uint64(key))>>11)/(1<<53) >= p.Absent
}

func (p *fallbackLoad) Seed(ctx context.Context, w *bench.Worker) error {
	p.chooser = p.Popularity.Chooser(p.Keys)
	p.names = names("config:app:%06d", p.Keys)
	if faults := w.Traits().Faults; len(faults) > 0 {
		p.faults = faults[0]
	}
	for i := range p.isolates {
		p.isolates[i].known = map[int]stamp{}
	}
	var keys []int
	for k := range p.Keys {
		if p.exists(k) {
			keys = append(keys, k)
		}
	}
	return fill(ctx, w, len(keys), func(i int) kv.Pair {
		return kv.Pair{Key: p.names[keys[i]], Value: appendDoc(nil, stamp{version: 1}, p.Size.Of(keys[i]))}
	})
}

var (
	errCorrupt = errors.New("the value is not valid JSON")
	errOpen    = errors.New("the circuit breaker is open")
)

func (p *fallbackLoad) Do(ctx context.Context, w *bench.Worker, _ uint64) (bench.Outcome, error) {
	key, b := p.chooser.Key(w.Rand), &p.isolates[w.Isolate()]
	s, err := p.get(ctx, w, b, key)
	switch {
	case err == nil:
		b.succeed(w, key, s, p)
		return fallbackValue, nil
	case err == kv.ErrNotFound:
		b.answered()
		if p.exists(key) {
			w.See(fallbackWrong, b.sinceGood(w))
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
			w.See(fallbackMasked, int64(w.Now()-w.Start()))
			return fallbackValue, nil
		}
	}
	w.See(fallbackMasked, int64(w.Now()-w.Start()))
	if p.exists(key) {
		w.See(fallbackWrong, b.sinceGood(w))
	}
	return outcome, nil
}

// get reads a key in the variant's way.
func (p *fallbackLoad) get(ctx context.Context, w *bench.Worker, b *boundary, key int) (stamp, error) {
	if p.variant == "circuit-breaker" && b.open(w.Now()) {
		return stamp{}, errOpen
	}
	s, err := p.read(ctx, w, key)
	if p.variant != "retry-then-fallback" {
		return s, err
	}
	pause := p.Pause
	for try := 1; try < p.Tries && err != nil && err != kv.ErrNotFound; try++ {
		if err := w.Sleep(ctx, pause/2+time.Duration(w.Rand.Int64N(int64(pause)))); err != nil {
			return s, err
		}
		pause *= 2
		s, err = p.read(ctx, w, key)
	}
	return s, err
}

func (p *fallbackLoad) read(ctx context.Context, w *bench.Worker, key int) (stamp, error) {
	if err := w.Get(ctx, p.names[key], kv.GetOptions{}, &w.Entry); err != nil {
		return stamp{}, err
	}
	if !json.Valid(w.Entry.Value) {
		return stamp{}, fmt.Errorf("%s: %w", p.names[key], errCorrupt)
	}
	return readStamp(w.Entry.Value)
}

// open reports whether KV is not to be asked. When the time is up one call may
// try.
func (b *boundary) open(now time.Duration) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return now < b.openUntil
}

// answered notes that KV answered, be it that there is nothing.
func (b *boundary) answered() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.failures, b.openUntil = 0, 0
}

// succeed notes that KV gave a value.
func (b *boundary) succeed(w *bench.Worker, key int, s stamp, p *fallbackLoad) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.failures, b.openUntil = 0, 0
	b.lastGood = w.Now()
	b.known[key] = s
	if end := p.faults.Until; b.failed && !b.recovered && end > 0 && w.Measured() >= end {
		b.recovered = true
		w.See(fallbackRecover, int64(w.Measured()-end))
	}
}

// fail notes a failure, and whether somebody is told of it.
func (b *boundary) fail(w *bench.Worker, err error, p *fallbackLoad) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if errors.Is(err, errOpen) {
		return
	}
	b.failures++
	b.failed = true
	tells := p.variant == "no-boundary" || p.variant == "typed"
	if p.variant == "circuit-breaker" && b.failures >= p.Errors {
		b.openUntil, tells = w.Now()+p.Open, true
	}
	if tells && !b.told {
		b.told = true
		w.See(fallbackDetect, int64(w.Measured()-p.faults.From))
	}
}

func (b *boundary) remembers(key int) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	_, ok := b.known[key]
	return ok
}

func (b *boundary) sinceGood(w *bench.Worker) int64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	return int64(w.Now() - b.lastGood)
}
