package command

import (
	"testing"

	"kvbench/internal/bench"
)

// Of the points of a sweep that can't be verified it is told once why.
func TestVerifiableTellsOnce(t *testing.T) {
	point := bench.Scenario{Name: "sweep", Pattern: &bench.Pattern{Name: "coalesce"}}
	worker := bench.Scenario{Name: "own", Pattern: &bench.Pattern{Name: workerPattern}}
	keep, left := verifiable([]bench.Scenario{point, point, worker, {Name: "other", Pattern: point.Pattern}})
	if len(keep) != 1 || keep[0].Name != "own" || len(left) != 2 {
		t.Errorf("kept %d, left out %q", len(keep), left)
	}
}
