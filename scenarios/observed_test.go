package scenarios_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"kvbench/drivers"
	"kvbench/internal/bench"
	"kvbench/internal/clock"
	"kvbench/internal/detect"
	"kvbench/internal/record"
	"kvbench/internal/runfile"
	"kvbench/internal/scenariofile"
	"kvbench/kv"
	"kvbench/scenarios"
)

// unobserved is the observer of a run that only its total is wanted of.
type unobserved struct{}

func (unobserved) Phase(string)                    {}
func (unobserved) Interval(runfile.Interval) error { return nil }

// observed is what a variant gave in virtual time.
type observed struct {
	t       testing.TB
	pattern *bench.Pattern
	runfile.Interval
}

// bare is a driver's URL with no latency and no propagation where it says nothing of
// them: what these tests want is counted by hand.
func bare(url string) string {
	for _, option := range []string{"profile=none", "propagation=0"} {
		if name, _, _ := strings.Cut(option, "="); strings.HasPrefix(url, "embedded:") && !strings.Contains(url, name+"=") {
			between := "&"
			if !strings.Contains(url, "?") {
				between = "?"
			}
			url += between + option
		}
	}
	return url
}

// loadOne loads a scenario of one variant, given as the fields below its name.
func loadOne(t testing.TB, variant, fields string) *bench.Scenario {
	t.Helper()
	text := "scenarios:\n  - name: test\n    question: What?\n    variants: [" + variant + "]\n    " +
		strings.ReplaceAll(strings.TrimSpace(fields), "\n", "\n    ") + "\n"
	f, err := scenariofile.Load("test", []byte(text), scenarios.Patterns(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return &f.Scenarios[0]
}

// run runs one variant of a scenario.
func run(t testing.TB, variant, fields string) observed {
	t.Helper()
	return runOn(t, loadOne(t, variant, fields), 1, nil, nil)
}

// runOn runs the variant of a scenario. wrap may put a store of the test's own before
// the scenario's, and warmUp records what belongs to the warm-up; either may be nil.
func runOn(t testing.TB, s *bench.Scenario, seed uint64, wrap func(kv.Store, clock.Clock) kv.Store, warmUp *record.Recorder) observed {
	t.Helper()
	c := clock.NewVirtual()
	store, err := drivers.Open(bare(s.Driver), drivers.Env{Clock: c, Seed: seed})
	if err != nil {
		t.Fatal(err)
	}
	if wrap != nil {
		store = wrap(store, c)
	}
	v, err := bench.Run(t.Context(), s, s.Variants[0],
		bench.Options{Clock: c, Store: store, Seed: seed, Observer: unobserved{}, WarmUp: warmUp})
	if err != nil {
		t.Fatal(err)
	}
	return observed{t, s.Pattern, v.Total}
}

// series returns the histogram of a series; empty when nothing was observed.
func (o observed) series(name string) *record.Histogram {
	for i, s := range o.pattern.Series() {
		if s.Name == name {
			if h := o.Histograms[i]; h != nil {
				return h
			}
			return record.NewTotal()
		}
	}
	o.t.Fatalf("no series %s", name)
	return nil
}

// outcome returns how many transactions ended so.
func (o observed) outcome(name string) uint64 {
	for i, n := range o.pattern.AllOutcomes() {
		if n == name {
			return o.Outcomes[i]
		}
	}
	o.t.Fatalf("no outcome %s", name)
	return 0
}

// Each anomaly fires where it should, as often and as large as it should, and
// stays at zero where the pitfall is not.
func TestAnomalies(t *testing.T) {
	const ms, s = int64(time.Millisecond), int64(time.Second)
	tested := map[string]bool{}
	for _, test := range []struct {
		pattern, series string
		fires           [2]string // variant, and the scenario
		count           int64
		about           bool      // the count is of what was drawn at random: it may be off by a fifth
		min, max        int64     // of its size, inclusive
		silent          [2]string // likewise; no scenario: the same one
	}{
		{
			pattern: "multi-tier", series: "stale-read",
			// One key that changes every 10 s, read every second, kept in memory for
			// 60 s: of 60 reads at least 50 are stale, by at most the TTL.
			fires: [2]string{"seed", `
load: {rate: 1/s, duration: 10m}
keys: {count: 1}
with: {origin: {changes: 10s, latency: 1ms}}`},
			count: 598, about: true, min: 0, max: 300 * s, silent: [2]string{"origin-only"},
		},
		{
			pattern: "multi-tier", series: "stampede",
			// Five workers that always fetch together: none is alone, the first neither.
			fires: [2]string{"origin-only", `
load: {workers: 5, transactions: 100, think: 1ms}
keys: {count: 1}
with: {origin: {latency: 100ms}}`},
			count: 100, min: 5, max: 5, silent: [2]string{"single-flight"},
		},
		{
			pattern: "multi-tier", series: "backfill-rejected",
			// Five workers fetch at once and fill at once: one put is accepted.
			fires: [2]string{"seed", `
driver: embedded://?writes=strict&write=20ms
load: {workers: 5, transactions: 100}
keys: {count: 1}
with: {origin: {latency: 100ms}}`},
			count: 4, min: 20 * ms, max: 20 * ms, silent: [2]string{"single-flight"},
		},
		{
			pattern: "multi-tier", series: "falsy-refetch",
			// Every value is falsy: the first of ten reads fills KV, the others fetch again.
			fires: [2]string{"no-memory", `
load: {workers: 1, transactions: 10}
keys: {count: 1}
with: {origin: {latency: 100ms, falsy: 1}}`},
			count: 9, min: 100 * ms, max: 100 * ms, silent: [2]string{"no-memory", `
load: {workers: 1, transactions: 10}
keys: {count: 1}
with: {origin: {latency: 100ms, falsy: 0}}`},
		},
		{
			pattern: "multi-tier", series: "falsy-refetch",
			// The origin has nothing: KV's null is fetched again, that of memory is not.
			fires: [2]string{"seed", `
load: {workers: 1, transactions: 10, think: 10s}
keys: {count: 1}
with: {memory-ttl: 15s, origin: {latency: 100ms, absent: 1}}`},
			count: 4, min: 100 * ms, max: 100 * ms, silent: [2]string{"seed", `
load: {workers: 1, transactions: 10, think: 10s}
keys: {count: 1}
with: {memory-ttl: 15m, origin: {latency: 100ms, absent: 1}}`},
		},
		{
			pattern: "multi-tier", series: "cached-error",
			// The origin always fails: memory serves what the first read cached for 15 s
			// from when that began, then KV does, until its 60 s are over.
			fires: [2]string{"seed", `
load: {workers: 1, transactions: 15, think: 10s}
keys: {count: 1}
with: {memory-ttl: 15s, kv-ttl: 60s, origin: {latency: 1s, errors: 1}}`},
			count: 12, min: 10 * s, max: 63 * s, silent: [2]string{"origin-only"},
		},
		{
			pattern: "multi-tier", series: "memory-entries",
			fires: [2]string{"seed", `
load: {workers: 1, transactions: 1000}
keys: {count: 20}`},
			count: 20, min: 1, max: 20, silent: [2]string{"no-memory"},
		},
		{
			pattern: "api-cache", series: "stale-read",
			// One key that changes every 10 s, read every second, cached for 60 s.
			fires: [2]string{"seed", `
load: {rate: 1/s, duration: 10m}
keys: {count: 1}
with: {ttl: 60s, origin: {changes: 10s, latency: 1ms}}`},
			count: 590, about: true, min: 0, max: 61 * s, silent: [2]string{"no-cache"},
		},
		{
			pattern: "api-cache", series: "stampede",
			// Five workers that always fetch together: none is alone, the first neither.
			fires: [2]string{"no-cache", `
load: {workers: 5, transactions: 100, think: 1ms}
keys: {count: 1}
with: {origin: {latency: 100ms}}`},
			count: 100, min: 5, max: 5, silent: [2]string{"single-flight"},
		},
		{
			pattern: "api-cache", series: "falsy-refetch",
			// Every value is falsy: the first of ten reads fills KV, the others fetch again.
			fires: [2]string{"seed", `
load: {workers: 1, transactions: 10}
keys: {count: 1}
with: {origin: {latency: 100ms, falsy: 1}}`},
			count: 9, min: 100 * ms, max: 100 * ms, silent: [2]string{"null-safe"},
		},
		{
			pattern: "api-cache", series: "falsy-refetch",
			// The origin has nothing: null is cached, and fetched again.
			fires: [2]string{"null-safe", `
load: {workers: 1, transactions: 10}
keys: {count: 1}
with: {origin: {latency: 100ms, absent: 1}}`},
			count: 9, min: 100 * ms, max: 100 * ms, silent: [2]string{"negative-cache"},
		},
		{
			pattern: "api-cache", series: "put-rejected",
			fires: [2]string{"ttl-30", `
load: {workers: 1, transactions: 10}
keys: {count: 10}`},
			count: 10, min: 0, max: 0, silent: [2]string{"seed"},
		},
		{
			pattern: "api-cache", series: "cached-error",
			// The origin always fails: what the first read cached is served to the
			// fourteen after it.
			fires: [2]string{"seed", `
load: {workers: 1, transactions: 15, think: 1s}
keys: {count: 1}
with: {origin: {latency: 1s, errors: 1}}`},
			count: 14, min: 1 * s, max: 14 * s, silent: [2]string{"no-cache"},
		},
		{
			pattern: "coalesce", series: "lost-update",
			// Two workers in step: both read the same version and both write.
			fires: [2]string{"seed", `
driver: embedded://?hot=10ms&cold=10ms&write=10ms
load: {workers: 2, transactions: 100}
keys: {count: 1}
with: {update: 1}`},
			count: 50, min: 0, max: 0, silent: [2]string{"per-field"},
		},
		{
			pattern: "coalesce", series: "torn-read",
			fires: [2]string{"per-field", `
driver: embedded://?hot=1ms&cold=1ms&write=10ms
load: {workers: 4, transactions: 400}
keys: {count: 1}
with: {update: 0.5}`},
			count: 144, about: true, min: 0, max: 100 * ms, silent: [2]string{"seed"},
		},
		{
			pattern: "coalesce", series: "stale-read",
			// Seen everywhere at once but for what a location has cached, for 60 s or until
			// it writes itself, 1/30 s. Of what it serves at age a, e^(-a/30) of it, a share
			// 1-e^(-a/15) was replaced by another: 62 % of 5,940 reads.
			fires: [2]string{"per-field", `
driver: embedded://?locations=3
load: {rate: 10/s, duration: 10m}
keys: {count: 1}
with: {update: 0.01, fields: 1, update-fields: 1}`},
			count: 3650, about: true, min: 0, max: 60 * s, silent: [2]string{"per-field", `
driver: embedded://?locations=1
load: {rate: 10/s, duration: 10m}
keys: {count: 1}
with: {update: 0.01, fields: 1, update-fields: 1}`},
		},
		{
			pattern: "coalesce", series: "put-rejected",
			// A write takes 100 ms, so of those sent within a second only the first passes.
			fires: [2]string{"seed", `
driver: embedded://?writes=strict&write=100ms
load: {workers: 1, transactions: 100}
keys: {count: 1}
with: {update: 1}`},
			count: 90, min: 100 * ms, max: 100 * ms, silent: [2]string{"seed", `
driver: embedded://?writes=off&write=100ms
load: {workers: 1, transactions: 100}
keys: {count: 1}
with: {update: 1}`},
		},
		{
			pattern: "coalesce", series: "write-amplification",
			fires: [2]string{"seed", `
load: {workers: 1, transactions: 100}
keys: {count: 10, size: 4000B}
with: {update: 1, fields: 4, update-fields: 1}`},
			count: 100, min: 400, max: 400, silent: [2]string{"seed", `
load: {workers: 1, transactions: 100}
keys: {count: 10, size: 4000B}
with: {update: 0, fields: 4, update-fields: 1}`},
		},
		{
			pattern: "session", series: "expired-served",
			// KV counts from the second in which the put took effect, the session from when
			// it was sent: it is served for up to 900 ms more unless its own expiry is checked.
			fires: [2]string{"ttl-only", `
driver: embedded://?write=900ms
load: {rate: 50/s, duration: 10m}
keys: {count: 5}
with: {ttl: 60s, create: 0.001, logout: 0}`},
			count: 97, about: true, min: 0, max: 900 * ms, silent: [2]string{"seed"},
		},
		{
			pattern: "session", series: "revoked-served",
			// Another location serves what it has cached, for 60 s, and sees the delete
			// within two minutes.
			fires: [2]string{"seed", `
driver: embedded://?locations=3&propagation=60s
load: {rate: 20/s, duration: 10m}
keys: {count: 50}`},
			count: 640, about: true, min: 0, max: 180 * s, silent: [2]string{"seed", `
load: {rate: 20/s, duration: 10m}
keys: {count: 50}`},
		},
		{
			pattern: "session", series: "lost-session",
			// What was looked up before it existed is absent for 60 s at the location that
			// asked, although writes are seen everywhere at once.
			fires: [2]string{"pre-read", `
driver: embedded://?locations=3
load: {rate: 20/s, duration: 10m}
keys: {count: 20}`},
			count: 1650, about: true, min: 0, max: 60 * s, silent: [2]string{"seed"},
		},
		{
			pattern: "session", series: "renewal-rejected",
			// One session, looked up ten times a second: one renewal a second is accepted.
			fires: [2]string{"sliding", `
driver: embedded://?writes=strict
load: {rate: 10/s, duration: 10s}
keys: {count: 1}
with: {create: 0, logout: 0}`},
			count: 90, min: 0, max: 0, silent: [2]string{"sliding-throttled"},
		},
		{
			pattern: "versioned", series: "duplicate-migration",
			// Five workers in step find the old format together, and all migrate.
			fires: [2]string{"seed", `
driver: embedded://?hot=10ms&cold=10ms&write=10ms
load: {workers: 5, transactions: 100}
keys: {count: 1}`},
			count: 4, min: 1, max: 4, silent: [2]string{"single-flight"},
		},
		{
			pattern: "versioned", series: "clobbered-write",
			// A write takes up to two seconds, so an update may overtake a migration.
			fires: [2]string{"seed", `
driver: embedded://?hot=10ms&cold=10ms&write=p0:10ms,p100:2s
load: {rate: 500/s, transactions: 1000}
keys: {count: 500}
with: {update: 0.5}`},
			count: 64, about: true, min: 0, max: 30 * s, silent: [2]string{"transform-only"},
		},
		{
			pattern: "versioned", series: "ttl-lost",
			// Every key expires in an hour; all are migrated within minutes.
			fires: [2]string{"seed", migrating},
			count: 50, min: 3200 * s, max: 3600 * s, silent: [2]string{"keep-expiry"},
		},
		{
			pattern: "versioned", series: "metadata-lost",
			// The owner and the expiry of each.
			fires: [2]string{"seed", migrating},
			count: 50, min: 2, max: 2, silent: [2]string{"batch"},
		},
		{
			pattern: "versioned", series: "stale-read",
			// As of coalesce; a location that sees the old format sees the same value.
			fires: [2]string{"transform-only", `
driver: embedded://?locations=3
load: {rate: 10/s, duration: 10m}
keys: {count: 1}
with: {update: 0.01}`},
			count: 3650, about: true, min: 0, max: 60 * s, silent: [2]string{"seed", `
driver: embedded://?locations=3&propagation=60s
load: {rate: 10/s, duration: 10m}
keys: {count: 10}
with: {update: 0}`},
		},
		{
			pattern: "versioned", series: "put-rejected",
			// Of the five that migrate at the same time one is accepted.
			fires: [2]string{"seed", `
driver: embedded://?writes=strict&hot=10ms&cold=10ms&write=10ms
load: {workers: 5, transactions: 100}
keys: {count: 1}`},
			count: 4, min: 10 * ms, max: 10 * ms, silent: [2]string{"transform-only"},
		},
		{
			pattern: "fallback", series: "masked-error",
			// Every call fails for ten seconds, after 5 ms: ten transactions a second.
			fires: [2]string{"seed", outage},
			count: 100, min: 5 * ms, max: 5 * ms, silent: [2]string{"typed"},
		},
		{
			pattern: "fallback", series: "wrong-fallback",
			// The last value was read 95 ms before the first failure, and none until the
			// last, ten seconds later.
			fires: [2]string{"seed", outage},
			count: 100, min: 0, max: 11 * s, silent: [2]string{"no-boundary"},
		},
		{
			pattern: "fallback", series: "wrong-fallback",
			// The first of each isolate's requests finds null, and so do all after it.
			fires: [2]string{"seed", `
load: {workers: 1, transactions: 10, think: 1s}
keys: {count: 1}
with: {nulls: 1}`},
			count: 10, min: 0, max: 9 * s, silent: [2]string{"typed"},
		},
		{
			pattern: "fallback", series: "time-to-detect",
			// The fifth failure in a row opens the breaker: 400 ms after the first.
			fires: [2]string{"circuit-breaker", outage},
			count: 1, min: 405 * ms, max: 405 * ms, silent: [2]string{"seed"},
		},
		{
			pattern: "fallback", series: "time-to-recover",
			// The breaker, opened for four seconds, is tried again and again fails until
			// after the outage.
			fires: [2]string{"circuit-breaker", strings.Replace(outage, "with: {", "with: {open-for: 4s, ", 1)},
			count: 1, min: 0, max: 4100 * ms, silent: [2]string{"circuit-breaker", "\nload: {rate: 10/s, duration: 30s}\nkeys: {count: 1}"},
		},
		{
			pattern: "prefix", series: "missing-id",
			fires: [2]string{"seed", `
load: {workers: 1, transactions: 10}
keys: {count: 2_500, size: 100B}`},
			count: 10, min: 1500, max: 1500, silent: [2]string{"paginate"},
		},
		{
			pattern: "prefix", series: "ghost-id",
			// A delete is seen by a listing only after a while.
			fires: [2]string{"paginate", `
driver: embedded://?propagation=60s
load: {rate: 1/s, duration: 5m}
keys: {count: 500, size: 100B}
with: {delete: 0.3}`},
			count: 207, about: true, min: 0, max: 120 * s, silent: [2]string{"paginate", `
driver: embedded://?propagation=0s
load: {rate: 1/s, duration: 5m}
keys: {count: 500, size: 100B}
with: {delete: 0.3}`},
		},
		{
			pattern: "prefix", series: "foreign-id",
			// Half of 800 users also have a key user:ID:profile.
			fires: [2]string{"paginate", `
load: {workers: 1, transactions: 10}
keys: {count: 800, size: 100B}
with: {profiles: 0.5}`},
			count: 10, min: 400, max: 400, silent: [2]string{"metadata-in-list"},
		},
		{
			pattern: "prefix", series: "stale-read",
			// Seen everywhere at once but for what a location has cached, for 60 s or until
			// it writes itself. A location caches the one user anew when that is over: of
			// what it serves at age a, a share 1-e^(-a/15) was replaced by another, as in
			// coalesce. Every other set is of a new user.
			fires: [2]string{"paginate", `
driver: embedded://?locations=3
load: {rate: 10/s, duration: 10m}
keys: {count: 1}
with: {get: 0.98, set: 0.02}`},
			count: 3600, about: true, min: 0, max: 60 * s, silent: [2]string{"paginate", `
driver: embedded://?locations=1
load: {rate: 10/s, duration: 10m}
keys: {count: 1}
with: {get: 0.98, set: 0.02}`},
		},
		{
			pattern: "prefix", series: "empty-pages",
			// Nearly all of 1,500 names are deleted and still stepped over.
			fires: [2]string{"paginate", `
load: {workers: 1, transactions: 20_000}
keys: {count: 1_500, size: 100B}
with: {delete: 0.99}`},
			count: 60, about: true, min: 1, max: 1, silent: [2]string{"paginate", `
load: {workers: 1, transactions: 200}
keys: {count: 1_500, size: 100B}`},
		},
		{
			pattern: "prefix", series: "pages",
			fires: [2]string{"paginate", `
load: {workers: 1, transactions: 10}
keys: {count: 2_500, size: 100B}`},
			count: 10, min: 3, max: 3, silent: [2]string{"paginate", `
load: {workers: 1, transactions: 10}
keys: {count: 2_500, size: 100B}
with: {get: 1}`},
		},
		{ // an isolate keeps the first answer, which the origin replaces within ten seconds
			pattern: "worker", series: "stale-origin",
			fires: [2]string{"worker", `
script: testdata/worker/keeps.js
origins: {api.example.com: {latency: 0s, changes: 10s}}
load: {rate: 1/s, duration: 60s}
keys: {count: 1}`},
			count: 55, about: true, max: 60e9, silent: [2]string{"worker", `
script: testdata/worker/asks.js
origins: {api.example.com: {latency: 0s, changes: 10s}}
load: {rate: 1/s, duration: 60s}
keys: {count: 1}`},
		},
		{
			pattern: "worker", series: "failed-wait",
			fires: [2]string{"worker", `
script: testdata/worker/rejects.js
load: {workers: 1, transactions: 20}`},
			count: 20, silent: [2]string{"worker", `
script: testdata/worker/asks.js
origins: {api.example.com: {latency: 0s}}
load: {workers: 1, transactions: 20}`},
		},
	} {
		tested[test.pattern+"/"+test.series] = true
		t.Run(test.pattern+"/"+test.series, func(t *testing.T) {
			h := run(t, test.fires[0], "pattern: "+test.pattern+test.fires[1]).series(test.series)
			slack := int64(0)
			if test.about {
				slack = test.count / 5
			}
			if n := h.TotalCount(); n < test.count-slack || n > test.count+slack {
				t.Errorf("%s: it fires %d times, want %d", test.fires[0], n, test.count)
			}
			// A histogram tells values apart to 0.1 %.
			if low, high := h.Min(), h.Max(); low < test.min-test.min/1000 || high > test.max+test.max/1000 {
				t.Errorf("%s: its sizes are %d to %d, want %d to %d", test.fires[0], low, high, test.min, test.max)
			}
			if test.silent[1] == "" {
				test.silent[1] = test.fires[1]
			}
			if n := run(t, test.silent[0], "pattern: "+test.pattern+test.silent[1]).series(test.series).TotalCount(); n != 0 {
				t.Errorf("%s: it fires %d times, want never", test.silent[0], n)
			}
		})
	}
	for _, k := range detect.Kinds() { // TestPlantedMistakes of the command line makes each fire
		tested["worker/"+k.String()] = true
	}
	for _, p := range scenarios.Patterns() {
		for _, s := range p.Series() {
			if s.Mark && !tested[p.Name+"/"+s.Name] {
				t.Errorf("%s/%s is never made to fire", p.Name, s.Name)
			}
		}
	}
}

// outage is ten seconds in which every call fails.
const outage = `
driver: embedded://?fault=outage&fault-from=10s&fault-for=10s
load: {rate: 10/s, duration: 30s}
keys: {count: 1}
with: {errors: 5}`

// migrating reads fifty expiring keys until all are migrated.
const migrating = `
load: {rate: 10/s, duration: 3m}
keys: {count: 50}
with: {expiring: 1, ttl: 1h, batch: 0.05}`

// What each variant is for, in a number.
func TestVariants(t *testing.T) {
	share := func(variant, fields, series, of string) float64 {
		o := run(t, variant, fields)
		return float64(o.series(series).TotalCount()) / float64(o.series(of).TotalCount())
	}
	less := func(name string, better, worse float64) {
		t.Helper()
		if better >= worse {
			t.Errorf("%s: %v is not below %v", name, better, worse)
		}
	}
	tier := `pattern: multi-tier
load: {rate: 50/s, arrivals: poisson, duration: 10m}
keys: {count: 200, distribution: zipfian(0.99)}
with: {origin: {changes: 1h}, memory-entries: 20}`
	slow := func(variant string) float64 { // the share of transactions that waited for a tier below memory
		o := run(t, variant, tier)
		return 1 - float64(o.outcome("memory"))/float64(o.series("response").TotalCount())
	}
	less("stale-while-revalidate waits less", slow("stale-while-revalidate"), slow("seed"))
	if got := run(t, "bounded-memory", tier).series("memory-entries").Max(); got != 20 {
		t.Errorf("bounded memory holds %d entries, want 20", got)
	}
	hot := strings.Replace(tier, "count: 200", "count: 1", 1)
	less("early-refresh stampedes less", share("early-refresh", hot, "stampede", "response"), share("seed", hot, "stampede", "response"))

	contended := `pattern: coalesce
driver: embedded://?hot=10ms&cold=10ms&write=10ms
load: {rate: 20/s, arrivals: poisson, duration: 5m}
keys: {count: 20}
with: {update: 0.5}`
	lost := share("seed", contended, "lost-update", "put")
	less("coalesced-retry loses less", share("coalesced-retry", contended, "lost-update", "put"), lost/2)

	answered := run(t, "background-put", "pattern: api-cache\ndriver: embedded://?write=5s\nload: {workers: 1, transactions: 10}\nwith: {origin: {latency: 100ms}}")
	if p := answered.series("put"); p.TotalCount() == 0 || p.Max() < int64(5*time.Second) || answered.series("response").Max() > int64(time.Second) {
		t.Errorf("background-put: %d puts, responses up to %v", p.TotalCount(), time.Duration(answered.series("response").Max()))
	}
}

// The variants differ in what they ask of KV as their docs say.
func TestOperations(t *testing.T) {
	reads := `
load: {workers: 1, transactions: 100}
keys: {count: 10, size: 1000B}
with: {update: 0, fields: 4}`
	for _, test := range []struct {
		pattern, variant, fields string
		want                     map[string]float64 // operations per transaction
	}{
		{"coalesce", "per-field", reads, map[string]float64{"get": 4}},
		{"coalesce", "per-field-parallel", reads, map[string]float64{"get": 4}},
		{"coalesce", "per-field-bulk", reads, map[string]float64{"bulk-get": 1}},
		{"coalesce", "seed", reads, map[string]float64{"get": 1}},
		{"prefix", "seed", listing, map[string]float64{"list": 1}},
		{"prefix", "paginate", listing, map[string]float64{"list": 3}},
		{"prefix", "list-then-get", listing, map[string]float64{"list": 3, "get": 2500}},
		{"prefix", "list-then-bulk-get", listing, map[string]float64{"list": 3, "bulk-get": 25}},
		{"prefix", "metadata-in-list", listing, map[string]float64{"list": 3}},
		{"prefix", "index-key", listing, map[string]float64{"get": 1}},
		{"multi-tier", "origin-only", "\nload: {workers: 1, transactions: 100}", map[string]float64{}},
	} {
		t.Run(test.pattern+"/"+test.variant, func(t *testing.T) {
			o := run(t, test.variant, "pattern: "+test.pattern+test.fields)
			n := float64(o.series("response").TotalCount())
			for _, op := range []string{"get", "put", "delete", "list", "bulk-get", "bulk-put"} {
				if got := float64(o.series(op).TotalCount()) / n; got != test.want[op] {
					t.Errorf("%v %s per transaction, want %v", got, op, test.want[op])
				}
			}
		})
	}
}

const listing = `
load: {workers: 1, transactions: 10}
keys: {count: 2_500, size: 100B}`

func TestOutcomes(t *testing.T) {
	// One key, read every second for ten minutes: memory answers but for one read
	// a minute, KV but for one in five minutes, or little more.
	o := run(t, "seed", "pattern: multi-tier\nload: {rate: 1/s, duration: 10m}\nkeys: {count: 1}")
	if m, k, f := o.outcome("memory"), o.outcome("kv"), o.outcome("origin"); m < 585 || k < 6 || k > 9 || f < 2 || f > 3 {
		t.Errorf("memory %d, kv %d, origin %d", m, k, f)
	}
	o = run(t, "seed", "pattern: coalesce\nload: {workers: 1, transactions: 1000}\nkeys: {count: 100}\nwith: {update: 0.5, absent: 1}")
	if c, u, r := o.outcome("created"), o.outcome("updated"), o.outcome("read"); c < 95 || c > 100 || c+u+r != 1000 {
		t.Errorf("created %d, updated %d, read %d", c, u, r)
	}
	o = run(t, "seed", "pattern: fallback\ndriver: embedded://?fault=corrupt&fault-share=1\nload: {workers: 1, transactions: 10}")
	if c := o.outcome("fallback-corrupt"); c != 10 {
		t.Errorf("%d of 10 transactions end in fallback-corrupt", c)
	}
	o = run(t, "seed", "pattern: fallback\nload: {workers: 1, transactions: 10}\nwith: {absent: 1}")
	if a := o.outcome("fallback-absent"); a != 10 {
		t.Errorf("%d of 10 transactions end in fallback-absent", a)
	}
	o = run(t, "seed", "pattern: prefix\nload: {workers: 1, transactions: 10}\nkeys: {count: 1_001}")
	if p := o.outcome("partial"); p != 10 {
		t.Errorf("%d listings of 1,001 keys are partial, want 10", p)
	}
	o = run(t, "seed", "pattern: prefix\nload: {workers: 1, transactions: 10}\nkeys: {count: 1_000}")
	if c := o.outcome("complete"); c != 10 {
		t.Errorf("%d listings of 1,000 keys are complete, want 10", c)
	}
}

// The shipped file is right, and asks of every pattern.
func TestShipped(t *testing.T) {
	f, err := scenariofile.Load("scenarios.yaml", scenarios.Shipped(), scenarios.Patterns(), nil)
	if err != nil {
		t.Fatal(err)
	}
	variants := map[string]bool{}
	for _, s := range f.Scenarios {
		for _, v := range s.Variants {
			variants[s.Pattern.Name+"/"+v.Name] = true
		}
		if !strings.HasSuffix(s.Question, "?") || len(s.Expect) == 0 {
			t.Errorf("%s asks %q and expects %v", s.Name, s.Question, s.Expect)
		}
	}
	for _, p := range scenarios.Patterns() {
		for _, v := range p.Variants {
			if name := fmt.Sprint(p.Name, "/", v.Name); !variants[name] && p.Adapt == nil {
				t.Errorf("%s is in no scenario", name)
			}
		}
	}
}

// An hour of traffic on three locations takes no hour: here at a tenth of the
// rate at which it is shown. Memory and KV live by their TTLs, so no answer is
// older than both and the origin's latency together.
func TestAnHourInVirtualTime(t *testing.T) {
	o := run(t, "seed", `pattern: multi-tier
driver: embedded://?locations=3&profile=edge&propagation=60s&writes=strict
load: {rate: 50/s, arrivals: poisson, duration: 1h}
keys: {count: 1_000, distribution: zipfian(0.99)}
isolates: 2
with: {memory-ttl: 60s, kv-ttl: 300s, origin: {changes: 10m}}`)
	if n := o.series("response").TotalCount(); n < 178_000 || n > 182_000 {
		t.Errorf("%d transactions, want about 180,000", n)
	}
	if o.To < time.Hour || o.To > time.Hour+time.Minute {
		t.Errorf("it took %v of virtual time", o.To)
	}
	stale := o.series("stale-read")
	if oldest := time.Duration(stale.Max()); stale.TotalCount() == 0 || oldest > 60*time.Second+300*time.Second+5*time.Second {
		t.Errorf("%d stale reads, the oldest by %v", stale.TotalCount(), oldest)
	}
}
