package scenarios_test

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"strings"
	"testing"
	"time"

	"kvbench/internal/clock"
	"kvbench/internal/scenariofile"
	"kvbench/kv"
	"kvbench/scenarios"

	"github.com/google/go-cmp/cmp"
)

// The updates that are lost are those of the measured time, whatever the warm-up
// lost: as many as a walk from the final version to its ancestors leaves out.
func TestLostUpdatesAreOfTheMeasuredTime(t *testing.T) {
	for _, variant := range []string{"seed", "blind-put"} {
		o, s, a := runWitnessed(t, 1, variant, `pattern: coalesce
driver: embedded://?locations=3&profile=edge&propagation=60s
load: {rate: 100/s, arrivals: poisson, duration: 1m, warm-up: 10m}
keys: {count: 50}
with: {update: 0.5}`)
		open, _ := s.Load.Open()
		due := open.Schedule(1, s.Load.WarmUp)
		var acked, lost int64
		for _, puts := range a.puts {
			base := map[uint64]uint64{}
			for _, p := range puts {
				base[p.Version] = p.Base
			}
			stands := map[uint64]bool{}
			for v := puts[len(puts)-1].Version; v > 0; v = base[v] {
				stands[v] = true
			}
			for _, p := range puts {
				if i := p.Version/4 - 1; due(i) < s.Load.WarmUp {
					continue
				}
				acked++
				if !stands[p.Version] {
					lost++
				}
			}
		}
		if got := o.series("update").TotalCount(); got != acked {
			t.Errorf("%s: %d updates, the store saw %d", variant, got, acked)
		}
		if got := o.series("lost-update").TotalCount(); got != lost || lost == 0 || lost > acked {
			t.Errorf("%s: %d lost of %d, the store saw %d", variant, got, acked, lost)
		}
		if variant == "blind-put" && len(a.wrong) > 0 {
			t.Errorf("%d puts on what the isolate did not last read or write, the first: %s", len(a.wrong), a.wrong[0])
		}
	}
}

// Creations are updates too: with an object that is not there, written at thirty
// locations, no more updates are lost than there were.
func TestLostCreationsAreOfAllUpdates(t *testing.T) {
	for _, variant := range []string{"blind-put", "per-field", "seed"} {
		o := run(t, variant, `pattern: coalesce
driver: embedded://?locations=30&profile=edge&propagation=60s
load: {rate: 100/s, arrivals: poisson, duration: 1m}
keys: {count: 50}
with: {absent: 1, update: 1}`)
		updates := o.series("update").TotalCount()
		if got := int64(o.outcome("updated") + o.outcome("created")); got != updates || o.outcome("created") == 0 {
			t.Errorf("%s: %d updates, and %d transactions that updated or created", variant, updates, got)
		}
		if lost := o.series("lost-update").TotalCount(); lost > updates || lost == 0 != (variant == "per-field") {
			t.Errorf("%s: %d of %d updates are lost", variant, lost, updates)
		}
	}
}

// halfStore forgets the puts of names, which it acknowledges, and refuses those of
// e-mail addresses after the first few.
type halfStore struct {
	kv.Store
	refused int
}

func (s *halfStore) BulkPut(ctx context.Context, pairs []kv.Pair) error {
	return s.Store.(kv.BulkPutter).BulkPut(ctx, pairs)
}

func (s *halfStore) Put(ctx context.Context, key string, value []byte, o kv.PutOptions) error {
	switch {
	case strings.HasSuffix(key, ":name"):
		return nil
	case strings.HasSuffix(key, ":email"):
		if s.refused++; s.refused > 5 {
			return &kv.Error{Status: 500}
		}
	}
	return s.Store.Put(ctx, key, value, o)
}

// An update of which KV refused a part was not acknowledged: it is no update, and
// what is gone of it is not lost.
func TestUpdateInPartIsNone(t *testing.T) {
	for _, variant := range []string{"per-field", "per-field-parallel"} {
		o := runOn(t, loadOne(t, variant, `pattern: coalesce
load: {rate: 5/s, duration: 2m}
keys: {count: 30}
with: {update: 1, fields: 2, update-fields: 2}`), 1, func(s kv.Store, _ clock.Clock) kv.Store { return &halfStore{Store: s} }, nil)
		if failed, updates := o.outcome("error"), o.series("update").TotalCount(); failed != 595 || updates != 5 ||
			o.series("write-amplification").TotalCount() != 5 {
			t.Errorf("%s: %d failed, %d updates, want 595 and 5", variant, failed, updates)
		}
		if lost := o.series("lost-update").TotalCount(); lost == 0 || lost > 5 {
			t.Errorf("%s: %d are lost, want those of the five of which no later one was to overwrite", variant, lost)
		}
	}
}

