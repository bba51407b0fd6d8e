package scenariofile

import (
	"strings"
	"testing"

	"kvbench/internal/bench"
	"kvbench/internal/runfile"
	"kvbench/scenarios"

	"github.com/google/go-cmp/cmp"
)

const sweepHead = `driver: embedded://?locations=2&propagation=60s
scenarios:
  - name: a
    question: q
    pattern: multi-tier
    variants: [seed, no-memory]
    load: {rate: 10/s, duration: 1m}
    with: {memory-ttl: 5s, origin: {changes: 10m}}
`

func loadSweep(t *testing.T, text string) ([]bench.Scenario, error) {
	t.Helper()
	f, err := Load("x.yaml", []byte(sweepHead+text), scenarios.Patterns(), nil)
	if err != nil {
		return nil, err
	}
	return f.Scenarios, nil
}

// A point is the scenario with the settings replaced, or added: what else it says stays.
func TestSweep(t *testing.T) {
	all, err := loadSweep(t, "    sweep: {with.origin.changes: [1m, 5m], keys.count: [10, 1_000, 20]}\n")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range all {
		got = append(got, s.Title())
		if s.Name != "a" || s.Load.Rate() != 10 || len(s.Variants) != 2 || s.YAML != all[0].YAML || !strings.Contains(s.YAML, "sweep:") {
			t.Errorf("%+v", s)
		}
	}
	want := []string{
		"a at origin.changes 60 s, keys.count 10", "a at origin.changes 60 s, keys.count 1,000", "a at origin.changes 60 s, keys.count 20",
		"a at origin.changes 5 min, keys.count 10", "a at origin.changes 5 min, keys.count 1,000", "a at origin.changes 5 min, keys.count 20",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if all[1].Params.Keys != 1000 || all[3].Params.Keys != 10 {
		t.Errorf("%d and %d keys", all[1].Params.Keys, all[3].Params.Keys)
	}
}

// An option of the driver's URL is set in it, and an option that is there is replaced.
func TestSweepOfDriver(t *testing.T) {
	for text, want := range map[string][]string{
		"driver.propagation: [0, 10s]": {"embedded://?locations=2&propagation=0", "embedded://?locations=2&propagation=10s"},
		"driver.fault-share: [10%, 20%]": {
			"embedded://?locations=2&propagation=60s&fault-share=10%", "embedded://?locations=2&propagation=60s&fault-share=20%",
		},
	} {
		all, err := loadSweep(t, "    sweep: {"+text+"}\n")
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, s := range all {
			got = append(got, s.Driver)
			if s.Driver != s.Shown {
				t.Errorf("%s is shown as %s", s.Driver, s.Shown)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	}
}

// What of a driver's URL comes from the environment is not shown in any point.
func TestSweepOfDriverWithVariable(t *testing.T) {
	t.Setenv("KVBENCH_TEST_STORE", "a-long-secret-name")
	f, err := Load("x.yaml", []byte(strings.Replace(sweepHead, "locations=2", "name=${KVBENCH_TEST_STORE}", 1)+"    sweep: {driver.propagation: [0, 10s]}\n"),
		scenarios.Patterns(), nil)
	if err != nil {
		t.Fatal(err)
	}
	s := f.Scenarios[1]
	if s.Driver != "embedded://?name=a-long-secret-name&propagation=10s" || s.Shown != "embedded://?name=${KVBENCH_TEST_STORE}&propagation=10s" {
		t.Errorf("%s is shown as %s", s.Driver, s.Shown)
	}
}

// Each value has the kind of its setting.
func TestSweptKinds(t *testing.T) {
	for text, want := range map[string]func(runfile.Setting) bool{
		"with.memory-ttl: [10s, 60s]":                  func(s runfile.Setting) bool { return s.Time != nil },
		"with.origin.absent: [0.1, 20%]":               func(s runfile.Setting) bool { return s.Share != nil },
		"keys.count: [1, 2]":                           func(s runfile.Setting) bool { return s.Count != nil },
		"keys.size: [1KiB, 2KiB]":                      func(s runfile.Setting) bool { return s.Size != nil },
		"keys.distribution: [uniform, zipfian(0.99)]":  func(s runfile.Setting) bool { return s.Popularity != nil },
		"load.rate: [5/s, 30/min]":                     func(s runfile.Setting) bool { return s.Rate != nil },
		"load.arrivals: [constant, poisson]":           func(s runfile.Setting) bool { return s.Text != nil },
		"isolates: [1, 4]":                             func(s runfile.Setting) bool { return s.Count != nil },
		"driver.propagation: [0, 10s]":                 func(s runfile.Setting) bool { return s.Time != nil },
		"driver.mode: [classic, instant]":              func(s runfile.Setting) bool { return s.Text != nil },
		"driver.locations: [1, 3]":                     func(s runfile.Setting) bool { return s.Count != nil },
		`with.origin.latency: ["p50:5ms", "p50:10ms"]`: func(s runfile.Setting) bool { return s.Text != nil },
	} {
		all, err := loadSweep(t, "    sweep: {"+text+"}\n")
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		for _, s := range all {
			if !want(s.Point[0]) {
				t.Errorf("%s: %+v", text, s.Point[0])
			}
		}
	}
}

// What is wrong is told where it stands in the sweep, by the decoder of the file.
func TestWrongSweeps(t *testing.T) {
	for text, want := range map[string]string{
		"[a]":                          "9:12: this is a list; want a mapping",
		"{}":                           "9:12: the sweep varies nothing",
		"{keys: [1, 2]}":               `9:13: a sweep can't vary "keys"`,
		"{repeat: [1, 2]}":             `9:13: a sweep can't vary "repeat"`,
		"{keys.count: 5}":              "9:25: want a list of at least two values",
		"{keys.count: [5]}":            "9:25: want a list of at least two values",
		"{keys.count: [5, [6]]}":       "9:29: this is a list; want a single value",
		`{keys.count: [5, "${X:-6}"]}`: "9:29: the values of a sweep are shown",
		"{keys.count: [5, 0]}":         `9:29: "0" is not in range`,
		"{keys.count: [5, x]}":         `9:29: "x" is not a whole number`,
		"{keys.cuont: [5, 6]}":         `9:13: there is no field "cuont" here`,
		"{with.memory-ttl: [5s, 5]}":   `9:35: "5" is not a duration`,
		"{with.kv-ttl: [60s, 5s]}":     `9:32: "5s" is not in range`,
		"{with.cache-ttl: [60s, 5s]}":  "9:35: cache-ttl must be 0",
		"{load.rate: [1/s, 1/s]}":      "9:30: the sweep has this value twice",
		"{load.workers: [1, 2]}":       "9:28: workers belongs to a closed loop",
		"{keys.count: [5, 6], isolates: [1, 2], load.rate: [1/s, 2/s]}":  "a sweep varies at most 2 settings",
		"{keys.count: [1,2,3,4,5,6,7,8,9], isolates: [1,2,3,4,5,6,7,8]}": "9:12: the sweep has 72 points; it may have at most 64",
	} {
		_, err := loadSweep(t, "    sweep: "+text+"\n")
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", text, err, want)
		} else if n := strings.Count(err.Error(), "x.yaml:"); n != 1 && !strings.Contains(text, "workers") { // which is wrong at both points
			t.Errorf("%s: %d errors: %v", text, n, err)
		}
	}
}
