// Package isolate runs a Worker's JavaScript in isolates on a clock, as the Workers
// runtime does: module globals live as long as the isolate, invocations interleave where
// they wait, and the store, origins and time are the host's.
package isolate

import (
	"context"
	"time"

	"kvbench/internal/detect"
	"kvbench/internal/webapi"
	"kvbench/kv"
)

// Host is what one invocation reaches outside of its isolate. Its methods are called by
// whichever task is in the isolate, until the invocation is over.
type Host interface {
	// Start runs f as a task of its own beside the invocation, on the clock. site is the
	// place in the script that asked for it. f gets ctx, which ends when the invocation is
	// over: what is in flight then is cancelled.
	Start(ctx context.Context, site detect.Site, f func(ctx context.Context, t Task))
	// Uint64 draws from the invocation's own randomness, which follows from the run's seed.
	Uint64() uint64
	// Ended says that the invocation is over: its response was given, or it failed, and
	// what it handed to waitUntil has settled or was cancelled. failed is what of that was
	// rejected. It is called once: it must not wait. Tasks of Start may still be under way;
	// their context is done right after.
	Ended(failed []error)
}

// Task is what a task of an invocation may call. It waits where they wait.
type Task interface {
	// KV is the namespace of a binding, by its index in Config.Bindings. Calls of it are
	// timed, recorded, and told to the detector.
	KV(binding int) kv.Store
	// Fetch answers a request from a modelled origin. A host that has none is an error.
	Fetch(ctx context.Context, r *webapi.Request) (*webapi.Response, error)
	// Sleep waits on the clock.
	Sleep(ctx context.Context, d time.Duration) error
}
