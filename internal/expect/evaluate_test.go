package expect

import (
	"strings"
	"testing"
	"time"

	"kvbench/internal/metric"
	"kvbench/internal/price"
	"kvbench/internal/record"
	"kvbench/internal/result"
	"kvbench/internal/runfile"
	"kvbench/kv"

	"github.com/google/go-cmp/cmp"
)

// definition is a scenario with these expectations.
func definition(repeats int, expect ...string) runfile.Definition {
	return runfile.Definition{
		Name: "tier", Repeats: repeats, Outcomes: testOutcomes, Series: testSeries(), Expect: expect,
		Variants: []runfile.VariantDef{{Name: "seed"}, {Name: "single-flight"}},
	}
}

// observed is a variant's repeat in which each series had these values.
func observed(variant, repeat int, outcomes []uint64, values map[string][]int64) *runfile.Variant {
	names := testSeries()
	v := &runfile.Variant{Variant: variant, Repeat: repeat, Complete: true}
	v.Total.Outcomes, v.Total.Errors = outcomes, map[string]uint64{}
	v.Total.Histograms = make([]*record.Histogram, len(names))
	for i, s := range names {
		for _, value := range values[s.Name] {
			if v.Total.Histograms[i] == nil {
				v.Total.Histograms[i] = record.NewTotal()
			}
			v.Total.Histograms[i].Record(value, 1)
		}
	}
	return v
}

// evaluate holds a scenario's expectations against these repeats of its variants.
func evaluate(def runfile.Definition, variants ...*runfile.Variant) ([]Result, error) {
	run := &runfile.Run{Variants: variants}
	run.Header.Scenarios = []runfile.Definition{def}
	set, err := result.Of(run)
	if err != nil {
		return nil, err
	}
	return Evaluate(set)
}

var (
	is   = metric.Of // a value that can be had
	none metric.Quantity
)

const ms, s = int64(time.Millisecond), int64(time.Second)

func TestEvaluate(t *testing.T) {
	first := observed(0, 0, []uint64{5, 2, 1}, map[string][]int64{
		"response":   {1 * ms, 2 * ms, 3 * ms, 4 * ms},
		"get":        {1, 2, 3, 4, 5, 6},
		"put":        {1, 2},
		"stale-read": {60 * s},
		"stampede":   {3},
	})
	first.Total.Errors["429"] = 1
	first.Total.Billed = record.Billed{Reads: 6, Writes: 2}
	second := observed(0, 1, []uint64{2}, map[string][]int64{
		"response": {5 * ms, 6 * ms, 7 * ms, 100 * ms},
		"get":      {7, 8},
	})
	second.Total.Errors["timeout"] = 1
	second.Total.Errors["transaction"] = 3 // failed without a call
	second.Total.Billed = record.Billed{Reads: 2}

	for _, c := range []struct {
		expect string
		value  metric.Quantity
		have   string
		ok     bool
	}{
		// Repeats are taken together: 8 responses, 8 gets, 2 puts, 10 transactions.
		{"seed.response == 8", is(8), "8", true},
		{"seed.response.p50 <= 4ms", is(4e6), "4 ms", true},
		{"seed.response.p99 < 100ms", is(100e6), "100 ms", false},
		{"seed.response.max <= 100ms", is(100e6), "100 ms", true}, // as far as the histogram can tell
		{"seed.response.min >= 1ms", is(1e6), "1 ms", true},
		{"seed.get.mean < 5ns", is(4.5), "4.5 ns", true},
		{"seed.get.mean <= 4ns", is(4.5), "4.5 ns", false},
		{"seed.get.max == 8ns", is(8), "8 ns", true},
		{"seed.stale-read == 1", is(1), "1", true},
		{"seed.stale-read.share <= 12.5%", is(0.125), "12.5%", true},
		{"seed.stale-read.share < 12.5%", is(0.125), "12.5%", false},
		{"seed.stale-read.p99 <= 60s", is(60e9), "60 s", true},
		{"seed.stale-read.max < 60s", is(60e9), "60 s", false},
		{"seed.stampede.share == 50%", is(0.5), "50%", true}, // of the outcome origin
		{"seed.stampede.max <= 1", is(3), "3", false},
		{"seed.ops.get <= 0.8", is(0.8), "0.8", true},
		{"seed.ops != 1", is(1), "1", false},
		{"seed.ops.get == 0.8001", is(0.8), "0.8 (0.8)", false}, // they differ where it was rounded
		{"seed.ops.list == 0", is(0), "0", true},
		{"seed.outcome.kv == 7", is(7), "7", true},
		{"seed.outcome.kv.share > 70%", is(0.7), "70%", false},
		{"seed.outcome.error.share <= 10%", is(0.1), "10%", true},
		{"seed.errors == 1", is(1), "1", true}, // of 10 transactions
		{"seed.errors.share <= 10%", is(0.1), "10%", true},
		{"seed.call-errors == 2", is(2), "2", true}, // of 10 calls
		{"seed.call-errors.share <= 20%", is(0.2), "20%", true},
		{"seed.call-errors.429.share <= 10%", is(0.1), "10%", true},
		{"seed.call-errors.500 == 0", is(0), "0", true},
		// What was never observed.
		{"seed.waste == 0", is(0), "0", true},
		{"seed.waste.max == 0", is(0), "0 B", true},
		{"seed.waste.p99 <= 1B", none, "no waste was observed", false},
		{"seed.list.max == 0", none, "no list was observed", false},
	} {
		got, err := evaluate(definition(2, c.expect), first, second)
		if err != nil {
			t.Errorf("%s: %v", c.expect, err)
			continue
		}
		parts := strings.Fields(c.expect)
		want := Result{Scenario: "tier", Variant: "seed", Value: c.value, Have: c.have, OK: c.ok}
		want.Expect = got[0].Expect // TestParse has it
		if diff := cmp.Diff([]Result{want}, got); diff != "" || want.Text != c.expect || want.Want != parts[1]+" "+parts[2] {
			t.Errorf("%s: %q %q\n%s", c.expect, want.Text, want.Want, diff)
		}
	}

	got, err := evaluate(definition(2, "seed.usd-per-million > 0"), first, second)
	want := price.USDPerMillion(kv.ClassicPrices(), record.Billed{Reads: 8, Writes: 2}, 10)
	if err != nil || got[0].Value != want || !got[0].OK {
		t.Errorf("%+v, %v, want $%v", got, err, want)
	}
}

