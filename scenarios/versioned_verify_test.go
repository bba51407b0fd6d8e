package scenarios_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"kvbench/internal/clock"
	"kvbench/internal/scenariofile"
	"kvbench/kv"
	"kvbench/scenarios"
)

// What the warm-up's write-backs lose is not counted with what is measured, and
// what a later update restores is not lost.
func TestVersionedLossBelongsToItsWriteBack(t *testing.T) {
	for name, test := range map[string]struct {
		fields      string
		backs, lost int64 // backs -1: some
	}{
		"all in the warm-up": {`
load: {rate: 10/s, transactions: 1, warm-up: 10m}
keys: {count: 200}
with: {expiring: 1}`, 0, 0},
		"all measured": {`
load: {rate: 10/s, duration: 10m}
keys: {count: 20}
with: {expiring: 1}`, 20, 20},
		// Each is read or updated twice a second.
		"restored": {`
load: {rate: 10/s, duration: 10m}
keys: {count: 5}
with: {expiring: 1, update: 0.5}`, -1, 0},
	} {
		o := run(t, "seed", "pattern: versioned"+test.fields)
		backs, ttl, metadata := o.series("write-back").TotalCount(), o.series("ttl-lost").TotalCount(), o.series("metadata-lost").TotalCount()
		if backs != test.backs && (test.backs >= 0 || backs == 0) || ttl != test.lost || metadata != test.lost {
			t.Errorf("%s: %d write-backs, of which %d lose the TTL and %d metadata; want %d and %d", name, backs, ttl, metadata, test.backs, test.lost)
		}
	}
}

// A read of a value that an update has replaced is stale, be it in the old format or
// in the new one; a read of the old format is not where the value is the same.
func TestVersionedStaleReadsAreTrue(t *testing.T) {
	const fields = `pattern: versioned
driver: embedded://?locations=3&profile=edge&propagation=60s
load: {rate: 50/s, arrivals: poisson, duration: 10m}
keys: {count: 20}
with: {expiring: 0, absent: 0.2, update: `
	for _, update := range []string{"0.01}", "0}"} {
		o, _, a := runWitnessed(t, 2, "transform-only", fields+update)
		stale := int64(0)
		for key, gets := range a.gets {
			for _, g := range gets {
				if slices.ContainsFunc(a.puts[key], func(p witnessed) bool {
					i := slices.IndexFunc(a.puts[key], func(p witnessed) bool { return p.Version == g.Version })
					return p.done < g.sent && (g.Version == 0 || i >= 0 && p.sent >= a.puts[key][i].done)
				}) {
					stale++
				}
			}
		}
		if got := o.series("stale-read").TotalCount(); got != stale || stale == 0 != (update == "0}") {
			t.Errorf("update: %s %d stale reads, the store saw %d", update, got, stale)
		}
	}
	o := run(t, "seed", fields+"0}")
	if migrated := o.outcome("migrated"); migrated <= 16 || o.series("stale-read").TotalCount() > 0 {
		t.Errorf("%d reads of the old format, %d of them stale; want some, and none", migrated, o.series("stale-read").TotalCount())
	}
	// Reads are what ends current, migrated or absent.
	o = run(t, "batch", fields+"0.1}")
	reads := int64(o.outcome("current") + o.outcome("migrated") + o.outcome("absent"))
	if got := o.series("read").TotalCount(); got != reads || o.outcome("updated") == 0 || o.outcome("job-step") == 0 {
		t.Errorf("%d reads, and %d transactions that read; %d updated, %d steps", got, reads, o.outcome("updated"), o.outcome("job-step"))
	}
}

// An expiring document that is gone may have ended: its absence is never stale.
func TestVersionedExpiredIsNotStale(t *testing.T) {
	o := run(t, "transform-only", `pattern: versioned
load: {rate: 10/s, duration: 30m}
keys: {count: 10}
with: {expiring: 1, ttl: 60s, update: 0.01}`)
	if a, n := o.outcome("absent"), o.series("stale-read").TotalCount(); a == 0 || n > 0 {
		t.Errorf("%d reads find nothing, %d reads are stale; want some, and none", a, n)
	}
}

// plainStore is a store that keeps no metadata.
type plainStore struct{ kv.Store }

func (s plainStore) Put(ctx context.Context, key string, value []byte, o kv.PutOptions) error {
	o.Metadata = nil
	return s.Store.Put(ctx, key, value, o)
}

func (s plainStore) Capabilities() kv.Capabilities {
	t := s.Store.Capabilities()
	t.BulkPutKeys, t.NoMetadata = 0, true
	return t
}

// deafStore does what it is asked to put and answers that it did not.
type deafStore struct{ kv.Store }

func (s deafStore) Put(ctx context.Context, key string, value []byte, o kv.PutOptions) error {
	if err := s.Store.Put(ctx, key, value, o); err != nil {
		return err
	}
	return &kv.Error{Status: 500}
}

