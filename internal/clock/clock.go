// Package clock gives the engine and the emulated store the time they run on:
// the wall clock, or a virtual one on which waiting costs nothing.
//
// Code that runs on a Clock never uses package time to wait, never starts a
// goroutine and never blocks on a channel: it sleeps, spawns and parks through
// the Clock, so that the same code runs on both. A mutex may be used where it
// is not held across any of these.
package clock

import (
	"context"
	"time"

	"kvbench/kv"
)

// Clock is a time that passes and the tasks that live by it: what a store may use
// of it, kv.Clock, and what the engine needs beside that.
type Clock interface {
	kv.Clock
	// Until waits for the time t as exactly as it can. It may hold a whole
	// thread while it waits, so it is for the one task that paces a load.
	Until(ctx context.Context, t time.Duration) error
	// Pace starts a task whenever p says so, as exactly as Until waits, and returns when
	// no more is to come or ctx is done.
	Pace(ctx context.Context, p Pacer)
	// Run runs f and every task that it starts, and returns when all have
	// ended. A task that panics ends the run with a *PanicError; tasks that all
	// wait for each other end it with a *DeadlockError where the clock can tell.
	// When ctx is done Run ends the tasks and returns ctx's error. Run may be
	// called again afterwards; time goes on from where it was.
	Run(ctx context.Context, f func(ctx context.Context)) error
}

// Parker lets one task wait until another wakes it.
type Parker = kv.Parker
