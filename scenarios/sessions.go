package scenarios

import (
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"kvbench/internal/load"
)

// sessions are those that somebody can have the id of, the newest so many, and the
// one that is created next. Choosing one takes no lock.
type sessions struct {
	seed uint64
	// ring holds the sessions whose creation was acknowledged, the oldest at count
	// modulo its length.
	ring  []atomic.Pointer[sessionTruth]
	count atomic.Uint64 // acknowledged so far
	next  atomic.Pointer[sessionTruth]
	mu    sync.Mutex // of those that create
}

// init makes room for n sessions. Nobody may choose one before n are acknowledged.
func (s *sessions) init(n int) {
	s.ring = make([]atomic.Pointer[sessionTruth], n)
	s.next.Store(newSessionTruth(s.seed, 0))
}

// begin returns the next session, whose creation begins.
func (s *sessions) begin() *sessionTruth {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.next.Load()
	s.next.Store(newSessionTruth(s.seed, t.number+1))
	return t
}

// acknowledged says that a session's creation was acknowledged, and until when the
// session lives for sure.
func (s *sessions) acknowledged(t *sessionTruth, now, sure time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t.created = now
	t.sureUntil.Store(int64(sure))
	n := s.count.Load()
	s.ring[n%uint64(len(s.ring))].Store(t)
	s.count.Store(n + 1)
}

// newest returns one of the newest sessions: 0 is the oldest of them.
func (s *sessions) newest(i int) *sessionTruth {
	return s.ring[(s.count.Load()+uint64(i))%uint64(len(s.ring))].Load()
}

// sessionTruth is what is true of a session.
type sessionTruth struct {
	name    string
	number  int
	created time.Duration // when its creation was acknowledged; unset while sure is 0
	leaving atomic.Bool   // a log-out of it has begun
	// sureUntil is until when it lives for sure unless it is logged out, left when the
	// first log-out of it was acknowledged, plus 1; both 0 before that.
	sureUntil, left atomic.Int64

	mu sync.Mutex
	// underway is when the renewals were sent that have not ended; doubtful when the
	// first was that may have been made, and when nobody knows; never if there is none.
	underway []time.Duration
	doubtful time.Duration
}

// never is a time that has not come.
const never = time.Duration(1<<63 - 1)

// newSessionTruth is a session with the id that the source gives it, a random UUID.
func newSessionTruth(seed uint64, number int) *sessionTruth {
	a, b := load.Mix(seed+uint64(number)), load.Mix(seed^load.Mix(uint64(number)))
	return &sessionTruth{
		name: fmt.Sprintf("%s%08x-%04x-4%03x-%04x-%012x", sessionPrefix,
			a>>32, a>>16&0xffff, a&0xfff, 0x8000|b>>48&0x3fff, b&0xffffffffffff),
		number: number, doubtful: never,
	}
}

// sure is until when the session lives for sure; 0 before its creation was
// acknowledged.
func (t *sessionTruth) sure() time.Duration { return time.Duration(t.sureUntil.Load()) }

// loggedOut is when the first log-out was acknowledged; never before that.
func (t *sessionTruth) loggedOut() time.Duration {
	if left := t.left.Load(); left > 0 {
		return time.Duration(left - 1)
	}
	return never
}

// leftAt says that a log-out was acknowledged.
func (t *sessionTruth) leftAt(now time.Duration) { t.left.CompareAndSwap(0, int64(now)+1) }

// renewing says that a renewal is sent. It returns when the first was sent of those
// that may be made after it: its own expiry is sure to last only as long as theirs.
func (t *sessionTruth) renewing(sent time.Duration) (since time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.underway = append(t.underway, sent)
	return min(slices.Min(t.underway), t.doubtful)
}

// renewed says that a renewal was acknowledged, and until when the session lives
// for sure.
func (t *sessionTruth) renewed(sent, sure time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.end(sent)
	t.sureUntil.Store(max(t.sureUntil.Load(), int64(sure)))
}

// refused says that a renewal was not made.
func (t *sessionTruth) refused(sent time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.end(sent)
}

// unsure says that a renewal has failed, and may be made all the same, at any time.
func (t *sessionTruth) unsure(sent time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.end(sent)
	t.doubtful = min(t.doubtful, sent)
}

// end takes a renewal off those under way.
func (t *sessionTruth) end(sent time.Duration) {
	i := slices.Index(t.underway, sent)
	t.underway = slices.Delete(t.underway, i, i+1)
}
