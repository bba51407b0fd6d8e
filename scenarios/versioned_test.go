package scenarios_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"runtime"
	"testing"
	"time"

	"kvbench/internal/clock"
	"kvbench/internal/load"
	"kvbench/kv"
)

// Each anomaly of versioned fires where it should, as often and as large as it
// should, and stays at zero where the pitfall is not.
func TestVersionedAnomalies(t *testing.T) {
	const (
		ms, s = int64(time.Millisecond), int64(time.Second)
		hour  = 3600 * s
		any   = -1

		// Five workers in step read the one document while it is old.
		together = `
driver: embedded://?hot=10ms&cold=10ms&write=20ms
load: {workers: 5, transactions: 100}
keys: {count: 1}`
		// The same where KV takes one write a second of a key.
		strict = `
driver: embedded://?hot=10ms&cold=10ms&write=20ms&writes=strict
load: {workers: 5, transactions: 100}
keys: {count: 1}`
		// Every document is read within an instant, and lives for an hour.
		expiring = `
load: {workers: 1, transactions: 500}
keys: {count: 10}
with: {expiring: 1, ttl: 1h}`
		// A transaction a second for ten seconds, and every write takes ten: all of
		// them begin while the document is old, and their writes take effect in the
		// same order, a second apart.
		slowWrites = `
driver: embedded://?write=10s
load: {rate: 1/s, duration: 10s}
keys: {count: 1}
with: {update: 0.5}`
		// Each location sees a write of another's within two minutes.
		apart = `
driver: embedded://?locations=3&propagation=60s
load: {rate: 20/s, duration: 10m}
keys: {count: 200}
with: {update: 0.2}`
	)
	for _, test := range []struct {
		anomaly, variant, fields string
		count, min, max          int64  // of its size, inclusive
		silent, silently         string // the variant and scenario where it never fires; no scenario: the same one
	}{
		// All five write; the first was needed.
		{"duplicate-migration", "seed", together, 4, 1, 4, "single-flight", ""},
		{"duplicate-migration", "version-in-value", together, 4, 1, 4, "transform-only", ""},
		{"duplicate-migration", "keep-expiry", together, 4, 1, 4, "batch", ""},
		// Each of the other two locations migrates once more, where it sees the old
		// document; single-flight does not help across locations.
		{"duplicate-migration", "single-flight", apart, any, 1, 2, "transform-only", ""},
		// A migration clobbers when it follows an update.
		{"clobbered-write", "seed", slowWrites, clobbers(10, 0.5), s, s, "transform-only", ""},
		{"clobbered-write", "keep-expiry", slowWrites, clobbers(10, 0.5), s, s, "seed", `
load: {rate: 1/s, duration: 10s}
keys: {count: 1}
with: {update: 0.5}`},
		// An update stands until it is overwritten by a location that does not see it.
		{"clobbered-write", "seed", apart, any, 0, 120 * s, "transform-only", ""},
		{"ttl-lost", "seed", expiring, 10, hour, hour, "keep-expiry", ""},
		// A write takes ten minutes: the documents are ten minutes old when they are
		// read, and twenty when the migration is acknowledged.
		{"ttl-lost", "seed", `
driver: embedded://?write=10m
load: {workers: 1, transactions: 1}
keys: {count: 1}
with: {expiring: 1, ttl: 1h}`, 1, 2 * hour / 3, 2 * hour / 3, "keep-expiry", expiring},
		{"ttl-lost", "version-in-value", expiring, 10, hour, hour, "batch", ""},
		{"ttl-lost", "single-flight", expiring, 10, hour, hour, "transform-only", ""},
		// Both fields of each document's metadata: whose it is and when it expires.
		{"metadata-lost", "seed", expiring, 10, 2, 2, "keep-expiry", ""},
		{"metadata-lost", "version-in-value", expiring, 10, 2, 2, "batch", ""},
		{"metadata-lost", "seed", `
load: {workers: 1, transactions: 500}
keys: {count: 10}
with: {expiring: 0}`, 10, 1, 1, "transform-only", ""},
		{"put-rejected", "seed", strict, 4, 20 * ms, 20 * ms, "single-flight", ""},
		{"put-rejected", "keep-expiry", strict, 4, 20 * ms, 20 * ms, "keep-expiry", together},
		// 100 updates of 20 ms: KV accepts the first and the one 1 s after it.
		{"put-rejected", "batch", `
driver: embedded://?write=20ms&writes=strict
load: {workers: 1, transactions: 100}
keys: {count: 1}
with: {update: 1, batch: 0}`, 98, 20 * ms, 20 * ms, "batch", strict},
	} {
		t.Run(test.anomaly+"/"+test.variant, func(t *testing.T) {
			h := run(t, test.variant, "pattern: versioned"+test.fields).series(test.anomaly)
			if n := h.TotalCount(); n == 0 || test.count != any && n != test.count {
				t.Errorf("it fires %d times, want %d", n, test.count)
			}
			if low, high := h.Min(), h.Max(); low < test.min-test.min/1000 || high > test.max+test.max/1000 {
				t.Errorf("its sizes are %d to %d, want %d to %d", low, high, test.min, test.max)
			}
			if test.silently == "" {
				test.silently = test.fields
			}
			if n := run(t, test.silent, "pattern: versioned"+test.silently).series(test.anomaly).TotalCount(); n != 0 {
				t.Errorf("%s: it fires %d times, want never", test.silent, n)
			}
		})
	}
}

