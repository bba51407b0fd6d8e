package scenarios

import (
	"testing"

	"kvbench/internal/detect"
	"kvbench/internal/record"
)

// Each kind is an anomaly of its name whose share is of a series that every Worker has.
func TestDetectedSeries(t *testing.T) {
	standard := map[string]bool{workerInvocation.Name: true}
	for _, s := range record.Standard() {
		standard[s.Name] = true
	}
	series := detectedSeries()
	for i, k := range detect.Kinds() {
		s := series[i].Record()
		if s.Name != k.String() || !standard[s.Of] || !s.Mark || s.Unit == "" || s.Doc == "" || series[i].Class() != "anomaly" {
			t.Errorf("%v is %+v", k, s)
		}
	}
	if len(series) != len(detect.Kinds()) {
		t.Errorf("%d series", len(series))
	}
}
