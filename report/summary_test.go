package report

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"kvbench/internal/record"
	"kvbench/internal/runfile"
)

// A total that can't be read any more is told as its variant's failure; the others are
// reported.
func TestDamagedTotal(t *testing.T) {
	run := runOf(tiers(t))
	var file bytes.Buffer
	w, err := runfile.NewWriter(&file, run.Header, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range run.Variants {
		if err := w.Begin(0, v.Variant, 0); err != nil {
			t.Fatal(err)
		}
		if err := w.End(v); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(false); err != nil {
		t.Fatal(err)
	}
	text := file.Bytes()
	got, err := runfile.Read("run.jsonl", bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	at := bytes.Index(text, []byte(`"response":[`))
	at += bytes.Index(text[at:], []byte("HIST"))
	copy(text[at+40:], "AAAA") // the file changes after it was read
	s := Summarise(got, nil)
	for i, v := range s.Scenarios[0].Variants {
		failed := strings.Contains(v.Errored, "its total: line 3: series response")
		if failed != (i == 0) || i == 0 && v.Complete {
			t.Errorf("%s: complete %v, %q", v.Name, v.Complete, v.Errored)
		}
	}
}

// What lies beyond the range of a histogram is counted and said, and its size is true.
func TestBeyondTheRange(t *testing.T) {
	s := fakeScenario(t, []string{"kv"}, []record.Series{{Name: "stale-read", Unit: "ns", Of: "response", Mark: true}},
		fakeVariant{name: "seed", n: 2000, latency: constant(time.Second), shares: []float64{1}, marks: map[string]fakeMark{
			"stale-read": {1, func(r *rand.Rand) int64 { return 100 * day * (1 + r.Int64N(5)) }},
		}})
	st := s.Variants[0].Series["stale-read"]
	if st.Min != 100*day || st.Max != 500*day || st.Count != 2000 || st.Beyond < 300 || st.Beyond > 500 || st.P99 != 500*day {
		t.Errorf("%+v", st)
	}
	want := fmt.Sprintf("example/seed: %d of 2,000 values of stale-read lie outside the range that is recorded, 0 to %s", st.Beyond, duration(record.MaxValue))
	if text := strings.Join(s.warnings(), "\n"); !strings.HasPrefix(text, want) {
		t.Errorf("%s, want %s…", text, want)
	}
}

const day = int64(24 * time.Hour)

// What befell several variants is one warning.
func TestErrorWarning(t *testing.T) {
	variant := func(name string, errors uint64) fixtureVariant {
		return fixtureVariant{name: name, p50: 1e6, p99: 2e6, errors: errors}
	}
	for want, variants := range map[string][]fixtureVariant{
		"":                          {variant("seed", 99), variant("other", 0)}, // 5 %
		"6 %|seed":                  {variant("seed", 120), variant("other", 0)},
		"6 % to 20 %|all but c":     {variant("a", 120), variant("b", 400), variant("c", 0), variant("d", 200), variant("e", 200)},
		"20 %|seed and other":       {variant("seed", 400), variant("other", 400)},
		"6 % to 20 %|a, b and c":    {variant("a", 120), variant("b", 400), variant("c", 200)},
		"10 % to 20 %|all variants": {variant("a", 200), variant("b", 400), variant("c", 200), variant("d", 200)},
	} {
		got := pageFixture{name: "x", variants: variants}.scenario(t).warnings()
		share, who, warned := strings.Cut(want, "|")
		switch {
		case !warned && len(got) > 0:
			t.Errorf("%q where nothing is to be warned of", got)
		case warned && (len(got) != 1 || got[0] != "x: "+share+" of the transactions ended in an error with "+who+"."):
			t.Errorf("%q, want %s", got, want)
		}
	}
}

// The month is priced at the load's rate, and in a closed loop at the rate within the
// time that it asks for: the time until the last transactions have ended lowers
// neither. 300 transactions at 10/s that all end after 60 s are still 10/s.
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
		run := pageFixture{name: "x", variants: []fixtureVariant{{name: "seed", p50: 1e6, p99: 2e6}}}.run(t)
		def := &run.Header.Scenarios[0]
		def.Rate = test.planned
		v := run.Variants[0]
		v.Ended, v.Within = test.ended, test.within
		v.Total.To = 60 * time.Second
		v.Total.Outcomes = []uint64{300, 0, 0}
		v.Total.Billed = record.Billed{Reads: 300, Writes: 30}
		got := Summarise(run, nil).Scenarios[0].Variants[0]
		if math.Abs(got.Rate-test.rate) > 1e-9 || math.Abs(got.USDPerMonth-test.dollars) > 1e-9 {
			t.Errorf("%s: $%v at %v/s, want $%v at %v/s", test.name, got.USDPerMonth, got.Rate, test.dollars, test.rate)
		}
	}
}