func (s deafStore) BulkPut(ctx context.Context, pairs []kv.Pair) error {
	return s.Store.(kv.BulkPutter).BulkPut(ctx, pairs)
}

// A write-back that was not acknowledged is none, whatever it has done.
func TestVersionedUnacknowledgedLosesNothing(t *testing.T) {
	o := runOn(t, loadOne(t, "seed", "pattern: versioned\nload: {workers: 1, transactions: 200}\nkeys: {count: 10}\nwith: {expiring: 1}"), 1,
		func(s kv.Store, _ clock.Clock) kv.Store { return deafStore{s} }, nil)
	backs, ttl, metadata := o.series("write-back").TotalCount(), o.series("ttl-lost").TotalCount(), o.series("metadata-lost").TotalCount()
	if backs+ttl+metadata > 0 || o.outcome("error") != 10 {
		t.Errorf("%d write-backs, %d TTLs and %d metadata lost, %d errors; want none and 10", backs, ttl, metadata, o.outcome("error"))
	}
}

// Where there is no metadata, none is lost; the version is lost with every
// write-back, and the expiry.
func TestVersionedWithoutMetadata(t *testing.T) {
	for variant, backs := range map[string]int64{"seed": 200, "keep-expiry": 200, "version-in-value": 10} {
		o := runOn(t, loadOne(t, variant, "pattern: versioned\nload: {workers: 1, transactions: 200}\nkeys: {count: 10}\nwith: {expiring: 1}"), 1,
			func(s kv.Store, _ clock.Clock) kv.Store { return plainStore{s} }, nil)
		if got := o.series("write-back").TotalCount(); got != backs || o.outcome("error") > 0 {
			t.Errorf("%s: %d write-backs, want %d; %d errors", variant, got, backs, o.outcome("error"))
		}
		if ttl, metadata := o.series("ttl-lost").TotalCount(), o.series("metadata-lost").TotalCount(); ttl != 10 || metadata != 0 {
			t.Errorf("%s: %d documents have lost their TTL and %d metadata, want 10 and none", variant, ttl, metadata)
		}
	}
}

// What KV would refuse is refused before anything runs.
func TestVersionedRefuses(t *testing.T) {
	for with, want := range map[string]string{
		"{ttl: 59s}":     "60s",
		"{ttl: 90500ms}": "ttl must be in whole seconds, as KV takes it; it is 1m30.5s",
		"{page: 1_001}":  "1000",
		"{parallel: 3}":  `there is no field "parallel" here`,
	} {
		_, err := scenariofile.Load("test", []byte(oneYAML("versioned", with)), scenarios.Patterns(), nil)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", with, err, want)
		}
	}
	for _, test := range []struct {
		variant string
		page    int
		free    bool
		want    string
	}{
		{"batch", 1000, false, ""},
		{"batch", 499, true, ""},
		{"seed", 500, true, ""},
		{"batch", 500, true, "page must be at most 499 on the free plan, where an invocation may make 1000 operations; " +
			"a step with 500 documents may make 1001"},
	} {
		s := loadOne(t, test.variant, fmt.Sprintf("pattern: versioned\nload: {workers: 1, transactions: 1}\nwith: {page: %d}", test.page))
		s.Free = test.free
		_, err := s.Pattern.New(s.Setup(s.Variants[0], kv.Capabilities{}, 1))
		if got := fmt.Sprint(err); err == nil && test.want != "" || err != nil && got != test.want {
			t.Errorf("%+v: %v", test, err)
		}
	}
}

// A step of the job with the largest page stays within an invocation's operations.
func TestVersionedLargestPage(t *testing.T) {
	o := run(t, "batch", `pattern: versioned
driver: embedded://?profile=edge
load: {rate: 1/s, duration: 10m}
keys: {count: 1000}
with: {batch: 1, page: 1_000}`)
	if steps, backs := o.outcome("job-step"), o.series("write-back").TotalCount(); steps != 2 || backs != 1000 || o.outcome("error") > 0 {
		t.Errorf("%d steps write %d documents back, want 2 and 1000; %d errors", steps, backs, o.outcome("error"))
	}
}

// An expiry in the metadata is the second at which KV ends the document, which
// counts from the second of the put.
func TestVersionedExpiryIsWholeSeconds(t *testing.T) {
	o, _, a := runWitnessed(t, 1, "keep-expiry", `pattern: versioned
load: {rate: 7/s, arrivals: poisson, duration: 1m}
keys: {count: 10}
with: {expiring: 1, ttl: 90s, update: 0.5}`)
	if o.outcome("error") > 0 || len(a.expiring) == 0 {
		t.Errorf("%d errors, %d puts with a TTL", o.outcome("error"), len(a.expiring))
	}
	for _, p := range a.expiring {
		if want := a.clock.Epoch().Add(p.sent).Truncate(time.Second).Add(p.ttl).Unix(); p.Expires != want {
			t.Errorf("a put at %v with a TTL of %v says that it ends at %d, want %d", p.sent, p.ttl, p.Expires, want)
		}
	}
}
