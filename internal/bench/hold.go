package bench

import (
	"context"
	"errors"

	"kvbench/internal/clock"
	"kvbench/kv"
)

// Holder is a Workload that has something outside of the engine while its variant runs, such
// as a process.
type Holder interface {
	// Hold is called before Seed. end ends the variant at once, with an error, as when what
	// it has is gone; it may be called from anywhere.
	Hold(end func(err error))
	// Release lets go of what it has, when all that the variant does has ended. It is called
	// once, whatever has failed before.
	Release() error
}

// Starter is a Workload that has something to start before Seed, such as a process.
type Starter interface {
	// Starts says whether there is anything to start on a clock.
	Starts(c clock.Clock) bool
	Start(ctx context.Context, w *Worker) error
}

// hold begins what a Holder has, and watches a store that may end by itself. release ends it,
// and says why the phases have ended that returned an error.
func (r *run) hold(ctx context.Context) (_ context.Context, release func(error) error) {
	h, holds := r.workload.(Holder)
	m, mortal := kv.As[kv.Mortal](r.Store)
	if !holds && !mortal {
		return ctx, func(err error) error { return err }
	}
	within, cancel := context.WithCancelCause(ctx)
	if mortal {
		m.OnEnd(cancel)
	}
	if holds {
		h.Hold(cancel)
	}
	return within, func(err error) error {
		if why := context.Cause(within); why != nil && ctx.Err() == nil {
			err = why
		}
		cancel(nil)
		if holds {
			if end := h.Release(); end != nil && !errors.Is(err, end) { // else it is told already
				err = errors.Join(err, end)
			}
		}
		return err
	}
}
