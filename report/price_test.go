package report

import (
	"math"
	"strings"
	"testing"

	"kvbench/internal/record"
	"kvbench/internal/runfile"
	"kvbench/kv"
)

// A month's price holds the storage of what the store told at its end, at the prices
// that the run file has, and says so where that is not known.
func TestPriceOfTheStore(t *testing.T) {
	two, four := int64(2e9), int64(4e9)
	for _, test := range []struct {
		prices  kv.Prices
		stored  []*int64 // by repeat
		million float64
		storage float64 // below 0: not known
		words   string
	}{
		{kv.Prices{}, []*int64{nil, nil}, 0.5, -1, "without storage: the store does not tell what it holds"},
		{kv.Prices{}, []*int64{&two, nil}, 0.5, -1, "without storage: the store does not tell what it holds"},
		{kv.Prices{}, []*int64{&two, &four}, 0.5, 1, "$1.00 of it for 2.79 GiB"}, // a file of format 1: the classic prices
		{kv.ClassicPrices(), []*int64{&two, &two}, 0.5, 0.5, "$0.50 of it for 1.86 GiB"},
		{kv.InstantPrices(), []*int64{&two, &two}, 0.2, 200_000, "$200000.00 of it for 1.86 GiB"},
	} {
		run := pageFixture{name: "x", variants: []fixtureVariant{{name: "seed", p50: 1e6, p99: 2e6}}}.run(t)
		def := &run.Header.Scenarios[0]
		def.Traits.Prices = test.prices
		again := *run.Variants[0]
		again.Repeat = 1
		run.Variants = append(run.Variants, &again)
		for i, v := range run.Variants {
			v.Def, v.Stored = def, test.stored[i]
			v.Total.Billed = record.Billed{Reads: v.Total.Outcomes[0] + v.Total.Outcomes[1] + v.Total.Outcomes[2]}
		}
		v := Summarise(run, nil).Scenarios[0].Variants[0]
		if math.Abs(v.USD-test.million) > 1e-9 || storageWords(&v) != test.words {
			t.Errorf("$%v a million, %q, want $%v, %q", v.USD, storageWords(&v), test.million, test.words)
		}
		switch storage := v.MonthBill.Storage; {
		case test.storage < 0 && storage != nil:
			t.Errorf("storage is not known, and costs $%v", *storage)
		case test.storage >= 0 && (storage == nil || math.Abs(*storage-test.storage) > 1e-9 || v.USDPerMonth < test.storage):
			t.Errorf("storage costs %v of $%v, want $%v", storage, v.USDPerMonth, test.storage)
		}
		text := read(t, dirOf(t, run), "report.html")
		if source := def.Prices().Source; !strings.Contains(text, source) || !strings.Contains(text, test.words) {
			t.Errorf("the page does not say %q and %q", source, test.words)
		}
	}
}

// What the free plan includes is of classic Workers KV alone, whatever the prices.
func TestFreePlanOfTheStore(t *testing.T) {
	for _, test := range []struct {
		traits kv.Traits
		after  float64 // below 0: none
		words  string
	}{
		{kv.Traits{}, 1000, "until reads are used up"}, // 100 a second of 100,000
		{kv.Traits{Prices: kv.Prices{Reads: 1}}, 1000, "until reads are used up"},
		{kv.Traits{Mode: kv.InstantMode, Prices: kv.InstantPrices()}, -1, "is known of Workers KV Instant"},
		{kv.Traits{Mode: kv.InstantMode, Prices: kv.ClassicPrices()}, -1, "is known of Workers KV Instant"},
	} {
		run := pageFixture{name: "x", variants: []fixtureVariant{{name: "seed", p50: 1e6, p99: 2e6}}}.run(t)
		def := &run.Header.Scenarios[0]
		def.Traits, def.Rate = test.traits, 100
		total := &run.Variants[0].Total
		run.Variants[0].Def, total.Billed = def, record.Billed{Reads: total.Outcomes[0] + total.Outcomes[1] + total.Outcomes[2]}
		switch free := Summarise(run, nil).Scenarios[0].Variants[0].FreeLimit; {
		case (free == nil) != (test.after < 0):
			t.Errorf("%+v: got %+v", test.traits, free)
		case free != nil && (free.Kind != "reads" || math.Abs(free.AfterS-test.after) > 1e-9):
			t.Errorf("%+v: got %+v, want %v s", test.traits, free, test.after)
		}
		dir, _ := write(t, run, "html", "csv", "json")
		if page := read(t, dir, "report.html"); !strings.Contains(page, test.words) {
			t.Errorf("%+v: the page does not say %q", test.traits, test.words)
		}
		if json := read(t, dir, "report.json"); strings.Contains(json, "free_plan") != (test.after >= 0) {
			t.Errorf("%+v: free_plan in the JSON:\n%s", test.traits, json)
		}
	}
}

func dirOf(t *testing.T, run *runfile.Run) string {
	t.Helper()
	dir, _ := write(t, run, "html")
	return dir
}
