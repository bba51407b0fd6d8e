package scenariofile

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"kvbench/internal/bench"
	"kvbench/internal/load"
	"kvbench/internal/quantile"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/rogpeppe/go-internal/txtar"
)

var update = flag.Bool("update", false, "rewrite the expected errors in testdata")

// cacheParams are the settings of the test's pattern.
type cacheParams struct {
	Update float64       `yaml:"update" max:"100%"`
	TTL    time.Duration `yaml:"ttl" min:"1m"`
	Mode   string        `yaml:"mode" oneof:"plain,bulk"`
	Strict bool          `yaml:"strict"`
	Size   load.Size     `yaml:"size"`
	// Latency reads its own text.
	Latency quantile.Dist `yaml:"latency"`
	Origin  struct {
		Count int `yaml:"count"`
	} `yaml:"origin"`
}

// testPatterns are one with settings and one without.
func testPatterns() []*bench.Pattern {
	return []*bench.Pattern{
		{
			Name:     "cache",
			Variants: []bench.Variant{{Name: "seed"}, {Name: "no-memory"}, {Name: "single-flight"}},
			Outcomes: []bench.Outcome{"memory", "kv", "origin"},
			Observes: []bench.Series{
				&bench.Anomaly{Name: "stale-read", Unit: "ns", Of: "get"},
				&bench.Anomaly{Name: "stampede", Unit: "count", Of: "origin"},
			},
			New: func(s bench.Setup) (bench.Workload, error) {
				k := cacheParams{TTL: time.Minute, Mode: "plain"}
				if err := s.Decode(&k); err != nil {
					return nil, err
				}
				switch {
				case k.Origin.Count > s.Keys:
					return nil, fmt.Errorf("origin.count is larger than the number of keys, %d", s.Keys)
				case k.Mode == "bulk" && s.Variant == "seed":
					return nil, errors.New("bulk does not go with the seed")
				}
				return idle{}, nil
			},
		},
		{
			Name:     "plain",
			Variants: []bench.Variant{{Name: "seed"}},
			Outcomes: []bench.Outcome{"done"},
			New:      func(bench.Setup) (bench.Workload, error) { return idle{}, nil },
		},
	}
}

type idle struct{}

func (idle) Seed(context.Context, *bench.Worker) error { return nil }

func (idle) Do(context.Context, *bench.Worker, uint64) (bench.Outcome, error) { return "done", nil }

const whole = `# The head of the file.
driver: embedded://?locations=3&profile=edge
seed: 7
clock: virtual

scenarios:
  # What a memory tier does.
  - name: tier
    question: How stale?   # very
    pattern: cache
    variants: [single-flight, seed]
    driver: embedded://
    clock: wall
    load:
      rate: 30/min
      arrivals: poisson
      max-in-flight: 5
      duration: 10m
      warm-up: 30s
    keys: {count: 10_000, distribution: "zipfian(0.99)", size: "uniform(100B, 10KiB)"}
    isolates: 2
    repeat: 3
    with: {update: 20%, origin: {count: 5}, size: 2kB, latency: "p50:1ms,p99:9ms"}
    expect:
      - single-flight.stampede.max <= 1
      - seed.stale-read.share < 1%
    # the end

  # Another.
  - name: plain
    question: What does nothing cost?
    pattern: plain
    load: {think: 5ms, transactions: 100}
`

