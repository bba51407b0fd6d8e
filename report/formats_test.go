package report

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"math"
	"os"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"kvbench/internal/compare"
	"kvbench/internal/metric"
	"kvbench/internal/record"
	"kvbench/internal/runfile"

	hdr "github.com/HdrHistogram/hdrhistogram-go"
	"github.com/google/go-cmp/cmp"
	"github.com/invopop/jsonschema"
	validator "github.com/santhosh-tekuri/jsonschema/v6"
	"golang.org/x/perf/benchfmt"
)

// What benchstat's reader finds is what was measured.
func TestBenchfmt(t *testing.T) {
	run := runOf(tiers(t))
	run.Header.CPUs = 2
	run.Header.Scenarios[0].Variants[0].Name, run.Variants[0].Name = "ttl-30", "ttl-30"
	text, err := asBenchfmt(run)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]*benchfmt.Result{}
	for r := benchfmt.NewReader(bytes.NewReader(text), "x"); r.Scan(); {
		result, ok := r.Result().(*benchfmt.Result)
		if !ok {
			t.Fatalf("%v", r.Result())
		}
		base, parts := result.Name.Parts()
		if string(base) != "KV" || len(parts) != 3 || string(parts[0]) != "/scenario=example" || string(parts[2]) != "-2" {
			t.Errorf("the name %s is read as %s %s", result.Name, base, parts)
		}
		if v := result.GetConfig("latency"); v != "modelled" {
			t.Errorf("latency: %s", v)
		}
		got[strings.TrimPrefix(string(parts[1]), "/variant=")] = result.Clone()
	}
	if len(got) != 4 || got["ttl-30"] == nil { // bounded-memory measured nothing
		t.Fatalf("%v in\n%s", got, text)
	}
	total := run.Variants[1].Total.Histograms[record.Response]
	no := got["no-memory"]
	want := map[string]float64{ // seconds: benchfmt's reader tidies units
		"sec/op": total.Mean() / 1e9, "p99-sec": float64(total.ValueAtPercentile(99)) / 1e9, "get/op": 1, "usd/Mop": 0.76, "stampede/op": 0.008,
	}
	for unit, value := range want {
		have, ok := no.Value(unit)
		if diff := cmp.Diff(value, have, about); !ok || diff != "" {
			t.Errorf("%s: %v %s", unit, ok, diff)
		}
	}
	if no.Iters != 12_000 {
		t.Errorf("%d iterations", no.Iters)
	}
}

// An interval log read back has the same percentiles.
func TestHLog(t *testing.T) {
	run := runOf(tiers(t))
	run.Variants = run.Variants[1:2]
	text, err := asHLog(run)
	if err != nil {
		t.Fatal(err)
	}
	sums := map[string]*hdr.Histogram{}
	intervals := map[string]int{}
	r := hdr.NewHistogramLogReader(bytes.NewReader(text))
	for {
		h, err := r.NextIntervalHistogram()
		if err != nil {
			t.Fatal(err)
		}
		if h == nil {
			break
		}
		intervals[h.Tag()]++
		if h.EndTimeMs()-h.StartTimeMs() != 15_000 {
			t.Errorf("%s: from %d to %d ms", h.Tag(), h.StartTimeMs(), h.EndTimeMs())
		}
		if sums[h.Tag()] == nil {
			sums[h.Tag()] = hdr.New(1, 1<<47, 3)
		}
		if dropped := sums[h.Tag()].Merge(h); dropped > 0 {
			t.Errorf("%d values dropped", dropped)
		}
	}
	if diff := cmp.Diff(map[string]int{
		"example/no-memory/response": 40, "example/no-memory/get": 40,
	}, intervals); diff != "" {
		t.Error(diff)
	}
	total := run.Variants[0].Total.Histograms[record.Response]
	for _, p := range []float64{50, 90, 99, 99.9} {
		if want, got := total.ValueAtPercentile(p), sums["example/no-memory/response"].ValueAtPercentile(p); want != got {
			t.Errorf("p%g is %d, was %d", p, got, want)
		}
	}
	greatest := 0.0
	for line := range strings.Lines(string(text)) {
		if fields := strings.Split(line, ","); fields[0] == "Tag=example/no-memory/response" {
			ms, err := strconv.ParseFloat(fields[3], 64)
			if err != nil {
				t.Fatal(err)
			}
			greatest = max(greatest, ms)
		}
	}
	if want := float64(total.Max()) / 1e6; math.Abs(greatest-want) > 1e-6 {
		t.Errorf("the greatest value is %v ms, want %v, not the end of its bucket", greatest, want)
	}
}

// What a histogram's range does not hold is told in a comment, which its readers skip.
func TestHLogTellsWhatIsBeyond(t *testing.T) {
	run := runOf(tiers(t))
	run.Variants = run.Variants[1:2]
	h := run.Variants[0].Intervals[0].Histograms[record.Response]
	h.Record(record.MaxValue+1, 2)
	text, err := asHLog(run)
	if err != nil {
		t.Fatal(err)
	}
	if want := "#[example/no-memory/response: 2 of the next interval's values lie outside the histogram's range]"; !bytes.Contains(text, []byte(want)) {
		t.Errorf("no %s", want)
	}
	r := hdr.NewHistogramLogReader(bytes.NewReader(text))
	got, err := r.NextIntervalHistogram()
	if err != nil || got.TotalCount() != h.TotalCount()-2 {
		t.Errorf("%v values, error %v", got, err)
	}
}

