package workers

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"kvbench/drivers"
	"kvbench/internal/bench"
	"kvbench/internal/clock"
	"kvbench/internal/detect"
	"kvbench/internal/runfile"
	"kvbench/internal/scenariofile"
	"kvbench/scenarios"
)

var update = flag.Bool("update", false, "run longer, and write docs/workers-agree.md anew")

const page = "../../docs/workers-agree.md"

// effort is how much is run of each side of each pair. Of one length in all many seeds tell
// more than few: Student's t needs some to be narrow.
type effort struct {
	seeds int
	times time.Duration // the pair's own duration
}

var (
	short = effort{seeds: 6, times: 1}
	long  = effort{seeds: 24, times: 4}
)

// store is where all pairs run that name no other.
const store = "embedded://?locations=3&profile=edge&propagation=60s&writes=strict"

// unobserved is the observer of a run that only its end is wanted of.
type unobserved struct{}

func (unobserved) Phase(string)                    {}
func (unobserved) Interval(runfile.Interval) error { return nil }

// side is one side of a pair, at work.
type side struct{ *bench.Scenario }

// sides loads the two scenarios of a pair.
func (p *pair) sides(t *testing.T, d time.Duration) (pattern, script side) {
	t.Helper()
	shared := fmt.Sprintf(p.shared, d) + "\nerrors: 100%\n"
	with := ""
	if p.with != "" {
		with = "with: " + p.with + "\n"
	}
	return p.load(t, fmt.Sprintf("pattern: %s\nvariants: [%s]\n", p.pattern, p.variant)+shared+with),
		p.load(t, "pattern: worker\nscript: ./"+p.script+"\n"+shared+p.fields)
}

func (p *pair) load(t *testing.T, fields string) side {
	t.Helper()
	text := "driver: " + store + "\nscenarios:\n  - name: agree\n    question: Do they?\n    " + strings.ReplaceAll(strings.TrimSpace(fields), "\n", "\n    ") + "\n"
	f, err := scenariofile.Load("agree.yaml", []byte(text), scenarios.Patterns(), nil)
	if err != nil {
		t.Fatalf("%s: %v\n%s", p.title(), err, text)
	}
	return side{&f.Scenarios[0]}
}

// run runs a side. The detector sees the calls of the pattern too.
func (s side) run(t *testing.T, seed uint64) ran {
	t.Helper()
	c := clock.NewVirtual()
	store, err := drivers.Open(s.Driver, drivers.Env{Clock: c, Seed: seed})
	if err != nil {
		t.Fatal(err)
	}
	v, err := bench.Run(t.Context(), s.Scenario, s.Variants[0], bench.Options{
		Clock: c, Store: store, Seed: seed, Observer: unobserved{}, Calls: detect.New(detect.Options{Epoch: c.Epoch()}),
	})
	if err != nil {
		t.Fatal(err)
	}
	if v.Findings == nil || v.Findings.Left > 0 || len(v.Findings.Notes) > 0 {
		t.Fatalf("the detector has not seen all: %+v", v.Findings)
	}
	return ran{v, s.Pattern}
}

// compare runs both sides with each seed.
func (p *pair) compare(t *testing.T, e effort) (rows []row) {
	t.Helper()
	pattern, script := p.sides(t, e.times*p.once)
	matches := p.matches()
	for _, m := range matches {
		rows = append(rows, row{pair: p.title(), name: m.name})
	}
	for seed := range uint64(e.seeds) {
		a, b := pattern.run(t, seed+1), script.run(t, seed+1)
		for i, m := range matches {
			rows[i].pattern = append(rows[i].pattern, m.pattern(t, a))
			rows[i].script = append(rows[i].script, m.script(t, b))
		}
	}
	return rows
}

// all compares pairs, one after the other on each core.
func all(t *testing.T, pairs []pair, e effort) *table {
	rows := make([][]row, len(pairs))
	t.Run("pairs", func(t *testing.T) {
		for i := range pairs {
			t.Run(pairs[i].title(), func(t *testing.T) {
				t.Parallel()
				rows[i] = pairs[i].compare(t, e)
			})
		}
	})
	return newTable(e, rows)
}

// The Go patterns and the scripts make the same of the same load, keys and store. The page
// of the documentation says so, of longer runs, and has every figure that there is.
func TestAgree(t *testing.T) {
	e := short
	if *update {
		e = long
	}
	table := all(t, pairs, e)
	if *update {
		if err := os.WriteFile(page, []byte(table.markdown()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	written, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(written), differs) {
		t.Errorf("%s: something %s", page, differs)
	}
	for _, r := range table.rows {
		t.Logf("%s | %s", r.pair, r.cells(table.t))
		if !r.agrees(table.t) {
			t.Errorf("%s: %s", r.pair, r.cells(table.t))
		}
		if !strings.Contains(string(written), r.head()) {
			t.Errorf("%s has no line %q; make agree writes it anew", page, r.head())
		}
	}
}

// What does not do the same is told apart, in the figures in which it is not the same.
func TestDisagree(t *testing.T) {
	find := func(script string) pair {
		return pairs[slices.IndexFunc(pairs, func(p pair) bool { return p.script == script })]
	}
	forgetful, keeping, blind := find("multi-tier.ts"), find("versioned.ts"), find("coalesce.ts")
	forgetful.with = "{memory-ttl: 20s, origin: {changes: 1s, errors: 1%}}"
	keeping.variant = "keep-expiry"
	blind.variant = "blind-put"
	for _, test := range []struct {
		pair
		differ []string
		agree  []string
	}{
		{forgetful, []string{"outcome memory", "get calls"}, nil},
		{keeping, []string{"finding expiry-dropped"}, []string{"get calls", "outcome migrated"}},
		{blind, []string{"get calls"}, []string{"put calls"}},
	} {
		table := all(t, []pair{test.pair}, short)
		for _, r := range table.rows {
			if agrees := r.agrees(table.t); slices.Contains(test.differ, r.name) && agrees || slices.Contains(test.agree, r.name) && !agrees {
				t.Errorf("%s: %s", r.pair, r.cells(table.t))
			}
		}
	}
}
