package export

import (
	"math"
	"strings"
	"testing"
	"time"

	"kvbench/internal/record"
	"kvbench/kv"
	"kvbench/report/reporttest"

	"github.com/google/go-cmp/cmp"
)

func TestSummaryHoldsEverySeries(t *testing.T) {
	f := pair()
	f.Variants = append(f.Variants, reporttest.Variant{Name: "gone", Missing: true})
	s := Summarise(answerOf(t, f.Run(t)))
	if len(s.Scenarios) != 1 || len(s.Scenarios[0].Variants) != 2 { // those that ran
		t.Fatalf("%+v", s)
	}
	seed, other := s.Scenarios[0].Variants[0], s.Scenarios[0].Variants[1]
	classes := map[string]string{}
	for name, st := range seed.Series {
		classes[name] = st.Class
	}
	want := map[string]string{"stale-read": "anomaly", "lost-update": "anomaly", "torn-read": "anomaly", "entries": "gauge", "fetch": "call"}
	for i, series := range record.Standard() {
		if want[series.Name] = "latency"; i >= record.Get {
			want[series.Name] = "call"
		}
	}
	if diff := cmp.Diff(want, classes); diff != "" {
		t.Error(diff)
	}
	if st := seed.Series["torn-read"]; st.Count != 0 || st.Unit != "count" || st.Of != "response" || st.Share.Or(1) != 0 {
		t.Errorf("a mark that never fired is %+v", st)
	}
	if seed.Transactions != 2000 || seed.Series["response"].Count != 2000 || seed.DurationS != 60 || !seed.Published || other.Published {
		t.Errorf("%+v", seed)
	}
	if diff := cmp.Diff(map[string]float64{"get": 1}, seed.Ops); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(map[string]uint64{"read": 980, "updated": 1000, "error": 20}, other.Outcomes); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(map[string]uint64{"429": 20}, other.Errors); diff != "" {
		t.Error(diff)
	}
}

// The repeats of a variant are one: what they have is added up, and it is complete when
// all of them are.
func TestSummaryOfRepeats(t *testing.T) {
	run := pair().Run(t)
	again := *run.Variants[0]
	again.Repeat, again.Complete, again.Error = 1, false, "the store is gone"
	run.Variants = append(run.Variants, &again)
	v := Summarise(answerOf(t, run)).Scenarios[0].Variants[0]
	if v.Repeats != 2 || v.Transactions != 4000 || v.DurationS != 120 || v.Complete || v.Errored != "the store is gone" ||
		v.Series["stale-read"].Count != 480 || v.Series["stale-read"].Share.Or(0) != 0.12 || v.Billed.Reads != 2360 {
		t.Errorf("%+v", v)
	}
}

// The warnings of the run and those of its scenarios are in one list.
func TestSummaryWarns(t *testing.T) {
	f := pair()
	f.Variants[1].N, f.Variants[1].Errors = 100, 0
	run := f.Run(t)
	run.Warnings = []string{"The run was cut off."}
	got := Summarise(answerOf(t, run)).Warnings
	if len(got) != 2 || got[0] != "The run was cut off." || !strings.HasPrefix(got[1], "memory-tier: no-memory measured fewer than 1,000 transactions") {
		t.Errorf("%q", got)
	}
}

// What lies beyond the range of a histogram is counted, and its size is true.
func TestBeyondTheRange(t *testing.T) {
	const day = 24 * int64(time.Hour)
	f := pair()
	f.Variants[0].Stale = append(reporttest.Sizes(400, 500*day), reporttest.Sizes(600, day)...)
	st := Summarise(answerOf(t, f.Run(t))).Scenarios[0].Variants[0].Series["stale-read"]
	if st.Min != day || st.Max != 500*day || st.Count != 1000 || st.Beyond != 400 || st.P99 != 500*day || st.P50 > day+day/50 {
		t.Errorf("%+v", st)
	}
}

