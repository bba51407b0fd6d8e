package scenarios_test

import (
	"context"
	"runtime"
	"strings"
	"testing"
	"time"

	"kvbench/drivers"
	"kvbench/internal/bench"
	"kvbench/internal/clock"
	"kvbench/internal/scenariofile"
	"kvbench/kv"
	"kvbench/scenarios"

	"github.com/google/go-cmp/cmp"
)

func allVariants(t *testing.T, pattern string) (names []string) {
	t.Helper()
	for _, p := range scenarios.Patterns() {
		if p.Name == pattern {
			for _, v := range p.Variants {
				names = append(names, v.Name)
			}
		}
	}
	return names
}

// counts are how many there are of each outcome that there is.
func (o observed) counts() map[string]uint64 {
	all := map[string]uint64{}
	for _, name := range o.pattern.AllOutcomes() {
		if n := o.outcome(name); n > 0 {
			all[name] = n
		}
	}
	return all
}

// Two fetches of a key at once are two that were not alone.
func TestStampedeOfTwo(t *testing.T) {
	for pattern, variant := range map[string]string{"multi-tier": "seed", "api-cache": "no-cache"} {
		o := run(t, variant, "pattern: "+pattern+"\nload: {workers: 2, transactions: 2}\nkeys: {count: 1}\nwith: {origin: {latency: 100ms}}")
		if diff := cmp.Diff(map[int64]int64{2: 2}, buckets(o, "stampede")); diff != "" || o.series("fetch").TotalCount() != 2 {
			t.Errorf("%s: %d fetches, together %s", pattern, o.series("fetch").TotalCount(), diff)
		}
	}
}

// Two overlap with a long one, not with each other: the long one never met more
// than one of them.
func TestStampedeCountsWhoWasThereAtOnce(t *testing.T) {
	o := run(t, "origin-only", `pattern: multi-tier
load: {rate: 1/s, transactions: 600}
keys: {count: 1}
with: {origin: {latency: 'p0:1500ms,p100:1500ms'}}`)
	// Each begins a second after the last, and lasts one and a half.
	if diff := cmp.Diff(map[int64]int64{2: 600}, buckets(o, "stampede")); diff != "" {
		t.Error(diff)
	}
}

// All variants meet the same origin: where none can reuse what another request
// fetched, every transaction waits as long for its fetch, and as many of them fail.
func TestVariantsMeetTheSameOrigin(t *testing.T) {
	for _, pattern := range []string{"multi-tier", "api-cache"} {
		var first observed
		for _, v := range allVariants(t, pattern) {
			o := run(t, v, "pattern: "+pattern+`
load: {rate: 100/s, arrivals: poisson, transactions: 300}
keys: {count: 100_000, size: 100B}
with: {origin: {errors: 0.1, error-pages: 0.2, absent: 0.1}}`)
			if v == "ttl-30" { // of which every transaction fails
				continue
			}
			if first.pattern == nil {
				first = o
				if n := o.outcome("error"); n < 40 || n > 80 {
					t.Errorf("%s/%s: %d of 300 fail, want about 60", pattern, v, n)
				}
			}
			if diff := cmp.Diff(buckets(first, "fetch"), buckets(o, "fetch")); diff != "" {
				t.Errorf("%s/%s: its fetches differ from the seed's:\n%s", pattern, v, diff)
			}
			if diff := cmp.Diff(first.counts(), o.counts()); diff != "" {
				t.Errorf("%s/%s: its outcomes differ from the seed's: %s", pattern, v, diff)
			}
		}
	}
}

