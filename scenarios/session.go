package scenarios

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"

	"kvbench/internal/bench"
	"kvbench/internal/load"
	"kvbench/internal/record"
	"kvbench/kv"
)

// The outcomes of session. A create that is acknowledged ends live, a log-out
// absent.
const (
	sessionLive bench.Outcome = iota
	sessionAbsent
	sessionExpired
)

// The marks of session.
const (
	sessionExpiredServed = iota
	sessionRevokedServed
	sessionLost
	sessionRejected
)

func session() *bench.Pattern {
	return &bench.Pattern{
		Name: "session",
		Doc:  "Create sessions, look them up, let them expire, log them out.",
		Variants: []bench.Variant{
			{Name: "seed", Doc: "KV's TTL, and a check of the expiresAt in the value"},
			{Name: "ttl-only", Doc: "KV's TTL alone"},
			{Name: "sliding", Doc: "as seed, and every look-up renews the session"},
			{Name: "sliding-throttled", Doc: "as sliding, but at most once a minute"},
			{Name: "pre-read", Doc: "as seed, but some sessions are looked up before they exist, which caches the miss"},
		},
		Outcomes: []string{"live", "absent", "expired"},
		Marks: []record.Series{
			{Name: "expired-served", Unit: "ns", Of: "live", Doc: "a session that was served after its expiry: how long after"},
			{Name: "revoked-served", Unit: "ns", Of: "live", Doc: "a session that was served after its log-out was acknowledged: how long after"},
			{Name: "lost-session", Unit: "ns", Of: "response", Doc: "a session that lives and was not found, or taken for expired: how long after its creation was acknowledged"},
			{Name: "renewal-rejected", Unit: "ns", Of: "put", Doc: "a renewal that KV refused with 429: how long the caller waited to hear so"},
		},
		New: newSession,
	}
}

type sessionKnobs struct {
	TTL     time.Duration `yaml:"ttl" min:"60s"` // of a session
	Create  float64       `yaml:"create"`        // share of the transactions that create a session
	Logout  float64       `yaml:"logout"`        // share that log one out; the others look one up
	PreRead float64       `yaml:"pre-read"`      // share of the look-ups of pre-read that are of the next session
}

type sessionLoad struct {
	sessionKnobs
	bench.Knobs
	variant string
	seed    uint64
	chooser *load.Chooser

	mu       sync.Mutex
	sessions []sessionTruth // by number, those that are created or about to be
}

// sessionTruth is what is true of a session. A time that has not come is never.
type sessionTruth struct {
	name               string
	created, loggedOut time.Duration // when it was acknowledged
	leaving            bool          // its log-out has begun
	expires            time.Duration
}

