package scenarios_test

import (
	"fmt"
	"math"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"kvbench/internal/scenariofile"
	"kvbench/scenarios"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// prefixVariants are those of prefix.
var prefixVariants = []string{"seed", "paginate", "list-then-get", "list-then-bulk-get", "metadata-in-list", "index-key"}

// Of 800 users 400 also have a key user:ID:profile. What each variant takes for ids,
// and what that costs it.
func TestPrefixHierarchy(t *testing.T) {
	for _, test := range []struct {
		variant          string
		foreign, missing int64 // in each of ten listings
		pages            int64
		reads            uint64
	}{
		// The first 1,000 names hold about as many users as profiles' share leaves.
		{"seed", 333, 133, 1, 0},
		{"paginate", 400, 0, 2, 0},
		{"list-then-get", 400, 0, 2, 1200},
		{"list-then-bulk-get", 400, 0, 2, 1200},
		{"metadata-in-list", 0, 0, 2, 0},
		{"index-key", 0, 0, 0, 1},
	} {
		o := run(t, test.variant, `pattern: prefix
load: {workers: 1, transactions: 10}
keys: {count: 800, size: 100B}
with: {profiles: 0.5, neighbours: 50}`)
		for name, want := range map[string]int64{"foreign-id": test.foreign, "missing-id": test.missing, "pages": test.pages} {
			h, n := o.series(name), int64(10)
			if want == 0 && name != "pages" {
				n = 0
			}
			slack := int64(0)
			if test.variant == "seed" { // which users have a profile is drawn
				slack = 10
			}
			if h.TotalCount() != n || n > 0 && (h.Min() < want-slack || h.Max() > want+slack) {
				t.Errorf("%s: %s: %d times %d to %d, want %d times %d", test.variant, name, h.TotalCount(), h.Min(), h.Max(), n, want)
			}
		}
		if reads := o.Billed.Reads / 10; reads != test.reads || o.outcome("error") != 0 {
			t.Errorf("%s: %d reads a listing, want %d; %d errors", test.variant, reads, test.reads, o.outcome("error"))
		}
	}
}

// Where every location sees every write at once and nothing is cached, no get is
// stale, no id is missing and none is a ghost, however calls overtake each other.
func TestPrefixOnAPerfectStore(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		slow := rapid.SampledFrom([]int{0, 300, 9000}).Draw(rt, "slow")
		variant := rapid.SampledFrom(prefixVariants).Draw(rt, "variant")
		fields := fmt.Sprintf(`pattern: prefix
driver: embedded://?write=p0:%dms,p100:%dms&hot=%dms&cold=%dms&list=%dms%s
load: {rate: 20/s, arrivals: poisson, duration: 40s}
keys: {count: %d}
with: {set: %v, get: 0.3, delete: %v, profiles: 0.2}`, slow/10, slow, slow/2, slow/2, slow,
			rapid.SampledFrom([]string{"", "&fault=blips&fault-share=0.2"}).Draw(rt, "fault"),
			rapid.IntRange(1, 20).Draw(rt, "keys"),
			rapid.SampledFrom([]float64{0, 0.1, 0.4}).Draw(rt, "set"),
			rapid.SampledFrom([]float64{0, 0.01, 0.2}).Draw(rt, "delete"))
		o := run(t, variant, fields)
		names := []string{"stale-read", "missing-id", "ghost-id"}
		if variant == "index-key" {
			names = names[:1] // an index that many change loses changes
		}
		for _, name := range names {
			if h := o.series(name); h.TotalCount() > 0 {
				rt.Errorf("%s\n%s: %s is seen %d times, up to %d", fields, variant, name, h.TotalCount(), h.Max())
			}
		}
		if listings := int64(o.outcome("complete") + o.outcome("partial")); listings != o.series("pages").TotalCount() {
			rt.Errorf("%s\n%s: %d listings, %d by their pages", fields, variant, listings, o.series("pages").TotalCount())
		}
	})
}

