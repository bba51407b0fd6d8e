package command

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime"

	"kvbench/internal/bench"
	"kvbench/internal/realisolate"
	"kvbench/internal/units"
	"kvbench/kv"
)

// estimate is what a variant of the plan is going to need, all repeats, the
// warm-up, the seeding, the verifying and the cleaning up together.
type estimate struct {
	transactions float64
	ops          float64 // KV operations
	usd          float64 // on the paid plan, past what it includes
	seeding      float64 // of those, with what deleting the keys again costs
	time         float64 // in seconds of the scenario's clock
	machine      float64 // in seconds of this machine
	memory       float64 // in bytes: what one run keeps at its end
	// asked is how many calls a second the load asks of a store that keeps its
	// calls to a rate; 0 where the store keeps up with it.
	asked float64
	// first and last are the dollars of a transaction at the beginning and at the end,
	// where they grow along the run; else both are 0.
	first, last float64
	tried       int // transactions
	steps       int // of a search, at most; 0 where there is none
	// still says that its transactions take no virtual time, and nothing but a duration
	// ends them.
	still bool
}

// estimate tries a few transactions of a variant on the emulator: on the
// scenario's own store where that is one, else on an embedded one. Where what they
// cost grows, or keys become more, it tries more of them, and follows the growth in a
// straight line.
func (p *plan) estimate(ctx context.Context, scenario, variant int) (estimate, error) {
	e, err := p.estimateRuns(ctx, scenario, variant)
	if err == nil && p.scenarios[scenario].Find != nil {
		e = p.most(scenario, e)
	}
	return e, err
}

// estimateRuns is estimate but for what a search runs beyond its first step.
func (p *plan) estimateRuns(ctx context.Context, scenario, variant int) (estimate, error) {
	s, capabilities := &p.scenarios[scenario], p.defs[scenario].Capabilities
	t, err := p.try(ctx, *s, s.Variants[variant], capabilities, trialTransactions)
	if full, ok := errors.AsType[*kv.Error](err); ok && full.Status == http.StatusRequestEntityTooLarge {
		return estimate{}, usage(s.At("keys", fmt.Sprintf("trying %v", err), "use fewer or smaller keys"))
	}
	if wrong, ok := errors.AsType[*realisolate.LoadError](err); ok {
		return estimate{}, usage(wrong)
	}
	if err != nil {
		return estimate{}, fmt.Errorf("trying %w", err)
	}
	if !s.Pattern.WallClock && t.mayGrow() && p.transactions(scenario, t) > trialTransactions {
		if t, err = p.try(ctx, *s, s.Variants[variant], capabilities, longTrial); err != nil {
			return estimate{}, fmt.Errorf("trying %w", err)
		}
	}
	if !s.Pattern.WallClock && t.settles() && p.transactions(scenario, t) > longTrial {
		if t, err = p.try(ctx, *s, s.Variants[variant], capabilities, settlingTrial); err != nil {
			return estimate{}, fmt.Errorf("trying %w", err)
		}
	}
	once := p.transactions(scenario, t) // of one repeat
	ops := t.ops().extrapolate(once)
	cost := t.usd(!capabilities.Virtual).extrapolate(once)
	repeats := float64(s.Repeat)
	took := once / p.rate(scenario, t)
	if d := s.Load.Duration; d > 0 {
		took = min(took, (s.Load.WarmUp + d).Seconds())
	}
	e := estimate{
		transactions: repeats * once, ops: repeats * ops.total, usd: repeats * cost.total, tried: t.n(),
		time:   repeats * took,
		memory: t.live(s, capabilities, once, took),
	}
	loop, closed := s.Load.Closed()
	e.still = s.Clock == "virtual" && closed && loop.Think == 0 && t.still &&
		(s.Load.Transactions == 0 || s.Load.WarmUp > 0)
	if cost.grows {
		e.first, e.last = cost.first, cost.last
	}
	if asked := wanted(s, t) * t.opsPerTransaction(); capabilities.CallRate > 0 && asked > capabilities.CallRate {
		e.asked, e.time = asked, e.ops/capabilities.CallRate
	}
	e.time += repeats * settling(capabilities, t)
	if e.machine = e.time; s.Clock == "virtual" {
		e.machine = repeats * t.machineTime(once)
	}
	if !capabilities.Virtual { // its keys are written before the run, read back and deleted after it
		keys := t.keys(once)
		e.ops += repeats * (t.scale.keys*float64(t.seeded.Calls) + keys/float64(max(1, capabilities.BulkPutKeys)))
		e.seeding = repeats * t.scale.keys * (t.seeded.Spent + t.seeded.Reserved).USD()
		e.usd += e.seeding
		more := keys / max(1, float64(t.ended.Keys))
		e.ops += repeats * more * float64(t.verified.Calls-t.ended.Calls)
		e.usd += repeats * more * (t.verified.Spent - t.ended.Spent).USD()
	}
	return e, nil
}