func TestLoad(t *testing.T) {
	got, err := Load("s.yaml", []byte(whole), testPatterns(), nil)
	if err != nil {
		t.Fatal(err)
	}
	patterns := testPatterns()
	cache, plain := patterns[0], patterns[1]
	want := &File{
		Name: "s.yaml", Driver: "embedded://?locations=3&profile=edge", Shown: "embedded://?locations=3&profile=edge", Clock: "virtual", Seed: 7,
		Scenarios: []bench.Scenario{
			{
				Name: "tier", Question: "How stale?", Pattern: cache,
				Variants: []bench.Variant{{Name: "seed"}, {Name: "single-flight"}},
				Driver:   "embedded://", Shown: "embedded://", Clock: "wall",
				Load: load.Load{
					Shape:    load.Open{Profile: load.Rate{Count: 1, Per: 2 * time.Second}, Arrivals: load.Poisson{}, MaxInFlight: 5},
					Duration: 10 * time.Minute,
					WarmUp:   30 * time.Second,
				},
				Params: bench.Params{
					Keys: 10_000, Distribution: load.Distribution{Kind: load.Zipfian, Exponent: 0.99},
					Size: load.Size{Min: 100, Max: 10 << 10}, Isolates: 2,
				},
				Repeat: 3, MaxErrors: bench.DefaultMaxErrors,
				Expect: []string{"single-flight.stampede.max <= 1", "seed.stale-read.share < 1%"},
			},
			{
				Name: "plain", Question: "What does nothing cost?", Pattern: plain,
				Variants: plain.Variants, Driver: "embedded://?locations=3&profile=edge", Shown: "embedded://?locations=3&profile=edge", Clock: "virtual",
				Load:   load.Load{Shape: load.Closed{Workers: 1, Think: 5 * time.Millisecond}, Transactions: 100},
				Params: bench.Params{Keys: 1000, Size: load.Size{Min: 1024, Max: 1024}, Isolates: 1},
				Repeat: 1, MaxErrors: bench.DefaultMaxErrors,
			},
		},
	}
	byName := cmp.Comparer(func(a, b *bench.Pattern) bool { return a.Name == b.Name })
	if diff := cmp.Diff(want, got, byName, cmpopts.IgnoreFields(bench.Scenario{}, "Decode", "YAML", "Place")); diff != "" {
		t.Error(diff)
	}
	wantYAML := []string{
		"# What a memory tier does.\n- name: tier\n  question: How stale?   # very\n  pattern: cache\n",
		"# Another.\n- name: plain\n  question: What does nothing cost?\n  pattern: plain\n" +
			"  load: {think: 5ms, transactions: 100}\n",
	}
	for i, s := range got.Scenarios {
		if !strings.HasPrefix(s.YAML, wantYAML[i]) {
			t.Errorf("the text of %s is\n%s", s.Name, s.YAML)
		}
		again, err := Load("s.yaml", []byte("scenarios:\n"+s.YAML), testPatterns(), nil)
		if err != nil || again.Scenarios[0].Name != s.Name {
			t.Errorf("the text of %s is not a scenario: %v\n%s", s.Name, err, s.YAML)
		}
	}
	if s := got.Scenarios[0].YAML; !strings.HasSuffix(s, "\n  # the end\n") {
		t.Errorf("the text of tier is\n%s", s)
	}
	for range 2 { // once for each variant, at least
		k := cacheParams{TTL: time.Hour}
		if err := got.Scenarios[0].Decode(&k); err != nil {
			t.Error(err)
		}
		if k.Update != 0.2 || k.Origin.Count != 5 || k.TTL != time.Hour ||
			k.Size != (load.Size{Min: 2000, Max: 2000}) || k.Latency.Draw(1<<63) != time.Millisecond {
			t.Errorf("decoded %+v", k)
		}
	}
}

// Every archive of testdata/errors.txtar is a file and the errors it gives.
func TestErrors(t *testing.T) {
	const name = "testdata/errors.txtar"
	archive, err := txtar.ParseFile(name)
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("KVBENCH_COUNT", "s3cret")
	for i := 0; i+1 < len(archive.Files); i += 2 {
		in, out := archive.Files[i], &archive.Files[i+1]
		t.Run(strings.TrimSuffix(in.Name, ".yaml"), func(t *testing.T) {
			_, err := Load(in.Name, in.Data, testPatterns(), nil)
			if err == nil {
				t.Fatal("no error")
			}
			checkErrors(t, err, in.Data)
			got := err.Error() + "\n"
			if *update {
				out.Data = []byte(got)
				return
			}
			if diff := cmp.Diff(string(out.Data), got); diff != "" {
				t.Error(diff)
			}
		})
	}
	if *update {
		if err := os.WriteFile(name, txtar.Format(archive), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// checkErrors checks that an error is an Errors in order, each with a place
// that the file has.
func checkErrors(t *testing.T, err error, data []byte) {
	t.Helper()
	var all Errors
	if !errors.As(err, &all) || len(all) == 0 {
		t.Fatalf("the error is a %T: %v", err, err)
	}
	lines := splitLines(strings.TrimPrefix(string(data), "\ufeff"))
	for i, e := range all {
		if e.Line < 1 || e.Line > len(lines) || e.Column < 1 || e.Message == "" {
			t.Fatalf("error %d is %#v", i, e)
		}
		if text := lines[e.Line-1]; e.Text != text || e.Column > utf8.RuneCountInString(text)+1 {
			t.Fatalf("error %d is %#v, but the line is %q", i, e, text)
		}
		if i > 0 && (e.Line < all[i-1].Line || e.Line == all[i-1].Line && e.Column < all[i-1].Column) {
			t.Fatalf("%v comes after %v", e, all[i-1])
		}
	}
}

// What an archive cannot hold: bytes that are not a text, and a missing end.
func TestUnreadable(t *testing.T) {
	const empty = "the file is empty"
	const useful = "\n      = it needs at least `scenarios:` with one scenario"
	for data, want := range map[string]string{
		"":         "x:1:1: " + empty + useful,
		"\ufeff":   "x:1:1: " + empty + useful,
		"# only\n": "x:1:1: " + empty + "\n    1 | # only\n      | ^" + useful,
		"seed: 1\nclock: \xff\n": "x:2:8: this is not UTF-8\n" +
			"    2 | clock: \ufffd\n      |        ^\n      = save the file as UTF-8",
		"a: \x1b[31m": "x:1:4: a control character may not stand here\n" +
			"    1 | a: \ufffd[31m\n      |    ^\n      = remove it",
		"a: [": "x:1:5: this is not YAML: while parsing a flow node: did not find expected node content\n" +
			"    1 | a: [\n      |     ^",
	} {
		_, err := Load("x", []byte(data), testPatterns(), nil)
		if err == nil || err.Error() != want {
			t.Errorf("%q: got\n%v\nwant\n%s", data, err, want)
			continue
		}
		checkErrors(t, err, []byte(data))
	}
}
