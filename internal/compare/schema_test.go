package compare

import (
	"encoding/json"
	"flag"
	"strings"
	"testing"

	"kvbench/internal/runfile"
	"kvbench/report/reporttest"
)

var update = flag.Bool("update", false, "write docs/schema/compare.json anew")

// changed are two runs of which everything that a comparison can hold is true.
func changed(t *testing.T) (base, head *runfile.Run) {
	t.Helper()
	of := func(a, b reporttest.Variant, missing bool) *runfile.Run {
		a.Name, b.Name = "a", "b"
		return reporttest.MadeUp{
			Name: "s", Variants: []reporttest.Variant{a, b, {Name: "c", Missing: missing, P99: 1e6}},
			Choose: &runfile.Choose{Prefer: []string{"response.p99"}},
		}.Run(t)
	}
	base = of(reporttest.Variant{P99: 10e6}, reporttest.Variant{P99: 20e6}, false)
	head = of(reporttest.Variant{P99: 90e6, Stale: reporttest.Sizes(30, 1e9)}, reporttest.Variant{P99: 20e6}, true)
	head.Header.Scenarios[0].Load = "200/s"
	return base, head
}

// The published schema is that of the type, and comparisons keep to it: with every kind of
// test, and with what JSON has no number for.
func TestSchema(t *testing.T) {
	validate := reporttest.Schema(t, "../../docs/schema/compare.json", "What kvbench compare --json and --format json write", &Comparison{}, *update, "internal/compare", "../metric")
	base, head := changed(t)
	wall := func(dir string, factor float64) *runfile.Run {
		var variants []*runfile.Variant
		for i := range 8 {
			variants = append(variants, repeated(1000, factor*(1e6+1e4*float64(i)), 0.1, i))
		}
		return madeRun(dir, "wall", variants...)
	}
	taken := map[string]string{} // by what it was made of
	for _, test := range []struct {
		name       string
		base, head *runfile.Run
		options    Options
	}{
		{"changed", base, head, defaults},
		{"with itself", base, base, defaults},
		{"wall", wall("a", 1), wall("b", 1.5), defaults},
		{"in turns", wall("a", 1), wall("b", 1.5), Options{MinEffect: DefaultMinEffect, Alpha: DefaultAlpha, Interleaved: true}},
	} {
		c, err := compared(test.base, test.head, test.options)
		if err != nil {
			t.Fatal(err)
		}
		text, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		if err := validate(text); err != nil {
			t.Errorf("%s: %v", test.name, err)
		}
		taken[test.name] = string(text)
	}
	for name, all := range map[string][]string{
		"changed": {
			`"gate":"fail"`, `"ratio":null`, `"choices":[{`, `"differences":[{`, `"redefined":["s"]`, `"only":["`, `"failed":["`, `"verdict":"worse"`, `"samples":"exact"`,
		},
		"with itself": {`"gate":"pass"`, `"choices":[]`, `"failed":[]`, `"differences":[]`},
		"wall":        {`"test":"rank-sum"`, `"samples":"repeats"`, `"families":[{`, `"same_as":"response"`},
		"in turns":    {`"test":"signs"`, `"interleaved":true`},
	} {
		for _, want := range all {
			if !strings.Contains(taken[name], want) {
				t.Errorf("%s: no %s in %.3000s", name, want, taken[name])
			}
		}
	}
	whole := taken["changed"]
	for _, bad := range []string{
		`{}`, `{"deltas": null}`, strings.Replace(whole, `"version":2`, `"version":1`, 1), strings.Replace(whole, `"alpha":`, `"alfa":`, 1),
		strings.Replace(whole, `"base_n":`, `"base_m":`, 1), strings.Replace(whole, `"kept":`, `"keeps":`, 1),
	} {
		if validate([]byte(bad)) == nil {
			t.Errorf("taken for a comparison: %.100s", bad)
		}
	}
}