// A get is stale when what it found was replaced before it began: as often, and as
// long, as follows from the calls that the store saw.
func TestPrefixStaleReadsAreTrue(t *testing.T) {
	o, calls := runTapped(t, 3, "paginate", `pattern: prefix
driver: embedded://?locations=3&profile=edge&propagation=60s
load: {rate: 50/s, arrivals: poisson, duration: 10m}
keys: {count: 20, size: 256B}
with: {set: 0.01, get: 0.985, delete: 0.001}`)
	writes := map[string][]tap{} // by key, in the order in which they were acknowledged
	for _, c := range calls {
		if c.err == nil && (c.op == "put" || c.op == "delete") {
			writes[c.name] = append(writes[c.name], c)
		}
	}
	stale, longest, deleted := int64(0), time.Duration(0), 0
	for _, c := range calls {
		if c.op != "get" || c.value == "" {
			continue
		}
		all := writes[c.name]
		own := slices.IndexFunc(all, func(w tap) bool { return w.value == c.value })
		if own < 0 {
			t.Fatalf("a get found what nobody put: %.80s", c.value)
		}
		i := slices.IndexFunc(all, func(w tap) bool { return w.sent >= all[own].done && w.done > all[own].done && w.done < c.sent })
		if i < 0 {
			continue
		}
		stale, longest = stale+1, max(longest, c.sent-all[i].done)
		if all[i].op == "delete" {
			deleted++
		}
	}
	got := o.series("stale-read")
	if got.TotalCount() != stale || deleted == 0 || int(stale) == deleted || math.Abs(float64(got.Max())/float64(longest)-1) > 0.001 {
		t.Errorf("%d stale reads, the oldest by %v; the store saw %d, %d of them of what was deleted, the oldest by %v",
			got.TotalCount(), time.Duration(got.Max()), stale, deleted, longest)
	}
}

// The variants differ in what their names say alone: the same seed gives them the
// same sets, gets, deletes and listings, of the same users.
func TestPrefixVariantsDoTheSame(t *testing.T) {
	var want []string
	for i, variant := range prefixVariants {
		o, calls := runTapped(t, 1, variant, `pattern: prefix
driver: embedded://?locations=3
load: {rate: 50/s, arrivals: poisson, duration: 20s}
keys: {count: 50}
with: {set: 0.3, get: 0.2, delete: 0.2, profiles: 0.1}`)
		got := []string{fmt.Sprint(o.outcome("set"), o.outcome("read"), o.outcome("deleted"), o.series("pages").TotalCount())}
		for _, c := range calls {
			if (c.op == "put" || c.op == "delete") && strings.HasPrefix(c.name, "user:") {
				got = append(got, fmt.Sprint(c.sent, c.op, c.name))
			}
		}
		if i == 0 {
			want = got
		}
		if diff := cmp.Diff(want, got); diff != "" || o.outcome("error") > 0 {
			t.Errorf("%s: %d errors; seed (-), this (+):\n%s", variant, o.outcome("error"), diff)
		}
	}
}

// Who has more names to get than an invocation may make calls gets none of them.
func TestListThenGetOfTooMany(t *testing.T) {
	for keys, errors := range map[int]uint64{9_989: 0, 9_991: 1} { // with 10 pages, 10,000 calls
		o := run(t, "list-then-get", fmt.Sprintf("pattern: prefix\nload: {workers: 1, transactions: 1}\nkeys: {count: %d, size: 100B}", keys))
		if o.outcome("error") != errors || errors > 0 && o.Errors["invocation-limit"] == 0 {
			t.Errorf("%d keys: %d errors, %v", keys, o.outcome("error"), o.Errors)
		}
	}
}

// What KV would refuse is refused before anything runs.
func TestPrefixRefuses(t *testing.T) {
	for _, test := range []struct{ variant, keys, with, want string }{
		{"index-key", "4_000_000", "", "index-key keeps all ids in one value: those of 4000000 keys are 30888891 bytes, and KV takes 26214400"},
		{"seed", "4_000_000", "", ""},
		{"index-key", "3_000_000", "", ""},
		{"seed", "10", ", with: {profiles: 1.1}", "it may be between 0% and 100%"},
		{"seed", "10", ", with: {parallel: 6}", `there is no field "parallel"`},
	} {
		_, err := scenariofile.Load("test", []byte(fmt.Sprintf(
			"scenarios:\n  - {name: a, question: q?, pattern: prefix, variants: [%s], load: {workers: 1, transactions: 1}, keys: {count: %s}%s}\n",
			test.variant, test.keys, test.with)), scenarios.Patterns(), nil)
		if got := fmt.Sprint(err); (err == nil) != (test.want == "") || !strings.Contains(got, test.want) {
			t.Errorf("%+v: got %s", test, got)
		}
	}
}

// A get allocates nothing, be it stale: the difference between a long run and a
// short one.
func TestPrefixGetAllocatesNothing(t *testing.T) {
	allocations := func(transactions string) int64 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		o := run(t, "seed", "pattern: prefix\ndriver: embedded://?locations=3\n"+
			"load: {workers: 3, think: 1ms, transactions: "+transactions+"}\nkeys: {count: 10}\nwith: {get: 0.998, set: 0.002}")
		runtime.ReadMemStats(&after)
		if o.series("stale-read").TotalCount() == 0 {
			t.Error("no get was stale")
		}
		return int64(after.Mallocs - before.Mallocs)
	}
	if more := allocations("52_000") - allocations("2_000"); more > 2_500 {
		t.Errorf("50,000 transactions more, 100 of them sets, make %d allocations more", more)
	}
}
