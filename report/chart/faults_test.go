package chart

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"kvbench/internal/result"
	"kvbench/kv"
)

var faultWindow = kv.Window{From: time.Minute, Until: 2 * time.Minute}

// What callers could not see is drawn of a store that was made to fail, and of no other.
func TestFaults(t *testing.T) {
	for _, c := range chartsOf(t, outage(t)) {
		if c.Name == "faults" {
			t.Error("a chart of faults where there are none")
		}
	}
	s := outage(t, faultWindow)
	masked, _ := s.Metric("unseen")
	all, err := hiddenShares(s, masked)
	if err != nil {
		t.Fatal(err)
	}
	if len(all) != 2 || all[0].Told != "nobody" || all[1].Told != "2 s" || all[0].End != fakeTime {
		t.Fatalf("%+v", all)
	}
	mean := 0.0
	for i := range all[0].Share {
		mean += all[0].Share[i] / float64(len(all[0].Share))
		if all[1].Share[i] != 0 {
			t.Errorf("typed hides %v", all[1].Share[i])
		}
	}
	if math.Abs(mean-0.25) > 0.02 {
		t.Errorf("seed hides %v", mean)
	}
	c := chartOf(t, s, "faults")
	if !c.Tells || !strings.HasPrefix(c.Title, "Hidden failures: seed 2") || !strings.HasSuffix(c.Title, "%, typed none") {
		t.Errorf("the title is %q", c.Title)
	}
	svg := svgOf(t, c.Chart)
	for _, want := range []string{"told: nobody", "told: 2 s", "#fbe3df"} { // the last is the red ground
		if !strings.Contains(string(svg), want) {
			t.Errorf("the chart has no %q", want)
		}
	}
}

// Where nothing is hidden, the title says so and the chart decides nothing.
func TestNothingHidden(t *testing.T) {
	s := outage(t, faultWindow)
	s.Variants = slices.DeleteFunc(s.Variants, func(v *result.Variant) bool { return v.Name == "seed" })
	if c := chartOf(t, s, "faults"); c.Tells || c.Title != "No variant hides a failure" {
		t.Errorf("%q, tells: %v", c.Title, c.Tells)
	}
}
