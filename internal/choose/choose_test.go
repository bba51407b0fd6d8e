package choose_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"kvbench/internal/choose"
	"kvbench/internal/expect"
	"kvbench/internal/record"
	"kvbench/internal/result"
	"kvbench/internal/runfile"

	"github.com/google/go-cmp/cmp"
)

// made is a variant of a run made up: each of 100 transactions is a read, took so long,
// cost so many billed reads, and so many of them were stale or torn.
type made struct {
	name        string
	ms          []int64 // response of each repeat, all alike
	reads       uint64
	stale, torn int
	failed      uint64
	unread      bool // its transactions were no reads
	cut         bool // it did not run to its end
}

const staleSays = "serves stale data in {share} of reads"

func runOf(by *runfile.Choose, variants ...made) *runfile.Run {
	series := append(record.Standard(),
		record.Series{Name: "stale-read", Unit: "ns", Of: "read", Mark: true, Says: staleSays},
		record.Series{Name: "torn-read", Unit: "ns", Of: "read", Mark: true})
	def := runfile.Definition{
		Name: "made", Published: "seed", Outcomes: []string{"read", "wrote", "error"}, Series: series,
		Repeats: len(variants[0].ms), Choose: by,
	}
	run := &runfile.Run{}
	for i, m := range variants {
		def.Variants = append(def.Variants, runfile.VariantDef{Name: m.name})
		for repeat, took := range m.ms {
			v := &runfile.Variant{Variant: i, Repeat: repeat, Complete: !m.cut, Name: m.name}
			v.Total.Outcomes = []uint64{100 - m.failed, 0, m.failed}
			if m.unread {
				v.Total.Outcomes = []uint64{0, 100, 0}
			}
			v.Total.Histograms = make([]*record.Histogram, len(series))
			see := func(series int, value int64, times int) {
				if times > 0 {
					v.Total.Histograms[series] = record.NewTotal()
					v.Total.Histograms[series].Record(value, int64(times))
				}
			}
			see(record.Response, took*int64(time.Millisecond), 100)
			see(record.Get, took*int64(time.Millisecond), 100)
			see(record.FirstMark, int64(time.Second), m.stale)
			see(record.FirstMark+1, int64(time.Second), m.torn)
			v.Total.Billed.Reads = m.reads * 100
			run.Variants = append(run.Variants, v)
		}
	}
	run.Header.Scenarios = []runfile.Definition{def}
	for _, v := range run.Variants {
		v.Def = &run.Header.Scenarios[0]
	}
	return run
}

