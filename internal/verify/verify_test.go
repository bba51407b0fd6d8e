package verify_test

import (
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"

	"kvbench/internal/record"
	"kvbench/internal/result"
	"kvbench/internal/runfile"
	"kvbench/internal/verify"
)

// Series of the runs below.
const (
	lost = record.FirstMark + iota
	invocation
)

// repeat is one run: transactions, gets, updates that are lost, errors, and how long a
// response takes in milliseconds.
type repeat struct {
	transactions, gets, lost, errors int
	ms                               int64
	failed                           string
}

// set is a run of one variant.
func set(t *testing.T, clock string, repeats ...repeat) *result.Set {
	t.Helper()
	run := &runfile.Run{Header: runfile.Header{Seed: 7, Scenarios: []runfile.Definition{{
		Name: "s", Question: "Does it?", Outcomes: []string{"read", "error"}, Clock: clock, Repeats: len(repeats),
		Series:   append(record.Standard(), record.Series{Name: "lost", Unit: "ns", Of: "put", Mark: true}, record.Series{Name: "invocation", Unit: "ns"}),
		Variants: []runfile.VariantDef{{Name: "v"}},
	}}}}
	def := &run.Header.Scenarios[0]
	def.Capabilities.Modelled = true
	if clock == "wall" {
		def.Runtime = runfile.Runtime{Name: "workerd", Version: "today"}
	}
	for n, r := range repeats {
		v := &runfile.Variant{Repeat: n, Complete: r.failed == "", Error: r.failed, Def: def}
		v.Total.Outcomes = []uint64{uint64(r.transactions - r.errors), uint64(r.errors)}
		v.Total.Errors = map[string]uint64{}
		if r.errors > 0 {
			v.Total.Errors["429"] = uint64(r.errors)
		}
		v.Total.Histograms = make([]*record.Histogram, len(def.Series))
		for series, times := range map[int]int{record.Response: r.transactions, record.Get: r.gets, lost: r.lost, invocation: r.transactions} {
			v.Total.Histograms[series] = record.NewTotal()
			for range times {
				v.Total.Histograms[series].Record((r.ms+1)*1e6, 1)
			}
		}
		run.Variants = append(run.Variants, v)
	}
	out, err := result.Of(run)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// model is a run of two sets of requests, twelve times each.
func model(t *testing.T) *result.Set {
	var all []repeat
	for n := range 24 {
		r := repeat{transactions: 1000, gets: 900, lost: 50 + n%5}
		if n >= 12 {
			r.transactions, r.gets = 1100, 950
		}
		all = append(all, r)
	}
	return set(t, "virtual", all...)
}

func figure(r *verify.Report, id string) *verify.Figure {
	if len(r.Variants) == 0 {
		return nil
	}
	i := slices.IndexFunc(r.Variants[0].Figures, func(f *verify.Figure) bool { return f.ID == id })
	if i < 0 {
		return nil
	}
	return r.Variants[0].Figures[i]
}

func TestVerdicts(t *testing.T) {
	real := set(t, "wall", repeat{transactions: 1000, gets: 900, lost: 54}, repeat{transactions: 1100, gets: 950, lost: 49})
	r, err := verify.Of(model(t), real, nil)
	if err != nil {
		t.Fatal(err)
	}
	if !r.Agrees() || r.Seed != 7 || r.Model.Seeds != 2 || r.Model.Runs != 12 || r.Real.Runtime != "workerd today" || len(r.Missing) > 0 {
		t.Errorf("%+v", r)
	}
	for id, want := range map[string]verify.Verdict{"transactions": verify.Equal, "get": verify.Equal, "outcome.read": verify.Equal, "lost": verify.Within} {
		if f := figure(r, id); f == nil || f.Verdict != want {
			t.Errorf("%s: %+v, want %s", id, f, want)
		}
	}
	if f := figure(r, "get"); math.Abs(f.Real-100*1850.0/2100) > 1e-9 || !f.Fixed {
		t.Errorf("%+v", f)
	}
	if figure(r, "put") != nil || figure(r, "call-errors.429") != nil || r.Figures != 5 || r.Variants[0].Transactions != 2100 {
		t.Errorf("%d figures of %d transactions", r.Figures, r.Variants[0].Transactions)
	}
}

// What one side alone has is a figure too, and what is known to be apart is told from what
// is not.
func TestApart(t *testing.T) {
	real := set(t, "wall", repeat{transactions: 1000, gets: 950, lost: 90, errors: 20}, repeat{transactions: 1100, gets: 900, lost: 90})
	known := []verify.Reason{{Variant: "s/*", Figure: "call-errors.*", Why: "because"}, {Variant: "other/*", Figure: "*", Why: "no"}}
	r, err := verify.Of(model(t), real, known)
	if err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]verify.Verdict{
		"transactions": verify.Equal, "get": verify.Apart, "outcome.error": verify.Apart, "lost": verify.Apart, "call-errors.429": verify.Known,
	} {
		if f := figure(r, id); f == nil || f.Verdict != want || (f.Why != "") != (want == verify.Known) {
			t.Errorf("%s: %+v, want %s", id, f, want)
		}
	}
	if r.Agrees() || r.Counts[verify.Known] != 1 || r.Counts[verify.Equal] != 2 {
		t.Errorf("%v", r.Counts)
	}
}

// Of what did not run to its end, or on a machine that did not keep up, nothing is judged;
// it is told.
func TestMissing(t *testing.T) {
	whole := repeat{transactions: 1000, gets: 900, lost: 51}
	second := repeat{transactions: 1100, gets: 950, lost: 51}
	failed, slow := second, whole
	failed.failed, slow.ms = "it crashed", 3000
	for _, test := range []struct {
		real    []repeat
		figures int
		says    string
	}{
		{[]repeat{whole, failed}, 5, "s/v: it failed: it crashed in wall time"},
		{[]repeat{failed, failed}, 0, "s/v: it failed"},
		{[]repeat{slow, slow}, 0, "did not keep up"},
		{[]repeat{whole, second}, 5, ""},
	} {
		r, err := verify.Of(model(t), set(t, "wall", test.real...), nil)
		if err != nil {
			t.Fatal(err)
		}
		said := strings.Join(r.Missing, "\n")
		if r.Figures != test.figures || (test.says == "") != (said == "") || !strings.Contains(said, test.says) {
			t.Errorf("%d figures; %q, want %q", r.Figures, said, test.says)
		}
		if _, err := json.Marshal(r); err != nil { // which has no form for NaN
			t.Error(err)
		}
	}
}

// Runs that do not belong together are refused.
func TestRefused(t *testing.T) {
	one := repeat{transactions: 10}
	for name, sides := range map[string][2]*result.Set{
		"as many repeats": {set(t, "virtual", one, one), set(t, "wall", one, one)},
		"no whole number": {set(t, "virtual", one, one, one), set(t, "wall", one, one)},
	} {
		if r, err := verify.Of(sides[0], sides[1], nil); err == nil {
			t.Errorf("%s: %+v", name, r)
		}
	}
}

// Every reason says something, and its patterns are right.
func TestReasons(t *testing.T) {
	for _, r := range verify.Reasons() {
		if r.Why == "" || r.Figure == "" || strings.Count(r.Variant, "/") != 1 {
			t.Errorf("%+v", r)
		}
	}
}
