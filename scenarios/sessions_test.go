package scenarios_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"kvbench/internal/scenariofile"
	"kvbench/scenarios"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// sessionVariants are those of session.
var sessionVariants = []string{"seed", "ttl-only", "sliding", "sliding-throttled", "pre-read"}

// A store without latency, caches and delay loses no session and serves none too
// late, whatever the TTL is and however often sessions are asked for. One with
// latency loses none either, however renewals overtake each other; only ttl-only,
// which checks nothing, serves a session longer than it says: by no more than its
// put took.
func TestSessionOnAPerfectStore(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		ttl := rapid.IntRange(60, 90).Draw(rt, "ttl")
		variant := rapid.SampledFrom(sessionVariants).Draw(rt, "variant")
		slow := rapid.SampledFrom([]int{0, 0, 300, 4000}).Draw(rt, "slow")
		fields := fmt.Sprintf(`pattern: session
driver: embedded://?profile=none&propagation=0&write=p0:%dms,p100:%dms&hot=%dms&cold=%dms
load: {rate: %v/s, arrivals: poisson, duration: 4m}
keys: {count: %d}
with: {ttl: %ds, create: %v, logout: %v}`, slow/10, slow, slow/2, slow/2,
			rapid.SampledFrom([]int{1, 3, 20}).Draw(rt, "rate"), rapid.IntRange(1, 10).Draw(rt, "keys"), ttl,
			rapid.SampledFrom([]float64{0, 0.01, 0.2}).Draw(rt, "create"),
			rapid.SampledFrom([]float64{0, 0.01, 0.2}).Draw(rt, "logout"))
		o := run(t, variant, fields)
		if h := o.series("lost-session"); h.TotalCount() > 0 {
			rt.Errorf("%s\n%s: %d are lost, up to %v after their creation", fields, variant, h.TotalCount(), time.Duration(h.Max()))
		}
		most := time.Duration(0)
		if variant == "ttl-only" {
			most = time.Duration(slow) * time.Millisecond
		}
		if h := o.series("expired-served"); h.TotalCount() > 0 && time.Duration(h.Max()) > most+most/1000 || most == 0 && h.TotalCount() > 0 {
			rt.Errorf("%s\n%s: %d are served up to %v too late", fields, variant, h.TotalCount(), time.Duration(h.Max()))
		}
		if h := o.series("revoked-served"); h.TotalCount() > 0 && !strings.HasPrefix(variant, "sliding") {
			rt.Errorf("%s\n%s: %d are served after their log-out", fields, variant, h.TotalCount())
		}
	})
}

// A renewal that takes long may be made after a later one, and end the session
// sooner than that one's caller was told. That is no loss: either order is right.
func TestSessionRenewalsOvertake(t *testing.T) {
	o := run(t, "sliding", `pattern: session
driver: embedded://?write=p0:1s,p100:58s
load: {rate: 5/s, arrivals: poisson, duration: 10m}
keys: {count: 100}
with: {ttl: 60s, create: 0.05, logout: 0}`)
	if n := o.series("lost-session").TotalCount(); n != 0 || o.outcome("expired") == 0 {
		t.Errorf("%d are lost, %d have expired", n, o.outcome("expired"))
	}
}

// Nobody looks a session up, or logs one out, whose creation was not acknowledged:
// nobody can have its id. Only pre-read looks up the next one, to see what it does.
func TestSessionsThatNobodyCanHave(t *testing.T) {
	for _, variant := range sessionVariants {
		_, calls := runTapped(t, 1, variant, `pattern: session
driver: embedded://?write=3s&hot=10ms&cold=10ms
load: {rate: 50/s, arrivals: poisson, duration: 2m}
keys: {count: 5, distribution: latest(0.99)}
with: {create: 0.3, logout: 0.2}`)
		created := map[string]time.Duration{} // when a put of it was first acknowledged
		for _, c := range calls {
			if _, known := created[c.name]; c.op == "put" && c.err == nil && !known {
				created[c.name] = c.done
			}
		}
		early := map[string]int{}
		for _, c := range calls {
			if at, known := created[c.name]; !known || c.sent < at {
				early[c.op]++
			}
		}
		delete(early, "put")
		if gets := early["get"]; early["delete"] > 0 || (gets > 0) != (variant == "pre-read") {
			t.Errorf("%s: calls of sessions that nobody can have: %v", variant, early)
		}
	}
}

