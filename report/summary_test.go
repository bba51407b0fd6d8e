package report

import (
	"bytes"
	"strings"
	"testing"

	"kvbench/internal/runfile"
)

// A total that can't be decoded is told as its variant's failure; the others are
// reported.
func TestDamagedTotal(t *testing.T) {
	run := runOf(tiers(t))
	var file bytes.Buffer
	w, err := runfile.NewWriter(&file, run.Header)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range run.Variants {
		if err := w.Begin(0, v.Variant, 0); err != nil {
			t.Fatal(err)
		}
		if err := w.End(v); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(false); err != nil {
		t.Fatal(err)
	}
	text := file.String()
	at := strings.Index(text, `"response":"HIST`)
	damaged := text[:at+40] + "AAAA" + text[at+44:]
	got, err := runfile.Read("run.jsonl", strings.NewReader(damaged))
	if err != nil {
		t.Fatal(err)
	}
	s := Summarise(got, nil)
	for i, v := range s.Scenarios[0].Variants {
		failed := strings.Contains(v.Errored, "its total: series response")
		if failed != (i == 0) || i == 0 && v.Complete {
			t.Errorf("%s: complete %v, %q", v.Name, v.Complete, v.Errored)
		}
	}
}

// What befell several variants is one warning.
func TestErrorWarning(t *testing.T) {
	variant := func(name string, errors uint64) fixtureVariant {
		return fixtureVariant{name: name, p50: 1e6, p99: 2e6, errors: errors}
	}
	for want, variants := range map[string][]fixtureVariant{
		"":                          {variant("seed", 99), variant("other", 0)}, // 5 %
		"6 %|seed":                  {variant("seed", 120), variant("other", 0)},
		"6 % to 20 %|all but c":     {variant("a", 120), variant("b", 400), variant("c", 0), variant("d", 200), variant("e", 200)},
		"20 %|seed and other":       {variant("seed", 400), variant("other", 400)},
		"6 % to 20 %|a, b and c":    {variant("a", 120), variant("b", 400), variant("c", 200)},
		"10 % to 20 %|all variants": {variant("a", 200), variant("b", 400), variant("c", 200), variant("d", 200)},
	} {
		got := pageFixture{name: "x", variants: variants}.scenario(t).warnings()
		share, who, warned := strings.Cut(want, "|")
		switch {
		case !warned && len(got) > 0:
			t.Errorf("%q where nothing is to be warned of", got)
		case warned && (len(got) != 1 || got[0] != "x: "+share+" of the transactions ended in an error with "+who+"."):
			t.Errorf("%q, want %s", got, want)
		}
	}
}