// clobbers is how many of the first n transactions on one document are a read
// that follows an update, when the given share are updates: a transaction draws
// its document and then its kind.
func clobbers(n uint64, share float64) (reads int64) {
	updated := false
	for i := range n {
		var source rand.PCG
		load.Seed(&source, 1, i)
		r := rand.New(&source)
		load.Distribution{}.Chooser(1).Key(r)
		before := updated
		if updated = r.Float64() < share; before && !updated {
			reads++
		}
	}
	return reads
}

// spy is a store of one location that knows what each write replaced.
type spy struct {
	kv.Store
	held                 map[string]written
	clobbered, duplicate int64
	withMetadata         int // gets that asked for it
}

// written is a document as it was put: the number of the update whose value it
// holds, and whether it is in the new format.
type written struct {
	update  uint64
	current bool
}

func (s *spy) Get(ctx context.Context, key string, o kv.GetOptions, e *kv.Entry) error {
	if o.Metadata {
		s.withMetadata++
	}
	return s.Store.Get(ctx, key, o, e)
}

func (s *spy) Put(ctx context.Context, key string, value []byte, o kv.PutOptions) error {
	err := s.Store.Put(ctx, key, value, o)
	if err != nil {
		return err
	}
	before := s.held[key]
	now := written{current: bytes.HasSuffix(value, []byte(`,"userName":"Ada Lovelace"}`)) ||
		bytes.HasSuffix(value, []byte(`,"userName":"Ada Lovelace","schema":2}`))}
	var document struct {
		Version uint64
		Schema  int
	}
	var metadata struct{ Version, MigratedAt int64 }
	if err := json.Unmarshal(value, &document); err != nil {
		return err
	}
	if len(o.Metadata) > 0 {
		if err := json.Unmarshal(o.Metadata, &metadata); err != nil {
			return err
		}
	}
	if noted := document.Schema == 2 || metadata.Version == 2; noted != now.current {
		return fmt.Errorf("a document that is noted as new: %t, and is new: %t", noted, now.current)
	}
	now.update = document.Version
	if migration := metadata.MigratedAt > 0 || document.Schema == 2 && len(o.Metadata) == 0; migration {
		if now.update < before.update {
			s.clobbered++
		}
		if before.current {
			s.duplicate++
		}
	}
	s.held[key] = now
	return nil
}

func (s *spy) Capabilities() kv.Capabilities {
	t := s.Store.Capabilities()
	t.BulkPutKeys = 0 // so that every write passes through Put
	return t
}

