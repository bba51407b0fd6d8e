package scenariofile

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"kvbench/internal/setting"
	"kvbench/scenarios"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v4"
)

// Every setting of every pattern says what it means, and its default is one that a file
// may give, and changes nothing.
func TestPatternSettings(t *testing.T) {
	for _, p := range scenarios.Patterns() {
		settings := PatternSettings(p)
		if len(settings) == 0 && p.Fields == nil {
			t.Errorf("%s has no settings", p.Name)
		}
		for _, s := range settings {
			if s.Doc == "" || s.Default == "" || s.Otherwise {
				t.Errorf("%s.%s: %+v", p.Name, s.Name, s)
			}
			into := p.Settings()
			if err := give(t, into, s.Name, s.Default); err != nil {
				t.Errorf("%s: its own default %s of %s is refused: %v", p.Name, s.Default, s.Name, err)
			}
			if diff := cmp.Diff(p.Settings(), into, cmp.Exporter(func(reflect.Type) bool { return true })); diff != "" {
				t.Errorf("%s: %s is not the default of %s: %s", p.Name, s.Default, s.Name, diff)
			}
		}
	}
}

// The ends of a setting's range are allowed, and what is beyond is not.
func TestRangesAreKept(t *testing.T) {
	beyond := map[setting.Kind]string{setting.Share: "101%", setting.Duration: "87601h", setting.Percentiles: "25h"}
	for _, p := range scenarios.Patterns() {
		for _, s := range PatternSettings(p) {
			for _, end := range []string{s.Min, s.Max} {
				if end == "" {
					continue
				}
				if err := give(t, p.Settings(), s.Name, end); err != nil {
					t.Errorf("%s: %s may be %s: %v", p.Name, s.Name, end, err)
				}
			}
			if text := beyond[s.Kind]; text != "" && give(t, p.Settings(), s.Name, text) == nil {
				t.Errorf("%s: %s may be %s, and is said to be %s", p.Name, s.Name, text, s.Value())
			}
		}
	}
}

// A share is written either way.
func TestShares(t *testing.T) {
	for text, want := range map[string]float64{"10%": 0.1, "0.1": 0.1, "100%": 1, "1": 1, "0": 0, "'0.5%'": 0.005} {
		k := cacheParams{TTL: time.Hour}
		if err := give(t, &k, "update", text); err != nil || k.Update != want {
			t.Errorf("%s is %v, %v", text, k.Update, err)
		}
	}
}

// What is said of the fields of a struct.
func TestSettings(t *testing.T) {
	want := []setting.Setting{
		{Name: "update", Kind: setting.Share, Min: "0%", Max: "100%", Default: "25%"},
		{Name: "ttl", Kind: setting.Duration, Min: "1m", Max: "87600h", Default: "1h30m"},
		{Name: "mode", Kind: setting.Choice, Choices: []string{"plain", "bulk"}, Default: "bulk"},
		{Name: "strict", Kind: setting.Flag, Default: "false"},
		{Name: "size", Kind: setting.Size, Min: "0B", Max: "25MiB", Default: "0B"},
		{Name: "latency", Kind: setting.Percentiles, Min: "0s", Max: "24h"},
		{Name: "origin.count", Kind: setting.Whole, Min: "0", Default: "0"},
	}
	k := cacheParams{Update: 0.25, TTL: 90 * time.Minute, Mode: "bulk"}
	if diff := cmp.Diff(want, flat("", fieldsOf(reflect.ValueOf(k)))); diff != "" {
		t.Error(diff)
	}
	for _, p := range testPatterns() {
		if p.Name == "plain" && len(PatternSettings(p)) > 0 {
			t.Error("a pattern without settings has some")
		}
	}
}

// give sets a setting as a `with:` block does.
func give(t *testing.T, into any, name, value string) error {
	t.Helper()
	var doc yaml.Node
	text := name + ": " + value
	if outer, inner, nested := strings.Cut(name, "."); nested {
		text = outer + ": {" + inner + ": '" + value + "'}"
	}
	if err := yaml.Unmarshal([]byte(text), &doc); err != nil {
		t.Fatal(err)
	}
	d := &decoder{src: newSource("with", []byte(text), nil)}
	with := doc.Content[0]
	return d.settings(with, with)(into)
}
