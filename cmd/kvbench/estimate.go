package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"kvbench/drivers"
	"kvbench/internal/bench"
	"kvbench/internal/clock"
	"kvbench/internal/price"
	"kvbench/internal/record"
	"kvbench/internal/runfile"
	"kvbench/internal/units"
	"kvbench/kv"
)

// estimate is what a variant of the plan is going to need, all repeats, the
// warm-up, the seeding and the cleaning up together.
type estimate struct {
	transactions float64
	ops          float64 // KV operations
	usd          float64 // on the paid plan, past what it includes
	time         time.Duration
	// asked is how many calls a second the load asks of a store that keeps its
	// calls to a rate; 0 where the store keeps up with it.
	asked float64
}

// estimate tries a few transactions of a variant on the emulator: on the
// scenario's own store where that is one, else on an embedded one.
func (p *plan) estimate(ctx context.Context, scenario, variant int) (estimate, error) {
	s, traits := &p.scenarios[scenario], p.header.Scenarios[scenario].Traits
	t, err := p.try(ctx, *s, s.Variants[variant], traits)
	if err != nil {
		return estimate{}, fmt.Errorf("trying %w", err)
	}
	rate := s.Load.Rate.PerSecond()
	if rate == 0 {
		rate = float64(s.Load.Workers) / max(t.service+s.Load.Think, time.Nanosecond).Seconds()
	}
	var asked float64
	if most := traits.CallRate; most > 0 && rate*t.ops > most {
		asked = rate * t.ops
		if s.Load.Rate.IsZero() { // a closed loop slows down; arrivals do not, and wait
			rate = most / t.ops
		}
	}
	n := float64(s.Load.Transactions)
	if d := s.Load.Duration; d > 0 && (n == 0 || n > d.Seconds()*rate) {
		n = d.Seconds() * rate
	}
	repeats := float64(s.Repeat)
	n = repeats * (n + s.Load.WarmUp.Seconds()*rate)
	e := estimate{
		transactions: n, ops: n * t.ops, usd: n / 1e6 * t.usdPerMillion,
		time: time.Duration(n / rate * float64(time.Second)), asked: asked,
	}
	if asked > 0 {
		e.time = time.Duration(e.ops / traits.CallRate * float64(time.Second))
	}
	if !traits.Virtual { // its keys are written before the run, and deleted after it
		e.ops += repeats * 2 * t.keys
		e.usd += repeats * t.keys * (traits.Prices.Writes + traits.Prices.Deletes) / 1e6
	}
	return e, nil
}

// pace says what it means that a load asks for more calls than the store's rate;
// empty where it does not.
func (e estimate) pace(traits kv.Traits) string {
	if e.asked == 0 {
		return ""
	}
	return fmt.Sprintf("it asks for %s calls a second of a store that is kept to %s: they wait for their turn, and what "+
		"is measured is mostly waiting", units.FormatNumber(e.asked), units.FormatNumber(traits.CallRate))
}

// trial is what a short run of a variant tells of a long one.
type trial struct {
	ops           float64 // KV operations per transaction
	usdPerMillion float64
	service       time.Duration // mean of a transaction
	keys          float64       // in the store at the end
}

// trialTransactions is how many transactions of a variant are tried.
const trialTransactions = 300

func (p *plan) try(ctx context.Context, s bench.Scenario, v bench.Variant, traits kv.Traits) (t trial, err error) {
	if !traits.Virtual {
		s.Driver = fmt.Sprintf("embedded://?profile=edge&locations=%d", traits.Locations)
	}
	s.Load.WarmUp, s.Load.Duration, s.Load.Transactions = 0, 0, trialTransactions
	c := clock.NewVirtual()
	store, err := drivers.Open(s.Driver, drivers.Env{Clock: c, Seed: p.header.Seed})
	if err != nil {
		return t, err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	result, err := bench.Run(ctx, &s, v, bench.Options{Clock: c, Store: store, Seed: p.header.Seed, Observer: unobserved{}})
	if err != nil {
		return t, err
	}
	t.service = time.Duration(result.Total.Histograms[record.Service].Mean())
	for series := record.Get; series < record.FirstMark; series++ {
		if h := result.Total.Histograms[series]; h != nil {
			t.ops += float64(h.TotalCount()) / trialTransactions
		}
	}
	t.usdPerMillion = price.USDPerMillion(traits.Prices, result.Total.Billed, trialTransactions)
	if kept, ok := kv.As[kv.Snapshotter](store); ok {
		err = kept.Snapshot(func(string, *kv.Entry) error { t.keys++; return nil })
	}
	return t, err
}

// unobserved is the observer of a run that only its total is wanted of.
type unobserved struct{}

func (unobserved) Phase(string)                    {}
func (unobserved) Interval(runfile.Interval) error { return nil }
