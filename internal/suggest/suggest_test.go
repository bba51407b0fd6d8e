package suggest

import (
	"testing"

	"pgregory.net/rapid"
)

func TestNearest(t *testing.T) {
	known := []string{"multi-tier", "api-cache", "session", "seed", "no-memory", "in-flight", "rate"}
	for word, want := range map[string]string{
		"multitier":    "multi-tier",
		"mutli-tier":   "multi-tier", // two neighbours swapped
		"Session":      "session",
		"sed":          "seed",
		"in_flight":    "in-flight",
		"inflight":     "in-flight",
		"multi":        "multi-tier", // its beginning
		"s":            "",           // the beginning of two
		"rt":           "",
		"":             "",
		"quite-unlike": "",
	} {
		if got := Nearest(word, known); got != want {
			t.Errorf("Nearest(%q) = %q, want %q", word, got, want)
		}
	}
}

func TestMean(t *testing.T) {
	known := []string{"get", "list"}
	if got, want := Mean("lst", "the operations are", known), `did you mean "list"?`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got, want := Mean("exchange", "the operations are", known), `the operations are: get, list`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// The distance is a symmetric count of edits: nothing for the same word, never
// more than the longer word has letters, and one edit changes it by one at most.
func TestDistance(t *testing.T) {
	word := rapid.SliceOfN(rapid.SampledFrom([]rune("abc")), 0, 8)
	rapid.Check(t, func(t *rapid.T) {
		a, b := word.Draw(t, "a"), word.Draw(t, "b")
		d := distance(a, b)
		if d != distance(b, a) {
			t.Error("not symmetric")
		}
		if (d == 0) != (string(a) == string(b)) {
			t.Errorf("distance %d", d)
		}
		if d > max(len(a), len(b)) || d < abs(len(a)-len(b)) {
			t.Errorf("distance %d", d)
		}
		more := append(append([]rune{}, b...), 'x')
		if e := distance(a, more); abs(e-d) > 1 {
			t.Errorf("one letter more changes %d to %d", d, e)
		}
	})
}
