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
