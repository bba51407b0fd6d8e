package truth_test

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"kvbench/kv"
)

const cacheKeys = 30

// zipf is how many of a second's requests are for the key of each rank.
func zipf(rate, exponent float64) []float64 {
	lambda, sum := make([]float64, cacheKeys), 0.0
	for k := range lambda {
		lambda[k] = math.Pow(float64(k+1), -exponent)
		sum += lambda[k]
	}
	for k := range lambda {
		lambda[k] *= rate / sum
	}
	return lambda
}

// A key that is requested L times a second and kept for T after a miss answers
// L·T/(1+L·T) of its requests (Poisson arrivals, TTL from the miss). Here KV is the
// cache, and each key of a Zipf distribution is looked at by itself. KV counts a
// TTL from the whole second: a key ends on one, is put back at its next request,
// after an exponential time, and what that has of a fraction of a second it lives
// less: 1/L - 1/(e^L-1) on average.
func TestHitRatioOfEachKey(t *testing.T) {
	const rate = 40
	d := pick(2*time.Hour, 24*time.Hour)
	reads := &perKey{keys: map[string]*tally{}}
	run(t, 5, fmt.Sprintf(`
scenarios:
  - name: hit-ratio
    question: How often does KV answer?
    pattern: multi-tier
    variants: [no-memory]
    driver: embedded://?profile=none&propagation=0
    load: {rate: %d/s, arrivals: poisson, duration: %v}
    keys: {count: %d, distribution: zipfian(0.99), size: 100B}
    with: {kv-ttl: 60s, origin: {latency: 0s, changes: 1h}}
`, rate, d, cacheKeys), func(s kv.Store) kv.Store { reads.Store = s; return reads })
	var byReads []*tally
	for _, k := range reads.keys {
		byReads = append(byReads, k)
	}
	slices.SortFunc(byReads, func(a, b *tally) int { return cmp.Compare(b.reads, a.reads) })
	if len(byReads) != cacheKeys {
		t.Fatalf("%d keys were read, want %d", len(byReads), cacheKeys)
	}
	for rank, lambda := range zipf(rate, 0.99) {
		k := byReads[rank]
		ttl := 60 - (1/lambda - 1/math.Expm1(lambda))
		got, want := k.hits/k.reads, lambda*ttl/(1+lambda*ttl)
		// The number of misses is that of a renewal process with the gap T + Exp(L).
		gap := ttl + 1/lambda
		deviation := (1 - want) * (1/lambda/math.Sqrt(gap*d.Seconds()) + 1/math.Sqrt(lambda*d.Seconds()))
		if math.Abs(got-want) > 5*deviation {
			t.Errorf("rank %d: %.4f of its reads hit, want %.4f ± %.4f", rank+1, got, want, 5*deviation)
		}
		if rank%10 == 0 || rank == cacheKeys-1 {
			near(t, fmt.Sprintf("misses of rank %d", rank+1), 1-got, 1-want, 5*deviation/(1-want))
		}
	}
}

// The same of an isolate's memory, whose TTL is exact: the share of all requests
// that it answers is the mean of the keys', weighted by their requests.
func TestHitRatioOfMemory(t *testing.T) {
	const rate = 40
	o := run(t, 6, fmt.Sprintf(`
scenarios:
  - name: hit-ratio
    question: How often does memory answer?
    pattern: multi-tier
    variants: [seed]
    driver: embedded://?profile=none&propagation=0
    load: {rate: %d/s, arrivals: poisson, duration: %v, warm-up: 10m}
    keys: {count: %d, distribution: zipfian(0.99), size: 100B}
    with: {memory-ttl: 20s, kv-ttl: 24h, origin: {latency: 0s, changes: 1h}}
`, rate, pick(2*time.Hour, 24*time.Hour), cacheKeys), nil)
	hits := 0.0
	for _, lambda := range zipf(rate, 0.99) {
		hits += lambda * lambda * 20 / (1 + lambda*20)
	}
	all := o.outcome("memory") + o.outcome("kv") + o.outcome("origin")
	near(t, "requests that miss memory", 1-o.outcome("memory")/all, 1-hits/rate, pick(0.02, 0.005))
}

// perKey counts the reads of each key.
type perKey struct {
	kv.Store
	keys map[string]*tally
}

type tally struct{ reads, hits float64 }

func (s *perKey) Get(ctx context.Context, key string, o kv.GetOptions, e *kv.Entry) error {
	err := s.Store.Get(ctx, key, o, e)
	k := s.keys[key]
	if k == nil {
		k = &tally{}
		s.keys[key] = k
	}
	k.reads++
	if err == nil {
		k.hits++
	}
	return err
}
