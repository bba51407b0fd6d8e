package scenarios

import (
	"kvbench/internal/bench"
	"kvbench/internal/detect"
	"kvbench/internal/record"
)

// detected are the kinds of finding as anomalies, by kind.
var detected = anomaliesOf(detect.Kinds())

func anomaliesOf(kinds []detect.Kind) []*bench.Anomaly {
	out := make([]*bench.Anomaly, len(kinds))
	for i, k := range kinds {
		a := k.About()
		out[i] = &bench.Anomaly{Name: a.ID, Unit: a.Unit, Of: a.Of, Says: a.Says, Doc: a.Doc}
		if a.Age {
			out[i].Role = record.Age
		}
	}
	return out
}

// detectedSeries are what a pattern observes whose calls a detector is told: as its
// workload implements bench.Detecting, with a detector that is made as
//
//	detect.New(detect.Options{Epoch: epoch, Report: func(o detect.Occurrence) {
//		report(detected[o.Kind], o.Due, o.Size)
//	}})
func detectedSeries() []bench.Series {
	out := make([]bench.Series, len(detected))
	for i, a := range detected {
		out[i] = a
	}
	return out
}
