package kv

import (
	"context"
	"time"
)

// Clock is the time that a store lives by: the wall's, or a virtual one on which
// waiting costs nothing. A store that runs in virtual time (Capabilities.Virtual) never
// uses package time to wait, never starts a goroutine and never blocks on a channel:
// it sleeps, spawns and parks through the Clock. A mutex may be used where it is not
// held across any of these.
type Clock interface {
	// Now is the time since Epoch.
	Now() time.Duration
	// Epoch is the instant at which Now is 0.
	Epoch() time.Time
	// Sleep waits for d, or until ctx is done, whose error it then returns.
	Sleep(ctx context.Context, d time.Duration) error
	// Go runs f as a task of its own.
	Go(f func())
	// Background runs f as a task that the run does not wait for: when all
	// others have ended, so does it, its context done.
	Background(f func())
	// Parallel runs f(0) to f(n-1) at the same time and returns when all have
	// ended.
	Parallel(n int, f func(i int))
	// Parker returns a new Parker.
	Parker() Parker
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
