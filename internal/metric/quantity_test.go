package metric_test

import (
	"encoding/json"
	"fmt"
	"math"
	"testing"

	"kvbench/internal/metric"

	"pgregory.net/rapid"
)

func TestForms(t *testing.T) {
	percent := func(v float64) string { return fmt.Sprintf("%g %%", 100*v) }
	for _, test := range []struct {
		name              string
		q                 metric.Quantity
		text, json, field string
	}{
		{"zero value", metric.Quantity{}, "–", "null", ""},
		{"a share", metric.Ratio(1, 4), "25 %", "0.25", "0.25"},
		{"nothing of something", metric.Ratio(0, 4), "0 %", "0", "0"},
		{"nothing of nothing", metric.Ratio(0, 0), "–", "null", ""},
		{"something of nothing", metric.Ratio(3, 0), "–", "null", ""},
		{"too large", metric.Ratio(math.MaxFloat64, 0.1), "–", "null", ""},
		{"no number", metric.Of(math.NaN()), "–", "null", ""},
		{"infinite", metric.Of(math.Inf(-1)), "–", "null", ""},
		{"six digits in a field", metric.Of(1.0 / 3), "33.33333333333333 %", "0.3333333333333333", "0.333333"},
	} {
		if got := test.q.Text(percent); got != test.text {
			t.Errorf("%s: the text is %q, want %q", test.name, got, test.text)
		}
		if got := test.q.Field(); got != test.field {
			t.Errorf("%s: the field is %q, want %q", test.name, got, test.field)
		}
		text, err := json.Marshal(test.q)
		if err != nil || string(text) != test.json {
			t.Errorf("%s: JSON is %s (%v), want %s", test.name, text, err, test.json)
		}
		back := metric.Of(7)
		if err := json.Unmarshal(text, &back); err != nil || back != test.q {
			t.Errorf("%s: read back it is %v (%v)", test.name, back, err)
		}
	}
	if err := new(metric.Quantity).UnmarshalJSON([]byte(`"x"`)); err == nil {
		t.Error("a text is taken for a quantity")
	}
}

// Whatever is divided by whatever, what there is is finite, and what there is not is
// only what has no ratio.
func TestRatioIsFinite(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		part, whole := rapid.Float64().Draw(t, "part"), rapid.Float64().Draw(t, "whole")
		q := metric.Ratio(part, whole)
		v, ok := q.Value()
		if math.IsNaN(v) || math.IsInf(v, 0) || math.IsNaN(q.Or(0)) {
			t.Fatalf("%v", v)
		}
		plain := part / whole
		if want := !math.IsNaN(plain) && !math.IsInf(plain, 0) && whole != 0; ok != want || ok && v != plain {
			t.Fatalf("%v of %v is %v, %v", part, whole, v, ok)
		}
	})
}