// What is a share of the answers has no transaction in it that failed, and all
// others.
func TestAnswersAreAllThatDidNotFail(t *testing.T) {
	const ahead = "\nload: {rate: 20/s, arrivals: poisson, duration: 2m}\nkeys: {count: 20}\n"
	for _, pattern := range []string{"multi-tier", "api-cache"} {
		for _, v := range allVariants(t, pattern) {
			o := run(t, v, "pattern: "+pattern+"\ndriver: embedded://?locations=2&profile=edge&fault=blips&fault-share=0.3"+ahead+
				"with: {origin: {changes: 10s, errors: 0.1, error-pages: 0.1}}")
			answers := o.series("response").TotalCount() - int64(o.outcome("error"))
			if got := o.series("answer").TotalCount(); got != answers || o.outcome("error") == 0 {
				t.Errorf("%s/%s: %d answers, want %d; %d errors", pattern, v, got, answers, o.outcome("error"))
			}
		}
	}
}

// As in the source an error is kept like any answer, null is kept but not found in
// KV, and a page that is no JSON fails the request and is not kept.
func TestOriginAnswers(t *testing.T) {
	ten := func(pattern, variant, with string) observed {
		return run(t, variant, "pattern: "+pattern+"\nload: {workers: 1, transactions: 10, think: 1s}\nkeys: {count: 1}\nwith: {origin: {latency: 1ms, "+with+"}}")
	}
	for _, test := range []struct {
		pattern, variant, with string
		outcomes               map[string]uint64
		cachedErrors           int64
	}{
		{"multi-tier", "seed", "errors: 1", map[string]uint64{"origin": 1, "memory": 9}, 9},
		{"multi-tier", "no-memory", "errors: 1", map[string]uint64{"origin": 1, "kv": 9}, 9},
		{"multi-tier", "origin-only", "errors: 1", map[string]uint64{"origin": 10}, 0},
		{"multi-tier", "seed", "absent: 1", map[string]uint64{"origin": 1, "memory": 9}, 0},
		{"multi-tier", "no-memory", "absent: 1", map[string]uint64{"origin": 10}, 0},
		{"multi-tier", "seed", "falsy: 1", map[string]uint64{"origin": 1, "memory": 9}, 0},
		{"multi-tier", "no-memory", "falsy: 1", map[string]uint64{"origin": 10}, 0},
		{"multi-tier", "seed", "error-pages: 1", map[string]uint64{"error": 10}, 0},
		{"multi-tier", "seed", "", map[string]uint64{"origin": 1, "memory": 9}, 0},
		{"api-cache", "seed", "errors: 1", map[string]uint64{"origin": 1, "kv": 9}, 9},
		{"api-cache", "seed", "errors: 1, absent: 1", map[string]uint64{"origin": 1, "kv": 9}, 9},
		{"api-cache", "seed", "absent: 1", map[string]uint64{"absent": 10}, 0},
		{"api-cache", "negative-cache", "absent: 1", map[string]uint64{"absent": 10}, 0},
		{"api-cache", "null-safe", "falsy: 1", map[string]uint64{"origin": 1, "kv": 9}, 0},
		{"api-cache", "seed", "error-pages: 1", map[string]uint64{"error": 10}, 0},
	} {
		o := ten(test.pattern, test.variant, test.with)
		if diff := cmp.Diff(test.outcomes, o.counts()); diff != "" {
			t.Errorf("%s/%s, %s: %s", test.pattern, test.variant, test.with, diff)
		}
		if got := o.series("cached-error").TotalCount(); got != test.cachedErrors {
			t.Errorf("%s/%s, %s: %d cached errors, want %d", test.pattern, test.variant, test.with, got, test.cachedErrors)
		}
	}
	if n := ten("api-cache", "negative-cache", "absent: 1").series("fetch").TotalCount(); n != 1 {
		t.Errorf("negative-cache fetches what is absent %d times, want once", n)
	}
}

// Those who wait for another's look-up are given a cached error as it is.
func TestAllWhoAreGivenACachedErrorCount(t *testing.T) {
	for _, pattern := range []string{"api-cache", "multi-tier"} {
		o := run(t, "single-flight", "pattern: "+pattern+`
driver: embedded://?hot=50ms&cold=50ms
load: {workers: 5, transactions: 50}
keys: {count: 1}
with: {origin: {latency: 100ms, errors: 1}}`)
		if got := o.series("cached-error").TotalCount(); got != 45 {
			t.Errorf("%s: %d cached errors, want those of all but the first five", pattern, got)
		}
	}
}

