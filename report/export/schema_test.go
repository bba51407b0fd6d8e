package export

import (
	"encoding/json"
	"flag"
	"slices"
	"strings"
	"testing"

	"kvbench/internal/answer"
	"kvbench/internal/runfile"
	"kvbench/kv"
	"kvbench/report/reporttest"
)

var update = flag.Bool("update", false, "write docs/schema/summary.json anew")

const (
	millisecond = int64(1e6)
	second      = int64(1e9)
)

// pair is a run in which one variant keeps the promise and one expectation is not met.
func pair() reporttest.MadeUp {
	return reporttest.MadeUp{
		Name: "memory-tier", Question: "What does a memory tier save?",
		Variants: []reporttest.Variant{
			{Name: "seed", P50: millisecond, P99: 12 * millisecond, Reads: 590, Stale: reporttest.Sizes(240, 294*second), Lost: reporttest.Sizes(3, second)},
			{Name: "no-memory", P50: 4 * millisecond, P99: 38 * millisecond, Reads: 1000, Errors: 20},
		},
		Choose: &runfile.Choose{Promise: []string{"lost-update == 0"}, Prefer: []string{"response.p99"}},
		Expect: []string{"seed.ops <= 1", "no-memory.ops < 1"},
	}
}

// answerOf is what a run says.
func answerOf(t testing.TB, run *runfile.Run) *answer.Answer {
	t.Helper()
	a, err := answer.Of(run)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func jsonOf(t testing.TB, run *runfile.Run) []byte {
	t.Helper()
	text, err := JSON(answerOf(t, run))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// odd are runs in which something is missing, each with what its JSON then holds.
func odd(t testing.TB) map[string]struct {
	run  *runfile.Run
	says string
} {
	t.Helper()
	of := func(change func(*reporttest.MadeUp)) *runfile.Run {
		f := pair()
		change(&f)
		return f.Run(t)
	}
	stored := pair().Run(t)
	for _, v := range stored.Variants {
		v.Stored = new(int64)
	}
	erring := pair().Run(t)
	erring.Variants[1].FirstError = "no such path"
	instant := pair().Run(t)
	instant.Header.Scenarios[0].Capabilities = kv.Capabilities{Mode: kv.InstantMode, Prices: kv.InstantPrices()}
	unpriced := pair().Run(t)
	unpriced.Header.Scenarios[0].Capabilities.Prices = kv.NoPrices("nobody's")
	beyond := pair()
	beyond.Variants[0].Stale = []int64{1 << 60}
	return map[string]struct {
		run  *runfile.Run
		says string
	}{
		"pair":        {pair().Run(t), `"free_plan": {`},
		"stored":      {stored, `"stored_bytes": 0`},
		"erring":      {erring, `"first_error": "no such path"`},
		"instant":     {instant, `"latency": "no latency modelled"`},
		"unpriced":    {unpriced, `"usd_per_month_by_kind": null`},
		"beyond":      {beyond.Run(t), `"beyond": 1`},
		"failed":      {of(func(f *reporttest.MadeUp) { f.Variants[1].Failed = "the store is gone" }), `"error": "the store is gone"`},
		"missing":     {of(func(f *reporttest.MadeUp) { f.Variants[0].Missing = true }), `"value": null`},
		"nothing":     {of(func(f *reporttest.MadeUp) { f.Variants[0].N, f.Variants[1].N = -1, -1 }), `"transactions": 0`},
		"no choice":   {of(func(f *reporttest.MadeUp) { f.Choose = nil }), `"choice": null`},
		"none keeps":  {of(func(f *reporttest.MadeUp) { f.Choose.Promise = []string{"errors < 0", "stale-read == 0"} }), `"kept": false`},
		"cut off":     {of(func(f *reporttest.MadeUp) { f.CutOff = true }), `"cut_off": true`},
		"no variants": {of(func(f *reporttest.MadeUp) { f.Variants, f.Expect, f.Choose = nil, nil, nil }), `"variants": []`},
		"no scenario": {&runfile.Run{}, `"scenarios": []`},
	}
}

// The published schema is that of the types, and summaries keep to it.
func TestSummarySchema(t *testing.T) {
	validate := reporttest.Schema(t, "../../docs/schema/summary.json", "What kvbench run --json and kvbench report --format json write", &Summary{}, *update,
		"report/export", "../../internal/choose", "../../internal/metric", "../../internal/price", "../../internal/record", "../../internal/runfile")
	for name, test := range odd(t) {
		text := jsonOf(t, test.run)
		if err := validate(text); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if !strings.Contains(string(text), test.says) {
			t.Errorf("%s: no %s in\n%.1500s", name, test.says, text)
		}
		if strings.Contains(string(text), `"free_plan"`) != (test.run.Variants != nil && name != "instant" && name != "unpriced") {
			t.Errorf("%s: of the free plan:\n%.1500s", name, text)
		}
	}
	whole := string(jsonOf(t, pair().Run(t)))
	for _, bad := range []string{
		`{}`, `{"run": 1}`, strings.Replace(whole, `"version": 2`, `"version": 1`, 1), strings.Replace(whole, `"modelled": true`, `"modelled": null`, 1),
		strings.Replace(whole, `"latency": "modelled"`, `"latency": "guessed"`, 1), strings.Replace(whole, `"seed": 7`, `"more": 1, "seed": 7`, 1),
	} {
		if validate([]byte(bad)) == nil {
			t.Errorf("taken for a summary: %.100s", bad)
		}
	}
	var parsed any
	if err := json.Unmarshal([]byte(whole), &parsed); err != nil {
		t.Fatal(err)
	}
	n := 0
	withoutEach(parsed, func(key string, optional bool) {
		text, err := json.Marshal(parsed)
		if err != nil {
			t.Fatal(err)
		}
		if taken := validate(text) == nil; taken != optional {
			t.Errorf("without %q it is taken: %v", key, taken)
		}
		n++
	})
	if n < 100 {
		t.Errorf("%d keys were left out", n)
	}
}

// withoutEach leaves out one key after the other, at every depth. The keys that are names
// are all optional.
func withoutEach(value any, left func(key string, optional bool)) {
	switch v := value.(type) {
	case []any:
		for _, e := range v {
			withoutEach(e, left)
		}
	case map[string]any:
		for key, e := range v {
			delete(v, key)
			left(key, slices.Contains([]string{"error", "free_plan", "stored_bytes", "of", "beyond", "storage"}, key))
			v[key] = e
			if !slices.Contains([]string{"series", "outcomes", "errors", "ops_per_transaction"}, key) {
				withoutEach(e, left)
				continue
			}
			for _, one := range e.(map[string]any) {
				withoutEach(one, left)
				break
			}
		}
	}
}