func TestJUnit(t *testing.T) {
	one, many := 1.0, 504.0
	s := Summarise(runOf(tiers(t)), []Expectation{
		{Scenario: "example", Expect: "seed.ops < 2", Variant: "seed", Value: &one, Have: "1", Want: "< 2", OK: true},
		{Scenario: "example", Expect: "*.stale-read == 0", Variant: "seed", Value: &many, Have: "504", Want: "== 0"},
	})
	text, err := s.asJUnit()
	if err != nil {
		t.Fatal(err)
	}
	var got junitSuites
	if err := xml.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	suite := got.Suites[0]
	if got.Tests != 3 || got.Failures != 1 || got.Errors != 1 || suite.Name != "example" || suite.Tests != 3 {
		t.Errorf("%s", text)
	}
	if e := suite.Cases[0]; e.Name != "stale-while-revalidate runs to its end" || e.Error == nil {
		t.Errorf("%+v", e)
	}
	if c := suite.Cases[1]; c.Name != "seed.ops < 2 (seed)" || c.Failure != nil || c.Suite != "example" {
		t.Errorf("%+v", c)
	}
	if c := suite.Cases[2]; c.Failure == nil || c.Failure.Message != "seed: have 504, want == 0" {
		t.Errorf("%+v", c.Failure)
	}
}

// published returns a check of JSON against a published schema, which has to be that of
// the type.
func published(t *testing.T, path, title string, of any, dirs ...string) func(text []byte) error {
	t.Helper()
	r := jsonschema.Reflector{DoNotReference: false, Mapper: quantitySchema}
	for _, dir := range dirs { // with the comments
		if err := r.AddGoComments("kvbench/report", dir); err != nil {
			t.Fatal(err)
		}
	}
	schema := r.Reflect(of)
	schema.ID, schema.Title = "", title
	text, err := json.MarshalIndent(schema, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	text = append(text, '\n')
	if *update {
		if err := os.WriteFile(path, text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(have), string(text)); diff != "" {
		t.Errorf("the types have changed: go test ./report -run %s -update\n%s", t.Name(), diff)
	}
	parsed, err := validator.UnmarshalJSON(bytes.NewReader(have))
	if err != nil {
		t.Fatal(err)
	}
	compiler := validator.NewCompiler()
	if err := compiler.AddResource(path, parsed); err != nil {
		t.Fatal(err)
	}
	compiled, err := compiler.Compile(path)
	if err != nil {
		t.Fatal(err)
	}
	return func(text []byte) error {
		value, err := validator.UnmarshalJSON(bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		return compiled.Validate(value)
	}
}

// quantitySchema is that of a figure that may be none; nil for any other type.
func quantitySchema(t reflect.Type) *jsonschema.Schema {
	if t != reflect.TypeFor[metric.Quantity]() {
		return nil
	}
	return &jsonschema.Schema{OneOf: []*jsonschema.Schema{{Type: "number"}, {Type: "null"}}}
}

// The published schema is that of the types, and summaries keep to it.
func TestSummarySchema(t *testing.T) {
	validate := published(t, "../docs/schema/summary.json", "What kvbench run --json and kvbench report --format json write", &Summary{},
		".", "../internal/price", "../internal/record")
	for name, run := range map[string]*runfile.Run{"tiers": runOf(tiers(t)), "nothing": runOf(nothing(t)), "no scenario": {}} {
		s := Summarise(run, []Expectation{{Scenario: "example", Expect: "x"}})
		text, err := s.asJSON()
		if err != nil {
			t.Fatal(err)
		}
		if err := validate(text); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, bad := range []string{`{}`, `{"run": 1}`} {
		if validate([]byte(bad)) == nil {
			t.Errorf("%s is taken for a summary", bad)
		}
	}
}

// So does a comparison, with every kind of delta and with what JSON has no number for.
func TestCompareSchema(t *testing.T) {
	validate := published(t, "../docs/schema/compare.json", "What kvbench compare --json and --format json write", &compare.Comparison{},
		"../internal/compare")
	run := runOf(tiers(t))
	real, err := compare.Compare(run, run, compare.Options{Smallest: compare.DefaultSmallest, Alpha: compare.DefaultAlpha})
	if err != nil {
		t.Fatal(err)
	}
	made := comparison()
	made.Failed = []string{"s/v: stale_read share 1.2%, was 1%"}
	for name, c := range map[string]*compare.Comparison{"with itself": real, "of every kind": made} {
		text, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		if err := validate(text); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, bad := range []string{`{}`, `{"deltas": null}`} {
		if validate([]byte(bad)) == nil {
			t.Errorf("%s is taken for a comparison", bad)
		}
	}
}

// Every format that is one file can be written, and is not empty.
func TestDocuments(t *testing.T) {
	run := runOf(once(t))
	dir, files := write(t, run, "benchfmt", "junit", "hlog", "json", "csv", "md")
	if len(files) != 6 {
		t.Errorf("%v", files)
	}
	for _, name := range files {
		if len(read(t, dir, name)) < 100 {
			t.Errorf("%s is empty", name)
		}
	}
	d := xml.NewDecoder(strings.NewReader(read(t, dir, "junit.xml")))
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatal(err)
		}
	}
}
