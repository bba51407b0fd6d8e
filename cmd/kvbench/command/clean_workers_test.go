package command

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// workerReport is what tests of Workers read of a report in JSON.
type workerReport struct {
	Scenarios []struct {
		Name     string
		Variants []struct {
			Name         string
			Transactions uint64
			Complete     bool
			Ops          map[string]float64 `json:"ops_per_transaction"`
			Outcomes     map[string]uint64
			Findings     []struct {
				Kind, Group, Place string
				Count              uint64
				Share              float64
			}
		}
	}
}

// runWorkers runs a scenario file and reads its report.
func runWorkers(t *testing.T, file string, flags ...string) (r workerReport) {
	t.Helper()
	out := filepath.Join(t.TempDir(), "out")
	var printed bytes.Buffer
	if status := execute(t.Context(), append([]string{"run", file, "--out", out, "--format", "json", "--quiet"}, flags...), &printed, &printed); status != exitOK {
		t.Fatalf("exit %d: %s", status, &printed)
	}
	text, err := os.ReadFile(filepath.Join(out, "report.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &r); err != nil {
		t.Fatal(err)
	}
	return r
}

// Workers that do nothing wrong have no finding.
func TestCleanWorkers(t *testing.T) {
	r := runWorkers(t, "../../../scenarios/workers/clean/clean.yaml")
	if len(r.Scenarios) < 20 {
		t.Errorf("there are %d Workers", len(r.Scenarios))
	}
	for _, s := range r.Scenarios {
		for _, v := range s.Variants {
			if !v.Complete || v.Transactions < 200 || v.Outcomes["error"]+v.Outcomes["5xx"] > 0 || len(v.Ops) == 0 {
				t.Errorf("%s: %d transactions, %v, %v", s.Name, v.Transactions, v.Outcomes, v.Ops)
			}
			for _, f := range v.Findings {
				t.Errorf("%s: %s at %s, %d times", s.Name, f.Kind, f.Place, f.Count)
			}
		}
	}
}