// A read is stale when what it found was replaced before it began: as often, and
// as long, as follows from the puts and gets that the store saw.
func TestStaleReadsAreTrue(t *testing.T) {
	for _, with := range []string{"", ", cache-ttl: 30s"} {
		o, _, a := runWitnessed(t, 3, "per-field", `pattern: coalesce
driver: embedded://?locations=5&profile=edge&propagation=60s
load: {rate: 50/s, arrivals: poisson, duration: 20m}
keys: {count: 1, size: 256B}
with: {fields: 1, update-fields: 1, update: 0.0005`+with+"}")
		stale, longest := int64(0), time.Duration(0)
		for key, gets := range a.gets {
			for _, g := range gets[:len(gets)-1] { // the last is the verification's
				known := time.Duration(math.MinInt64)
				for _, p := range a.puts[key] {
					if p.Version == g.Version {
						known = p.done
					}
				}
				for _, p := range a.puts[key] {
					later := g.Version == 0 || known != math.MinInt64 && p.sent >= known
					if later && p.done < g.sent {
						stale, longest = stale+1, max(longest, g.sent-p.done)
						break
					}
				}
			}
		}
		got := o.series("stale-read")
		if got.TotalCount() != stale || stale == 0 || math.Abs(float64(got.Max())/float64(longest)-1) > 0.001 {
			t.Errorf("%s: %d stale reads, the oldest by %v; the store saw %d, %v", with, got.TotalCount(), time.Duration(got.Max()), stale, longest)
		}
	}
}

// A shorter cache TTL makes reads less stale.
func TestCoalesceCacheTTL(t *testing.T) {
	const fields = `pattern: coalesce
driver: embedded://?locations=3
load: {rate: 10/s, duration: 30m}
keys: {count: 1}
with: {fields: 1, update-fields: 1, update: 0.005, cache-ttl: %v}`
	var oldest [2]time.Duration
	for i, ttl := range []string{"30s", "60s"} {
		oldest[i] = time.Duration(run(t, "per-field", fmt.Sprintf(fields, ttl)).series("stale-read").Max())
	}
	if oldest[0] > 30*time.Second || oldest[1] <= 30*time.Second || oldest[1] > 60*time.Second {
		t.Errorf("the oldest reads are %v and %v old", oldest[0], oldest[1])
	}
}

// What KV would refuse is refused before anything runs.
func TestCoalesceRefuses(t *testing.T) {
	for with, want := range map[string]string{
		"{cache-ttl: 29s}":   "cache-ttl must be 30s or more, or 0s for the default of KV, 60s; it is 29s",
		"{update-fields: 5}": "update-fields must be 1 to fields, which is 4; it is 5",
	} {
		_, err := scenariofile.Load("test", []byte(oneYAML("coalesce", with)), scenarios.Patterns(), nil)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", with, err, want)
		}
	}
}

func oneYAML(pattern, with string) string {
	return "scenarios:\n  - name: test\n    question: What?\n    pattern: " + pattern +
		"\n    load: {workers: 1, transactions: 1}\n    with: " + with + "\n"
}

// The same seed gives every variant the same reads and updates, and they change
// the same fields.
func TestVariantsDoTheSame(t *testing.T) {
	for pattern, fields := range map[string]string{
		"coalesce":  "\nwith: {update: 0.3, absent: 0.2, fields: 5, update-fields: 3}",
		"versioned": "\nwith: {update: 0.3, absent: 0.2, falsy: 0.1, batch: 0.1}",
	} {
		var want map[string]uint64
		for _, p := range scenarios.Patterns() {
			if p.Name != pattern {
				continue
			}
			for _, v := range p.Variants {
				o := run(t, v.Name, "pattern: "+pattern+`
driver: embedded://?locations=3&profile=edge&propagation=60s
load: {rate: 50/s, arrivals: poisson, transactions: 3000}
keys: {count: 50}`+fields)
				got := map[string]uint64{}
				for _, name := range p.AllOutcomes() {
					switch name {
					case "updated", "created":
						got["update"] += o.outcome(name)
					default:
						got["other"] += o.outcome(name)
					}
				}
				if want == nil {
					want = got
				}
				if diff := cmp.Diff(want, got); diff != "" || o.outcome("error") > 0 {
					t.Errorf("%s: %d errors; the first variant (-), this (+):\n%s", v.Name, o.outcome("error"), diff)
				}
			}
		}
	}
}