// Where an anomaly could have happened and never did, none was too large. That says nothing
// of how large it is at least.
func TestEvaluateSizeOfWhatNeverHappened(t *testing.T) {
	v := observed(0, 0, []uint64{1, 1, 0}, map[string][]int64{"response": {1, 1}, "get": {1, 1}})
	for text, want := range map[string]string{
		"stale-read.p99 < 10m":  "it never happened",
		"stale-read.mean <= 1s": "it never happened",
		"stale-read.p99 > 1s":   "no stale-read was observed",
		"stale-read.p99 == 0":   "no stale-read was observed",
		"list.p99 < 1s":         "no list was observed",
	} {
		got, err := evaluate(definition(1, text), v)
		if err != nil {
			t.Fatal(err)
		}
		if got[0].Have != want || got[0].OK != (want == "it never happened") || got[0].Value != none {
			t.Errorf("%s: %+v", text, got[0])
		}
	}
}

// An expectation of every variant is held against each, in order, and one that
// did not run to its end does not meet what its numbers happen to meet.
func TestEvaluateWhatIsMissing(t *testing.T) {
	whole := observed(0, 0, []uint64{0, 1}, map[string][]int64{"get": {1}})
	part := observed(1, 0, []uint64{1}, map[string][]int64{"get": {1}})
	part.Complete = false
	failed := observed(1, 0, []uint64{1}, nil)
	failed.Error = "the store is gone"
	empty := observed(1, 0, nil, nil)
	for want, c := range map[string]struct {
		repeats  int
		variants []*runfile.Variant
	}{
		"it did not run":               {1, []*runfile.Variant{whole}},
		"it did not run to its end":    {1, []*runfile.Variant{whole, part}},
		"it failed: the store is gone": {1, []*runfile.Variant{whole, failed}},
		"no transaction was measured":  {1, []*runfile.Variant{whole, empty}},
		"1 of its 2 repeats ran":       {2, []*runfile.Variant{whole, whole, observed(1, 0, []uint64{1}, nil)}},
		"none: no origin was observed, of which it is counted": {1, []*runfile.Variant{
			whole,
			observed(1, 0, []uint64{1}, map[string][]int64{"stampede": {1}}),
		}},
	} {
		got, err := evaluate(definition(c.repeats, "stampede.share <= 100%"), c.variants...)
		if err != nil || len(got) != 2 {
			t.Fatalf("%s: %+v, %v", want, got, err)
		}
		if got[0].Variant != "seed" || !got[0].OK || got[0].Have != "0%" {
			t.Errorf("%s: the seed: %+v", want, got[0])
		}
		if got[1].Variant != "single-flight" || got[1].OK || got[1].Have != want {
			t.Errorf("%s: got %+v", want, got[1])
		}
	}
}

// What did not happen where it could not happen is not met, however it is asked for:
// by count, by share or by the largest. What has no denominator counts over
// transactions.
func TestEvaluateEmptyDenominator(t *testing.T) {
	for expect, want := range map[string]string{
		"stampede == 0":        "none: no origin was observed, of which it is counted",
		"stampede.share == 0":  "none: no origin was observed, of which it is counted",
		"stampede.max == 0":    "none: no origin was observed, of which it is counted",
		"stale-read == 0":      "none: no get was observed, of which it is counted",
		"call-errors == 0":     "none: no call was observed, of which it is counted",
		"call-errors.500 == 0": "none: no call was observed, of which it is counted",
		"waste == 0":           "0",
		"waste.max == 0":       "0 B",
		"outcome.origin == 0":  "0",
		"errors == 0":          "0",
		"ops == 0":             "0",
	} {
		got, err := evaluate(definition(1, expect), observed(0, 0, []uint64{5, 0, 0}, nil), observed(1, 0, nil, nil))
		if err != nil {
			t.Fatal(err)
		}
		none := strings.HasPrefix(want, "none")
		if r := got[0]; r.Have != want || r.OK == none || r.Value.Known() == none {
			t.Errorf("%s: %+v", expect, r)
		}
		if r := got[1]; r.Have != "no transaction was measured" || r.OK || r.Value.Known() {
			t.Errorf("%s, of no transaction: %+v", expect, r)
		}
	}
}

func TestEvaluateContradiction(t *testing.T) {
	if _, err := evaluate(definition(1, "nonsense")); err == nil ||
		!strings.Contains(err.Error(), `tier: expectation "nonsense": there is no comparison`) {
		t.Errorf("got %v", err)
	}
	v := observed(0, 0, []uint64{1}, nil)
	v.Total.Histograms = append(v.Total.Histograms, nil)
	if _, err := evaluate(definition(1, "errors == 0"), v); err == nil || !strings.Contains(err.Error(), "tier/seed: 15 series where its scenario has 14") {
		t.Errorf("got %v", err)
	}
}