func TestChoice(t *testing.T) {
	fast := []string{"response.p99", "usd-per-million"}
	for _, c := range []struct {
		name            string
		promise, prefer []string
		variants        []made
		kept            bool
		line            string
	}{
		{
			name: "what would have been preferred and breaks it is what it beats", promise: []string{"stale-read == 0"}, prefer: fast, kept: true,
			variants: []made{
				{name: "slow", ms: []int64{20}, reads: 1},
				{name: "good", ms: []int64{10}, reads: 1},
				{name: "quick", ms: []int64{5}, reads: 1, stale: 7},
				{name: "bad", ms: []int64{30}, reads: 1, stale: 7},
			},
			line: "Take good: quick serves stale data in 7% of reads",
		},
		{
			name: "one keeps the promise", promise: []string{"stale-read == 0"}, prefer: fast, kept: true,
			variants: []made{{name: "seed", ms: []int64{1}, stale: 25}, {name: "slow", ms: []int64{50}, reads: 9}},
			line:     "Take slow: seed serves stale data in 25% of reads",
		},
		{
			name: "the published one keeps it too, and is best", promise: []string{"stale-read == 0"}, prefer: fast, kept: true,
			variants: []made{{name: "seed", ms: []int64{1}}, {name: "slow", ms: []int64{50}}},
			line:     "Keep seed: response p99 1 ms, slow 50 ms",
		},
		{
			name: "none keeps it", promise: []string{"stale-read == 0", "response.p99 < 40ms"}, prefer: fast,
			variants: []made{{name: "seed", ms: []int64{60}, stale: 25}, {name: "slow", ms: []int64{50}}},
			line:     "None keeps the promise; slow comes nearest: slow has response p99 50 ms, not < 40ms",
		},
		{
			name: "none keeps it, each breaks one clause", promise: []string{"stale-read < 10%"}, prefer: fast,
			variants: []made{{name: "seed", ms: []int64{1}, stale: 40}, {name: "slow", ms: []int64{50}, stale: 20}},
			line:     "None keeps the promise; slow comes nearest: slow serves stale data in 20% of reads",
		},
		{
			name: "a tie that the published one wins", promise: []string{"errors < 1%"}, prefer: fast, kept: true,
			variants: []made{{name: "other", ms: []int64{100}}, {name: "seed", ms: []int64{104}}},
			line:     "Keep seed: nothing tells the others apart from it",
		},
		{
			name: "a tie without it", promise: []string{"stale-read == 0"}, prefer: fast, kept: true,
			variants: []made{{name: "seed", ms: []int64{1}, stale: 1}, {name: "a", ms: []int64{100}}, {name: "b", ms: []int64{104}}},
			line:     "Take a or b: seed serves stale data in 1% of reads",
		},
		{
			name: "beyond a tie", promise: nil, prefer: []string{"response.p99"}, kept: true,
			variants: []made{{name: "other", ms: []int64{100}}, {name: "seed", ms: []int64{106}}},
			line:     "Take other: response p99 100 ms, seed 106 ms",
		},
		{
			name: "one cent decides nothing", promise: nil, prefer: []string{"usd-per-million", "response.p99"}, kept: true,
			variants: []made{{name: "other", ms: []int64{90}, reads: 1}, {name: "seed", ms: []int64{90}, reads: 1}},
			line:     "Keep seed: nothing tells the others apart from it",
		},
		{
			name: "a price decides", promise: nil, prefer: fast, kept: true,
			variants: []made{{name: "other", ms: []int64{90}, reads: 1}, {name: "seed", ms: []int64{90}, reads: 2}},
			line:     "Take other: usd per million $0.50, seed $1.00",
		},
		{
			name: "what went wrong beyond the promise decides last", promise: []string{"stale-read < 50%"}, prefer: fast, kept: true,
			variants: []made{{name: "seed", ms: []int64{90}, torn: 10}, {name: "other", ms: []int64{90}}},
			line:     "Take other: seed has torn-read in 10% of read transactions",
		},
		{
			name: "errors beyond the promise too", prefer: fast, kept: true,
			variants: []made{{name: "seed", ms: []int64{90}, failed: 10}, {name: "other", ms: []int64{90}}},
			line:     "Take other: seed fails 10% of transactions",
		},
		{
			name: "more of one and less of the other decides nothing", prefer: fast, kept: true,
			variants: []made{{name: "seed", ms: []int64{90}, torn: 10}, {name: "other", ms: []int64{90}, stale: 20}},
			line:     "Keep seed: nothing tells the others apart from it",
		},
		{
			name: "one variant alone", promise: []string{"stale-read == 0"}, prefer: fast, kept: true,
			variants: []made{{name: "seed", ms: []int64{90}}}, line: "Keep seed",
		},
		{
			name: "one variant alone that breaks it", promise: []string{"stale-read == 0"}, prefer: fast,
			variants: []made{{name: "seed", ms: []int64{90}, stale: 3}},
			line:     "None keeps the promise; seed comes nearest: seed serves stale data in 3% of reads",
		},
		{
			name: "a figure at 0", prefer: []string{"usd-per-million", "response.p99"}, kept: true,
			variants: []made{{name: "seed", ms: []int64{90}, reads: 1}, {name: "free", ms: []int64{900}}},
			line:     "Take free: usd per million $0, seed $0.50",
		},
		{
			name: "repeats that overlap", prefer: fast, kept: true,
			variants: []made{{name: "other", ms: []int64{80, 100, 90}}, {name: "seed", ms: []int64{95, 110, 120}}},
			line:     "Keep seed: nothing tells the others apart from it",
		},
		{
			name: "repeats that do not", prefer: fast, kept: true,
			variants: []made{{name: "other", ms: []int64{80, 100, 90}}, {name: "seed", ms: []int64{110, 130, 120}}},
			line:     "Take other: response p99 100 ms, seed 130 ms",
		},
		{
			name: "a clause that was not observed is broken", promise: []string{"stale-read == 0"}, prefer: fast, kept: true,
			variants: []made{{name: "seed", ms: []int64{1}, unread: true}, {name: "other", ms: []int64{50}}},
			line:     "Take other: seed: stale-read == 0: none: no read was observed, of which it is counted",
		},
		{
			name: "a preference that was not observed loses", prefer: []string{"list.p99"}, kept: true,
			variants: []made{{name: "seed", ms: []int64{1}}, {name: "other", ms: []int64{50}}},
			line:     "Keep seed: nothing tells the others apart from it",
		},
		{
			name: "all failed", promise: []string{"stale-read == 0"}, prefer: fast,
			variants: []made{{name: "seed", ms: []int64{1}, cut: true}, {name: "other", ms: []int64{50}, cut: true}},
			line:     "No choice: no variant ran to its end",
		},
		{
			name: "one did not run to its end", prefer: fast, kept: true,
			variants: []made{{name: "seed", ms: []int64{1}, cut: true}, {name: "other", ms: []int64{50}}},
			line:     "Take other: seed did not run to its end",
		},
	} {
		set, err := result.Of(runOf(&runfile.Choose{Promise: c.promise, Prefer: c.prefer}, c.variants...))
		if err != nil {
			t.Fatal(err)
		}
		got, err := choose.Of(set.Scenarios[0])
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if got.Line() != c.line || got.Kept != c.kept {
			t.Errorf("%s: %s (kept %v), want %s (%v)", c.name, got.Line(), got.Kept, c.line, c.kept)
		}
	}
}

