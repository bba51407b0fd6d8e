package command

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"

	"kvbench/internal/bench"
	"kvbench/internal/clock"
	"kvbench/internal/detect"
	"kvbench/internal/load"
	"kvbench/internal/runfile"
)

// run runs the plan and writes its run file, which it closes. A variant that fails does not stop
// the others; the error tells of all that failed. When ctx is done, by the user or
// because the budget is used up, the file is finished with what was measured.
func (p *plan) run(ctx context.Context, f *os.File, progress *progress) (err error) {
	defer f.Close()
	defer progress.close()
	w, err := runfile.NewWriter(f, p.header, p.secrets)
	if err != nil {
		return err
	}
	ran, err := p.runAll(ctx, w, progress)
	if err != nil {
		return err
	}
	interrupted := p.interrupted(ctx)
	if err := w.Close(interrupted); err != nil {
		return err
	}
	if err := arrange(w, f); err != nil {
		return err
	}
	if interrupted {
		return ctx.Err()
	}
	return ran
}

// arrange puts a run file, which it closes, into the plan's order where it is not. Until
// that is done the file stays as it was written.
func arrange(w *runfile.Writer, f *os.File) (err error) {
	if err := f.Close(); err != nil || w.Arranged() {
		return err
	}
	from, err := os.Open(f.Name())
	if err != nil {
		return err
	}
	defer from.Close()
	to, err := os.CreateTemp(filepath.Dir(f.Name()), ".run-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.Remove(to.Name()) // what went wrong before says more than what goes wrong here
		}
	}()
	if info, err := from.Stat(); err == nil {
		_ = to.Chmod(info.Mode()) // if it can't be, its owner reads it all the same
	}
	if err := errors.Join(w.Arrange(from, to), to.Close()); err != nil {
		return err
	}
	return os.Rename(to.Name(), f.Name())
}

// one runs one repeat of one variant and writes it. ran is why it failed, unless
// that is because the user has stopped it; err says that it could not be written.
func (p *plan) one(ctx context.Context, w *runfile.Writer, progress *progress, t turn) (ran, err error) {
	r, err := p.begin(w, progress, t)
	if err != nil {
		return nil, err
	}
	return r.run(ctx)
}

// turn is one repeat of one variant of a scenario, by their numbers in the plan.
type turn struct{ scenario, variant, repeat int }

// running is a turn that has begun.
type running struct {
	turn
	plan     *plan
	scenario *bench.Scenario
	to       *runfile.VariantWriter
	progress *shown
	// begun is closed when its load begins, or it has ended.
	begun    chan struct{}
	beginsAt sync.Once
}

func (p *plan) begin(w *runfile.Writer, progress *progress, t turn) (*running, error) {
	s := &p.scenarios[t.scenario]
	r := &running{turn: t, plan: p, scenario: s, to: w.Variant(p.of[t.scenario], p.variant(t.scenario, s.Variants[t.variant]), t.repeat, s.Point...), begun: make(chan struct{})}
	if err := r.to.Begin(); err != nil {
		return nil, err
	}
	r.progress = progress.begin(s, p.shown(t.scenario, s.Variants[t.variant]), t.repeat)
	return r, nil
}

// run runs the turn to its end; what it returns is as of one.
func (r *running) run(ctx context.Context) (ran, err error) {
	defer r.begins()
	result, ran := r.plan.runVariant(ctx, r.scenario, r.variant, r.repeat, r, r.progress.InFlight())
	if r.plan.interrupted(ctx) {
		ran = nil
	}
	if err := r.to.End(result); err != nil {
		return ran, err
	}
	r.progress.end(result)
	return ran, nil
}

// Phase implements bench.Observer.
func (r *running) Phase(name string) {
	r.progress.Phase(name)
	if name == "warm-up" { // which each run says, before its load begins
		r.begins()
	}
}

// begins notes that the load begins, or that none will.
func (r *running) begins() { r.beginsAt.Do(func() { close(r.begun) }) }

// Part implements bench.Watcher.
func (r *running) Part(iv runfile.Interval) { r.progress.Part(iv) }

// Interval implements bench.Observer.
func (r *running) Interval(iv runfile.Interval) error {
	r.progress.Interval(iv)
	return r.to.Interval(iv)
}

// variant is the index of a variant in the header.
func (p *plan) variant(scenario int, v bench.Variant) int {
	for i, def := range p.defs[scenario].Variants {
		if def.Name == v.Name {
			return i
		}
	}
	panic("a variant that the plan does not have: " + v.Name)
}

func (p *plan) runVariant(ctx context.Context, s *bench.Scenario, variant, repeat int, o bench.Observer, inFlight *atomic.Int64) (*runfile.Variant, error) {
	v := s.Variants[variant]
	defer parentOf(ctx).running(s.Title() + "/" + v.Name)()
	seed, storeSeed := p.seeds(repeat)
	var c clock.Clock = clock.NewWall()
	if s.Clock == "virtual" {
		c = clock.NewVirtual()
	}
	store, err := p.open(s, c, load.ShareSeed(storeSeed, p.share))
	if err != nil {
		return &runfile.Variant{Error: err.Error()}, fmt.Errorf("%s/%s: %w", s.Title(), v.Name, err)
	}
	options := bench.Options{Clock: c, Store: store, Seed: seed, Observer: o, InFlight: inFlight, Share: p.share, StartAt: p.startOf()}
	if p.detect {
		options.Calls = detect.New(detect.Options{Epoch: c.Epoch()})
	}
	raw, err := keepRaw(os.Getenv(rawVariable), c.Epoch())
	if err != nil {
		return &runfile.Variant{Error: err.Error()}, errors.Join(err, store.Close())
	}
	if raw != nil {
		options.Raw = raw.keep
	}
	result, err := bench.Run(ctx, s, v, options)
	if why := p.failure(ctx, s, result, err); why != nil {
		result.Error = why.Error()
		err = fmt.Errorf("%s/%s: %w", s.Title(), v.Name, why)
	}
	return result, errors.Join(err, store.Close(), raw.close())
}

// failure is why a variant has failed that the engine did not find wrong, or that says
// more than what it found: the budget is used up, or too many transactions ended in an
// error. nil where there is neither.
func (p *plan) failure(ctx context.Context, s *bench.Scenario, result *runfile.Variant, err error) error {
	if over := overspent(ctx); over != nil {
		return over
	}
	if ctx.Err() != nil {
		return nil //nolint:nilerr // whoever stopped it knows, and err is kept by the caller
	}
	why := s.TooManyErrors(result)
	if s.Find != nil || !p.share.All() {
		why = nil // it breaks the promise; or whoever merges the shards knows all transactions
	}
	if why != nil && err != nil {
		return fmt.Errorf("%w; then: %s", why, result.Error)
	}
	return why
}
