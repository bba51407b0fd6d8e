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
)

// Clock is a time that passes and the tasks that live by it.
type Clock interface {
	// Now is the time since Epoch.
	Now() time.Duration
	// Epoch is the instant at which Now is 0.
	Epoch() time.Time
	// Sleep waits for d, or until ctx is done, whose error it then returns.
	Sleep(ctx context.Context, d time.Duration) error
	// Until waits for the time t as exactly as it can. It may hold a whole
	// thread while it waits, so it is for the one task that paces a load.
	Until(ctx context.Context, t time.Duration) error
	// Go runs f as a task of its own.
	Go(f func())
	// Background runs f as a task that the run does not wait for: when all
	// others have ended, so does it, its context done.
	Background(f func())
	// Pace starts a task whenever p says so, as exactly as Until waits, and returns when
	// no more is to come or ctx is done.
	Pace(ctx context.Context, p Pacer)
	// Parallel runs f(0) to f(n-1) at the same time and returns when all have
	// ended.
	Parallel(n int, f func(i int))
	// Parker returns a new Parker.
	Parker() Parker
	// Run runs f and every task that it starts, and returns when all have
	// ended. A task that panics ends the run with a *PanicError; tasks that all
	// wait for each other end it with a *DeadlockError where the clock can tell.
	// When ctx is done Run ends the tasks and returns ctx's error. Run may be
	// called again afterwards; time goes on from where it was.
	Run(ctx context.Context, f func(ctx context.Context)) error
	// Virtual reports whether waiting costs nothing.
	Virtual() bool
}

// Parker lets one task wait until another wakes it. A wake that comes first is
// kept: the next Park returns at once. At most one task may be parked at a time.
type Parker interface {
	// Park waits for Unpark, or until ctx is done, whose error it then returns.
	Park(ctx context.Context) error
	// Unpark wakes the parked task.
	Unpark()
}
