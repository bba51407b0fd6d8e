package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"kvbench/drivers"
	"kvbench/drivers/budget"
	"kvbench/internal/bench"
	"kvbench/internal/clock"
	"kvbench/internal/load"
	"kvbench/internal/record"
	"kvbench/internal/runfile"
	"kvbench/kv"
)

// trial is what a short run of a variant tells of a long one: what had been called
// and spent when each of its transactions began.
type trial struct {
	ledger   *budget.Ledger
	began    []budget.State // by transaction
	seeded   budget.State   // before the load
	ended    budget.State   // after it
	verified budget.State   // at the end
	service  time.Duration  // mean of a transaction
}

// trialTransactions is how many transactions of a variant are tried, longTrial how many
// where they may grow.
const (
	trialTransactions = 300
	longTrial         = 1200
)

func (p *plan) try(ctx context.Context, s bench.Scenario, v bench.Variant, traits kv.Traits, n uint64) (t *trial, err error) {
	if !traits.Virtual {
		s.Driver = fmt.Sprintf("embedded://?profile=edge&propagation=0&locations=%d", traits.Locations)
	}
	s.Load.WarmUp, s.Load.Duration, s.Load.Transactions = 0, 0, n
	t = &trial{ledger: budget.New(budget.Most, nil)}
	s.Pattern = t.watch(s.Pattern)
	c := clock.NewVirtual()
	store, err := drivers.Open(s.Driver, drivers.Env{Clock: c, Seed: load.StoreSeed(p.header.Seed)})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	paid := t.ledger.Wrap(store, traits.Prices)
	result, err := bench.Run(ctx, &s, v, bench.Options{Clock: c, Store: paid, Seed: p.header.Seed, Observer: t})
	if err != nil {
		return nil, err
	}
	t.verified = t.ledger.State()
	t.service = time.Duration(result.Total.Histograms[record.Service].Mean())
	return t, nil
}

// Phase implements bench.Observer. After the load the store settles, whether or not it
// is read back.
func (t *trial) Phase(name string) {
	switch name {
	case "run":
		t.seeded = t.ledger.State()
	case "verify":
		return
	}
	t.ended = t.ledger.State()
}

// Interval implements bench.Observer.
func (t *trial) Interval(runfile.Interval) error {
	t.ended = t.ledger.State()
	return nil
}

// watch returns the pattern with workloads that say when a transaction begins.
func (t *trial) watch(p *bench.Pattern) *bench.Pattern {
	watched := *p
	watched.New = func(s bench.Setup) (bench.Workload, error) {
		w, err := p.New(s)
		if err != nil {
			return nil, err
		}
		seen := watchedWorkload{w, t}
		if v, ok := w.(bench.Verifier); ok {
			return struct {
				watchedWorkload
				bench.Verifier
			}{seen, v}, nil
		}
		return seen, nil
	}
	return &watched
}

type watchedWorkload struct {
	bench.Workload
	trial *trial
}

// Do implements bench.Workload. In virtual time one task runs at a time.
func (w watchedWorkload) Do(ctx context.Context, worker *bench.Worker, i uint64) (bench.Outcome, error) {
	w.trial.began = append(w.trial.began, w.trial.ledger.State())
	return w.Workload.Do(ctx, worker, i)
}

// n is how many transactions were tried.
func (t *trial) n() int { return len(t.began) }

// curve is what had been used when each transaction began, and last at the end.
type curve []float64

func (t *trial) curve(of func(budget.State) float64) curve {
	c := make(curve, 0, t.n()+1)
	for _, s := range t.began {
		c = append(c, of(s)-of(t.seeded))
	}
	return append(c, of(t.ended)-of(t.seeded))
}

// ops is the number of calls.
func (t *trial) ops() curve {
	return t.curve(func(s budget.State) float64 { return float64(s.Calls) })
}

// usd is what they cost; with the deletes of the keys that they create.
func (t *trial) usd(cleaned bool) curve {
	return t.curve(func(s budget.State) float64 {
		if cleaned {
			return (s.Spent + s.Reserved).USD()
		}
		return s.Spent.USD()
	})
}

func (t *trial) opsPerTransaction() float64 {
	return float64(t.ended.Calls-t.seeded.Calls) / float64(max(1, t.n()))
}

// keys is how many keys there are after so many transactions.
func (t *trial) keys(n float64) float64 {
	return float64(t.seeded.Keys) + float64(t.ended.Keys-t.seeded.Keys)*n/float64(max(1, t.n()))
}

// mayGrow reports whether a longer trial is worth it: there are more keys than at the
// beginning, or transactions seem to cost more.
func (t *trial) mayGrow() bool {
	_, _, significance := t.usd(true).line()
	return t.ended.Keys > t.seeded.Keys || significance > 2
}

// extrapolation is what a curve comes to.
type extrapolation struct {
	total       float64
	grows       bool
	first, last float64 // a transaction's, where it grows
}

// extrapolate says what a curve comes to after n transactions: along a straight line
// through what each used, where that rises beyond chance (by four standard errors and
// 5 %), else at their mean. What falls, as when caches fill, is taken at the mean too,
// which is on the safe side; so is what grows more slowly later on.
func (c curve) extrapolate(n float64) extrapolation {
	tried := float64(len(c) - 1)
	mean := c[len(c)-1] / tried
	at, slope, significance := c.line()
	if n <= tried || significance < 4 || slope*tried < 0.05*mean {
		return extrapolation{total: n * mean}
	}
	line := func(from, to float64) float64 { return at*(to-from) + slope*(to*to-from*from)/2 }
	return extrapolation{
		total: c[len(c)-1] + line(tried, n), grows: true,
		first: max(0, at), last: at + slope*n,
	}
}

// line fits a straight line to what each transaction used, as the means of blocks of
// them: its height at the first, its slope per transaction, and how many standard
// errors the slope is from none.
func (c curve) line() (at, slope, significance float64) {
	const blocks = 20
	n := len(c) - 1
	if n < blocks {
		return 0, 0, 0
	}
	var xs, ys [blocks]float64
	var x, y float64 // their means
	for b := range blocks {
		from, to := b*n/blocks, (b+1)*n/blocks
		xs[b], ys[b] = float64(from+to)/2, (c[to]-c[from])/float64(to-from)
		x, y = x+xs[b]/blocks, y+ys[b]/blocks
	}
	var xx, xy float64
	for b := range blocks {
		xx += (xs[b] - x) * (xs[b] - x)
		xy += (xs[b] - x) * (ys[b] - y)
	}
	slope = xy / xx
	at = y - slope*x
	var residuals float64
	for b := range blocks {
		r := ys[b] - at - slope*xs[b]
		residuals += r * r
	}
	deviation := math.Sqrt(residuals / (blocks - 2) / xx)
	switch {
	case slope == 0:
		return at, 0, 0
	case deviation < 1e-9*math.Abs(slope): // to the last bit
		return at, slope, math.Copysign(math.Inf(1), slope)
	}
	return at, slope, slope / deviation
}