// Bytes are counted against what the update changed, which all variants draw alike:
// of five fields three, or the other two.
func TestWriteAmplification(t *testing.T) {
	for variant, want := range map[string][2]int64{"per-field": {100, 100}, "blind-put": {166, 250}, "seed": {166, 250}} {
		h := run(t, variant, `pattern: coalesce
load: {workers: 1, transactions: 100}
keys: {count: 10, size: 5000B}
with: {update: 1, fields: 5, update-fields: 3}`).series("write-amplification")
		if got := [2]int64{h.Min(), h.Max()}; got != want || h.TotalCount() != 100 {
			t.Errorf("%s: %d to %d in %d updates, want %d to %d in 100", variant, got[0], got[1], h.TotalCount(), want[0], want[1])
		}
	}
}

// How many keys are there at first does not depend on the seed; which does.
func TestKindsAreDrawnBySeed(t *testing.T) {
	const load = "\ndriver: embedded://\nload: {workers: 1, transactions: 1}\nkeys: {count: 10}"
	for _, test := range []struct {
		fields, variant            string
		pairs, zero, expiring, old int
	}{
		{"pattern: coalesce" + load + "\nwith: {absent: 0.1}", "seed", 9, 0, 0, 0},
		{"pattern: coalesce" + load + "\nwith: {absent: 0.1}", "per-field", 36, 0, 0, 0},
		{"pattern: versioned" + load + "\nwith: {absent: 0.1, expiring: 0}", "seed", 9, 0, 0, 9},
		{"pattern: versioned" + load + "\nwith: {falsy: 0.1, expiring: 0.2, old: 0.3}", "seed", 10, 1, 2, 3},
	} {
		first := map[string]bool{}
		for seed := range uint64(8) {
			_, _, a := runWitnessed(t, seed, test.variant, test.fields)
			pairs, zero, expiring, old := 0, 0, 0, 0
			names := ""
			for _, p := range a.seeded {
				pairs++
				kind := ""
				if string(p.Value) == "0" {
					zero, kind = zero+1, "0"
				}
				if p.Options.TTL > 0 {
					expiring, kind = expiring+1, kind+"e"
				}
				if len(p.Options.Metadata) > 0 && !strings.Contains(string(p.Options.Metadata), `"version":2`) {
					old, kind = old+1, kind+"o"
				}
				names += p.Key + kind + " "
			}
			first[names] = true
			if got, want := fmt.Sprint(pairs, zero, expiring, old), fmt.Sprint(test.pairs, test.zero, test.expiring, test.old); got != want {
				t.Errorf("%s: seed %d: %s, want %s", test.fields, seed, got, want)
			}
		}
		if len(first) < 3 {
			t.Errorf("%s: eight seeds give %d choices", test.fields, len(first))
		}
	}
}

// A read allocates nothing, be it stale: the difference between a long run and a
// short one.
func TestCoalesceReadAllocatesNothing(t *testing.T) {
	for _, variant := range []string{"blind-put", "per-field", "per-field-bulk", "seed"} {
		allocations := func(transactions string) int64 {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			o := run(t, variant, "pattern: coalesce\ndriver: embedded://?locations=3\n"+
				"load: {workers: 3, think: 1ms, transactions: "+transactions+"}\nkeys: {count: 10}\nwith: {update: 0.002}")
			runtime.ReadMemStats(&after)
			if o.series("stale-read").TotalCount() == 0 {
				t.Errorf("%s: no read was stale", variant)
			}
			return int64(after.Mallocs - before.Mallocs)
		}
		if more := allocations("52_000") - allocations("2_000"); more > 2_500 {
			t.Errorf("%s: 50,000 transactions more, 100 of them updates, make %d allocations more", variant, more)
		}
	}
}
