package scenarios_test

import (
	"runtime"
	"testing"
	"time"
)

// Where every location sees every write at once and nothing is cached, no
// session is lost or served after its log-out, however slow the calls are.
func TestSessionOnOneLocation(t *testing.T) {
	for _, variant := range []string{"seed", "ttl-only", "sliding-throttled", "pre-read"} {
		o := run(t, variant, `pattern: session
driver: embedded://?hot=50ms&cold=50ms&write=20ms
load: {rate: 200/s, arrivals: poisson, duration: 2m}
keys: {count: 20}
with: {create: 0.1, logout: 0.1}`)
		for _, name := range []string{"lost-session", "revoked-served", "expired-served"} {
			if h := o.series(name); h.TotalCount() != 0 {
				t.Errorf("%s: %s fires %d times, up to %v", variant, name, h.TotalCount(), time.Duration(h.Max()))
			}
		}
		if o.series("delete").TotalCount() == 0 || o.outcome("live") == 0 || o.outcome("absent") == 0 {
			t.Errorf("%s: nothing was logged out, or looked up: %v", variant, o.Outcomes)
		}
	}
}

// A session that is renewed while it is looked up is not one that is served too
// late: here a renewal takes five seconds, in the midst of which the session ends.
func TestSessionRenewedMeanwhile(t *testing.T) {
	o := run(t, "sliding-throttled", `pattern: session
driver: embedded://?hot=200ms&cold=200ms&write=5s
load: {rate: 10/s, duration: 2m}
keys: {count: 1}
with: {ttl: 61s, create: 0, logout: 0}`)
	if h := o.series("expired-served"); h.TotalCount() != 0 || o.outcome("expired") == 0 {
		t.Errorf("%d are served up to %v late, %d refused", h.TotalCount(), time.Duration(h.Max()), o.outcome("expired"))
	}
}

// A session whose renewal KV refuses is served all the same.
func TestSessionRenewalRefused(t *testing.T) {
	o := run(t, "sliding", `pattern: session
driver: embedded://?writes=strict
load: {rate: 10/s, duration: 10s}
keys: {count: 1}
with: {create: 0, logout: 0}`)
	if n := o.series("renewal-rejected").TotalCount(); n != 90 || o.outcome("live") != 100 {
		t.Errorf("%d renewals refused, %d of 100 look-ups find the session, want 90 and all", n, o.outcome("live"))
	}
}

// A renewal that overtakes a log-out brings the session back, until it is logged
// out again.
func TestSessionRenewedAfterLogout(t *testing.T) {
	h := run(t, "sliding", `pattern: session
driver: embedded://?hot=50ms&cold=50ms&write=20ms
load: {rate: 200/s, arrivals: poisson, duration: 2m}
keys: {count: 20}
with: {create: 0, logout: 0.001}`).series("revoked-served")
	if h.TotalCount() == 0 || time.Duration(h.Max()) < time.Minute {
		t.Errorf("it fires %d times, up to %v", h.TotalCount(), time.Duration(h.Max()))
	}
}

// What each transaction asks of KV, and how it ends. Whoever logs out makes the
// call, also when another has made it.
func TestSessionCalls(t *testing.T) {
	const n = 600
	type outcomes map[string]uint64
	for _, test := range []struct {
		variant, with    string
		get, put, delete int64
		outcomes
	}{
		{"seed", "create: 1, logout: 0", 0, n, 0, outcomes{"created": n}},
		{"seed", "create: 0, logout: 0", n, 0, 0, outcomes{"live": n}},
		{"seed", "create: 0, logout: 1", 0, 0, n, outcomes{"logged-out": n}}, // of the only session
		{"sliding", "create: 0, logout: 0", n, n, 0, outcomes{"live": n}},
		// Read every second for ten minutes, renewed each minute after the first.
		{"sliding-throttled", "create: 0, logout: 0", n, 9, 0, outcomes{"live": n}},
		// Sessions of a minute live for 60 of the 600 reads, unless they are renewed.
		{"ttl-only", "create: 0, logout: 0, ttl: 60s", n, 0, 0, outcomes{"live": 60, "absent": n - 60}},
		{"sliding", "create: 0, logout: 0, ttl: 60s", n, n, 0, outcomes{"live": n}},
	} {
		t.Run(test.variant+"/"+test.with, func(t *testing.T) {
			o := run(t, test.variant, "pattern: session\nload: {rate: 1/s, duration: 10m}\nkeys: {count: 1}\nwith: {"+test.with+"}")
			for op, want := range map[string]int64{"get": test.get, "put": test.put, "delete": test.delete, "look-up": test.get} {
				if got := o.series(op).TotalCount(); got != want {
					t.Errorf("%d calls of %s, want %d", got, op, want)
				}
			}
			for _, outcome := range o.pattern.AllOutcomes() {
				if got, want := o.outcome(outcome), test.outcomes[outcome]; got != want {
					t.Errorf("%d transactions end %s, want %d", got, outcome, want)
				}
			}
		})
	}
}

// What the seed's check of expiresAt refuses is what ttl-only serves too late:
// KV counts from when a put takes effect, a session from when it was asked for.
func TestSessionExpired(t *testing.T) {
	const fields = `pattern: session
driver: embedded://?write=900ms
load: {rate: 50/s, duration: 20m}
keys: {count: 5}
with: {ttl: 60s, create: 0.001, logout: 0}`
	checked, late := run(t, "seed", fields).outcome("expired"), run(t, "ttl-only", fields).series("expired-served")
	if checked == 0 || int64(checked) != late.TotalCount() || time.Duration(late.Max()) > 901*time.Millisecond {
		t.Errorf("%d were refused, %d served, up to %v late", checked, late.TotalCount(), time.Duration(late.Max()))
	}
}

// A look-up allocates nothing: the difference between a long run and a short one.
func TestSessionLookUpAllocatesNothing(t *testing.T) {
	allocations := func(transactions string) int64 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		run(t, "seed", "pattern: session\nload: {workers: 1, transactions: "+transactions+"}\nkeys: {count: 10}\nwith: {create: 0, logout: 0}")
		runtime.ReadMemStats(&after)
		return int64(after.Mallocs - before.Mallocs)
	}
	if more := allocations("51_000") - allocations("1_000"); more > 500 {
		t.Errorf("50000 transactions more make %d allocations more", more)
	}
}
