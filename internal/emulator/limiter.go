package emulator

import (
	"fmt"
	"net/http"
	"sync"
	"time"

	"kvbench/internal/clock"
	"kvbench/kv"
)

// The REST API's limit on calls (developers.cloudflare.com/fundamentals/api/
// reference/limits): so many in a window, and then none for as long.
const (
	callLimit  = 1200
	callWindow = 5 * time.Minute
)

// limiter refuses calls beyond the REST API's limit. Assumption: the window
// begins with the first call and ends as a whole.
type limiter struct {
	clock clock.Clock

	mu      sync.Mutex
	begun   bool
	ends    time.Duration // of the window, or of the block
	calls   int           // in the window
	blocked bool
}

// take counts a call, and refuses it when it is one too many. It says in the
// headers how many are left.
func (l *limiter) take(h http.Header) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.clock.Now()
	if !l.begun || now >= l.ends {
		l.begun, l.blocked, l.calls, l.ends = true, false, 0, now+callWindow
	}
	if l.calls == callLimit && !l.blocked {
		l.blocked, l.ends = true, now+callWindow
	}
	if !l.blocked {
		l.calls++
	}
	h.Set("Ratelimit", fmt.Sprintf(`"default";r=%d;t=%d`, callLimit-l.calls, seconds(l.ends-now)))
	h.Set("Ratelimit-Policy", fmt.Sprintf(`"default";q=%d;w=%d`, callLimit, seconds(callWindow)))
	if l.blocked {
		return &kv.Error{
			Status: http.StatusTooManyRequests, Code: codeThrottled,
			Message: "Please wait and consider throttling your request speed", RetryAfter: l.ends - now,
		}
	}
	return nil
}
