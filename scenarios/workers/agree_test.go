package workers

import (
	"flag"
	"fmt"
	"os"
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

// effort is how much is run of each side of each pair.
type effort struct {
	seeds    int
	duration time.Duration // that is measured, of each seed
}

var (
	short = effort{seeds: 6, duration: time.Minute}
	long  = effort{seeds: 16, duration: 5 * time.Minute}
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
	pattern, script := p.sides(t, e.duration)
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

// TestAgree holds the Go patterns and the scripts against each other: of the same load,
// keys and store both make the same of it.
func TestAgree(t *testing.T) {
	e := short
	if *update {
		e = long
	}
	all := make([][]row, len(pairs))

	t.Run("pairs", func(t *testing.T) {
		for i := range pairs {
			t.Run(pairs[i].title(), func(t *testing.T) {
				t.Parallel()
				all[i] = pairs[i].compare(t, e)
			})
		}
	})
	table := newTable(e, all)
	for _, r := range table.rows {
		if !r.agrees(table.t) {
			t.Errorf("%s: %s", r.pair, r.cells(table.t))
		}
	}
	if *update {
		if err := os.WriteFile(page, []byte(table.markdown()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
