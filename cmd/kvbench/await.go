package main

import (
	"context"
	"time"
)

// grace is how long a command goes on at most once it was told to end.
const grace = time.Second

// await waits for f, which has no effect that outlives the process, or until ctx is
// done: f is then left to end with the process. It is for what reads a large run and
// takes no context.
func await(ctx context.Context, f func() error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	done := make(chan error, 1)
	go func() { done <- f() }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}