// The variants differ in what their names say alone: the same seed gives them the
// same creations, log-outs and look-ups, and where calls take no time the same
// transactions log the same sessions out. Every log-out deletes.
func TestSessionVariantsDoTheSame(t *testing.T) {
	for _, driver := range []string{"embedded://?locations=3", "embedded://?locations=3&profile=edge&propagation=60s"} {
		fields := "pattern: session\ndriver: " + driver + `
load: {rate: 50/s, arrivals: poisson, duration: 5m}
keys: {count: 50, distribution: zipfian(0.99)}
with: {create: 0.05, logout: 0.1, pre-read: 0.5}`
		var want [3]uint64
		var wantDeletes []string
		for i, variant := range sessionVariants {
			o, calls := runTapped(t, 1, variant, fields)
			got := [3]uint64{o.outcome("created"), o.outcome("logged-out"), o.outcome("live") + o.outcome("absent") + o.outcome("expired")}
			var deletes []string
			for _, c := range calls {
				if c.op == "delete" {
					deletes = append(deletes, fmt.Sprint(c.sent, c.name))
				}
			}
			if n := o.series("delete").TotalCount(); n == 0 || uint64(n) != got[1] || o.Billed.Deletes != got[1] {
				t.Errorf("%s: %d log-outs, %d deletes, %d billed", variant, got[1], n, o.Billed.Deletes)
			}
			if n := uint64(o.series("look-up").TotalCount()); n != got[2] {
				t.Errorf("%s: %d look-ups in the series, %d by their outcomes", variant, n, got[2])
			}
			if i == 0 {
				want, wantDeletes = got, deletes
			}
			if got != want {
				t.Errorf("%s: %v creations, log-outs and look-ups, want %v", variant, got, want)
			}
			if diff := cmp.Diff(wantDeletes, deletes); diff != "" && !strings.Contains(driver, "edge") {
				t.Errorf("%s logs out others than seed:\n%s", variant, diff)
			}
		}
	}
}

// No transaction ends without its call: none is shorter than one, and none is free.
func TestEveryTransactionCalls(t *testing.T) {
	const slow = "\ndriver: embedded://?hot=40ms&cold=40ms&list=40ms&write=40ms\n" +
		"load: {rate: 20/s, arrivals: poisson, duration: 3m}\nkeys: {count: 5}\n"
	for _, fields := range []string{
		"pattern: session" + slow + "with: {create: 0.1, logout: 0.5}",
		"pattern: session" + slow + "with: {create: 0, logout: 1}",
		"pattern: prefix" + slow + "with: {set: 0.3, get: 0.3, delete: 0.3}",
		"pattern: prefix" + slow + "with: {delete: 1}",
		"pattern: prefix" + slow + "with: {set: 0.5, delete: 0.5}",
	} {
		for _, variant := range variantsOf(run(t, "seed", fields)) {
			o := run(t, variant, fields)
			if n := o.outcome("error"); n > 0 {
				t.Errorf("%s: %s: %d errors", fields, variant, n)
			}
			if shortest := time.Duration(o.series("response").Min()); shortest < 39*time.Millisecond {
				t.Errorf("%s: %s: the shortest transaction takes %v", fields, variant, shortest)
			}
			calls := int64(0)
			for _, op := range []string{"get", "put", "delete", "list"} {
				calls += o.series(op).TotalCount()
			}
			b := o.Billed
			if billed := b.Reads + b.Writes + b.Deletes + b.Lists; calls < o.series("response").TotalCount() || billed < uint64(calls) {
				t.Errorf("%s: %s: %d transactions, %d calls, %d billed", fields, variant, o.series("response").TotalCount(), calls, billed)
			}
			if strings.Contains(fields, "{delete: 1}") || strings.Contains(fields, "logout: 1}") {
				if n := o.series("response").TotalCount(); b.Deletes != uint64(n) || n == 0 {
					t.Errorf("%s: %s: %d transactions, %d deletes billed", fields, variant, n, b.Deletes)
				}
			}
		}
	}
}

// KV takes a TTL in whole seconds, 60 or more.
func TestSessionTTL(t *testing.T) {
	for ttl, want := range map[string]string{
		"90500ms": "7:17: ttl must be in whole seconds, as KV's expirationTtl is; it is 1m30.5s",
		"59s":     "7:17: \"59s\" is not in range",
	} {
		_, err := scenariofile.Load("test", []byte(`scenarios:
  - name: a
    question: q?
    pattern: session
    load: {workers: 1, transactions: 1}
    variants: [seed]
    with: {ttl: `+ttl+"}\n"), scenarios.Patterns(), nil)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", ttl, err, want)
		}
	}
}