// settling is how many seconds one run waits until what it wrote is seen everywhere: before the
// load, and once more where it is read back. A store that is made for the run need not wait.
func settling(capabilities kv.Capabilities, t *trial) float64 {
	if madeForTheRun(capabilities) {
		return 0
	}
	waits := 1.
	if t.verified.Calls > t.ended.Calls {
		waits++
	}
	return waits * capabilities.Staleness.Seconds()
}

// wanted is how many transactions a second a load asks for, at which a trial of it went.
func wanted(s *bench.Scenario, t *trial) float64 {
	rate := s.Load.Shape.Mean(t.serviceTime())
	loop, closed := s.Load.Closed()
	if !closed {
		return rate
	}
	rate = min(rate, float64(loop.Workers)/1e-9)
	if work := t.work(); s.Clock != "virtual" && work > 0 { // a transaction takes that at least
		rate = min(rate, float64(runtime.GOMAXPROCS(0))/work)
	}
	return rate
}

// rate is how many transactions a second a scenario runs: those of a closed loop slow
// down where the store keeps its calls to a rate; arrivals do not, and wait.
func (p *plan) rate(scenario int, t *trial) float64 {
	s := &p.scenarios[scenario]
	rate := wanted(s, t)
	if most, per := p.defs[scenario].Capabilities.CallRate, t.opsPerTransaction(); most > 0 && per > 0 {
		if _, closed := s.Load.Closed(); !closed {
			return rate
		}
		rate = min(rate, most/per)
	}
	return rate
}

// transactions is how many one repeat of a scenario runs, the warm-up included.
func (p *plan) transactions(scenario int, t *trial) float64 {
	s, rate := &p.scenarios[scenario], p.rate(scenario, t)
	n := float64(s.Load.Transactions)
	if d := s.Load.Duration; d > 0 && (n == 0 || n > d.Seconds()*rate) {
		n = d.Seconds() * rate
	}
	if loop, closed := s.Load.Closed(); closed { // each worker begins one at once
		first := uint64(loop.Workers)
		if most := s.Load.Transactions; most > 0 {
			first = min(first, most)
		}
		n = max(n, float64(first))
	}
	return n + s.Load.WarmUp.Seconds()*rate
}

// pace says what it means that a load asks for more calls than the store's rate;
// empty where it does not.
func (e estimate) pace(capabilities kv.Capabilities) string {
	if e.asked == 0 {
		return ""
	}
	return fmt.Sprintf("it asks for %s calls a second of a store that is kept to %s: they wait for their turn, and what "+
		"is measured is mostly waiting", units.FormatNumber(e.asked), units.FormatNumber(capabilities.CallRate))
}

// doubt says that the trial tells nothing; empty where it does.
func (e estimate) doubt() string {
	if e.tried > 0 {
		return ""
	}
	return "no transaction was due in a trial: a run may measure none, and has then failed"
}

// growth says what it means that transactions cost more as the run goes on; empty where
// they do not.
func (e estimate) growth() string {
	if e.last == 0 {
		return ""
	}
	return fmt.Sprintf("a transaction costs %s at first and %s at the end: the estimate follows the growth of %d "+
		"transactions in a straight line", units.FormatUSD(e.first), units.FormatUSD(e.last), e.tried)
}