// stale-while-revalidate fetches once beside the requests, and on a cold miss as
// often as seed does.
func TestStaleWhileRevalidate(t *testing.T) {
	o := run(t, "stale-while-revalidate", `pattern: multi-tier
load: {workers: 5, transactions: 505, think: 100ms}
keys: {count: 1}
with: {memory-ttl: 5s, origin: {latency: 1s}}`)
	// All five miss at first; then the 5 s are over once in the remaining 10 s of
	// answers, and KV has the value.
	if f, m := o.series("fetch").TotalCount(), o.outcome("memory"); f != 5 || m != 500 {
		t.Errorf("%d fetches and %d answers from memory, want 5 and 500", f, m)
	}
	if g := o.series("get").TotalCount(); g < 6 || g > 7 {
		t.Errorf("%d gets, want the first five and one each time that memory expired", g)
	}
}

// A jittered TTL is never one that KV refuses, and at the default TTLs as long on
// average as seed's.
func TestJitteredTTL(t *testing.T) {
	o := run(t, "jittered-ttl", `pattern: multi-tier
load: {rate: 20/s, duration: 10m}
keys: {count: 500}
with: {kv-ttl: 60s, origin: {latency: 10ms}}`)
	if len(o.Errors) > 0 || o.outcome("error") > 0 || o.series("put").TotalCount() < 1000 {
		t.Errorf("%d puts, errors %v", o.series("put").TotalCount(), o.Errors)
	}
	// One key read all the time for a day: KV's TTL is that of the fetches.
	fetches := func(variant string) float64 {
		return float64(run(t, variant, `pattern: multi-tier
load: {rate: 1/s, duration: 24h}
keys: {count: 1}
with: {memory-ttl: 1ms, cache-ttl: 30s, origin: {latency: 10ms}}`).series("fetch").TotalCount())
	}
	if ratio := fetches("jittered-ttl") / fetches("seed"); ratio < 0.97 || ratio > 1.03 {
		t.Errorf("jittered-ttl fetches %v times as often as seed", ratio)
	}
}

// What KV would refuse is refused before anything runs, and so is what cannot be.
func TestSettingsOfTheTiers(t *testing.T) {
	for _, test := range []struct{ pattern, variant, with, want string }{
		{"multi-tier", "seed", "kv-ttl: 59s", "6:20: \"59s\" is not in range"},
		{"multi-tier", "jittered-ttl", "kv-ttl: 30s", "it may be between 60s and 87600h"},
		{"multi-tier", "seed", "cache-ttl: 29s", "6:23: cache-ttl must be 0, for KV's default, or at least 30s; it is 29s"},
		{"multi-tier", "seed", "memory-ttl: 0s", "is not in range"},
		{"multi-tier", "seed", "origin: {absent: 0.6, falsy: 0.6}", "origin.falsy and origin.absent are shares of all keys"},
		{"multi-tier", "seed", "origin: {errors: 0.6, error-pages: 0.6}", "origin.errors and origin.error-pages are shares of all fetches"},
		{"multi-tier", "seed", "origin: {errors: 1.5}", "is not in range"},
		{"multi-tier", "seed", "origin: {changes: 2562047h}", "is not in range"},
		{"api-cache", "seed", "ttl: 45s", "6:17: \"45s\" is not in range"},
		{"api-cache", "seed", "absent: 0.1", `there is no field "absent" here`},
		{"fallback", "seed", "nulls: 2", "is not in range"},
		{"fallback", "seed", "absent: 0.5, nulls: 0.5, falsy: 0.1", "absent, nulls and falsy are shares of all keys"},
		{"multi-tier", "seed", "kv-ttl: 60s, cache-ttl: 30s", ""},
		{"multi-tier", "seed", "cache-ttl: 0s", ""},
		{"api-cache", "seed", "ttl: 60s", ""},
		{"api-cache", "ttl-30", "origin: {errors: 0.1}", ""},
	} {
		text := "scenarios:\n  - name: test\n    question: What?\n    pattern: " + test.pattern + "\n    load: {transactions: 1}\n    with: {" + test.with + "}\n    variants: [" + test.variant + "]\n"
		_, err := scenariofile.Load("f", []byte(text), scenarios.Patterns(), nil)
		switch {
		case test.want == "" && err != nil:
			t.Errorf("%s, %s: %v", test.pattern, test.with, err)
		case test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)):
			t.Errorf("%s, %s: the error is\n%v\nwant %q", test.pattern, test.with, err, test.want)
		}
	}
}

