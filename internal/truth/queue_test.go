package truth_test

import (
	"context"
	"fmt"
	"math"
	"math/big"
	"testing"
	"time"

	"kvbench/drivers"
	"kvbench/internal/bench"
	"kvbench/internal/clock"
	"kvbench/internal/load"
	"kvbench/internal/record"
	"kvbench/kv"
)

// served is how all transactions end.
const served bench.Outcome = "served"

// service is how long a call takes that is served alone.
const service = 10 * time.Millisecond

// Poisson arrivals that are served one at a time are a queue whose response time
// is known: with exponential service M/M/1, with constant service M/D/1. A
// generator with coordinated omission, or one that drops what is late, misses
// every percentile.
func TestResponseOfAQueue(t *testing.T) {
	for _, utilisation := range []float64{0.5, 0.8} {
		lambda := utilisation / service.Seconds() // arrivals a second
		rate := load.Rate{Count: uint64(lambda), Per: time.Second}
		constant := func(ctx context.Context, w *bench.Worker, _ uint64) (bench.Outcome, error) {
			if err := w.Get(ctx, "key", kv.GetOptions{}, &w.Entry); err != kv.ErrNotFound {
				return served, fmt.Errorf("got %v of a key that is not there", err)
			}
			return served, nil
		}
		exponential := func(ctx context.Context, w *bench.Worker, _ uint64) (bench.Outcome, error) {
			return served, w.Sleep(ctx, time.Duration(w.Rand.ExpFloat64()*float64(service)))
		}
		for _, queue := range []struct {
			name     string
			do       workload
			response func(share float64) float64 // its quantile, in seconds
		}{
			{"M/M/1", exponential, func(share float64) float64 {
				return -math.Log(1-share) / (1/service.Seconds() - lambda)
			}},
			{"M/D/1", constant, func(share float64) float64 { return md1(lambda, service.Seconds(), share) }},
		} {
			t.Run(fmt.Sprint(queue.name, " at ", utilisation), func(t *testing.T) {
				h := runQueue(t, rate, queue.do)
				for _, share := range []float64{0.5, 0.9, 0.99} {
					got := time.Duration(h.ValueAtPercentile(100 * share)).Seconds()
					near(t, fmt.Sprintf("response p%g, s", 100*share), got, queue.response(share), pick(0.05, 0.02))
				}
			})
		}
	}
}

func runQueue(t *testing.T, rate load.Rate, do workload) *record.Histogram {
	c := clock.NewVirtual()
	store, err := drivers.Open(fmt.Sprintf("embedded://?profile=none&propagation=0&hot=%v&cold=%v", service, service), drivers.Env{Clock: c})
	if err != nil {
		t.Fatal(err)
	}
	p := &bench.Pattern{
		Name: "queue", Variants: []bench.Variant{{Name: "seed"}}, Outcomes: []bench.Outcome{served},
		New: func(bench.Setup) (bench.Workload, error) { return do, nil },
	}
	s := &bench.Scenario{
		Name: "queue", Pattern: p, Repeat: 1, Params: bench.Params{Keys: 1, Isolates: 1}, Decode: func(any) error { return nil },
		Load: load.Load{
			Shape:        load.Open{Profile: rate, Arrivals: load.Poisson{}, MaxInFlight: 1},
			Transactions: pick[uint64](400_000, 4_000_000),
			WarmUp:       time.Minute,
		},
	}
	v, err := bench.Run(t.Context(), s, p.Variants[0], bench.Options{Clock: c, Store: store, Seed: 3, Observer: unobserved{}})
	if err != nil {
		t.Fatal(err)
	}
	return v.Total.Histograms[record.Response]
}

// md1 is a quantile of the response time of M/D/1: the wait is at most t with the
// probability (1-ρ) Σ (-λ(t-kD))^k/k! e^(λ(t-kD)), k from 0 to ⌊t/D⌋ (Erlang, 1909).
// The terms alternate and grow, so they are summed with many bits.
func md1(lambda, d, share float64) float64 {
	number := func(x float64) *big.Float { return big.NewFloat(x).SetPrec(precision) }
	wait := func(t float64) float64 {
		sum := number(0)
		for k := 0; float64(k)*d <= t; k++ {
			x := number(d)
			x.Mul(x, number(float64(k))).Sub(number(t), x).Mul(x, number(lambda))
			term := exp(x)
			x.Neg(x)
			for i := 1; i <= k; i++ {
				term.Mul(term, x).Quo(term, number(float64(i)))
			}
			sum.Add(sum, term)
		}
		p, _ := sum.Float64()
		return (1 - lambda*d) * p
	}
	low, high := 0.0, 40*d
	for range 60 {
		if mid := (low + high) / 2; wait(mid) < share {
			low = mid
		} else {
			high = mid
		}
	}
	return low + d
}

// precision is how many bits the terms of md1 have.
const precision = 600

// exp is e^x for x of at least 0: its series.
func exp(x *big.Float) *big.Float {
	sum, term := big.NewFloat(1).SetPrec(precision), big.NewFloat(1).SetPrec(precision)
	for i := 1; term.Sign() > 0 && term.MantExp(nil) > -precision; i++ {
		term.Mul(term, x).Quo(term, big.NewFloat(float64(i)))
		sum.Add(sum, term)
	}
	return sum
}
