package choose_test

import (
	"testing"
	"time"

	"kvbench/internal/choose"
	"kvbench/internal/result"
	"kvbench/internal/runfile"

	"github.com/google/go-cmp/cmp"
)

// sweepOf is a scenario with a sweep: each setting is a point, at which the variants are as
// made up.
func sweepOf(t *testing.T, by *runfile.Choose, points []runfile.Setting, variants ...[]made) *result.Scenario {
	t.Helper()
	var run *runfile.Run
	for i, point := range points {
		one := runOf(by, variants[i]...)
		if run == nil {
			run = one
		} else {
			run.Variants = append(run.Variants, one.Variants...)
		}
		settings := []runfile.Setting{point}
		for _, v := range one.Variants {
			v.Point = settings
		}
		def := &run.Header.Scenarios[0]
		def.Points = append(def.Points, runfile.Point{Settings: settings, Capabilities: def.Capabilities, Workload: &runfile.Workload{}})
	}
	set, err := result.Of(run)
	if err != nil {
		t.Fatal(err)
	}
	return set.Scenarios[0]
}

func ttl(d time.Duration) runfile.Setting { return runfile.Setting{Name: "with.ttl", Time: &d} }

func keys(n uint64) runfile.Setting { return runfile.Setting{Name: "keys.count", Count: &n} }

func decide(t *testing.T, s *result.Scenario) *choose.Choice {
	t.Helper()
	c, err := choose.Of(s)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// A setting that can be chosen is chosen with the variant.
func TestChoosesPoint(t *testing.T) {
	by := &runfile.Choose{Promise: []string{"stale-read < 10%"}, Prefer: []string{"usd-per-million"}}
	points := []runfile.Setting{ttl(time.Second), ttl(10 * time.Second), ttl(time.Minute)}
	at := func(reads uint64, stale int) []made {
		return []made{{name: "seed", ms: []int64{5}, reads: 10 * reads, stale: stale}, {name: "other", ms: []int64{5}, reads: reads, stale: stale}}
	}
	s := sweepOf(t, by, points, at(8, 1), at(4, 5), at(2, 50))
	c := decide(t, s)
	if diff := cmp.Diff([]string{"other at ttl 10 s"}, c.Chosen().Variants); diff != "" || c.Parts != nil || !c.Kept {
		t.Errorf("%d parts\n%s", len(c.Parts), diff)
	}
}

// What nobody chooses is given: there is a choice at each of its values, and where it changes
// the crossing is named.
func TestChoosesAtWhatIsGiven(t *testing.T) {
	fast := func(name string) []made {
		a, b := made{name: "seed", ms: []int64{50}}, made{name: "other", ms: []int64{50}}
		if name == "seed" {
			a.ms[0] = 5
		} else {
			b.ms[0] = 5
		}
		return []made{a, b}
	}
	by := &runfile.Choose{Prefer: []string{"response.p99"}}
	for _, given := range []bool{true, false} {
		points := []runfile.Setting{keys(10), keys(100), keys(1000)}
		if !given { // as the scenario says
			points = []runfile.Setting{ttl(10), ttl(100), ttl(1000)}
			by = &runfile.Choose{Prefer: []string{"response.p99"}, Given: []string{"with.ttl"}}
		}
		s := sweepOf(t, by, points, fast("seed"), fast("seed"), fast("other"))
		c := decide(t, s)
		want := "At keys.count 10 to 100 take seed (response p99 5 ms, other at keys.count 10 50 ms); " +
			"at keys.count 1,000 take other (response p99 5 ms, seed at keys.count 1,000 50 ms)"
		if given {
			if diff := cmp.Diff(want, c.Line()); diff != "" {
				t.Error(diff)
			}
		}
		var taken []string
		for _, at := range c.Chosen().At {
			taken = append(taken, at.Variants...)
		}
		if len(taken) != 3 || len(c.Take) != 3 || !c.Kept || !c.Takes(c.Parts[2].Take[0]) || c.Takes(s.Variants[2]) {
			t.Errorf("%v", taken)
		}
	}
}

// The front holds what no other beats, and what is within noise of it; points at which what
// is given differs are not held against each other.
func TestFront(t *testing.T) {
	names := func(all []*result.Variant) (out []string) {
		for _, v := range all {
			out = append(out, v.Name)
		}
		return out
	}
	s := sweepOf(t, nil, []runfile.Setting{ttl(time.Second), ttl(time.Minute)},
		[]made{{name: "seed", ms: []int64{50}, reads: 4}, {name: "other", ms: []int64{50}, reads: 1, stale: 3}},
		[]made{{name: "seed", ms: []int64{51}, reads: 4, stale: 40}, {name: "other", ms: []int64{20}, reads: 9, stale: 30}})
	// other at 1 s costs less and has 3 stale of 100, which chance may make of 0: it beats seed.
	// other at 60 s is faster.
	if diff := cmp.Diff([]string{"other at ttl 1 s", "other at ttl 60 s"}, names(choose.Front(s))); diff != "" {
		t.Error(diff)
	}
	s = sweepOf(t, nil, []runfile.Setting{keys(1), keys(2)},
		[]made{{name: "seed", ms: []int64{50}, reads: 100}, {name: "other", ms: []int64{50}, reads: 103}},
		[]made{{name: "seed", ms: []int64{500}, reads: 900}, {name: "other", ms: []int64{500}, reads: 500}})
	if diff := cmp.Diff([]string{"seed at keys.count 1", "other at keys.count 1", "other at keys.count 2"}, names(choose.Front(s))); diff != "" {
		t.Error(diff)
	}
}