// Which keys are absent follows from the seed, and how many there are does not.
func TestAbsentKeysAreExact(t *testing.T) {
	absent := func(seed uint64) (n int, which string) {
		s, c := loadOne(t, "seed", "pattern: fallback\nload: {workers: 1, transactions: 1}\nkeys: {count: 10}\nwith: {absent: 0.1, nulls: 0.1, falsy: 0.3}"), clock.NewVirtual()
		store, err := drivers.Open(bare("embedded://"), drivers.Env{Clock: c, Seed: seed})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := bench.Run(t.Context(), s, s.Variants[0], bench.Options{Clock: c, Store: store, Seed: seed, Observer: unobserved{}}); err != nil {
			t.Fatal(err)
		}
		kinds, keys := map[string]int{}, map[string]bool{}
		for key, value := range contents(t, c, store) {
			keys[key] = true
			switch value {
			case "0", "false", `""`:
				kinds["falsy"]++
			case "null":
				kinds["null"]++
			default:
				kinds["document"]++
			}
		}
		if diff := cmp.Diff(map[string]int{"falsy": 3, "null": 1, "document": 5}, kinds); diff != "" {
			t.Errorf("seed %d: %s", seed, diff)
		}
		for i := range 10 {
			if key := "config:app:00000" + string(rune('0'+i)); !keys[key] {
				n, which = n+1, key
			}
		}
		return n, which
	}
	seen := map[string]bool{}
	for seed := range uint64(10) {
		n, which := absent(seed)
		if n != 1 {
			t.Errorf("seed %d: %d keys are absent, want 1", seed, n)
		}
		seen[which] = true
	}
	if len(seen) < 3 {
		t.Errorf("ten seeds choose only %v", seen)
	}
}

// ?? gives the default for null and nothing else, and get(key, "json") throws when a
// value is no JSON; what a variant does with each is as its name says.
func TestFallbackIsTheSource(t *testing.T) {
	const corrupt = "\ndriver: embedded://?fault=corrupt&fault-share=1"
	for _, test := range []struct {
		with, driver, variant string
		outcome               string
		wrong, masked         int64
	}{
		{"falsy: 1", "", "", "value", 0, 0},
		{"absent: 1", "", "", "fallback-absent", 0, 0},
		{"nulls: 1", "", "seed", "fallback-null", 10, 0},
		{"nulls: 1", "", "no-boundary", "fallback-null", 10, 0},
		{"nulls: 1", "", "retry-then-fallback", "fallback-null", 10, 0},
		{"nulls: 1", "", "last-known-good", "fallback-null", 10, 0},
		{"nulls: 1", "", "circuit-breaker", "fallback-null", 10, 0},
		{"nulls: 1", "", "typed", "value", 0, 0},
		{"nulls: 1", corrupt, "seed", "fallback-corrupt", 10, 10},
		{"falsy: 1", corrupt, "seed", "fallback-corrupt", 10, 10},
		{"absent: 0", corrupt, "retry-then-fallback", "fallback-corrupt", 10, 10},
		{"absent: 0", corrupt, "typed", "fallback-corrupt", 0, 0},
		{"absent: 0", corrupt, "no-boundary", "error", 0, 0},
	} {
		variants := []string{test.variant}
		if test.variant == "" {
			variants = allVariants(t, "fallback")
		}
		for _, v := range variants {
			o := run(t, v, "pattern: fallback"+test.driver+"\nload: {workers: 1, transactions: 10}\nkeys: {count: 5}\nwith: {"+test.with+"}")
			if diff := cmp.Diff(map[string]uint64{test.outcome: 10}, o.counts()); diff != "" {
				t.Errorf("%s%s, %s: %s", v, test.driver, test.with, diff)
			}
			if w, m := o.series("wrong-fallback").TotalCount(), o.series("masked-error").TotalCount(); w != test.wrong || m != test.masked {
				t.Errorf("%s%s, %s: %d wrong and %d masked, want %d and %d", v, test.driver, test.with, w, m, test.wrong, test.masked)
			}
		}
	}
}