// A choice of a run that was stopped says of how many it is.
func TestChoiceOfAPart(t *testing.T) {
	run := runOf(&runfile.Choose{Prefer: []string{"response.p99"}}, made{name: "seed", ms: []int64{1}}, made{name: "other", ms: []int64{50}})
	run.Header.Scenarios[0].Variants = append(run.Header.Scenarios[0].Variants, runfile.VariantDef{Name: "third"})
	set, err := result.Of(run)
	if err != nil {
		t.Fatal(err)
	}
	c, err := choose.Of(set.Scenarios[0])
	if err != nil {
		t.Fatal(err)
	}
	if want := "Only 2 of 3 ran. Keep seed: "; !strings.HasPrefix(c.Line(), want) {
		t.Errorf("%s, want %s...", c.Line(), want)
	}
}

func TestNoChoice(t *testing.T) {
	set, err := result.Of(runOf(nil, made{name: "seed", ms: []int64{1}}))
	if err != nil {
		t.Fatal(err)
	}
	if c, err := choose.Of(set.Scenarios[0]); c != nil || err != nil {
		t.Errorf("%v, %v where the scenario says nothing", c, err)
	}
}

func TestBadChoice(t *testing.T) {
	run := runOf(nil, made{name: "seed", ms: []int64{1}})
	names := expect.NamesOf(&run.Header.Scenarios[0])
	for _, c := range []struct {
		by   runfile.Choose
		want string
	}{
		{runfile.Choose{Promise: []string{"lost == 0"}}, `promise lost == 0: there is no series "lost"; `},
		{runfile.Choose{Promise: []string{"seed.errors == 0"}}, `promise seed.errors == 0: a promise holds for each variant; leave the variant out`},
		{runfile.Choose{Prefer: []string{"response.p99 < 3ms"}}, `prefer response.p99 < 3ms: `},
		{runfile.Choose{Prefer: []string{"outcome.read"}}, `prefer outcome.read: more of outcome.read is neither better nor worse; prefer a latency, a cost or an anomaly`},
	} {
		_, _, err := choose.Parse(c.by, names)
		var bad *choose.Error
		if !errors.As(err, &bad) || len(err.Error()) < len(c.want) || err.Error()[:len(c.want)] != c.want {
			t.Errorf("%v: %v, want %s", c.by, err, c.want)
		}
	}
	promise, prefer, err := choose.Parse(runfile.Choose{Promise: []string{"errors < 1%"}, Prefer: []string{"torn-read", "ops"}}, names)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"errors.share", "torn-read.share", "ops"}, []string{promise[0].Figure.Name(), prefer[0].Name(), prefer[1].Name()}); diff != "" {
		t.Error(diff)
	}
}
