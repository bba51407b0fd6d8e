package emulator

import (
	"context"
	"errors"
	"net/http"
	"time"

	"kvbench/kv"

	"golang.org/x/sync/semaphore"
)

// roomBytes is how much of large bodies may be held at the same time: one of the
// largest, or several that are smaller together.
const roomBytes = kv.MaxBulkPutBytes

// large is from how many bytes on a body takes room. Smaller ones wait for nobody.
const large = keep

// room is what the large bodies of all calls share.
type room struct{ free *semaphore.Weighted }

func newRoom() room { return room{semaphore.NewWeighted(roomBytes)} }

// enter waits for the room of a body of n bytes, in turn and for a while. It fails when
// that does not suffice, or the client has gone.
func (r room) enter(ctx context.Context, n int64, patience time.Duration) error {
	ctx, stop := context.WithTimeout(ctx, patience)
	defer stop()
	err := r.free.Acquire(ctx, n)
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return &kv.Error{
			Status: http.StatusServiceUnavailable, Code: codeInternal, RetryAfter: time.Second,
			Message: "the server holds as much of other requests' bodies as it may; try again", // our words
		}
	case err != nil:
		return errGone
	}
	return nil
}

func (r room) leave(n int64) { r.free.Release(n) }