// An isolate that has read nothing yet has gone without a value since its first
// request, and not since before the store was filled.
func TestWrongFallbackOfTheFirstRequest(t *testing.T) {
	o := run(t, "seed", `pattern: fallback
driver: embedded://?propagation=60s&fault=outage&fault-from=0s&fault-for=0s
load: {workers: 1, transactions: 5, think: 1s}
keys: {count: 1}`)
	if h := o.series("wrong-fallback"); h.TotalCount() != 5 || h.Max() > int64(6*time.Second) {
		t.Errorf("%d, up to %v", h.TotalCount(), time.Duration(h.Max()))
	}
}

// The variants of an error boundary run the same transactions: they differ only
// where something fails.
func TestFallbackVariantsRunTheSame(t *testing.T) {
	var first map[string]uint64
	for _, v := range allVariants(t, "fallback") {
		if v == "typed" { // to which null is a value
			continue
		}
		got := run(t, v, `pattern: fallback
load: {rate: 50/s, arrivals: poisson, duration: 30s}
keys: {count: 50, distribution: zipfian(0.99)}
with: {absent: 0.2, nulls: 0.2, falsy: 0.2}`).counts()
		if first == nil {
			first = got
		}
		if diff := cmp.Diff(first, got); diff != "" {
			t.Errorf("%s: %s", v, diff)
		}
	}
}

// An answer from memory allocates nothing: the difference between a long run and a
// short one.
func TestMemoryHitAllocatesNothing(t *testing.T) {
	allocations := func(transactions string) uint64 {
		s, c := loadOne(t, "seed", "pattern: multi-tier\nload: {workers: 2, transactions: "+transactions+"}\nkeys: {count: 10}\nwith: {memory-ttl: 1h, origin: {latency: 1ms}}"), clock.NewWall()
		store, err := drivers.Open(bare("embedded://"), drivers.Env{Clock: c, Seed: 1})
		if err != nil {
			t.Fatal(err)
		}
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		v, err := bench.Run(t.Context(), s, s.Variants[0], bench.Options{Clock: c, Store: store, Seed: 1, Observer: unobserved{}})
		runtime.ReadMemStats(&after)
		if err != nil || v.Total.Outcomes[0] < 900 {
			t.Fatalf("outcomes %v, error %v", v.Total.Outcomes, err)
		}
		return after.Mallocs - before.Mallocs
	}
	// An interval may be collected in between; one allocation a transaction would be
	// 100,000.
	few, many := allocations("1_000"), allocations("101_000")
	if more := int64(many) - int64(few); more > 1000 {
		t.Errorf("100,000 transactions more make %d allocations more", more)
	}
}

// contents are the values of all keys of a store.
func contents(t *testing.T, c clock.Clock, store kv.Store) map[string]string {
	t.Helper()
	values := map[string]string{}
	err := c.Run(t.Context(), func(ctx context.Context) {
		var page kv.Page
		if err := store.List(ctx, kv.ListOptions{}, &page); err != nil {
			t.Error(err)
		}
		for _, k := range page.Keys {
			var e kv.Entry
			if err := store.Get(ctx, k.Name, kv.GetOptions{}, &e); err != nil {
				t.Error(err)
			}
			values[k.Name] = string(e.Value)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return values
}
