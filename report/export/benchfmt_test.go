package export

import (
	"bytes"
	"math"
	"strings"
	"testing"

	"kvbench/report/reporttest"

	"golang.org/x/perf/benchfmt"
)

// benchmarks are the lines that benchstat's reader finds, by variant.
func benchmarks(t *testing.T, text []byte) map[string][]*benchfmt.Result {
	t.Helper()
	out := map[string][]*benchfmt.Result{}
	for r := benchfmt.NewReader(bytes.NewReader(text), "x"); r.Scan(); {
		result, ok := r.Result().(*benchfmt.Result)
		if !ok {
			t.Fatalf("%v", r.Result())
		}
		base, parts := result.Name.Parts()
		if string(base) != "KV" || len(parts) != 3 || string(parts[0]) != "/scenario=memory-tier" || string(parts[2]) != "-2" {
			t.Errorf("the name %s is read as %s %s", result.Name, base, parts)
		}
		name := strings.TrimPrefix(string(parts[1]), "/variant=")
		out[name] = append(out[name], result.Clone())
	}
	return out
}

// What benchstat's reader finds is what was measured: a line for each repeat.
func TestBenchfmt(t *testing.T) {
	f := pair()
	f.Variants[0].Name = "ttl-30" // of which the 30 is no number of CPUs
	f.Variants = append(f.Variants, reporttest.Variant{Name: "nothing", N: -1})
	f.Expect, f.Choose = nil, nil
	run := f.Run(t)
	again := *run.Variants[0]
	again.Repeat = 1
	run.Variants = append(run.Variants, &again)
	text, err := Benchfmt(run)
	if err != nil {
		t.Fatal(err)
	}
	got := benchmarks(t, text)
	if len(got["ttl-30"]) != 2 || len(got["no-memory"]) != 1 || len(got) != 2 {
		t.Fatalf("%v in\n%s", got, text)
	}
	one := got["no-memory"][0]
	if one.Iters != 2000 {
		t.Errorf("%d iterations", one.Iters)
	}
	for unit, want := range map[string]float64{ // seconds: benchfmt's reader tidies units
		"sec/op": 0.021, "p50-sec": 0.004, "p99-sec": 0.038, "p999-sec": 0.038, "get/op": 1, "usd/Mop": 0.5, "error/op": 0.01, "stale-read/op": 0, "entries/op": 0,
	} {
		if have, ok := one.Value(unit); !ok || math.Abs(have-want) > 0.001*want {
			t.Errorf("%s: %v, %v, want %v", unit, ok, have, want)
		}
	}
	if _, ok := one.Value("put/op"); ok {
		t.Error("it tells of puts, and there were none")
	}
	if have, _ := got["ttl-30"][0].Value("stale-read/op"); have != 0.12 {
		t.Errorf("%v stale reads each", have)
	}
	for key, want := range map[string]string{"goos": "linux", "goarch": "amd64", "driver": "embedded://", "clock": "virtual", "latency": "modelled"} {
		if have := one.GetConfig(key); have != want {
			t.Errorf("%s: %q, want %q", key, have, want)
		}
	}
}

// A name can't end the name of its benchmark.
func TestBenchfmtNames(t *testing.T) {
	for _, name := range []string{"a b", "a/b", "a\n\tb\u2028", "über", "-2", "a\x00=b"} {
		f := pair()
		f.Variants, f.Expect, f.Choose = f.Variants[:1], nil, nil
		f.Variants[0].Name = name
		text, err := Benchfmt(f.Run(t))
		if err != nil {
			t.Fatal(err)
		}
		if got := benchmarks(t, text); len(got) != 1 || len(got[benchName(name)]) != 1 {
			t.Errorf("%q is read as %v in\n%s", name, got, text)
		}
	}
}
