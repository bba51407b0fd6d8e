package command

import (
	"context"
	"errors"
	"fmt"
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
	store    kv.Store
	ledger   *budget.Ledger
	began    []budget.State // by transaction
	seeded   budget.State   // before the load
	ended    budget.State   // after it
	verified budget.State   // at the end
	service  time.Duration  // mean of a transaction
	stored   int64          // bytes in the store before the load; 0 where it does not tell
	written  uint64         // bytes, by the load
	puts     uint64         // keys that the load wrote one by one
	scale    scaling
	watch    stopwatch
	still    bool // its transactions took no time
	half     int  // of the transactions that are to be tried
}

// stopwatch is the time that the trial took of this machine.
type stopwatch struct {
	began   time.Time // the seeding, or the transaction in the middle
	seeding time.Duration
	middle  int           // how many transactions began before half of them had; 0: not yet
	late    time.Duration // of the others
}

// trialTransactions is how many transactions of a variant are tried, longTrial how many
// where they may grow.
const (
	trialTransactions = 300
	longTrial         = 1200
	settlingTrial     = 12_000 // where they need fewer and fewer calls
)

// What runs on the wall clock alone is tried by one worker with so many transactions, and for
// so long.
const (
	wallTrial     = 40
	wallTrialTime = 3 * time.Second
)

// What a trial seeds and keeps is not what the plan would: it has at most trialKeys keys,
// and so many bytes of keys and of what its transactions write. Of a scenario with more
// keys it is scaled up.
const (
	trialKeys  = 20_000
	trialBytes = 64 << 20
)

// shrink makes a scenario one to try, with at most n transactions.
func shrink(s *bench.Scenario, locations int, n uint64) {
	each := max(s.Params.Size.Max, 16*s.Params.Isolates*max(locations, 1), 1) // bytes of a key; an isolate may hold it
	s.Params.Keys = min(s.Params.Keys, trialKeys, max(2, trialBytes/each))
	n = min(n, uint64(max(10, trialBytes/max(s.Params.Size.Max, 1))))
	if s.Pattern.WallClock {
		n = min(n, wallTrial)
		s.Load.Shape, s.Load.Duration = load.Closed{Workers: 1}, wallTrialTime
	}
	if most := s.Load.Transactions; most > 0 {
		n = min(n, most)
	}
	if loop, closed := s.Load.Closed(); closed {
		loop.Workers = int(min(uint64(loop.Workers), n)) // the others would run none
		s.Load.Shape = loop
	}
	s.Load.WarmUp, s.Load.Transactions = 0, n
}

// try runs n transactions of a variant, or as many as the scenario has in the time that
// it measures, or as shrink allows.
func (p *plan) try(ctx context.Context, s bench.Scenario, v bench.Variant, capabilities kv.Capabilities, n uint64) (*trial, error) {
	keys := s.Params.Keys
	shrink(&s, capabilities.Locations, n)
	t, err := p.tryAll(ctx, s, v, capabilities)
	if err != nil || keys == s.Params.Keys {
		return t, err
	}
	tried := s.Params.Keys
	s.Params.Keys /= 2
	half, err := p.tryAll(ctx, s, v, capabilities)
	if err != nil {
		return nil, err
	}
	t.scale = scaleOf(half, t, tried, keys, s.Params.Size.Max)
	return t, nil
}

func (p *plan) tryAll(ctx context.Context, s bench.Scenario, v bench.Variant, capabilities kv.Capabilities) (t *trial, err error) {
	defer parentOf(ctx).running(s.Title() + "/" + v.Name)()
	open := p.openURL
	if !capabilities.Virtual || s.Pattern.WallClock {
		open = drivers.Open
		s.Driver = fmt.Sprintf("embedded://?profile=edge&propagation=0&locations=%d", capabilities.Locations)
	}
	t = &trial{ledger: budget.New(budget.Most, nil), scale: unscaled(), half: int(s.Load.Transactions+1) / 2}
	s.Pattern = t.watching(s.Pattern)
	c := clock.Clock(clock.NewVirtual())
	if s.Pattern.WallClock {
		c = clock.NewWall()
	}
	store, err := open(s.Driver, drivers.Env{Clock: c, Seed: load.StoreSeed(p.header.Seed)})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	t.store = t.ledger.Wrap(store, capabilities.Prices)
	result, err := bench.Run(ctx, &s, v, bench.Options{Clock: c, Store: t.store, Seed: p.header.Seed, Observer: t})
	if err != nil && !errors.Is(err, bench.ErrNothingMeasured) { // which says of the plan that it may measure nothing
		return nil, err
	}
	t.verified = t.ledger.State()
	if t.watch.late == 0 { // no time passed, and no interval ended: all that was called was called by then
		t.ended, t.watch.late = t.verified, time.Since(t.watch.began)
	}
	if h := result.Total.Histograms[record.Service]; h.TotalCount() > 0 {
		t.service = time.Duration(h.Mean())
		t.still = h.Mean() == 0
	} else { // none ended: each takes that at least
		t.service = s.Load.Duration
	}
	t.written = result.Total.Billed.BytesWritten
	if h := result.Total.Histograms[record.Put]; h != nil {
		t.puts = uint64(h.TotalCount())
	}
	return t, nil
}

