package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"kvbench/internal/bench"
	"kvbench/internal/clock"
	"kvbench/internal/load"
	"kvbench/internal/runfile"
)

// run runs the plan and writes its run file, which it closes. A variant that fails does not stop
// the others; the error tells of all that failed. When ctx is done, by the user or
// because the budget is used up, the file is finished with what was measured.
func (p *plan) run(ctx context.Context, f *os.File, progress *progress) error {
	defer f.Close()
	defer progress.close()
	w, err := runfile.NewWriter(f, p.header, p.secrets)
	if err != nil {
		return err
	}
	var failed []error
	for number := range p.scenarios {
		s := &p.scenarios[number]
		if s.Find != nil {
			ran, err := p.seek(ctx, w, progress, number)
			if err != nil {
				return err
			}
			failed = append(failed, ran)
			continue
		}
		for repeat := range s.Repeat {
			for i := range s.Variants {
				if ctx.Err() != nil {
					break
				}
				ran, err := p.one(ctx, w, progress, number, i, repeat)
				if err != nil {
					return err
				}
				failed = append(failed, ran)
			}
		}
	}
	interrupted := p.interrupted(ctx)
	if err := w.Close(interrupted); err != nil {
		return err
	}
	if interrupted {
		return ctx.Err()
	}
	return errors.Join(failed...)
}

// one runs one repeat of one variant and writes it. ran is why it failed, unless
// that is because the user has stopped it; err says that it could not be written.
func (p *plan) one(ctx context.Context, w *runfile.Writer, progress *progress, number, i, repeat int) (ran, err error) {
	s := &p.scenarios[number]
	v := s.Variants[i]
	if err := w.Begin(p.of[number], p.variant(number, v), repeat, s.Point...); err != nil {
		return nil, err
	}
	progress.begin(s, v, repeat)
	result, ran := p.runVariant(ctx, s, i, repeat, &observer{Writer: w, progress: progress})
	if p.interrupted(ctx) {
		ran = nil
	}
	if err := w.End(result); err != nil {
		return ran, err
	}
	progress.end(result)
	return ran, nil
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

func (p *plan) runVariant(ctx context.Context, s *bench.Scenario, variant, repeat int, o bench.Observer) (*runfile.Variant, error) {
	v := s.Variants[variant]
	seed := load.RepeatSeed(p.header.Seed, repeat)
	var c clock.Clock = clock.NewWall()
	if s.Clock == "virtual" {
		c = clock.NewVirtual()
	}
	store, err := p.open(s, c, load.StoreSeed(seed))
	if err != nil {
		return &runfile.Variant{Error: err.Error()}, fmt.Errorf("%s/%s: %w", s.Title(), v.Name, err)
	}
	result, err := bench.Run(ctx, s, v, bench.Options{Clock: c, Store: store, Seed: seed, Observer: o})
	if why := failure(ctx, s, result, err); why != nil {
		result.Error = why.Error()
		err = fmt.Errorf("%s/%s: %w", s.Title(), v.Name, why)
	}
	return result, errors.Join(err, store.Close())
}

// failure is why a variant has failed that the engine did not find wrong, or that says
// more than what it found: the budget is used up, or too many transactions ended in an
// error. nil where there is neither.
func failure(ctx context.Context, s *bench.Scenario, result *runfile.Variant, err error) error {
	if over := overspent(ctx); over != nil {
		return over
	}
	if ctx.Err() != nil {
		return nil //nolint:nilerr // whoever stopped it knows, and err is kept by the caller
	}
	why := s.TooManyErrors(result)
	if s.Find != nil {
		why = nil // it breaks the promise
	}
	if why != nil && err != nil {
		return fmt.Errorf("%w; then: %s", why, result.Error)
	}
	return why
}

// observer writes the intervals of a variant and shows how far it is.
type observer struct {
	*runfile.Writer
	progress *progress
}

func (o *observer) Phase(name string) { o.progress.phase(name) }

func (o *observer) Interval(iv runfile.Interval) error {
	o.progress.interval(iv)
	return o.Writer.Interval(iv)
}