// The anomalies of a run under contention are as many as the store saw happen, and
// what it holds is what the metadata or the document says that it is.
func TestVersionedAnomaliesAreTrue(t *testing.T) {
	for _, variant := range []string{"seed", "version-in-value", "single-flight", "keep-expiry", "transform-only"} {
		s := &spy{held: map[string]written{}}
		o := runOn(t, loadOne(t, variant, `pattern: versioned
driver: embedded://?hot=10ms&cold=10ms&write=p0:10ms,p100:2s
load: {rate: 500/s, arrivals: poisson, transactions: 5000}
keys: {count: 500, distribution: zipfian(0.8)}
isolates: 2
with: {update: 0.3}`), 1, func(store kv.Store, _ clock.Clock) kv.Store {
			s.Store = store
			return s
		}, nil)
		if n := o.outcome("error"); n > 0 {
			t.Errorf("%s: %d transactions end in an error", variant, n)
		}
		if got := o.series("clobbered-write").TotalCount(); got != s.clobbered || got == 0 != (variant == "transform-only") {
			t.Errorf("%s: %d updates clobbered, the store saw %d", variant, got, s.clobbered)
		}
		if got := o.series("duplicate-migration").TotalCount(); got != s.duplicate || got == 0 != (variant == "transform-only") {
			t.Errorf("%s: %d migrations not needed, the store saw %d", variant, got, s.duplicate)
		}
		if (s.withMetadata == 0) != (variant == "version-in-value") {
			t.Errorf("%s: %d gets ask for metadata", variant, s.withMetadata)
		}
	}
}

// What a variant does in a scenario in which its number of calls is known.
func TestVersionedCalls(t *testing.T) {
	const read = `
load: {workers: 1, transactions: 1000}
keys: {count: 50}
with: {batch: 0.1, page: 20}`
	for _, test := range []struct {
		variant                  string
		get, put, list, migrated int64 // -1: any
	}{
		{"seed", 1000, 50, 0, 50},
		{"version-in-value", 1000, 50, 0, 50},
		{"transform-only", 1000, 0, 0, 1000},
		{"single-flight", 1000, 50, 0, 50},
		{"keep-expiry", 1000, 50, 0, 50},
		// Two passes of three pages: the second finds nothing left to do.
		{"batch", 1000 - 6 + 50, 50, 6, -1},
	} {
		t.Run(test.variant, func(t *testing.T) {
			o := run(t, test.variant, "pattern: versioned"+read)
			for op, want := range map[string]int64{"get": test.get, "put": test.put, "list": test.list} {
				if got := o.series(op).TotalCount(); got != want {
					t.Errorf("%d calls of %s, want %d", got, op, want)
				}
			}
			if got := int64(o.outcome("migrated")); test.migrated >= 0 && got != test.migrated {
				t.Errorf("%d transactions migrated, want %d", got, test.migrated)
			}
			if got := o.outcome("migrated") + o.outcome("current") + o.outcome("job-step"); got != 1000 || int64(o.outcome("job-step")) != test.list {
				t.Errorf("%d transactions migrated, were current or a step of the job, want 1000", got)
			}
		})
	}
}

// The job does one step at a time, however long one takes, and then it is done.
func TestVersionedJobIsOne(t *testing.T) {
	o := run(t, "batch", `pattern: versioned
driver: embedded://?profile=edge
load: {rate: 400/s, arrivals: poisson, duration: 1m}
keys: {count: 100}
with: {batch: 0.01, page: 30}`)
	if lists, puts := o.series("list").TotalCount(), o.series("put").TotalCount(); lists != 8 || puts != 100 {
		t.Errorf("%d pages listed and %d documents written, want twice 4 and 100", lists, puts)
	}
	// A pass that found something is followed by another, wherever that was: here
	// some of the ten pages have nothing to migrate.
	o = run(t, "batch", `pattern: versioned
load: {workers: 1, transactions: 1000}
keys: {count: 10}
with: {batch: 0.1, page: 1, old: 0.5}`)
	if lists := o.series("list").TotalCount(); lists != 20 {
		t.Errorf("%d pages listed, want twice 10", lists)
	}
	// What KV refuses in the first ten seconds is migrated later.
	o = run(t, "batch", `pattern: versioned
driver: embedded://?fault=throttle&fault-share=1&fault-ops=put&fault-for=10s
load: {rate: 10/s, duration: 1m}
keys: {count: 50}
with: {batch: 0.2}`)
	refused := o.series("put-rejected").TotalCount()
	if done := o.series("put").TotalCount() - refused; done != 50 || refused == 0 || o.outcome("error") != 0 {
		t.Errorf("%d documents migrated after %d puts were refused, want 50; %d errors", done, refused, o.outcome("error"))
	}
}

