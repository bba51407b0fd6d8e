package command

import (
	"context"
	"errors"
	"fmt"
	"time"

	"kvbench/internal/bench"
	"kvbench/internal/expect"
	"kvbench/internal/find"
	"kvbench/internal/load"
	"kvbench/internal/metric"
	"kvbench/internal/runfile"
	"kvbench/internal/units"
)

// searched says in a phrase at which load a search runs.
func searched(s *bench.Scenario) string {
	open, _ := s.Load.Open()
	text := fmt.Sprintf("open loop, %s arrivals", open.Arrivals.Name())
	if open.MaxInFlight > 0 {
		text += fmt.Sprintf(", at most %d in flight", open.MaxInFlight)
	}
	text += fmt.Sprintf(", at the rates of a search from %v to %v, each run for at most %v",
		s.Find.From, s.Find.To, units.ShortDuration(s.Load.Duration))
	if s.Load.WarmUp > 0 {
		text += fmt.Sprintf(" after a warm-up of %v", units.ShortDuration(s.Load.WarmUp))
	}
	return text
}

// searchable refuses a promise that can't be looked at.
func searchable(s *bench.Scenario, def *runfile.Definition) error {
	promise, err := find.Promise(def)
	if err != nil {
		return fmt.Errorf("scenario %s: %w", s.Name, err)
	}
	for _, e := range promise {
		timed := e.Figure.Class == metric.Latency || e.Figure.Class == metric.Call
		if timed && e.Figure.Stat != metric.N && def.Latency() == runfile.NotModelled {
			return s.At("find.max-rate", fmt.Sprintf("no rate can be found at which %s: no latency is modelled", e.Text),
				"give the store a latency profile, such as embedded://?profile=edge, or run it on the wall clock")
		}
	}
	return nil
}

// seek looks for what the search of a scenario asks for, variant by variant, and writes each
// step. ran is why some failed; err says that something could not be written.
func (p *plan) seek(ctx context.Context, w *runfile.Writer, progress *progress, number int) (ran, err error) {
	promise, err := find.Promise(p.defs[number])
	if err != nil {
		return nil, err
	}
	var failed []error
	for i := range p.scenarios[number].Variants {
		if ctx.Err() != nil {
			break
		}
		k := &seeker{plan: p, writer: w, progress: progress, number: number, variant: i, promise: promise}
		err := find.Search(p.scenarios[number].Find, func(rate load.Rate, confirm bool) (bool, error) { return k.try(ctx, rate, confirm) })
		switch {
		case k.failed != nil:
			failed = append(failed, k.failed)
		case err != nil && !errors.Is(err, errStopped):
			return errors.Join(failed...), err
		}
	}
	return errors.Join(failed...), nil
}

// seeker runs the steps of one variant's search.
type seeker struct {
	*plan
	writer          *runfile.Writer
	progress        *progress
	number, variant int
	promise         []expect.Expect
	runs            int
	longest         time.Duration // of them
	deceived        bool          // a confirmation did not find what the search had found
	failed          error         // why a run failed, which ends the search
}

// errStopped ends a search that the user has stopped, or whose last run failed.
var errStopped = errors.New("the search was stopped")

// try runs a step until it is clear whether it keeps the promise, or for as long as it may.
func (k *seeker) try(ctx context.Context, rate load.Rate, confirm bool) (kept bool, err error) {
	step := k.scenarios[k.number] // a copy
	longest := step.Load.Duration
	loop, _ := step.Load.Open()
	loop.Profile = rate
	step.Load.Shape, step.Load.Duration = loop, find.Length(k.promise, rate, longest)
	first := 0
	if confirm {
		first = runfile.FindTries
	}
	if confirm || k.deceived { // for as long as was needed anywhere: what comes seldom is seen in long runs alone
		step.Load.Duration = max(step.Load.Duration, k.longest)
	}
	var runs []*runfile.Variant
	for try := range runfile.FindTries {
		v, err := k.run(ctx, step, first+try)
		if err != nil {
			return false, err
		}
		runs, k.longest = append(runs, v), max(k.longest, step.Load.Duration)
		judged, err := find.Judge(k.promise, runs)
		if err != nil {
			return false, err
		}
		if kept = judged.Kept; judged.Verdict != find.Unclear || step.Load.Duration >= longest {
			break
		}
		step.Load.Duration = min(2*step.Load.Duration, longest)
	}
	k.deceived = k.deceived || confirm && !kept
	return kept, nil
}

// run runs a step once and writes it.
func (k *seeker) run(ctx context.Context, step bench.Scenario, repeat int) (*runfile.Variant, error) {
	if ctx.Err() != nil {
		return nil, errStopped
	}
	v := step.Variants[k.variant]
	variant := k.plan.variant(k.number, v)
	of := runfile.Step{Words: step.Load.String(), Load: runfile.LoadOf(step.Load)}
	step.Point = of.Point()
	if k.runs++; k.runs > 1 {
		k.progress.board.More()
	}
	r := &running{scenario: &step, to: k.writer.Variant(k.of[k.number], variant, repeat, step.Point...), begun: make(chan struct{})}
	if err := r.to.BeginStep(of); err != nil {
		return nil, err
	}
	what := k.shown(k.number, v)
	what.Load, what.Point = step.Load, runfile.Words(step.Point)
	r.progress = k.progress.begin(&step, what, repeat)
	series := len(k.defs[k.number].Series)
	o := &stepObserver{running: r, series: series}
	result, ran := k.runVariant(ctx, &step, k.variant, repeat, o, r.progress.InFlight())
	if err := r.to.End(result); err != nil {
		return nil, err
	}
	r.progress.end(result)
	switch {
	case k.interrupted(ctx):
		return nil, errStopped
	case ran != nil:
		k.failed = ran
		return nil, errStopped
	}
	result.Variant, result.Repeat, result.Point = variant, repeat, step.Point
	result.Def, result.Name, result.Intervals = k.defs[k.number].AtStep(of), v.Name, o.intervals
	result.Total = result.Total.Compact(series)
	return result, nil
}

// stepObserver keeps the intervals of a run, to judge it by them.
type stepObserver struct {
	*running
	series    int
	intervals []runfile.Interval
}

func (o *stepObserver) Interval(iv runfile.Interval) error {
	o.intervals = append(o.intervals, iv.Compact(o.series))
	return o.running.Interval(iv)
}

// most is e, of one run at the first rate, as what a search takes at most, where it comes to
// its last rate and each step is clear in one run.
func (p *plan) most(scenario int, e estimate) estimate {
	s := &p.scenarios[scenario]
	promise, err := find.Promise(p.defs[scenario])
	if err != nil || e.transactions == 0 {
		return e // it was refused
	}
	var n, took, last, lasts float64
	rates := find.Rates(s.Find)
	for _, rate := range rates {
		lasts = (s.Load.WarmUp + find.Length(promise, rate, s.Load.Duration)).Seconds()
		last = rate.PerSecond() * lasts
		n, took = n+last, took+lasts
	}
	e.steps = find.Most(s.Find)
	more := float64(e.steps - len(rates))
	n, took = n+more*last, took+more*lasts
	by := n / e.transactions
	e.transactions, e.ops, e.usd, e.time = n, e.ops*by, e.usd*by, took
	if e.machine *= by; s.Clock != "virtual" {
		e.machine = took
	}
	return e
}
