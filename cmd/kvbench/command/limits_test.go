package command

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"kvbench/drivers"
	"kvbench/internal/bench"
	"kvbench/internal/scenariofile"
	"kvbench/kv"
	"kvbench/scenarios"
)

// limited is a store that declares other limits than it has.
type limited struct {
	kv.Store
	capabilities kv.Capabilities
}

func (l limited) Capabilities() kv.Capabilities { return l.capabilities }

// A plan that the limits of its own driver can't let pass is refused where it is
// written, before anything runs.
func TestLimitsOfTheDriver(t *testing.T) {
	const yaml = `scenarios:
  - name: s
    question: q
    pattern: coalesce
    load: {transactions: 1}
    keys: {count: 20_000, size: "uniform(100B, 2KiB)"}
`
	for want, change := range map[string]func(*kv.Capabilities){
		"": func(*kv.Capabilities) {},
		"limits.yaml:6:33: a value of 2KiB is too large for limited://\n":                            func(t *kv.Capabilities) { t.MaxValueBytes = 1000 },
		"limits.yaml:6:19: 20000 keys are too many for a namespace of limited://\n":                  func(t *kv.Capabilities) { t.NamespaceKeys = 10_000 },
		"limits.yaml:6:33: 20000 keys of at least 100B are too much for a namespace of limited://\n": func(t *kv.Capabilities) { t.NamespaceBytes = 1_000_000 },
	} {
		file, err := scenariofile.Load("limits.yaml", []byte(yaml), scenarios.Patterns(), nil)
		if err != nil {
			t.Fatal(err)
		}
		_, err = newPlan(file, settings{driver: "limited://", openURL: func(_ string, env drivers.Env) (kv.Store, error) {
			store, err := drivers.Open("embedded://", env)
			if err != nil {
				return nil, err
			}
			capabilities := store.Capabilities()
			change(&capabilities)
			return limited{store, capabilities}, nil
		}})
		var status *statusError
		switch {
		case want == "" && err != nil:
			t.Error(err)
		case want != "" && (!errors.As(err, &status) || status.status != exitUsage || !strings.HasPrefix(err.Error(), want)):
			t.Errorf("got %v\nwant %s", err, want)
		}
	}
}

// A store that bills and has no price list is refused before it is called: no budget could
// hold it.
func TestBilledWithoutPrices(t *testing.T) {
	for _, prices := range []kv.Prices{kv.NoPrices("nobody's"), kv.ClassicPrices()} {
		file, err := scenariofile.Load("s.yaml", []byte(scenarioYAML("limited://")), scenarios.Patterns(), nil)
		if err != nil {
			t.Fatal(err)
		}
		p, err := newPlan(file, settings{openURL: func(_ string, env drivers.Env) (kv.Store, error) {
			store, err := drivers.Open("embedded://?profile=none&propagation=0", env)
			if err != nil {
				return nil, err
			}
			capabilities := store.Capabilities()
			capabilities.Billed, capabilities.Prices = true, prices
			return limited{store, capabilities}, nil
		}})
		if err != nil {
			t.Fatal(err)
		}
		err = p.afford(t.Context(), 1000, io.Discard)
		var status *statusError
		if refused := errors.As(err, &status) && status.status == exitUsage && strings.Contains(err.Error(), "prices="); refused != prices.None {
			t.Errorf("without prices %v: %v", prices.None, err)
		}
	}
}

// What a pattern refuses for one variant on the store of the command line is shown at
// the setting that its words begin with, and names the variant.
func TestRefusedByOneVariant(t *testing.T) {
	pattern := &bench.Pattern{
		Name: "picky", Doc: "It refuses.", Outcomes: []bench.Outcome{"done"},
		Variants: []bench.Variant{{Name: "seed"}, {Name: "other"}},
		New: func(s bench.Setup) (bench.Workload, error) {
			params := struct {
				TTL int `yaml:"kv-ttl"`
			}{}
			if err := s.Decode(&params); err != nil {
				return nil, err
			}
			if s.Variant == "other" && s.Locations > 1 {
				return nil, fmt.Errorf("kv-ttl of %d is too short at %d locations", params.TTL, s.Locations)
			}
			return nil, nil
		},
	}
	const yaml = `scenarios:
  - name: s
    question: q
    pattern: picky
    load: {transactions: 1}
    with:
      kv-ttl: 30
`
	file, err := scenariofile.Load("picky.yaml", []byte(yaml), []*bench.Pattern{pattern}, nil)
	if err != nil {
		t.Fatal(err)
	}
	_, err = newPlan(file, settings{driver: "embedded://?locations=3"})
	const want = "picky.yaml:7:15: kv-ttl of 30 is too short at 3 locations (variant other)\n"
	if err == nil || !strings.HasPrefix(err.Error(), want) {
		t.Errorf("got %v\nwant %s", err, want)
	}
	_, err = scenariofile.Load("picky.yaml", []byte("driver: embedded://?locations=3\n"+yaml), []*bench.Pattern{pattern}, nil)
	if err == nil || !strings.HasPrefix(err.Error(), strings.Replace(want, ":7:", ":8:", 1)) {
		t.Errorf("of the file alone: %v", err)
	}
}

// What a pattern seeds beside its keys is found out by trying, and refused where the keys
// are written.
func TestTooMuchToSeed(t *testing.T) {
	const yaml = `scenarios:
  - name: s
    question: q
    pattern: coalesce
    variants: [per-field]
    driver: embedded://?mode=instant
    load: {rate: 100/s, duration: 1h}
    keys: {count: 3000, size: 10B}
`
	file, err := scenariofile.Load("full.yaml", []byte(yaml), scenarios.Patterns(), nil)
	if err != nil {
		t.Fatal(err)
	}
	p, err := newPlan(file, settings{})
	if err != nil {
		t.Fatal(err)
	}
	_, err = p.estimates(t.Context(), thisMachine(), func(*bench.Scenario) bool { return false }, io.Discard)
	var status *statusError
	if !errors.As(err, &status) || status.status != exitUsage || !strings.HasPrefix(err.Error(), "full.yaml:8:11: trying s/per-field: seeding the store: ") {
		t.Errorf("got %v", err)
	}
}