// A document is absent when it is not there, and when it is falsy: then it is
// never migrated, not by the job either, which ends all the same.
func TestVersionedAbsent(t *testing.T) {
	for _, with := range []string{"absent: 1", "falsy: 1"} {
		for _, variant := range []string{"seed", "version-in-value", "keep-expiry", "batch"} {
			o := run(t, variant, "pattern: versioned\nload: {workers: 1, transactions: 200}\nkeys: {count: 5}"+
				"\nwith: {batch: 0.1, "+with+"}")
			steps := uint64(o.series("list").TotalCount())
			if a, j := o.outcome("absent"), o.outcome("job-step"); a != 200-steps || j != steps || steps > 1 {
				t.Errorf("%s, %s: %d absent, %d steps of the job, %d lists", variant, with, a, j, steps)
			}
			if n := o.series("put").TotalCount(); n != 0 {
				t.Errorf("%s, %s: %d puts", variant, with, n)
			}
		}
	}
}

// A document that is new at first is never migrated.
func TestVersionedCurrent(t *testing.T) {
	for _, variant := range []string{"seed", "version-in-value", "transform-only", "single-flight", "keep-expiry", "batch"} {
		o := run(t, variant, "pattern: versioned\nload: {workers: 1, transactions: 200}\nwith: {old: 0}")
		if c, n := o.outcome("current")+o.outcome("job-step"), o.series("put").TotalCount(); c != 200 || n != 0 {
			t.Errorf("%s: %d of 200 transactions are current, %d puts", variant, c, n)
		}
	}
}

// Documents of two minutes, read ten times a second for ten: they end when they
// should where the expiry is kept, and never where a write-back drops it.
func TestVersionedExpiry(t *testing.T) {
	const fields = `pattern: versioned
load: {rate: 10/s, duration: 10m}
keys: {count: 10}
with: {expiring: 1, ttl: 2m}`
	for variant, absent := range map[string]uint64{
		"seed": 0, "version-in-value": 0, "transform-only": 4800, "keep-expiry": 4800, "batch": 4800,
	} {
		if got := run(t, variant, fields).outcome("absent"); got != absent {
			t.Errorf("%s: %d of 6000 reads find nothing, want %d", variant, got, absent)
		}
	}
	// In its last minute a document cannot be given the expiry that it has: KV
	// refuses less than 60 s. It is left as it is.
	o := run(t, "keep-expiry", `pattern: versioned
load: {rate: 10/s, duration: 10m}
keys: {count: 10}
with: {expiring: 1, ttl: 60s}`)
	if n, got := o.series("put").TotalCount(), o.outcome("migrated"); n != 0 || got != 600 {
		t.Errorf("%d puts and %d reads that migrate, want none and 600", n, got)
	}
	// An update begins a new life, whenever it comes.
	for _, variant := range []string{"seed", "keep-expiry", "batch"} {
		o := run(t, variant, `pattern: versioned
load: {rate: 10/s, duration: 10m}
keys: {count: 100}
with: {expiring: 1, ttl: 60s, update: 0.5}`)
		if n := o.outcome("error"); n != 0 {
			t.Errorf("%s: %d transactions end in an error", variant, n)
		}
	}
}

// A read of a document in the new format allocates nothing: the difference
// between a long run and a short one.
func TestVersionedReadAllocatesNothing(t *testing.T) {
	allocations := func(transactions string) int64 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		run(t, "seed", "pattern: versioned\nload: {workers: 1, transactions: "+transactions+"}\nkeys: {count: 10}")
		runtime.ReadMemStats(&after)
		return int64(after.Mallocs - before.Mallocs)
	}
	if more := allocations("51_000") - allocations("1_000"); more > 500 {
		t.Errorf("50000 transactions more make %d allocations more", more)
	}
}