// Phase implements bench.Observer. After the load the store settles, whether or not it
// is read back.
func (t *trial) Phase(name string) {
	switch name {
	case "seed":
		t.watch.began = time.Now()
	case "run":
		t.seeded = t.ledger.State()
		if sizer, ok := kv.As[kv.Sizer](t.store); ok {
			t.stored = sizer.StoredBytes()
		}
		t.watch.seeding = time.Since(t.watch.began)
	case "verify":
		return
	}
	t.ended = t.ledger.State()
}

// Interval implements bench.Observer.
func (t *trial) Interval(runfile.Interval) error {
	t.ended = t.ledger.State()
	t.watch.late = time.Since(t.watch.began)
	return nil
}

// watching returns the pattern with workloads that say when a transaction begins.
func (t *trial) watching(p *bench.Pattern) *bench.Pattern {
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

// Hold implements bench.Holder, where the workload does.
func (w watchedWorkload) Hold(end func(error)) {
	if h, ok := w.Workload.(bench.Holder); ok {
		h.Hold(end)
	}
}

// Release implements bench.Holder.
func (w watchedWorkload) Release() error {
	if h, ok := w.Workload.(bench.Holder); ok {
		return h.Release()
	}
	return nil
}

// Starts implements bench.Starter, where the workload does.
func (w watchedWorkload) Starts(c clock.Clock) bool {
	s, ok := w.Workload.(bench.Starter)
	return ok && s.Starts(c)
}

// Start implements bench.Starter.
func (w watchedWorkload) Start(ctx context.Context, worker *bench.Worker) error {
	return w.Workload.(bench.Starter).Start(ctx, worker)
}

// Do implements bench.Workload. In virtual time one task runs at a time.
func (w watchedWorkload) Do(ctx context.Context, worker *bench.Worker, i uint64) (bench.Outcome, error) {
	t := w.trial
	if t.n() == t.half {
		t.watch.middle, t.watch.began = t.n(), time.Now()
	}
	t.began = append(t.began, t.ledger.State())
	return w.Workload.Do(ctx, worker, i)
}

// per is a sum over the trial's transactions as the mean of one.
func (t *trial) per(sum float64) float64 { return sum / float64(max(1, t.n())) }

// n is how many transactions were tried.
func (t *trial) n() int { return len(t.began) }

func (t *trial) curve(of func(budget.State) float64) curve {
	c := make(curve, 0, t.n()+1)
	for _, s := range t.began {
		c = append(c, of(s)-of(t.seeded))
	}
	return append(c, of(t.ended)-of(t.seeded))
}

// ops is the number of calls.
func (t *trial) ops() curve {
	return t.curve(func(s budget.State) float64 { return t.scale.ops * float64(s.Calls) })
}

// usd is what they cost; with the deletes of the keys that they create.
func (t *trial) usd(cleaned bool) curve {
	return t.curve(func(s budget.State) float64 {
		if cleaned {
			return t.scale.usd * (s.Spent + s.Reserved).USD()
		}
		return t.scale.usd * s.Spent.USD()
	})
}

func (t *trial) opsPerTransaction() float64 {
	return t.scale.ops * t.per(float64(t.ended.Calls-t.seeded.Calls))
}

// keys is how many keys there are after so many transactions.
func (t *trial) keys(n float64) float64 {
	return t.scale.keys*float64(t.seeded.Keys) + n*t.per(float64(t.ended.Keys-t.seeded.Keys))
}

// mayGrow reports whether a longer trial is worth it: there are more keys than at the
// beginning, or transactions seem to cost more.
func (t *trial) mayGrow() bool {
	_, _, significance := t.usd(true).line()
	return t.ended.Keys > t.seeded.Keys || significance > 2
}

// settles reports whether transactions need fewer calls the longer it runs.
func (t *trial) settles() bool {
	_, _, significance := t.ops().line()
	return significance < -4
}
