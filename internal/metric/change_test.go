package metric_test

import (
	"testing"

	"kvbench/internal/metric"
)

func TestFormatChange(t *testing.T) {
	for ratio, want := range map[float64]string{
		0: "−100%", 0.5: "−50%", 1: "0%", 1.0001: "0%", 1.05: "+5%", 2.5: "+150%", 3: "3×", 12.3: "12×",
	} {
		if got := metric.FormatChange(ratio); got != want {
			t.Errorf("%v is %q, want %q", ratio, got, want)
		}
	}
}

// Two values that are not the same read differently.
func TestApart(t *testing.T) {
	for _, c := range []struct {
		unit       metric.Unit
		a, b       float64
		base, head string
	}{
		{metric.Money, 0.901, 0.904, "$0.901", "$0.904"},
		{metric.Money, 0.9, 0.9, "$0.90", "$0.90"},
		{metric.Money, 1, 2, "$1.00", "$2.00"},
		{metric.Time, 12_345_000, 12_349_000, "12.345 ms", "12.349 ms"},
		{metric.Time, 12_340_000, 12_450_000, "12.3 ms", "12.4 ms"},
		{metric.Count, 1000.4, 1000.3, "1000", "1000"},
	} {
		if base, head := c.unit.Apart(c.a, c.b); base != c.base || head != c.head {
			t.Errorf("%v and %v: %s and %s, want %s and %s", c.a, c.b, base, head, c.base, c.head)
		}
	}
}
