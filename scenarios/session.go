package scenarios

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"kvbench/internal/bench"
	"kvbench/internal/load"
	"kvbench/internal/record"
	"kvbench/kv"
)

// The outcomes of session: those of a look-up, then what else there is.
const (
	sessionLive      bench.Outcome = "live"
	sessionAbsent    bench.Outcome = "absent"
	sessionExpired   bench.Outcome = "expired"
	sessionCreated   bench.Outcome = "created"
	sessionLoggedOut bench.Outcome = "logged-out"
)

// What session observes.
var (
	sessionExpiredServed = &bench.Anomaly{
		Name: "expired-served", Unit: "ns", Of: "live", Role: record.Age,
		Says: "serves an expired session in {share} of its live answers",
		Doc:  "a session that was served though its expiresAt had passed when it was looked up: how long before",
	}
	sessionRevokedServed = &bench.Anomaly{
		Name: "revoked-served", Unit: "ns", Of: "live", Role: record.Age,
		Says: "serves a logged-out session in {share} of its live answers",
		Doc:  "a session that was served though its log-out had been acknowledged when it was looked up: how long before",
	}
	sessionLost = &bench.Anomaly{
		Name: "lost-session", Unit: "ns", Of: "look-up", Role: record.Age,
		Says: "loses a live session in {share} of look-ups",
		Doc:  "a session that lives for sure and was not found, or taken for expired: how long after its creation was acknowledged",
	}
	sessionRejected = &bench.Anomaly{
		Name: "renewal-rejected", Unit: "ns", Of: "renewal",
		Says: "has {share} of its renewals refused with 429",
		Doc:  "a renewal that KV refused with 429: how long the caller waited to hear so",
	}
	sessionLookUp  = &bench.Call{Name: "look-up", Doc: "one look-up that was answered, with the renewal of what it found"}
	sessionRenewal = &bench.Call{Name: "renewal", Doc: "one renewal that KV took, or refused with 429"}
)

func session() *bench.Pattern {
	return &bench.Pattern{
		Name:  "session",
		Doc:   "Create sessions, look them up, let them expire, log them out.",
		Grows: true,
		Variants: []bench.Variant{
			{Name: "seed", Doc: "KV's TTL, and a check of the expiresAt in the value"},
			{Name: "ttl-only", Doc: "KV's TTL alone"},
			{Name: "sliding", Doc: "as seed, and every look-up renews the session"},
			{Name: "sliding-throttled", Doc: "as sliding, but at most once a minute"},
			{Name: "pre-read", Doc: "as seed, but some look-ups are of the session that is created next, which caches the miss"},
		},
		Published: "seed",
		Outcomes:  []bench.Outcome{sessionLive, sessionAbsent, sessionExpired, sessionCreated, sessionLoggedOut},
		Observes: []bench.Series{
			sessionExpiredServed, sessionRevokedServed, sessionLost, sessionRejected, sessionLookUp, sessionRenewal,
		},
		New: newSession,
	}
}

type sessionParams struct {
	TTL     time.Duration `yaml:"ttl" min:"60s" doc:"how long a session lives, in whole seconds; sliding and sliding-throttled begin it anew with look-ups"`
	Create  float64       `yaml:"create" min:"0%" max:"100%" doc:"share of the transactions that create a session"`
	Logout  float64       `yaml:"logout" min:"0%" max:"100%" doc:"share of the transactions that log a session out; with create 100% at most, and the others look one up"`
	PreRead float64       `yaml:"pre-read" min:"0%" max:"100%" doc:"share of the look-ups that are of the session that is created next; of the variant pre-read alone"`
}

type sessionLoad struct {
	sessionParams
	bench.Params
	variant  string
	chooser  *load.Chooser
	sessions sessions
}

func newSession(s bench.Setup) (bench.Workload, error) {
	p := &sessionLoad{
		sessionParams: sessionParams{TTL: 24 * time.Hour, Create: 0.1, Logout: 0.05, PreRead: 0.2},
		Params:        s.Params, variant: s.Variant, sessions: sessions{seed: s.Seed},
	}
	if err := s.Decode(&p.sessionParams); err != nil {
		return nil, err
	}
	if err := checkShare("create and logout together", p.Create+p.Logout); err != nil {
		return nil, err
	}
	if p.TTL%time.Second != 0 {
		return nil, fmt.Errorf("ttl must be in whole seconds, as KV's expirationTtl is; it is %v", p.TTL)
	}
	return p, nil
}

// Seed creates the sessions that are there at first, as many as there are keys.
func (p *sessionLoad) Seed(ctx context.Context, w *bench.Worker) error {
	p.chooser = p.Distribution.Chooser(p.Keys)
	p.sessions.init(p.Keys)
	type creation struct {
		*sessionTruth
		sent time.Duration
	}
	all := make([]creation, p.Keys)
	for i := range all {
		all[i].sessionTruth = p.sessions.begin()
	}
	err := fill(ctx, w, p.Keys, func(i int) kv.Pair {
		s := &all[i]
		s.sent = w.Now()
		doc := p.appendDoc(nil, s.sessionTruth, s.sent)
		return kv.Pair{Key: s.name, Value: doc, Options: p.options(p.appendMetadata(nil, w, s.sent))}
	})
	for _, s := range all {
		p.sessions.acknowledged(s.sessionTruth, w.Now(), p.sureUntil(w, s.sent))
	}
	return err
}

