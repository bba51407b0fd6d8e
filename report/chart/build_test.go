package chart

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"kvbench/internal/record"
	"kvbench/internal/result"
	"kvbench/internal/runfile"
	"kvbench/kv"
)

// fake says what a made-up variant does.
type fake struct {
	name    string
	n       int // transactions
	latency latencyAt
	// shares are of the outcomes but the last, which has the rest.
	shares []float64
	marks  map[string]fakeMark
	billed record.Billed // by a thousand transactions
	until  float64       // the share of the time after which it was cut off; 0 for never
}

type fakeMark struct {
	share float64 // of the transactions
	size  func(r *rand.Rand) int64
}

// latencyAt draws a latency; at is from 0 to 1 of the measured time.
type latencyAt func(r *rand.Rand, at float64) time.Duration

// lognormal draws from a distribution with this median and p99.
func lognormal(median, p99 time.Duration) latencyAt {
	sigma := math.Log(float64(p99)/float64(median)) / 2.326
	return func(r *rand.Rand, _ float64) time.Duration {
		return time.Duration(float64(median) * math.Exp(sigma*r.NormFloat64()))
	}
}

// mixed draws from a for a share of the transactions, and from b for the rest.
func mixed(share float64, a, b latencyAt) latencyAt {
	return func(r *rand.Rand, at float64) time.Duration {
		if r.Float64() < share {
			return a(r, at)
		}
		return b(r, at)
	}
}

func constant(d time.Duration) latencyAt {
	return func(*rand.Rand, float64) time.Duration { return d }
}

// upTo draws sizes from 1 to n, small ones more often.
func upTo(n float64) func(*rand.Rand) int64 {
	return func(r *rand.Rand) int64 { return int64(math.Pow(n, r.Float64())) }
}

const (
	fakeIntervals = 40
	fakeTime      = 10 * time.Minute
)

// fakeSet is a run of ten minutes of one scenario that was made up from variants, whose
// latency is modelled. define, unless it is nil, changes what the scenario says of itself.
func fakeSet(t testing.TB, outcomes []string, marks []record.Series, define func(*runfile.Definition), variants ...fake) *result.Set {
	t.Helper()
	def := runfile.Definition{
		Name: "example", Question: "Does it?", Pattern: "multi-tier", Clock: "virtual", Load: "200/s poisson for 10m0s",
		Capabilities: kv.Capabilities{Modelled: true}, Outcomes: append(slices.Clone(outcomes), "error"),
		Series: slices.Concat(record.Standard(), marks), Repeats: 1,
	}
	if define != nil {
		define(&def)
	}
	run := &runfile.Run{Path: "run.jsonl"}
	for i, f := range variants {
		def.Variants = append(def.Variants, runfile.VariantDef{Name: f.name})
		run.Variants = append(run.Variants, f.run(&def, i))
	}
	run.Header = runfile.Header{Format: runfile.Format, Clock: "virtual", Scenarios: []runfile.Definition{def}}
	for _, v := range run.Variants {
		v.Def = &run.Header.Scenarios[0]
	}
	return setOf(t, run)
}

func fakeScenario(t testing.TB, outcomes []string, marks []record.Series, variants ...fake) *result.Scenario {
	t.Helper()
	return fakeSet(t, outcomes, marks, nil, variants...).Scenarios[0]
}

