package emulator

import (
	"net/http"
	"sync"
	"time"

	"kvbench/internal/clock"
	"kvbench/internal/price"
)

// kind is what a plan counts.
type kind int

const (
	reads kind = iota
	writes
	deletes
	lists
	kinds
)

// quota refuses operations beyond what the free plan includes in a day, which
// ends at 0:00 UTC. A nil quota refuses none. Assumption: a call that would go
// beyond it is refused as a whole and not counted.
type quota struct {
	clock clock.Clock

	mu   sync.Mutex
	day  int64 // since 1970
	used [kinds]int
}

// spend counts n operations.
func (q *quota) spend(k kind, n int) error {
	if q == nil {
		return nil
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	if day := q.clock.Epoch().Add(q.clock.Now()).Unix() / int64((24*time.Hour)/time.Second); day != q.day {
		q.day, q.used = day, [kinds]int{}
	}
	limit := price.FreeOthers
	if k == reads {
		limit = price.FreeReads
	}
	if q.used[k]+n > limit {
		return refuse(http.StatusTooManyRequests, codeQuota,
			"your account has reached the free usage limit for this operation for today")
	}
	q.used[k] += n
	return nil
}
