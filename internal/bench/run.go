package bench

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"kvbench/internal/clock"
	"kvbench/internal/detect"
	"kvbench/internal/load"
	"kvbench/internal/record"
	"kvbench/internal/runfile"
	"kvbench/kv"
)

// Options are what a variant is run with.
type Options struct {
	Clock clock.Clock
	Store kv.Store // empty, on the same clock
	Seed  uint64
	// Share is the part of the transactions that are run, of a scenario that is Shareable; the
	// zero value is all.
	Share load.Share
	// StartAt is when the load starts, and with it the warm-up; the zero value is as soon as
	// the store has settled. A run that is not ready by then fails.
	StartAt time.Time
	// WarmUp also records what belongs to the warm-up; nil: nothing does.
	WarmUp *record.Recorder
	// Observer is told how the run goes on. One that is a Watcher is told more.
	Observer Observer
	// InFlight counts the transactions that have begun and not ended while the load runs,
	// for whoever reads it then; nil: nobody does.
	InFlight *atomic.Int64
	// Calls is told every call of the store: of the transactions, of what they leave to run,
	// and of seeding and verifying, which are of detect.Outside. It is told of the end of a
	// transaction when all that it left to run has ended too. nil: nobody is told.
	Calls detect.Watcher
	// Raw is told of every value that is measured, apart from the warm-up; nil: nobody is.
	Raw record.Raw
}

// run is one variant at work.
type run struct {
	*Scenario
	Options
	clock       clock.Clock
	seed        uint64
	workload    Workload
	stores      []kv.Store // by location
	perLocation int        // isolates
	isolates    int        // in all
	recorder    *record.Recorder
	mostKey     int              // bytes of a key in the store; 0: any
	room        int              // bytes that the store takes before a key of that length
	operations  int              // of the store, that a transaction may make
	failed      int              // the outcome of a transaction that ended in an error
	measureFrom time.Duration    // on the clock; what was due before is warm-up
	measured    time.Duration    // on the clock, when the load ended
	last        time.Duration    // where the last interval ended, since measureFrom
	parted      time.Duration    // where the last part did
	parts       *record.Snapshot // those since the last interval, added up; nil where there are none
	watcher     Watcher          // the observer, where it is one
	endsAt      atomic.Int64     // on the clock: when the last transaction may be due
	behind      uint64           // transactions of an open loop that were due and had not begun when the last was
	steady      *steady          // nil where the load does not end when it is
	fatal       error            // of the observer
	ended       atomic.Uint64    // transactions of a closed loop, within the time that its load asks for
	firstError  atomic.Pointer[string]
	later       sync.Pool // of *Worker, for what runs beside transactions
	tasks       sync.Pool // of *Tasks
}

// Run runs one variant of s: seed, warm up, run, settle, verify. It always
// returns what was measured; the error, which names the scenario and the
// variant, says why that is not all.
func Run(ctx context.Context, s *Scenario, variant Variant, o Options) (*runfile.Variant, error) {
	r, err := newRun(s, variant, o)
	if err != nil {
		return &runfile.Variant{Error: err.Error()}, fmt.Errorf("%s/%s: %w", s.Name, variant.Name, err)
	}
	result := &runfile.Variant{}
	ctx, release := r.hold(ctx)
	for _, phase := range []func(context.Context, *runfile.Variant) error{r.prepare, r.measure, r.verify} {
		if err = phase(ctx, result); err != nil {
			break
		}
	}
	err = release(err)
	r.find(result)
	result.Total = runfile.Interval{To: r.measured - r.measureFrom, Snapshot: r.recorder.Total()}
	result.Complete = err == nil
	if first := r.firstError.Load(); first != nil {
		result.FirstError = *first
	}
	if err != nil {
		result.Error = err.Error()
		err = fmt.Errorf("%s/%s: %w", s.Name, variant.Name, err)
	}
	return result, err
}

func newRun(s *Scenario, variant Variant, o Options) (*run, error) {
	capabilities := o.Store.Capabilities()
	r := &run{
		Scenario: s, Options: o, clock: o.Clock, seed: o.Seed,
		stores:      kv.AtEach(o.Store),
		perLocation: s.Params.Isolates,
		isolates:    s.Params.Isolates * capabilities.Locations,
		operations:  s.Operations(),
		failed:      len(s.Pattern.Outcomes),
	}
	shards := 1
	if !r.clock.Virtual() {
		shards = 4 * runtime.GOMAXPROCS(0)
	}
	r.recorder = record.New(len(s.Pattern.Series()), r.failed+1, shards)
	r.recorder.Tell(o.Raw)
	if r.InFlight == nil {
		r.InFlight = new(atomic.Int64)
	}
	r.watcher, _ = o.Observer.(Watcher)
	if until := s.Load.Until; until != nil {
		r.steady = &steady{tolerance: until.Tolerance}
	}
	var err error
	if r.workload, err = s.Pattern.New(s.Setup(variant, capabilities, o.Seed)); err != nil {
		return r, err
	}
	r.allowPrefix(capabilities.MaxKeyBytes)
	r.watch()
	return r, nil
}