func setOf(t testing.TB, run *runfile.Run) *result.Set {
	t.Helper()
	set, err := result.Of(run)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func (f fake) run(def *runfile.Definition, index int) *runfile.Variant {
	v := &runfile.Variant{Variant: index, Name: f.name, Complete: f.until == 0}
	r := rand.New(rand.NewPCG(1, uint64(index)))
	recorder, tally := record.New(len(def.Series), len(def.Outcomes), 1), record.Tally{}
	ended := make([]uint64, len(def.Outcomes))
	for i := range fakeIntervals {
		if f.until > 0 && float64(i) >= f.until*fakeIntervals {
			v.Error = "cut off"
			break
		}
		outcomes := make([]uint64, len(def.Outcomes))
		for k := f.n * i / fakeIntervals; k < f.n*(i+1)/fakeIntervals; k++ {
			tally.See(record.Response, int64(f.latency(r, float64(k)/float64(f.n))))
			outcome, at := 0, r.Float64()
			for outcome < len(f.shares) && at >= f.shares[outcome] {
				at -= f.shares[outcome]
				outcome++
			}
			outcome = min(outcome, len(def.Outcomes)-1)
			outcomes[outcome]++
			ended[outcome]++
			tally.See(record.Get, int64(time.Millisecond))
			for j := record.FirstMark; j < len(def.Series); j++ {
				if m, ok := f.marks[def.Series[j].Name]; ok && r.Float64() < m.share {
					tally.See(j, m.size(r))
				}
			}
		}
		recorder.Commit(0, &tally, nil)
		iv := runfile.Interval{From: fakeTime * time.Duration(i) / fakeIntervals, To: fakeTime * time.Duration(i+1) / fakeIntervals, Snapshot: recorder.Interval()}
		iv.Outcomes = outcomes
		v.Intervals = append(v.Intervals, iv)
	}
	n := uint64(f.n)
	v.Total = runfile.Interval{To: fakeTime, Snapshot: recorder.Total()}
	v.Total.Outcomes = ended
	v.Total.Billed = record.Billed{
		Reads: f.billed.Reads * n / 1000, Writes: f.billed.Writes * n / 1000,
		Deletes: f.billed.Deletes * n / 1000, Lists: f.billed.Lists * n / 1000,
	}
	return v
}

// tiers is a scenario like those of the multi-tier pattern: the seed's memory answers in
// no time at all, one variant was cut off, one measured nothing, one anomaly never came.
func tiers(t testing.TB) *result.Scenario { return tiersOf(t, nil) }

func tiersOf(t testing.TB, define func(*runfile.Definition)) *result.Scenario {
	edge := mixed(0.9, lognormal(4*time.Millisecond, 12*time.Millisecond), lognormal(80*time.Millisecond, 250*time.Millisecond))
	origin := lognormal(60*time.Millisecond, 180*time.Millisecond)
	slow := func(r *rand.Rand, at float64) time.Duration {
		d := edge(r, at)
		if at > 0.5 && at < 0.62 {
			d *= 10
		}
		return d
	}
	age := func(limit time.Duration) func(*rand.Rand) int64 {
		return func(r *rand.Rand) int64 { return int64(r.Float64() * r.Float64() * float64(limit)) }
	}
	return fakeSet(t,
		[]string{"memory", "kv", "origin"},
		[]record.Series{
			{Name: "stale-read", Unit: "ns", Of: "response", Mark: true, Role: record.Age},
			{Name: "stampede", Unit: "count", Of: "origin", Mark: true},
			{Name: "backfill-rejected", Unit: "ns", Of: "get", Mark: true},
			{Name: "memory-entries", Unit: "count", Mark: true},
			{Name: "falsy-refetch", Unit: "ns", Of: "origin", Mark: true},
		},
		define,
		fake{
			name: "seed", n: 12_000, latency: mixed(0.7, constant(0), slow), shares: []float64{0.7, 0.25, 0.05},
			marks: map[string]fakeMark{
				"stale-read":        {0.042, age(6 * time.Minute)},
				"stampede":          {0.01, upTo(40)},
				"backfill-rejected": {0.002, age(300 * time.Millisecond)},
				"memory-entries":    {0.05, upTo(500)},
			},
			billed: record.Billed{Reads: 310, Writes: 55},
		},
		fake{
			name: "no-memory", n: 12_000, latency: edge, shares: []float64{0, 0.94, 0.048},
			marks:  map[string]fakeMark{"stale-read": {0.011, age(time.Minute)}, "stampede": {0.008, upTo(12)}},
			billed: record.Billed{Reads: 1000, Writes: 48, Deletes: 4},
		},
		fake{name: "origin-only", n: 12_000, latency: origin, shares: []float64{0, 0, 1}},
		fake{
			name: "stale-while-revalidate", n: 12_000, latency: mixed(0.75, constant(0), edge), shares: []float64{0.75, 0.24, 0.01},
			marks:  map[string]fakeMark{"stale-read": {0.08, age(10 * time.Minute)}, "memory-entries": {0.05, upTo(300)}},
			billed: record.Billed{Reads: 260, Writes: 30, Lists: 1}, until: 0.6,
		},
		fake{name: "bounded-memory"},
	).Scenarios[0]
}

// eight is a scenario of eight variants that are close to each other.
func eight(t testing.TB) *result.Scenario {
	var variants []fake
	for i := range 8 {
		d := 10*time.Millisecond + time.Duration(i)*300*time.Microsecond
		variants = append(variants, fake{
			name: fmt.Sprintf("a-variant-%d", i+1), n: 3000, latency: lognormal(d, 3*d),
			shares: []float64{0.3 + 0.05*float64(i), 0.02, 0.001, 0.4 - 0.05*float64(i), 0.2},
			marks: map[string]fakeMark{
				"lost-update":         {0.001 * float64(i), upTo(1e9)},
				"write-amplification": {1, func(*rand.Rand) int64 { return int64(100 + 100*i) }},
			},
			billed: record.Billed{Reads: 1000, Writes: uint64(100 + 300*i), Deletes: uint64(i), Lists: 100},
		})
	}
	return fakeScenario(t,
		[]string{"read", "updated", "created", "fallback-absent", "fallback-corrupt"},
		[]record.Series{
			{Name: "lost-update", Unit: "ns", Of: "updated", Mark: true},
			{Name: "write-amplification", Unit: "percent", Mark: true},
		}, variants...)
}

// memoryOnly answers everything in no time.
func memoryOnly(t testing.TB) *result.Scenario {
	return fakeScenario(t, []string{"memory"}, nil,
		fake{name: "seed", n: 2000, latency: constant(0), shares: []float64{1}},
		fake{name: "single-flight", n: 2000, latency: constant(0), shares: []float64{1}})
}

// once is a single transaction.
func once(t testing.TB) *result.Scenario {
	return fakeScenario(t, []string{"complete", "partial"}, []record.Series{{Name: "missing-id", Unit: "count", Of: "complete", Mark: true}},
		fake{
			name: "paginate", n: 1, latency: constant(1600 * time.Millisecond), shares: []float64{1},
			billed: record.Billed{Lists: 3000},
		})
}

// nothing is a scenario of which no variant measured anything.
func nothing(t testing.TB) *result.Scenario {
	return fakeScenario(t, []string{"read"}, nil, fake{name: "seed"})
}

// outage is a scenario of a store that fails from the first minute to the second: the seed
// hides a quarter of the failures and tells nobody, typed tells after 2 s.
func outage(t testing.TB, faults ...kv.Window) *result.Scenario {
	return fakeSet(t, []string{"value", "fallback-error"},
		[]record.Series{
			{Name: "unseen", Unit: "ns", Of: "response", Mark: true, Role: record.Hidden},
			{Name: "until-told", Unit: "ns", Mark: true, Role: record.Detect},
		},
		func(d *runfile.Definition) { d.Capabilities.Faults = faults },
		fake{
			name: "seed", n: 4000, latency: constant(time.Millisecond), shares: []float64{0.75, 0.25},
			marks: map[string]fakeMark{"unseen": {0.25, upTo(1e6)}},
		},
		fake{
			name: "typed", n: 4000, latency: constant(time.Millisecond), shares: []float64{0.75, 0.25},
			marks: map[string]fakeMark{"until-told": {0.001, func(*rand.Rand) int64 { return int64(2 * time.Second) }}},
		},
		fake{name: "idle"}).Scenarios[0]
}