// Do is a creation, a log-out or a look-up. What a variant draws for itself comes
// last, so that the others are about the same sessions.
func (p *sessionLoad) Do(ctx context.Context, w *bench.Worker, _ uint64) (bench.Outcome, error) {
	kind := w.Rand.Float64()
	if kind < p.Create {
		return sessionCreated, p.create(ctx, w)
	}
	s := p.sessions.newest(p.chooser.Key(w.Rand))
	if kind < p.Create+p.Logout {
		return sessionLoggedOut, p.logOut(ctx, w, s)
	}
	if p.variant == "pre-read" && w.Rand.Float64() < p.PreRead {
		s = p.sessions.next.Load()
	}
	return p.lookUp(ctx, w, s)
}

// create is the source's createSession.
func (p *sessionLoad) create(ctx context.Context, w *bench.Worker) error {
	s, sent := p.sessions.begin(), w.Now()
	if err := p.put(ctx, w, s, sent); err != nil {
		return err
	}
	p.sessions.acknowledged(s, w.Now(), p.sureUntil(w, sent))
	return nil
}

// logOut deletes what the cookie names, whether or not it is still there: the
// Worker does not know.
func (p *sessionLoad) logOut(ctx context.Context, w *bench.Worker, s *sessionTruth) error {
	s.leaving.Store(true)
	if err := w.Delete(ctx, s.name); err != nil {
		return err
	}
	s.leftAt(w.Now())
	return nil
}

// lookUp is the source's getSession, and what the variant adds to it. What it is
// held against is what was true when it was sent.
func (p *sessionLoad) lookUp(ctx context.Context, w *bench.Worker, s *sessionTruth) (bench.Outcome, error) {
	sure, loggedOut := s.sure(), s.loggedOut()
	asked := w.Now()
	doc, found, err := getStamp(ctx, w, s.name)
	if err != nil {
		return "", err
	}
	answered, expires := w.Now(), time.Duration(doc.version)
	outcome := sessionLive
	switch {
	case !found:
		outcome = sessionAbsent
	case p.variant != "ttl-only" && expires < answered:
		outcome = sessionExpired
	case p.variant == "sliding", p.variant == "sliding-throttled" && answered-doc.written >= time.Minute:
		if err := p.renew(ctx, w, s); err != nil {
			return "", err
		}
	}
	w.Observe(sessionLookUp, int64(w.Now()-asked))
	switch {
	case outcome != sessionLive:
		if answered < sure && !s.leaving.Load() {
			w.Observe(sessionLost, int64(asked-s.created))
		}
	case loggedOut < asked:
		w.Observe(sessionRevokedServed, int64(asked-loggedOut))
	case expires < asked:
		w.Observe(sessionExpiredServed, int64(asked-expires))
	}
	return outcome, nil
}

// renew puts the session back with a new expiry. That KV refuses it is no reason
// not to serve the session. It brings a session back that was logged out since it
// was read.
func (p *sessionLoad) renew(ctx context.Context, w *bench.Worker, s *sessionTruth) error {
	sent := w.Now()
	since := s.renewing(sent)
	err := p.put(ctx, w, s, sent)
	refused := kv.HasStatus(err, http.StatusTooManyRequests)
	switch {
	case err == nil:
		s.renewed(sent, p.sureUntil(w, since))
	case refused:
		s.refused(sent)
	default:
		s.unsure(sent)
		return err
	}
	took := int64(w.Now() - sent)
	w.Observe(sessionRenewal, took)
	if refused {
		w.Observe(sessionRejected, took)
	}
	return nil
}

// put writes a session that lives for the TTL from now on.
func (p *sessionLoad) put(ctx context.Context, w *bench.Worker, s *sessionTruth, now time.Duration) error {
	w.Buf = p.appendDoc(w.Buf[:0], s, now)
	n := len(w.Buf)
	w.Buf = p.appendMetadata(w.Buf, w, now)
	return w.Put(ctx, s.name, w.Buf[:n], p.options(w.Buf[n:]))
}

// appendDoc appends a session's document. Its expiresAt is the stamp's version, in
// nanoseconds on the scenario's clock where the source has milliseconds.
func (p *sessionLoad) appendDoc(buf []byte, s *sessionTruth, now time.Duration) []byte {
	return appendDoc(buf, stamp{version: uint64(now + p.TTL), written: now}, p.Size.Of(s.number))
}

func (p *sessionLoad) appendMetadata(buf []byte, w *bench.Worker, now time.Duration) []byte {
	buf = strconv.AppendInt(append(buf, `{"createdAt":`...), w.Epoch().Add(now).UnixMilli(), 10)
	return append(buf, '}')
}

func (p *sessionLoad) options(metadata []byte) kv.PutOptions {
	return kv.PutOptions{TTL: p.TTL, Metadata: metadata}
}

// sureUntil is until when a session lives for sure whose put was sent at a time:
// KV counts the TTL from the second in which it makes the write, which is that of
// the sending or a later one.
func (p *sessionLoad) sureUntil(w *bench.Worker, sent time.Duration) time.Duration {
	return time.Unix(kv.ExpiresAt(w.Epoch().Add(sent), p.TTL), 0).Sub(w.Epoch())
}