func isClosed(l load.Load) bool { _, closed := l.Closed(); return closed }

// recorderOf returns who records what belongs to the transaction that was due at
// a time; nil when nobody does.
func (r *run) recorderOf(due time.Duration) *record.Recorder {
	if due < r.measureFrom {
		return r.WarmUp
	}
	return r.recorder
}

func (r *run) newWorker(number int) *Worker {
	w := &Worker{run: r, number: number, metered: true}
	w.Rand = newRand(&w.source)
	w.begin(uint64(number))
	return w
}

// unmetered runs f with a worker whose calls are not recorded, and commits what it
// observes.
func (r *run) unmetered(ctx context.Context, f func(context.Context, *Worker) error) error {
	var err error
	clockErr := r.clock.Run(ctx, func(ctx context.Context) {
		w := r.newWorker(0)
		w.metered = false
		if err = f(ctx, w); err == nil {
			r.recorder.Commit(w.number, &w.tally, nil)
		}
	})
	if clockErr != nil {
		return clockErr
	}
	return err
}

func (r *run) prepare(ctx context.Context, _ *runfile.Variant) error {
	if s, ok := r.workload.(Starter); ok && s.Starts(r.clock) {
		r.Observer.Phase("start")
		if err := r.unmetered(ctx, s.Start); err != nil {
			return err
		}
	}
	r.Observer.Phase("seed")
	if err := r.fillStore(ctx); err != nil {
		return fmt.Errorf("seeding the store: %w", err)
	}
	if r.Share.Index > 0 { // who seeds has it settle
		return nil
	}
	return r.settle(ctx)
}

// settle waits until every write is seen everywhere.
func (r *run) settle(ctx context.Context) error {
	r.Observer.Phase("settle")
	return r.unmetered(ctx, func(ctx context.Context, w *Worker) error {
		if s, ok := r.Store.(kv.Settler); ok {
			return s.Settle(ctx)
		}
		return w.Sleep(ctx, r.Store.Capabilities().Staleness)
	})
}

func (r *run) verify(ctx context.Context, result *runfile.Variant) error {
	v, ok := r.workload.(Verifier)
	if !ok {
		return nil
	}
	if err := r.settle(ctx); err != nil {
		return err
	}
	r.Observer.Phase("verify")
	if err := r.unmetered(ctx, v.Verify); err != nil {
		return fmt.Errorf("verifying: %w", err)
	}
	result.Verified = true
	return nil
}

// measure runs the load, gives its intervals to the observer, and asks the store
// how much it holds then.
func (r *run) measure(ctx context.Context, result *runfile.Variant) error {
	if err := r.carry(ctx); err != nil {
		return err
	}
	if sizer, ok := kv.As[kv.Sizer](r.Store); ok {
		stored := sizer.StoredBytes()
		result.Stored = &stored
	}
	if isClosed(r.Load) {
		result.Ended, result.Within = r.ended.Load(), min(r.measured, r.end())-r.measureFrom
	}
	result.Behind = r.behind
	if r.steady != nil {
		result.Stable = &r.steady.reached
	}
	return r.measuredAny()
}

// carry runs the load and gives its intervals to the observer.
func (r *run) carry(ctx context.Context) error {
	if !r.clock.Virtual() {
		runtime.GC() // what was before is not cleared up in the time that is measured, as in testing.B
	}
	start, err := r.awaitStart(ctx)
	if err != nil {
		return err
	}
	r.Observer.Phase("warm-up")
	if r.Load.WarmUp == 0 {
		r.Observer.Phase("run")
	}
	r.measureFrom = start + r.Load.WarmUp
	r.measured = r.measureFrom
	r.endsAt.Store(int64(r.planned()))
	if p, ok := r.Store.(kv.Phased); ok {
		p.BeginLoad(r.measureFrom)
		defer p.EndLoad()
	}
	halt := func() {}
	defer func() { halt() }()
	err = r.clock.Run(ctx, func(ctx context.Context) {
		var loading context.Context
		loading, halt = context.WithCancel(ctx)
		ticking, stop := context.WithCancel(ctx)
		defer stop()
		r.clock.Background(func() { r.tick(ticking, halt) })
		if s, ok := r.workload.(Scheduler); ok {
			r.clock.Background(func() { r.schedule(ticking, ctx, s) })
		}
		switch loop := r.Load.Shape.(type) {
		case load.Open:
			r.open(loading, loop, start)
		case load.Closed:
			r.closed(loading, loop, halt, start)
		}
		stop() // what goes on beside the last transactions is in the last interval
		r.measured = max(r.clock.Now(), r.measureFrom)
	})
	if err != nil {
		r.measured = max(r.clock.Now(), r.measureFrom)
	}
	if r.fatal == nil {
		r.emit(r.measured - r.measureFrom)
	}
	if r.fatal != nil {
		return r.fatal
	}
	return err
}
