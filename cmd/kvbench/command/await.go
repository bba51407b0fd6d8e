package command

import (
	"context"
	"time"
)

// grace is how long a command goes on at most once it was told to end.
const grace = time.Second

// await waits for what f gives, or until ctx is done: f is then left to end with the
// process, so it has no effect that outlives it and writes to nothing that its caller
// reads. It is for what reads a large run and takes no context.
func await[T any](ctx context.Context, f func() (T, error)) (T, error) {
	type outcome struct {
		value T
		err   error
	}
	var none T
	if err := ctx.Err(); err != nil {
		return none, err
	}
	done := make(chan outcome, 1)
	go func() {
		value, err := f()
		done <- outcome{value, err}
	}()
	select {
	case o := <-done:
		return o.value, o.err
	case <-ctx.Done():
		return none, ctx.Err()
	}
}