// The month is priced at the load's rate, and in a closed loop at the rate within the
// time that it asks for: the time until the last transactions have ended lowers neither.
// 300 transactions at 10/s that all end after 60 s are still 10/s.
func TestMonthIsAtTheLoadsRate(t *testing.T) {
	for _, test := range []struct {
		name          string
		planned       float64
		ended         uint64
		within        time.Duration
		rate, dollars float64
	}{
		// A month of 10/s is 25,920,000 transactions of a read and a tenth of a write:
		// (25.92 - 10) of $0.50 and (2.592 - 1) of $5.
		{"open", 10, 0, 0, 10, 15.92*0.5 + 1.592*5},
		{"closed", 0, 300, 30 * time.Second, 10, 15.92*0.5 + 1.592*5},
		{"a file of before", 0, 0, 0, 5, 2.96*0.5 + 0.296*5},
	} {
		run := pair().Run(t)
		run.Header.Scenarios[0].Rate = test.planned
		v := run.Variants[0]
		v.Ended, v.Within = test.ended, test.within
		v.Total.To = 60 * time.Second
		v.Total.Outcomes = []uint64{300, 0, 0}
		v.Total.Billed = record.Billed{Reads: 300, Writes: 30}
		got := Summarise(answerOf(t, run)).Scenarios[0].Variants[0]
		if math.Abs(got.Rate-test.rate) > 1e-9 || math.Abs(got.USDPerMonth.Or(-1)-test.dollars) > 1e-9 {
			t.Errorf("%s: $%v at %v/s, want $%v at %v/s", test.name, got.USDPerMonth, got.Rate, test.dollars, test.rate)
		}
	}
}

// A month's price holds the storage of what the store told at its end, at the prices that
// the run file has.
func TestPriceOfTheStore(t *testing.T) {
	two, four := int64(2e9), int64(4e9)
	for _, test := range []struct {
		prices  kv.Prices
		stored  []*int64 // by repeat
		million float64
		storage float64 // below 0: not known
	}{
		{kv.Prices{}, []*int64{nil, nil}, 0.5, -1},
		{kv.Prices{}, []*int64{&two, nil}, 0.5, -1},
		{kv.Prices{}, []*int64{&two, &four}, 0.5, 1}, // a file of format 1: the classic prices
		{kv.ClassicPrices(), []*int64{&two, &two}, 0.5, 0.5},
		{kv.InstantPrices(), []*int64{&two, &two}, 0.2, 200_000},
	} {
		f := pair()
		f.Variants, f.Expect = f.Variants[1:], nil
		run := f.Run(t)
		run.Header.Scenarios[0].Capabilities.Prices = test.prices
		again := *run.Variants[0]
		again.Repeat = 1
		run.Variants = append(run.Variants, &again)
		for i, v := range run.Variants {
			v.Stored = test.stored[i]
		}
		v := Summarise(answerOf(t, run)).Scenarios[0].Variants[0]
		if math.Abs(v.USD.Or(-1)-test.million) > 1e-9 {
			t.Errorf("$%v a million, want $%v", v.USD, test.million)
		}
		switch storage := v.MonthBill.Storage; {
		case test.storage < 0 && (storage != nil || v.Stored != nil):
			t.Errorf("storage is not known, and there are %v that cost %v", v.Stored, storage)
		case test.storage >= 0 && (storage == nil || math.Abs(*storage-test.storage) > 1e-9 || v.USDPerMonth.Or(-1) < test.storage):
			t.Errorf("storage costs %v of $%v, want $%v", storage, v.USDPerMonth, test.storage)
		}
	}
}

// Of a store without a price list no price is told, of a kind neither.
func TestNoPriceList(t *testing.T) {
	run := pair().Run(t)
	run.Header.Scenarios[0].Capabilities.Prices = kv.NoPrices("nobody's")
	for _, v := range Summarise(answerOf(t, run)).Scenarios[0].Variants {
		if v.USD.Known() || v.USDPerMonth.Known() || v.Bill != nil || v.MonthBill != nil || v.FreeLimit != nil {
			t.Errorf("%s: %+v", v.Name, v)
		}
	}
}

// What the free plan includes is of classic Workers KV alone, whatever the prices.
func TestFreePlanOfTheStore(t *testing.T) {
	for _, test := range []struct {
		store kv.Capabilities
		want  *FreeLimit
	}{
		{kv.Capabilities{}, &FreeLimit{"reads", 1000}}, // 100 a second of 100,000
		{kv.Capabilities{Prices: kv.Prices{Reads: 1}}, &FreeLimit{"reads", 1000}},
		{kv.Capabilities{Mode: kv.InstantMode, Prices: kv.InstantPrices()}, nil},
		{kv.Capabilities{Mode: kv.InstantMode, Prices: kv.ClassicPrices()}, nil},
	} {
		run := pair().Run(t)
		run.Header.Scenarios[0].Capabilities, run.Header.Scenarios[0].Rate = test.store, 100
		v := Summarise(answerOf(t, run)).Scenarios[0].Variants[1]
		if diff := cmp.Diff(test.want, v.FreeLimit); diff != "" {
			t.Errorf("%+v: %s", test.store, diff)
		}
	}
}
