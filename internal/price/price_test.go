package price_test

import (
	"math"
	"testing"

	"kvbench/internal/metric"
	"kvbench/internal/price"
	"kvbench/internal/record"
	"kvbench/kv"
)

func TestPerMillion(t *testing.T) {
	// A million transactions of 2 reads and a tenth of a write: $1 and $0.50.
	got := price.PerMillion(kv.ClassicPrices(), record.Billed{Reads: 2000, Writes: 100, Deletes: 10, Lists: 1}, 1000)
	for _, c := range []struct {
		name      string
		got, want float64
	}{
		{"reads", got.Reads, 1},
		{"writes", got.Writes, 0.5},
		{"deletes", got.Deletes, 0.05},
		{"lists", got.Lists, 0.005},
		{"total", got.Total().Or(-1), 1.555},
		{"nothing", price.USDPerMillion(kv.ClassicPrices(), record.Billed{Reads: 1}, 0).Or(-1), 0},
	} {
		if math.Abs(c.got-c.want) > 1e-9 {
			t.Errorf("%s: $%v, want $%v", c.name, c.got, c.want)
		}
	}
}

func TestPerMonth(t *testing.T) {
	// Ten transactions a second for 2,592,000 seconds, of 2 reads and a tenth of a
	// write: 51.84 M reads and 2.592 M writes, less 10 M and 1 M.
	got := price.PerMonth(kv.ClassicPrices(), record.Billed{Reads: 2000, Writes: 100, Lists: 1}, 1000, 10, nil)
	for _, c := range []struct {
		name      string
		got, want float64
	}{{"reads", got.Reads, 20.92}, {"writes", got.Writes, 7.96}, {"lists", got.Lists, 0}, {"total", got.Total().Or(-1), 28.88}} {
		if math.Abs(c.got-c.want) > 1e-9 {
			t.Errorf("%s: $%v, want $%v", c.name, c.got, c.want)
		}
	}
	if got.Storage != nil {
		t.Errorf("what is stored is not known, and costs %v", *got.Storage)
	}
	if got := price.PerMonth(kv.ClassicPrices(), record.Billed{Reads: 1}, 0, 10, nil); got.Total() != metric.Of(0) {
		t.Errorf("no transactions cost %v", got)
	}
}

// What a store without a price list costs can't be had; it is not nothing. What a run gives
// in place of one is a price list, and makes no free plan.
func TestNoPriceList(t *testing.T) {
	none, billed, stored := kv.NoPrices("nobody's"), record.Billed{Reads: 1, Writes: 1, Deletes: 1, Lists: 1}, int64(3e9)
	if million := price.PerMillion(none, billed, 1); million != nil || million.Total().Known() {
		t.Errorf("a million costs %v", million)
	}
	if month := price.PerMonth(none, billed, 1, 1, &stored); month != nil || month.Total().Known() {
		t.Errorf("a month costs %v", month)
	}
	if usd := price.USDPerMillion(none, billed, 1); usd.Known() {
		t.Errorf("it costs %v", usd)
	}
	given := none
	given.None, given.Reads = false, 1
	if usd := price.USDPerMillion(given, billed, 1); usd != metric.Of(1) {
		t.Errorf("at the given price it costs %v", usd)
	}
	for name, c := range map[string]struct {
		of   kv.Capabilities
		want bool
	}{
		"classic": {kv.Capabilities{Prices: kv.ClassicPrices()}, true}, "its prices replaced": {kv.Capabilities{Prices: kv.Prices{Reads: 1}}, true},
		"instant": {kv.Capabilities{Mode: kv.InstantMode, Prices: kv.ClassicPrices()}, false},
		"none":    {kv.Capabilities{Prices: none}, false}, "given": {kv.Capabilities{Prices: given}, false}, "none, by hand": {kv.Capabilities{Prices: kv.Prices{None: true}}, false},
	} {
		if got := price.HasFreePlan(&c.of); got != c.want {
			t.Errorf("%s: it has a free plan: %v", name, got)
		}
	}
}

// Storage is billed past the gigabyte that a month includes, whether or not anything
// is asked of the store; Instant includes none, and costs $100 for each MB.
func TestStorage(t *testing.T) {
	for _, c := range []struct {
		prices kv.Prices
		bytes  int64
		want   float64
	}{
		{kv.ClassicPrices(), 0, 0},
		{kv.ClassicPrices(), 1e9, 0},
		{kv.ClassicPrices(), 3e9, 1},
		{kv.InstantPrices(), 1e6, 100},
		{kv.Prices{}, 3e9, 0},
	} {
		got := price.PerMonth(c.prices, record.Billed{}, 0, 0, &c.bytes)
		if got.Storage == nil || math.Abs(*got.Storage-c.want) > 1e-9 || got.Total() != metric.Of(*got.Storage) {
			t.Errorf("%d bytes at %+v: got %+v, want $%v", c.bytes, c.prices, got, c.want)
		}
	}
}

// Instant: a million reads are $0.20, a put, a delete and a list $0.10 each.
func TestInstant(t *testing.T) {
	got := price.PerMillion(kv.InstantPrices(), record.Billed{Reads: 10, Writes: 10, Deletes: 10, Lists: 10}, 10)
	if want := (price.Bill{Reads: 0.2, Writes: 1e5, Deletes: 1e5, Lists: 1e5}); *got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestFreeLimit(t *testing.T) {
	for _, c := range []struct {
		billed  record.Billed
		rate    float64
		kind    string
		seconds float64
	}{
		{record.Billed{Reads: 1000, Writes: 100}, 1, "writes", 10_000}, // 0.1 a second of 1,000
		{record.Billed{Reads: 1000, Writes: 1}, 10, "reads", 10_000},   // 10 a second of 100,000
		{record.Billed{Lists: 1000}, 1, "lists", 1000},
		{record.Billed{Reads: 1000, Writes: 10}, 0.1, "", 86_400},
		{record.Billed{}, 100, "", 86_400},
	} {
		kind, seconds := price.FreeLimit(c.billed, 1000, c.rate)
		if kind != c.kind || math.Abs(seconds-c.seconds) > 1e-6 {
			t.Errorf("%+v at %v/s: %q after %v s, want %q after %v s", c.billed, c.rate, kind, seconds, c.kind, c.seconds)
		}
	}
}