func newSession(s bench.Setup) (bench.Workload, error) {
	p := &sessionLoad{
		sessionKnobs: sessionKnobs{TTL: 24 * time.Hour, Create: 0.1, Logout: 0.05, PreRead: 0.2},
		Knobs:        s.Knobs, variant: s.Variant, seed: s.Seed,
	}
	if err := s.Decode(&p.sessionKnobs); err != nil {
		return nil, err
	}
	for _, share := range []struct {
		name  string
		value float64
	}{{"create", p.Create}, {"logout", p.Logout}, {"create and logout together", p.Create + p.Logout}, {"pre-read", p.PreRead}} {
		if err := checkShare(share.name, share.value); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// Seed creates the sessions that are there at first, as many as there are keys.
func (p *sessionLoad) Seed(ctx context.Context, w *bench.Worker) error {
	p.chooser = p.Popularity.Chooser(p.Keys)
	now := w.Now()
	for range p.Keys {
		p.next()
	}
	for i := range p.sessions {
		p.sessions[i].created, p.sessions[i].expires = now, now+p.TTL
	}
	return fill(ctx, w, p.Keys, func(i int) kv.Pair {
		return kv.Pair{Key: p.sessions[i].name, Value: p.value(nil, now, now+p.TTL, i), Options: p.options(w)}
	})
}

// next returns the number of a session that is about to be created.
func (p *sessionLoad) next() int {
	n := len(p.sessions)
	p.sessions = append(p.sessions, sessionTruth{
		name:    fmt.Sprintf("session:%016x%016x", load.Mix(p.seed+uint64(n)), load.Mix(p.seed^load.Mix(uint64(n)))),
		created: never, loggedOut: never,
	})
	return n
}

// value is a session's document: its expiry is the stamp's version.
func (p *sessionLoad) value(buf []byte, now, expires time.Duration, number int) []byte {
	return appendDoc(buf, stamp{version: uint64(expires), written: now}, p.Size.Of(number))
}

func (p *sessionLoad) options(w *bench.Worker) kv.PutOptions {
	created := w.Epoch().Add(w.Now()).UnixMilli()
	return kv.PutOptions{TTL: p.TTL, Metadata: fmt.Appendf(nil, `{"createdAt":%d}`, created)}
}

func (p *sessionLoad) Do(ctx context.Context, w *bench.Worker, _ uint64) (bench.Outcome, error) {
	switch kind := w.Rand.Float64(); {
	case kind < p.Create:
		return sessionLive, p.create(ctx, w)
	case kind < p.Create+p.Logout:
		return sessionAbsent, p.logout(ctx, w)
	}
	return p.lookUp(ctx, w)
}

// choose draws one of the newest sessions, as many as there are keys.
func (p *sessionLoad) choose(w *bench.Worker) (int, sessionTruth) {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := len(p.sessions) - p.Keys + p.chooser.Key(w.Rand)
	if p.variant == "pre-read" && w.Rand.Float64() < p.PreRead {
		n = len(p.sessions) - 1
		if p.sessions[n].created != never {
			n = p.next()
		}
	}
	return n, p.sessions[n]
}

func (p *sessionLoad) create(ctx context.Context, w *bench.Worker) error {
	p.mu.Lock()
	n := len(p.sessions) - 1
	if p.sessions[n].expires > 0 { // not one that was only looked up so far
		n = p.next()
	}
	now := w.Now()
	expires := now + p.TTL
	p.sessions[n].expires = expires
	name := p.sessions[n].name
	p.mu.Unlock()
	w.Buf = p.value(w.Buf[:0], now, expires, n)
	if err := w.Put(ctx, name, w.Buf, p.options(w)); err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sessions[n].created = w.Now()
	return nil
}

func (p *sessionLoad) logout(ctx context.Context, w *bench.Worker) error {
	n, s := p.choose(w)
	if s.created > w.Start() || s.leaving {
		return nil // nobody is logged in
	}
	p.mu.Lock()
	p.sessions[n].leaving = true
	p.mu.Unlock()
	if err := w.Delete(ctx, s.name); err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sessions[n].loggedOut = min(p.sessions[n].loggedOut, w.Now())
	return nil
}

// lookUp is the source's getSession, and what the variant adds to it.
func (p *sessionLoad) lookUp(ctx context.Context, w *bench.Worker) (bench.Outcome, error) {
	n, truth := p.choose(w)
	doc, found, err := getStamp(ctx, w, truth.name)
	if err != nil {
		return 0, err
	}
	expires := time.Duration(doc.version)
	lives := truth.created <= w.Start() && !p.leaving(n) && w.Now() < truth.expires
	switch {
	case !found:
		p.checkLost(w, lives, truth)
		return sessionAbsent, nil
	case p.variant != "ttl-only" && expires < w.Now():
		p.checkLost(w, lives, truth)
		return sessionExpired, nil
	}
	if truth.loggedOut < w.Start() {
		w.See(sessionRevokedServed, int64(w.Start()-truth.loggedOut))
	} else if late := w.Start() - max(truth.expires, expires); late > 0 && truth.created <= w.Start() {
		w.See(sessionExpiredServed, int64(late))
	}
	if p.variant == "sliding" || p.variant == "sliding-throttled" && w.Now()-doc.written >= time.Minute {
		return sessionLive, p.renew(ctx, w, n, truth.name)
	}
	return sessionLive, nil
}

// leaving reports whether a session's log-out has begun, if only since it was
// chosen: then its absence is no loss.
func (p *sessionLoad) leaving(n int) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.sessions[n].leaving
}

func (p *sessionLoad) checkLost(w *bench.Worker, lives bool, truth sessionTruth) {
	if lives {
		w.See(sessionLost, int64(w.Start()-truth.created))
	}
}

// renew puts the session back with a new expiry. That KV refuses it is no reason
// not to serve the session. It brings a session back that was logged out since it
// was read.
func (p *sessionLoad) renew(ctx context.Context, w *bench.Worker, n int, name string) error {
	now := w.Now()
	w.Buf = p.value(w.Buf[:0], now, now+p.TTL, n)
	err := w.Put(ctx, name, w.Buf, p.options(w))
	if kv.HasStatus(err, http.StatusTooManyRequests) {
		w.See(sessionRejected, int64(w.Now()-now))
		return nil
	}
	if err == nil {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.sessions[n].expires = max(p.sessions[n].expires, now+p.TTL)
	}
	return err
}
